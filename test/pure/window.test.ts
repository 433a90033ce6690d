/** Knows when schedules are open: named cases, and a clock read minute by minute over changes of the clocks. */
import { describe, expect, test } from "vitest";
import { endOfDay, isDate, startOfDay, weekdayOf } from "../../src/domain/day";
import { faultInSchedule, inOrder, merged } from "../../src/domain/openings";
import { DAY, HOUR, MINUTE, SECOND } from "../../src/domain/time";
import { afterOpenTime, isOpen, nextOpening, type Opening, type Schedule } from "../../src/domain/window";

const daily = (from: string, to: string, days = [1, 2, 3, 4, 5, 6, 7]): Opening[] =>
  days.map((day) => ({ day, from, to }));
const WEEKDAYS = [1, 2, 3, 4, 5];
const scheduleOf = (openings: Opening[], holidays: string[] = []): Schedule => ({ zone: null, openings, holidays });

const OFFICE = scheduleOf(daily("09:00", "17:00", WEEKDAYS));
const MONDAYS = scheduleOf(daily("09:00", "10:00", [1]));
const ALWAYS = scheduleOf(daily("00:00", "24:00"));

const instant = (text: string) => Date.parse(text);

type Case = [what: string, schedule: Schedule, zone: string, at: string, opens: string];
const OPENINGS: Case[] = [
  ["open: at once", OFFICE, "Europe/Berlin", "2024-01-10T11:11:11.111Z", "2024-01-10T11:11:11.111Z"],
  ["the very opening: at once", OFFICE, "Europe/Berlin", "2024-01-10T08:00Z", "2024-01-10T08:00Z"],
  ["a millisecond before", OFFICE, "Europe/Berlin", "2024-01-10T07:59:59.999Z", "2024-01-10T08:00Z"],
  ["the last millisecond", OFFICE, "Europe/Berlin", "2024-01-10T15:59:59.999Z", "2024-01-10T15:59:59.999Z"],
  ["the very closing: the next day", OFFICE, "Europe/Berlin", "2024-01-10T16:00Z", "2024-01-11T08:00Z"],
  ["Friday night: Monday", OFFICE, "Europe/Berlin", "2024-01-12T20:00Z", "2024-01-15T08:00Z"],
  ["a zone where it is Monday already", OFFICE, "Asia/Tokyo", "2024-01-14T23:59Z", "2024-01-15T00:00Z"],
  ["a zone where it is Friday still", OFFICE, "America/Los_Angeles", "2024-01-13T00:59Z", "2024-01-13T00:59Z"],
  ["over a change of the clocks", OFFICE, "Europe/Berlin", "2024-03-29T20:00Z", "2024-04-01T07:00Z"],
  [
    "a holiday",
    scheduleOf(OFFICE.openings.slice(), ["2024-01-11"]),
    "Europe/Berlin",
    "2024-01-10T16:00Z",
    "2024-01-12T08:00Z",
  ],
  [
    "a holiday counts by the zone's own day",
    scheduleOf(daily("00:00", "24:00"), ["2024-01-11"]),
    "America/New_York",
    "2024-01-11T05:00Z",
    "2024-01-12T05:00Z",
  ],
  [
    "an hour that is skipped: the week after",
    scheduleOf(daily("02:00", "03:00", [7])),
    "Europe/Berlin",
    "2024-03-30T12:00Z",
    "2024-04-07T00:00Z",
  ],
  [
    "an hour that begins in what is skipped: where it is shown again",
    scheduleOf(daily("02:30", "04:00", [7])),
    "Europe/Berlin",
    "2024-03-30T12:00Z",
    "2024-03-31T01:00Z",
  ],
  [
    "an hour that is shown twice: the second time too",
    scheduleOf(daily("02:00", "02:30", [7])),
    "Europe/Berlin",
    "2024-10-27T00:30Z",
    "2024-10-27T01:00Z",
  ],
  [
    "a day that is skipped",
    scheduleOf(daily("09:00", "10:00", [5, 1])),
    "Pacific/Apia",
    "2011-12-29T20:00Z",
    "2012-01-01T19:00Z",
  ],
];

describe("the next opening", () => {
  test.each(OPENINGS)("%s", (_, schedule, zone, at, opens) => {
    expect(new Date(nextOpening(instant(at), schedule, zone)).toISOString()).toBe(new Date(opens).toISOString());
    expect(isOpen(instant(at), schedule, zone)).toBe(instant(at) === instant(opens));
  });

  test("every Monday of seven years a holiday -> the first one after them, soon found", () => {
    const first = instant("2015-01-05T00:00Z");
    const holidays = Array.from({ length: 366 }, (_, i) => new Date(first + i * 7 * DAY).toISOString().slice(0, 10));
    const schedule = scheduleOf(daily("09:00", "10:00", [1]), holidays);
    const began = performance.now();
    const opens = nextOpening(first, schedule, "UTC");
    expect(opens).toBe(first + 366 * 7 * DAY + 9 * HOUR);
    expect(performance.now() - began).toBeLessThan(500);
  });
});

describe("open time", () => {
  test.each([
    ["none: the same instant, though it is closed", OFFICE, 0, "2024-01-10T03:00Z", "2024-01-10T03:00Z"],
    ["within an opening", OFFICE, 3600, "2024-01-10T10:00Z", "2024-01-10T11:00Z"],
    ["up to the closing", OFFICE, 7 * 3600, "2024-01-10T10:00Z", "2024-01-10T17:00Z"],
    ["a second more: into the next day", OFFICE, 7 * 3600 + 1, "2024-01-10T10:00Z", "2024-01-11T09:00:01Z"],
    ["from closed time", OFFICE, 3600, "2024-01-10T03:00Z", "2024-01-10T10:00Z"],
    ["over a weekend", OFFICE, 8 * 3600, "2024-01-12T16:00Z", "2024-01-15T16:00Z"],
    ["a week of it", OFFICE, 40 * 3600, "2024-01-10T12:00Z", "2024-01-17T12:00Z"],
    ["an hour a week", MONDAYS, 26 * 3600, "2024-01-01T09:00Z", "2024-06-24T10:00Z"],
    ["all the time there is", ALWAYS, 100 * 86_400, "2024-01-01T00:00Z", "2024-04-10T00:00Z"],
  ])("%s", (_, schedule, seconds, at, after) => {
    expect(new Date(afterOpenTime(instant(at), seconds, schedule, "UTC")).toISOString()).toBe(
      new Date(after).toISOString(),
    );
  });

  test("more than comes in ten years -> after ten years, soon found", () => {
    const at = instant("2014-01-10T12:00Z");
    const began = performance.now();
    const after = afterOpenTime(at, 10 * 366 * 86_400, MONDAYS, "Europe/Berlin");
    expect(after).toBe(at + 10 * 366 * DAY);
    expect(performance.now() - began).toBeLessThan(500);
  });
});

/** Zones and a day of theirs on which the clocks are changed. */
const CHANGES: [zone: string, near: string][] = [
  ["Europe/Berlin", "2024-03-31"],
  ["Europe/Berlin", "2024-10-27"],
  ["America/New_York", "2024-03-10"],
  ["America/New_York", "2024-11-03"],
  ["Australia/Lord_Howe", "2024-04-07"],
  ["Australia/Lord_Howe", "2024-10-06"],
  ["America/Santiago", "2024-04-07"],
  ["America/Santiago", "2024-09-08"],
  ["Africa/Cairo", "2024-04-26"],
  ["Pacific/Apia", "2011-12-30"],
  ["America/St_Johns", "2010-11-07"],
  ["Asia/Kathmandu", "2024-05-01"],
  ["UTC", "2024-02-29"],
];

/** Schedules for a zone whose clocks change on a day: with that day and the next as holidays, and past midnight. */
function schedulesNear(day: number): Record<string, Schedule> {
  const date = (days: number) => new Date(day + days * DAY).toISOString().slice(0, 10);
  return {
    office: OFFICE,
    "the small hours": scheduleOf([...daily("00:15", "00:45"), ...daily("01:40", "02:20"), ...daily("02:50", "03:10")]),
    "past midnight": scheduleOf([...daily("00:00", "03:30"), ...daily("22:00", "24:00")], [date(1)]),
    always: scheduleOf(daily("00:00", "24:00"), [date(-1), date(0)]),
  };
}

const BEFORE = 3;
const AFTER = 12;

/** What the runtime's own clock shows at each minute, such as `2024-03-31 03:00:00`. */
function facesOf(from: number, zone: string): string[] {
  const clock = new Intl.DateTimeFormat("sv-SE", { timeZone: zone, dateStyle: "short", timeStyle: "medium" });
  return Array.from({ length: ((BEFORE + AFTER) * DAY) / MINUTE }, (_, i) => clock.format(from + i * MINUTE));
}

function isOpenAt(face: string, { openings, holidays }: Schedule): boolean {
  const [date, time] = [face.slice(0, 10), face.slice(11, 16)];
  const day = new Date(`${date}T00:00Z`).getUTCDay() || 7;
  return !holidays.includes(date) && openings.some((one) => one.day === day && one.from <= time && time < one.to);
}

describe("as a clock shows it, minute by minute", () => {
  test.each(CHANGES)("%s around %s", (zone, near) => {
    const day = instant(`${near}T00:00Z`);
    const from = day - BEFORE * DAY;
    const faces = facesOf(from, zone);
    for (const [name, schedule] of Object.entries(schedulesNear(day))) {
      const open = faces.map((face) => isOpenAt(face, schedule));
      const opens = open.flatMap((is, i) => (is ? [from + i * MINUTE] : []));
      for (let i = 0; i < 5 * 24 * 60; i += 131) {
        const at = from + i * MINUTE + (i % 3) * 17 * SECOND;
        const now = open[i] ?? false;
        const ahead = opens.filter((minute) => minute > at);
        const places = { name, zone, at: new Date(at).toISOString() };
        expect({ ...places, opens: nextOpening(at, schedule, zone) }).toEqual({
          ...places,
          opens: now ? at : ahead[0],
        });
        for (const minutes of [1, 25, 600]) {
          // What is open of this minute and the ones that follow; the last of them is not used up.
          const rest = now ? Math.ceil((at + 1) / MINUTE) * MINUTE - at : 0;
          const left = minutes * MINUTE - rest;
          const whole = Math.ceil(left / MINUTE) - 1;
          const after = left <= 0 ? at + minutes * MINUTE : (ahead[whole] ?? Number.NaN) + (left - whole * MINUTE);
          const counted = afterOpenTime(at, minutes * 60, schedule, zone);
          expect({ ...places, minutes, after: counted }).toEqual({ ...places, minutes, after });
        }
      }
    }
  });
});

describe("days", () => {
  test.each([
    ["2024-01-10", "Europe/Berlin", "2024-01-09T23:00Z", "2024-01-10T23:00Z"],
    ["2024-03-31", "Europe/Berlin", "2024-03-30T23:00Z", "2024-03-31T22:00Z"],
    ["2024-10-27", "Europe/Berlin", "2024-10-26T22:00Z", "2024-10-27T23:00Z"],
    ["2024-04-26", "Africa/Cairo", "2024-04-25T22:00Z", "2024-04-26T21:00Z"], // begins at 01:00
    ["2024-02-29", "UTC", "2024-02-29T00:00Z", "2024-03-01T00:00Z"],
    ["2011-12-30", "Pacific/Apia", "2011-12-30T10:00Z", "2011-12-31T10:00Z"], // there was none
  ])("%s in %s", (date, zone, start, end) => {
    expect(startOfDay(date, zone)).toBe(instant(start));
    expect(endOfDay(instant(start), zone)).toBe(instant(end));
    expect(endOfDay(instant(end) - 1, zone)).toBe(instant(end));
  });

  test.each([
    ["2024-02-29", true],
    ["2023-02-29", false],
    ["2024-04-31", false],
    ["2024-13-01", false],
    ["2024-00-10", false],
    ["2024-1-1", false],
    ["2024-01-01T00:00Z", false],
    ["", false],
  ])("%j is a date: %s", (text, is) => {
    expect(isDate(text)).toBe(is);
  });

  test("the week begins on Monday, before 1970 too", () => {
    expect([-4, -3, 0, 3, 4, 10].map(weekdayOf)).toEqual([7, 1, 4, 7, 1, 7]);
  });
});

describe("what a schedule may say", () => {
  const monday = (from: string, to: string) => ({ day: 1, from, to });
  const fine: Schedule = { zone: "Europe/Berlin", openings: [monday("09:00", "24:00")], holidays: ["2024-12-25"] };

  test("zone, openings and holidays that there are", () => {
    expect(faultInSchedule(fine)).toBeNull();
    expect(faultInSchedule({ ...fine, zone: null })).toBeNull();
    expect(faultInSchedule({})).toBeNull();
  });

  test.each([
    ["zone", { zone: "Mars/Olympus" }],
    ["openings", { openings: [] }],
    ["openings", { openings: Array.from({ length: 101 }, () => monday("09:00", "10:00")) }],
    ["openings.0.day", { openings: [{ ...monday("09:00", "10:00"), day: 0 }] }],
    ["openings.0.day", { openings: [{ ...monday("09:00", "10:00"), day: 8 }] }],
    ["openings.0.day", { openings: [{ ...monday("09:00", "10:00"), day: 1.5 }] }],
    ["openings.1.from", { openings: [monday("09:00", "10:00"), monday("24:00", "24:00")] }],
    ["openings.0.to", { openings: [monday("09:00", "24:01")] }],
    ["openings.0.to", { openings: [monday("09:00", "09:00")] }],
    ["openings.0.to", { openings: [monday("22:00", "06:00")] }],
    ["holidays.1", { holidays: ["2024-12-25", "2024-12-32"] }],
    ["holidays", { holidays: Array.from({ length: 367 }, () => "2024-12-25") }],
  ])("%s cannot be %j", (field, wrong) => {
    expect(faultInSchedule({ ...fine, ...wrong })).toMatchObject({ field });
  });

  test("openings that overlap or touch are one, of each day", () => {
    const openings = [
      { day: 2, from: "08:00", to: "09:00" },
      monday("12:00", "24:00"),
      monday("09:00", "12:00"),
      monday("06:00", "07:00"),
      monday("13:00", "14:00"),
      monday("06:30", "07:30"),
    ];
    expect(merged(openings)).toEqual([
      monday("06:00", "07:30"),
      monday("09:00", "24:00"),
      { day: 2, from: "08:00", to: "09:00" },
    ]);
    expect(inOrder(["2024-12-26", "2024-12-25", "2024-12-26"])).toEqual(["2024-12-25", "2024-12-26"]);
  });
});
