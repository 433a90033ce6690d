/** How many mails go on a day, how far apart, and which slot is the first that is left. */
import { describe, expect, test } from "vitest";
import type { Limits } from "../../src/domain/mailbox";
import { beginOf, dayOf, gapOf, hourOf, limitOn, type Plan, paceOf, slotFrom } from "../../src/domain/seats";
import { DAY, HOUR, MINUTE } from "../../src/domain/time";

const at = (text: string) => Date.parse(text);
const day = (date: string) => at(`${date}T00:00:00Z`) / DAY;
const FREE: Limits = { daily: null, rate: null, warmup: null, zone: "UTC" };
const NOTHING: Plan = { taken: new Map(), last: new Map() };

describe("the limit of a day", () => {
  const warmup = { start: 5, step: 10, since: "2040-01-02" };
  test.each<[string, Partial<Limits>, string, number]>([
    ["nothing limits it", {}, "2040-01-02", Infinity],
    ["a daily limit", { daily: 50 }, "2040-01-02", 50],
    ["a ramp, the day before it began", { daily: 50, warmup }, "2040-01-01", 5],
    ["a ramp, on its first day", { daily: 50, warmup }, "2040-01-02", 5],
    ["a ramp, a day later", { daily: 50, warmup }, "2040-01-03", 15],
    ["a ramp, once it is as high as the limit", { daily: 50, warmup }, "2040-01-07", 50],
    ["a ramp without end", { warmup }, "2040-01-12", 105],
    ["a ramp that stays flat", { daily: 50, warmup: { ...warmup, step: 0 } }, "2041-01-02", 5],
    ["a ramp that begins above the limit", { daily: 3, warmup }, "2040-01-02", 3],
  ])("%s", (_, limits, date, expected) => {
    expect(limitOn(day(date), { ...FREE, ...limits })).toBe(expected);
  });
});

describe("the day is the one of the zone", () => {
  test.each<[string, string, string, string]>([
    ["UTC", "2040-01-02T23:59:59Z", "2040-01-02", "2040-01-02T00:00:00Z"],
    ["Asia/Kolkata", "2040-01-02T18:30:00Z", "2040-01-03", "2040-01-02T18:30:00Z"],
    ["America/New_York", "2040-01-03T04:59:59Z", "2040-01-02", "2040-01-02T05:00:00Z"],
    // The day of 23 hours, and the one of 25.
    ["Europe/Berlin", "2040-03-25T21:59:59Z", "2040-03-25", "2040-03-24T23:00:00Z"],
    ["Europe/Berlin", "2040-03-25T22:00:00Z", "2040-03-26", "2040-03-25T22:00:00Z"],
    ["Europe/Berlin", "2040-10-28T22:59:59Z", "2040-10-28", "2040-10-27T22:00:00Z"],
    ["Europe/Berlin", "2040-10-28T23:00:00Z", "2040-10-29", "2040-10-28T23:00:00Z"],
    // Midnight comes twice, or never.
    ["America/Havana", "2040-11-04T05:30:00Z", "2040-11-04", "2040-11-04T04:00:00Z"],
    ["Africa/Cairo", "2023-04-28T01:00:00Z", "2023-04-28", "2023-04-27T22:00:00Z"],
  ])("%s: %s is on %s, which began at %s", (zone, instant, date, began) => {
    expect(dayOf(at(instant), zone)).toBe(day(date));
    expect(beginOf(day(date), zone)).toBe(at(began));
    expect(dayOf(beginOf(day(date), zone), zone)).toBe(day(date));
    expect(dayOf(beginOf(day(date), zone) - 1, zone)).toBe(day(date) - 1);
  });
});

describe("the first slot that is left", () => {
  const NOON = at("2040-01-02T12:00:00Z");
  const fifty: Limits = { ...FREE, daily: 50 };
  const taken = (...days: [string, number][]): Plan => ({
    ...NOTHING,
    taken: new Map(days.map(([date, n]) => [day(date), n])),
  });

  test.each<[string, Limits, Plan, number | null, string]>([
    ["nothing is planned", fifty, NOTHING, null, "2040-01-02T12:00:00Z"],
    ["a seat is left today", fifty, taken(["2040-01-02", 49]), null, "2040-01-02T12:00:00Z"],
    ["today is full", fifty, taken(["2040-01-02", 50]), null, "2040-01-03T00:00:00Z"],
    [
      "days are full, and one between them is not",
      fifty,
      taken(["2040-01-02", 50], ["2040-01-03", 50], ["2040-01-04", 49], ["2040-01-05", 50]),
      null,
      "2040-01-04T00:00:00Z",
    ],
    [
      "today is full, and it has a seat of today's",
      fifty,
      taken(["2040-01-02", 50]),
      day("2040-01-02"),
      "2040-01-02T12:00:00Z",
    ],
    [
      "the limit was lowered below what is taken",
      { ...fifty, daily: 10 },
      taken(["2040-01-02", 50]),
      null,
      "2040-01-03T00:00:00Z",
    ],
    ["no limit", FREE, taken(["2040-01-02", 1e6]), null, "2040-01-02T12:00:00Z"],
    [
      "in a zone where the day is over already",
      { ...fifty, zone: "Pacific/Auckland" },
      taken(["2040-01-03", 50]),
      null,
      "2040-01-03T11:00:00Z",
    ],
    [
      "a ramp has room two days on",
      { ...FREE, warmup: { start: 1, step: 1, since: "2040-01-02" } },
      taken(["2040-01-02", 1], ["2040-01-03", 2], ["2040-01-04", 2]),
      null,
      "2040-01-04T00:00:00Z",
    ],
  ])("%s", (_, limits, plan, own, expected) => {
    expect(new Date(slotFrom(NOON, limits, plan, own)).toISOString()).toBe(new Date(expected).toISOString());
  });

  test("where the clocks change, the next day begins at its own midnight", () => {
    const berlin = { ...fifty, zone: "Europe/Berlin" };
    const full = taken(["2040-03-25", 50]);
    expect(slotFrom(at("2040-03-25T12:00:00Z"), berlin, full)).toBe(at("2040-03-25T22:00:00Z"));
  });

  test("of a zone that has skipped a day, that day is passed over", () => {
    const samoa = { ...fifty, zone: "Pacific/Apia" };
    const full = taken(["2011-12-29", 50]);
    expect(slotFrom(at("2011-12-29T12:00:00Z"), samoa, full)).toBe(at("2011-12-30T10:00:00Z"));
  });

  describe("apart from one another", () => {
    const paced: Limits = { ...FREE, rate: { messages: 2, seconds: 60 } };
    const PACE = paceOf(paced.rate);
    const last = (...slots: number[]): Plan => ({
      ...NOTHING,
      last: new Map(slots.map((slot) => [hourOf(slot), slot])),
    });

    test("the gap is the time shared out, and planned with a twentieth to spare", () => {
      expect([gapOf(null), gapOf({ messages: 2, seconds: 60 }), gapOf({ messages: 7, seconds: 60 })]).toEqual([
        0, 30_000, 8572,
      ]);
      expect(PACE).toBe(31_500);
    });

    test.each<[string, Plan, number, number]>([
      ["nothing is planned -> at once", NOTHING, NOON, NOON],
      ["the last was a moment ago -> a pace behind it", last(NOON - 1000), NOON, NOON - 1000 + PACE],
      ["the last was long ago -> at once", last(NOON - MINUTE), NOON, NOON],
      ["planned ahead in this hour -> behind that", last(NOON + 10 * MINUTE), NOON, NOON + 10 * MINUTE + PACE],
      ["planned in a later hour alone -> before that, at once", last(NOON + 2 * HOUR), NOON, NOON],
      [
        "this hour is full to its end, and so is the next -> in the one after",
        last(NOON + HOUR - 1000, NOON + 2 * HOUR - 500),
        NOON,
        NOON + 2 * HOUR - 500 + PACE,
      ],
    ])("%s", (_, plan, from, expected) => {
      expect(slotFrom(from, paced, plan)).toBe(expected);
    });

    test("hours apart -> behind what was hours ago", () => {
      const rare = { ...FREE, rate: { messages: 1, seconds: 5 * 3600 } };
      expect(slotFrom(NOON, rare, last(NOON - 3 * HOUR))).toBe(NOON - 3 * HOUR + paceOf(rare.rate));
    });

    test("where the rate leads into a day that is full -> the one after that", () => {
      const both = { ...paced, daily: 5 };
      const plan = { taken: taken(["2040-01-03", 5]).taken, last: last(at("2040-01-02T23:59:50Z")).last };
      expect(slotFrom(at("2040-01-02T23:59:55Z"), both, plan)).toBe(at("2040-01-04T00:00:00Z"));
    });
  });
});
