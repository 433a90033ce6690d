import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { backoff, GIVE_UP_AFTER, RETRY_BASE } from "../../src/domain/retry";
import { DAY, HOUR, MINUTE, SECOND } from "../../src/domain/time";
import "./luck";

const LADDER: [number, number][] = [
  [1, 30 * SECOND],
  [2, 2 * MINUTE],
  [3, 10 * MINUTE],
  [4, HOUR],
  [5, 3 * HOUR],
  [6, 6 * HOUR],
  [7, 12 * HOUR],
  [8, 12 * HOUR],
  [100, 12 * HOUR],
];

describe("backoff", () => {
  test.each(LADDER)("after %i failed attempts -> %i ms, up to a fifth longer", (attempt, rung) => {
    const waits = Array.from({ length: 500 }, (_, message) => backoff({ message, attempt, base: RETRY_BASE }));
    expect(Math.min(...waits)).toBeGreaterThanOrEqual(rung);
    expect(Math.max(...waits)).toBeLessThan(rung * 1.2);
    expect(Math.min(...waits)).toBeLessThan(rung * 1.02);
    expect(Math.max(...waits)).toBeGreaterThan(rung * 1.18);
  });

  test("the same attempt asked twice -> the same wait", () => {
    const attempt = { message: 28673, attempt: 3, base: RETRY_BASE };
    expect(backoff(attempt)).toBe(backoff({ ...attempt }));
  });

  test("two messages that fail together -> do not come again together", () => {
    const waits = new Set([1, 2, 3, 4, 5].map((message) => backoff({ message, attempt: 4, base: RETRY_BASE })));
    expect(waits.size).toBe(5);
  });

  test("a base of 1 ms -> no jitter below a millisecond, the rungs themselves", () => {
    expect([1, 2, 3].map((attempt) => Math.floor(backoff({ message: 1, attempt, base: 1 }) / 4))).toEqual([0, 1, 5]);
    expect(backoff({ message: 1, attempt: 1, base: 1 })).toBe(1);
  });

  test.each([
    ["longer than the rung -> that", HOUR, HOUR],
    ["longer than a day -> a day", 30 * DAY, DAY],
  ])("Retry-After %s, up to a fifth longer, so that they do not come back all at once", (_, retryAfter, asked) => {
    const waits = Array.from({ length: 500 }, (_, message) =>
      backoff({ message, attempt: 1, base: RETRY_BASE, retryAfter }),
    );
    expect(Math.min(...waits)).toBeGreaterThanOrEqual(asked);
    expect(Math.min(...waits)).toBeLessThan(asked * 1.02);
    expect(Math.max(...waits)).toBeGreaterThan(asked * 1.18);
    expect(Math.max(...waits)).toBeLessThan(asked * 1.2);
  });

  test("Retry-After shorter than the rung -> the rung", () => {
    const plain = backoff({ message: 1, attempt: 2, base: RETRY_BASE });
    expect(backoff({ message: 1, attempt: 2, base: RETRY_BASE, retryAfter: SECOND })).toBe(plain);
    expect(backoff({ message: 1, attempt: 2, base: RETRY_BASE, retryAfter: undefined })).toBe(plain);
  });

  test("any attempt -> a whole number of milliseconds ahead", () => {
    const attempts = fc.record({
      message: fc.nat(),
      attempt: fc.integer({ min: 1, max: 500 }),
      base: fc.constant(30_000),
    });
    fc.assert(
      fc.property(attempts, (attempt) => {
        expect(backoff(attempt)).toBeGreaterThanOrEqual(30_000);
        expect(Number.isInteger(backoff(attempt))).toBe(true);
      }),
    );
  });

  test("a message is given up three days after its first attempt, which eleven attempts or so fit into", () => {
    expect(GIVE_UP_AFTER).toBe(3 * DAY);
    let [since, attempts] = [0, 0];
    while (since <= GIVE_UP_AFTER) since += backoff({ message: 1, attempt: ++attempts, base: RETRY_BASE });
    expect(attempts).toBeGreaterThanOrEqual(10);
    expect(attempts).toBeLessThanOrEqual(12);
  });
});
