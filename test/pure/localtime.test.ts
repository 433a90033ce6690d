/** Knows the instants at which a time of day comes round: named cases, and every half hour of two years in ten zones. */
import { describe, expect, test } from "vitest";
import { isLocalTime, nextLocalTime } from "../../src/domain/localtime.ts";
import { DAY, HOUR, MINUTE } from "../../src/domain/time.ts";

describe("a time of day", () => {
  test.each(["00:00", "09:05", "19:59", "20:00", "23:59"])("%s is one", (text) => {
    expect(isLocalTime(text)).toBe(true);
  });

  test.each([
    "",
    "24:00",
    "23:60",
    "9:00",
    "09:0",
    "09:00:00",
    " 09:00",
    "09:00\n",
    "0９:00",
    "09.00",
    "-1:00",
    "9 am",
  ])("%j is none", (text) => {
    expect(isLocalTime(text)).toBe(false);
  });
});

/** What happens, the zone, the time of day, the instant after which it is looked for, and what is found. */
type Case = [what: string, zone: string, time: string, after: string, next: string];

const CASES: Case[] = [
  ["same day: still ahead", "Europe/Berlin", "09:00", "2027-01-12T06:30Z", "2027-01-12T09:00+01:00"],
  ["same day: a millisecond ahead", "Europe/Berlin", "09:00", "2027-01-12T07:59:59.999Z", "2027-01-12T09:00+01:00"],
  ["next day: the very instant is behind", "Europe/Berlin", "09:00", "2027-01-12T08:00Z", "2027-01-13T09:00+01:00"],
  ["next day: just passed", "Europe/Berlin", "09:00", "2027-01-12T08:00:00.001Z", "2027-01-13T09:00+01:00"],
  ["next day: long passed", "Europe/Berlin", "09:00", "2027-01-12T22:59Z", "2027-01-13T09:00+01:00"],
  ["same day: although UTC is a day behind", "Asia/Tokyo", "06:00", "2027-01-11T20:00Z", "2027-01-12T06:00+09:00"],
  ["same day: though UTC is a day on", "America/Los_Angeles", "21:00", "2027-01-13T04:00Z", "2027-01-12T21:00-08:00"],
  ["midnight: the one to come", "Europe/Berlin", "00:00", "2027-01-12T22:59:59Z", "2027-01-13T00:00+01:00"],
  ["midnight: the next but one", "Europe/Berlin", "00:00", "2027-01-12T23:00Z", "2027-01-14T00:00+01:00"],
  ["year's end", "Europe/Berlin", "08:00", "2027-12-31T12:00Z", "2028-01-01T08:00+01:00"],
  ["leap day", "Europe/Berlin", "08:00", "2028-02-28T12:00Z", "2028-02-29T08:00+01:00"],

  ["gap: the time is later by the gap", "Europe/Berlin", "02:30", "2027-03-28T00:00Z", "2027-03-28T03:30+02:00"],
  ["gap: its first minute", "Europe/Berlin", "02:00", "2027-03-28T00:00Z", "2027-03-28T03:00+02:00"],
  ["gap: the minute before it", "Europe/Berlin", "01:59", "2027-03-28T00:00Z", "2027-03-28T01:59+01:00"],
  ["gap: its end", "Europe/Berlin", "03:00", "2027-03-28T00:00Z", "2027-03-28T03:00+02:00"],
  ["gap: just behind it, still ahead", "Europe/Berlin", "02:30", "2027-03-28T01:10Z", "2027-03-28T03:30+02:00"],
  ["gap: passed, back to the time", "Europe/Berlin", "02:30", "2027-03-28T01:30Z", "2027-03-29T02:30+02:00"],
  ["gap: a day of 23 hours", "Europe/Berlin", "09:00", "2027-03-27T08:00Z", "2027-03-28T09:00+02:00"],
  ["gap: at midnight", "Africa/Cairo", "00:15", "2024-04-25T12:00Z", "2024-04-26T01:15+03:00"],
  ["gap: before midnight, into the next day", "America/Nuuk", "23:30", "2024-03-30T12:00Z", "2024-03-31T00:30-01:00"],
  ["gap: next day, still ahead", "America/Nuuk", "23:30", "2024-03-31T01:10Z", "2024-03-31T00:30-01:00"],
  ["gap: next day, passed", "America/Nuuk", "23:30", "2024-03-31T01:30Z", "2024-03-31T23:30-01:00"],

  ["overlap: the first of two", "Europe/Berlin", "02:30", "2027-10-31T00:00Z", "2027-10-31T02:30+02:00"],
  ["overlap: between the two", "Europe/Berlin", "02:30", "2027-10-31T00:45Z", "2027-11-01T02:30+01:00"],
  ["overlap: at the second", "Europe/Berlin", "02:30", "2027-10-31T01:30Z", "2027-11-01T02:30+01:00"],
  ["overlap: its first minute", "Europe/Berlin", "02:00", "2027-10-31T00:00Z", "2027-11-01T02:00+01:00"],
  ["overlap: its end exists once", "Europe/Berlin", "03:00", "2027-10-31T00:30Z", "2027-10-31T03:00+01:00"],
  ["overlap: a day of 25 hours", "Europe/Berlin", "09:00", "2027-10-30T07:00Z", "2027-10-31T09:00+01:00"],
  ["overlap: back over midnight", "America/Santiago", "23:30", "2024-04-07T02:45Z", "2024-04-07T23:30-04:00"],
  ["overlap: midnight twice", "America/St_Johns", "00:00", "2010-11-07T02:00Z", "2010-11-07T00:00-02:30"],
  ["overlap: midnight was had", "America/St_Johns", "00:00", "2010-11-07T02:45Z", "2010-11-08T00:00-03:30"],

  ["30-minute gap", "Australia/Lord_Howe", "02:10", "2024-10-05T12:00Z", "2024-10-06T02:40+11:00"],
  ["30-minute overlap: the first", "Australia/Lord_Howe", "01:45", "2024-04-06T12:00Z", "2024-04-07T01:45+11:00"],
  ["30-minute overlap: between", "Australia/Lord_Howe", "01:45", "2024-04-06T15:00Z", "2024-04-08T01:45+10:30"],

  ["missing day: the last before it", "Pacific/Apia", "09:00", "2011-12-29T12:00Z", "2011-12-29T09:00-10:00"],
  ["missing day: over it", "Pacific/Apia", "09:00", "2011-12-29T19:00Z", "2011-12-31T09:00+14:00"],
  ["missing day: no second one", "Pacific/Apia", "09:00", "2011-12-30T19:00Z", "2012-01-01T09:00+14:00"],
  ["missing day: midnight", "Pacific/Apia", "00:00", "2011-12-29T12:00Z", "2011-12-31T00:00+14:00"],
  ["missing day: midnight once", "Pacific/Apia", "00:00", "2011-12-30T10:00Z", "2012-01-01T00:00+14:00"],

  ["Ramadan begins: the first of two", "Africa/Casablanca", "02:30", "2026-02-14T12:00Z", "2026-02-15T02:30+01:00"],
  ["Ramadan begins: between", "Africa/Casablanca", "02:30", "2026-02-15T01:45Z", "2026-02-16T02:30+00:00"],
  ["Ramadan", "Africa/Casablanca", "08:00", "2026-03-01T12:00Z", "2026-03-02T08:00+00:00"],
  ["Ramadan ends: in the gap", "Africa/Casablanca", "02:30", "2026-03-21T12:00Z", "2026-03-22T03:30+01:00"],

  ["quarter of an hour", "Asia/Kathmandu", "09:00", "2027-06-01T03:14Z", "2027-06-01T09:00+05:45"],
  ["half an hour", "America/St_Johns", "09:00", "2027-06-01T11:29Z", "2027-06-01T09:00-02:30"],
  ["half an hour ahead", "Asia/Kolkata", "09:00", "2027-06-01T03:30Z", "2027-06-02T09:00+05:30"],
  ["far ahead of UTC", "Pacific/Kiritimati", "00:30", "2027-06-01T10:29Z", "2027-06-02T00:30+14:00"],
  ["far behind UTC", "Pacific/Pago_Pago", "23:30", "2027-06-01T10:29Z", "2027-05-31T23:30-11:00"],
  ["no shifts", "America/Phoenix", "02:30", "2024-03-10T09:00Z", "2024-03-10T02:30-07:00"],
  ["UTC", "UTC", "12:00", "2027-03-28T12:00Z", "2027-03-29T12:00Z"],
  ["a fixed offset", "Etc/GMT+5", "12:00", "2027-03-28T16:59Z", "2027-03-28T12:00-05:00"],
  ["an old name", "US/Pacific", "02:30", "2024-03-10T09:00Z", "2024-03-10T03:30-07:00"],
  ["a name in small letters", "europe/berlin", "02:30", "2027-03-28T00:00Z", "2027-03-28T03:30+02:00"],
];

describe("the next time of day", () => {
  for (const [what, zone, time, after, next] of CASES) {
    test(`${what}: ${time} in ${zone} after ${after} -> ${next}`, () => {
      const found = nextLocalTime(Date.parse(after), time, zone);
      expect(new Date(found).toISOString()).toBe(new Date(next).toISOString());
    });
  }

  test("a zone that nobody knows is an error", () => {
    expect(() => nextLocalTime(0, "09:00", "Mars/Olympus")).toThrow(RangeError);
  });
});

/** Each with the two years to look at, past ones, which no government can change, and how many shifts those have. */
const YEARS: [zone: string, from: number, shifts: number, rare: string][] = [
  ["Europe/Berlin", 2024, 4, "plain shifts of an hour"],
  ["Australia/Lord_Howe", 2024, 4, "shifts of 30 minutes"],
  ["Pacific/Apia", 2011, 5, "a day that is missing"],
  ["Africa/Casablanca", 2024, 4, "shifts for Ramadan"],
  ["America/St_Johns", 2010, 4, "shifts at a minute past midnight"],
  ["America/Nuuk", 2023, 3, "gaps at the last hour of a day"],
  ["America/Santiago", 2024, 4, "shifts at midnight"],
  ["Asia/Kathmandu", 1985, 1, "a gap of 15 minutes"],
  ["Pacific/Chatham", 2024, 4, "an offset of 12:45"],
  ["Pacific/Kiritimati", 1994, 1, "a missing day at a year's end"],
];

const TIMES = ["00:00", "00:30", "02:30", "03:00", "09:00", "23:15", "23:30"];

describe("every half hour of two years", () => {
  for (const [zone, year, shifts, rare] of YEARS) {
    test(`${zone} from ${year}: ${rare}`, () => {
      const [from, to] = [Date.UTC(year, 0, 1), Date.UTC(year + 2, 0, 1)];
      const stretches = stretchesOf(zone, from - 3 * DAY, to + 5 * DAY);
      expect(stretches.length - 1).toBe(shifts);
      const lists = TIMES.map((time) => instantsOf(time, stretches));
      const nextOf = lists.map((list) => ahead(list));
      const wrong: string[] = [];
      let looked = 0;
      for (let after = from, turn = 0; after < to; after += HOUR / 2, turn++) {
        // Far from any shift one time of the seven in its turn: each meets each half hour of the day a hundred times.
        const near = stretches.some((stretch) => Math.abs(stretch.from - after) < 2 * DAY);
        TIMES.forEach((time, at) => {
          const expected = nextOf[at]?.(after);
          if (near || turn % TIMES.length === at) {
            const found = nextLocalTime(after, time, zone);
            looked++;
            if (found !== expected) {
              wrong.push(`${time} after ${iso(after)}: ${iso(found)}, not ${iso(expected ?? Number.NaN)}`);
            }
          }
        });
      }
      expect(looked).toBeGreaterThan(35_000);
      expect({ wrong: wrong.length, first: wrong.slice(0, 5) }).toEqual({ wrong: 0, first: [] });
    });
  }
});

/** A while in which the clock on the wall runs on without a jump; what it shows is written as if it were UTC's. */
interface Stretch {
  from: number;
  to: number;
  shows: number;
}

/** Read off the clock itself every three hours, and every minute where it has jumped: nothing here knows of offsets. */
function stretchesOf(zone: string, from: number, to: number): Stretch[] {
  const clock = clockOf(zone);
  const stretches: Stretch[] = [];
  let current: Stretch = { from, to: from, shows: clock(from) };
  const runsOnTo = (instant: number) => clock(instant) - current.shows === instant - current.from;
  while (current.to < to) {
    if (runsOnTo(current.to + 3 * HOUR)) {
      current.to += 3 * HOUR;
      continue;
    }
    while (runsOnTo(current.to + MINUTE)) {
      current.to += MINUTE;
    }
    const jump = current.to + MINUTE;
    stretches.push({ ...current, to: jump });
    current = { from: jump, to: jump, shows: clock(jump) };
  }
  return [...stretches, current];
}

/** One instant for each day that the zone has: when it shows the time first, or else by the clock that had jumped. */
function instantsOf(time: string, stretches: Stretch[]): number[] {
  const endOf = ({ from, to, shows }: Stretch) => shows + (to - from);
  const last = stretches.at(-1);
  const found: number[] = [];
  for (let day = (stretches[0]?.shows ?? 0) + DAY; last && day < endOf(last) - DAY; day += DAY) {
    const date = iso(day).slice(0, 10);
    const [midnight, wanted] = [Date.parse(`${date}T00:00Z`), Date.parse(`${date}T${time}Z`)];
    if (!stretches.some((stretch) => stretch.shows < midnight + DAY && endOf(stretch) > midnight)) {
      continue; // a day that is missing
    }
    const showing = stretches.find((stretch) => stretch.shows <= wanted && wanted < endOf(stretch));
    const jumped = stretches.find(
      (stretch, at) => endOf(stretch) <= wanted && wanted < (stretches[at + 1]?.shows ?? 0),
    );
    const by = showing ?? jumped;
    if (by) {
      found.push(by.from + (wanted - by.shows));
    }
  }
  return found;
}

/** Asked with instants in their order: the first of the list after each. */
function ahead(list: number[]): (after: number) => number | undefined {
  let at = 0;
  return (after) => {
    while ((list[at] ?? Number.POSITIVE_INFINITY) <= after) {
      at++;
    }
    return list[at];
  };
}

function clockOf(zone: string): (instant: number) => number {
  const format = new Intl.DateTimeFormat("en-GB", {
    timeZone: zone,
    hourCycle: "h23",
    year: "numeric",
    month: "2-digit",
    day: "2-digit",
    hour: "2-digit",
    minute: "2-digit",
  });
  return (instant) => {
    const part = Object.fromEntries(format.formatToParts(instant).map(({ type, value }) => [type, value]));
    return Date.parse(`${part.year}-${part.month}-${part.day}T${part.hour}:${part.minute}Z`);
  };
}

function iso(instant: number): string {
  return Number.isNaN(instant) ? "nothing" : new Date(instant).toISOString();
}
