/** Knows what a schedule may say, and puts its openings in order. */
import { isDate } from "./day";
import type { Failure } from "./failure";
import { isLocalTime, sinceMidnight } from "./localtime";
import type { Opening, Schedule } from "./window";
import { isZone } from "./zone";

export const MOST_SCHEDULES = 100; // of a workspace
export const MOST_OPENINGS = 100;
export const MOST_HOLIDAYS = 366;

/** What is wrong with a schedule, named by the field; null when it can be saved. */
export function faultInSchedule({ zone, openings, holidays }: Partial<Schedule>): Failure | null {
  if (zone !== undefined && zone !== null && !isZone(zone)) {
    return bad("zone", "must be an IANA time zone, such as Europe/Berlin");
  }
  return (openings && faultInOpenings(openings)) ?? (holidays && faultInHolidays(holidays)) ?? null;
}

function faultInOpenings(openings: readonly Opening[]): Failure | null {
  if (openings.length === 0) return { kind: "blank", field: "openings" };
  if (openings.length > MOST_OPENINGS) return bad("openings", `must be at most ${MOST_OPENINGS}`);
  for (const [i, { day, from, to }] of openings.entries()) {
    const field = `openings.${i}`;
    if (!Number.isInteger(day) || day < 1 || day > 7)
      return bad(`${field}.day`, "must be 1 for Monday to 7 for Sunday");
    if (!isLocalTime(from)) return bad(`${field}.from`, "must be a time of day such as 08:00");
    if (!isLocalTime(to) && to !== "24:00") return bad(`${field}.to`, "must be a time of day such as 17:00, or 24:00");
    if (to <= from)
      return bad(`${field}.to`, "must be later than from; past midnight, the next day has its own opening");
  }
  return null;
}

function faultInHolidays(holidays: readonly string[]): Failure | null {
  if (holidays.length > MOST_HOLIDAYS) return bad("holidays", `must be at most ${MOST_HOLIDAYS}`);
  const wrong = holidays.findIndex((date) => !isDate(date));
  return wrong < 0 ? null : bad(`holidays.${wrong}`, "must be a day such as 2027-12-25");
}

/** The openings from Monday on; those that overlap or touch are one. */
export function merged(openings: readonly Opening[]): Opening[] {
  const inOrder = [...openings].sort((a, b) => a.day - b.day || sinceMidnight(a.from) - sinceMidnight(b.from));
  const apart: Opening[] = [];
  for (const { day, from, to } of inOrder) {
    const last = apart.at(-1);
    if (last?.day !== day || last.to < from) apart.push({ day, from, to });
    else if (last.to < to) last.to = to;
  }
  return apart;
}

/** Each holiday once, the earliest first. */
export function inOrder(holidays: readonly string[]): string[] {
  return [...new Set(holidays)].sort();
}

function bad(field: string, message: string): Failure {
  return { kind: "bad_value", field, message };
}
