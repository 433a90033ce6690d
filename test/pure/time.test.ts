import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type Epoch, journeyAt, readingAt, wallAt } from "../../src/domain/time";
import "./luck";

const WALL = Date.UTC(2040, 0, 2, 9);
const JOURNEY = Date.UTC(2041, 5, 1);

function epoch(speed: number): Epoch {
  return { wall: WALL, journey: JOURNEY, speed };
}

describe("two clocks", () => {
  test.each([
    [1, 1000, 1000],
    [3600, 1000, 3_600_000],
    [0.5, 1000, 500],
    [1, -1000, -1000],
    [3600, -1000, -3_600_000],
  ])("at speed %d, %d wall milliseconds -> %d of the journey, and back", (speed, wall, journey) => {
    expect(journeyAt(epoch(speed), WALL + wall)).toBe(JOURNEY + journey);
    expect(wallAt(epoch(speed), JOURNEY + journey)).toBe(WALL + wall);
  });

  test("at speed 0.5 a journey time between two wall times -> rounded so that nothing is due too soon", () => {
    expect(journeyAt(epoch(0.5), WALL + 1)).toBe(JOURNEY);
    expect(wallAt(epoch(0.5), JOURNEY + 1)).toBe(WALL + 2);
  });

  test("at speed 3600 a journey time between two wall times -> the wall time after it", () => {
    expect(wallAt(epoch(3600), JOURNEY + 1)).toBe(WALL + 1);
    expect(wallAt(epoch(3600), JOURNEY + 3600)).toBe(WALL + 1);
    expect(wallAt(epoch(3600), JOURNEY + 3601)).toBe(WALL + 2);
  });

  test("one look at both -> the journey beside the wall, and an epoch of its own", () => {
    const reading = readingAt(epoch(3600), WALL + 10);
    expect(reading).toEqual({ wall: WALL + 10, journey: JOURNEY + 36_000, speed: 3600 });
    expect(wallAt(reading, JOURNEY + 72_000)).toBe(WALL + 20);
  });

  const YEAR = 365 * 86_400_000;
  const offset = fc.integer({ min: -YEAR, max: YEAR });

  test.each([1, 3600, 0.5])("at speed %d any journey time -> reached at its wall time, and not before", (speed) => {
    fc.assert(
      fc.property(offset, (ms) => {
        const wall = wallAt(epoch(speed), JOURNEY + ms);
        expect(journeyAt(epoch(speed), wall)).toBeGreaterThanOrEqual(JOURNEY + ms);
        expect(journeyAt(epoch(speed), wall - 1)).toBeLessThan(JOURNEY + ms);
      }),
      { numRuns: 1000 },
    );
  });

  test.each([1, 3600])("at speed %d any wall time -> found again from its journey time", (speed) => {
    fc.assert(
      fc.property(fc.integer({ min: -YEAR, max: YEAR }), (ms) => {
        expect(wallAt(epoch(speed), journeyAt(epoch(speed), WALL + ms))).toBe(WALL + ms);
      }),
      { numRuns: 1000 },
    );
  });
});
