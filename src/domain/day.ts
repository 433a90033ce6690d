/** Knows calendar days, written `YYYY-MM-DD`, and when each begins and ends in a time zone. */
import { instantOf } from "./localtime";
import { DAY, type Journey } from "./time";
import { offset } from "./zone";

export function isDate(text: string): boolean {
  if (!/^\d{4}-\d\d-\d\d$/.test(text)) return false;
  const at = Date.parse(`${text}T00:00:00Z`);
  // A day beyond its month's end is taken for one of the month after.
  return !Number.isNaN(at) && new Date(at).toISOString().startsWith(text);
}

/** Days since 1970. */
export function dayNumber(date: string): number {
  return Date.parse(`${date}T00:00:00Z`) / DAY;
}

export function dateOf(day: number): string {
  return new Date(day * DAY).toISOString().slice(0, 10);
}

/** 1 for Monday to 7 for Sunday (ISO 8601); the first day of 1970 was a Thursday. */
export function weekdayOf(day: number): number {
  return ((((day + 3) % 7) + 7) % 7) + 1;
}

export function startOfDay(date: string, zone: string): Journey {
  return instantOf(dayNumber(date) * DAY, zone);
}

/** When the day is over that a clock in the zone shows at an instant. */
export function endOfDay(at: Journey, zone: string): Journey {
  const day = Math.floor((at + offset(at, zone)) / DAY);
  return instantOf((day + 1) * DAY, zone);
}
