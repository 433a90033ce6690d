/** Knows when a time of day comes round in a time zone. */
import { DAY, HOUR, type Journey, MINUTE } from "./time";
import { type Face, offset } from "./zone";

/** Whether this is a time of day, `00:00` to `23:59`. */
export function isLocalTime(text: string): boolean {
  return /^([01]\d|2[0-3]):[0-5]\d$/.test(text);
}

/** Of a time of day, or of 24:00. */
export function sinceMidnight(time: string): number {
  return Number(time.slice(0, 2)) * HOUR + Number(time.slice(3)) * MINUTE;
}

/**
 * The first instant after `after` at which it is `time` in the zone; an instant equal to `after` is behind.
 * Every day has one such instant: see `instantOf` for days on which the clocks are changed.
 */
export function nextLocalTime(after: Journey, time: string, zone: string): Journey {
  const since = sinceMidnight(time);
  const now: Face = after + offset(after, zone);
  // The latest that the clock has passed. It may be ahead all the same: a gap puts it off, by a day at most.
  let shown: Face = Math.floor((now - since) / DAY) * DAY + since;
  let instant = instantOf(shown, zone);
  while (instant <= after) {
    shown += DAY;
    instant = instantOf(shown, zone);
  }
  return instant;
}

/** When it is `time` in the zone on a day, which is written as the instant of its midnight in UTC. */
export function localTimeOn(midnight: number, time: string, zone: string): Journey {
  return instantOf(midnight + Number(time.slice(0, 2)) * HOUR + Number(time.slice(3)) * MINUTE, zone);
}

/**
 * When the clock shows this: where it does so twice, the first of the two; where it skips this, the instant by the
 * offset before the gap, so later by the gap's length (RFC 5545, 3.3.5; "compatible" in Temporal).
 * On a day that is skipped whole it is the instant of the day after, so such a day neither adds one nor takes one.
 */
export function instantOf(shown: Face, zone: string): Journey {
  const before = offset(shown - DAY, zone);
  const early = shown - before;
  const then = offset(early, zone);
  if (then === before) {
    return early;
  }
  const late = shown - then;
  return offset(late, zone) === then ? late : early;
}
