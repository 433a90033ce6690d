import { describe, expect, test } from "vitest";
import { BOUNDS, edgesOf, replyTimeOf, together } from "../../src/domain/replytime";
import { DAY, HOUR, MINUTE } from "../../src/domain/time";

/** The buckets of these times, as the database sorts them. */
function timesOf(times: readonly number[]) {
  const counted = new Map<number, number>();
  for (const time of times) {
    const bucket = BOUNDS.filter((bound) => time >= bound).length;
    counted.set(bucket, (counted.get(bucket) ?? 0) + 1);
  }
  return { total: times.reduce((sum, time) => sum + time, 0), counted };
}

test("the buckets lie in a row, and the last has no end", () => {
  const edges = [...BOUNDS, 0].map((_, bucket) => edgesOf(bucket));
  expect(edges[0]).toEqual([0, MINUTE]);
  expect(edges.at(-1)).toEqual([30 * DAY, null]);
  for (const [i, [begins, ends]] of edges.entries()) {
    if (ends !== null) expect(ends).toBeGreaterThan(begins);
    if (i > 0) expect(begins).toBe(edges[i - 1]?.[1]);
  }
});

describe("how long answers take", () => {
  test.each([
    ["nobody has answered", [], null, null],
    ["one, within a minute", [20_000], 20_000, [0, MINUTE]],
    ["one, an hour to the millisecond", [HOUR], HOUR, [HOUR, 2 * HOUR]],
    [
      "three -> the one in the middle",
      [MINUTE, 3 * HOUR, 6 * DAY],
      (MINUTE + 3 * HOUR + 6 * DAY) / 3,
      [2 * HOUR, 4 * HOUR],
    ],
    ["most at once, and a few very late", [1000, 2000, 3000, 40 * DAY], 10 * DAY + 1500, [0, MINUTE]],
    ["all after a month -> a month at least", [31 * DAY, 90 * DAY], 60.5 * DAY, [30 * DAY, 30 * DAY]],
  ] as [string, number[], number | null, [number, number] | null][])("%s", (_, times, average, between) => {
    const found = replyTimeOf(timesOf(times));
    expect(found).toMatchObject({ replies: times.length, average });
    if (between === null) return expect(found.median).toBeNull();
    expect(found.median).toBeGreaterThanOrEqual(between[0]);
    expect(found.median).toBeLessThanOrEqual(between[1]);
  });

  test("of several steps together", () => {
    const [one, two] = [timesOf([MINUTE, HOUR]), timesOf([HOUR, 3 * DAY])];
    expect(together([one, two])).toEqual(timesOf([MINUTE, HOUR, HOUR, 3 * DAY]));
    expect(together([])).toEqual({ total: 0, counted: new Map() });
  });
});
