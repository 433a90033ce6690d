/** Knows when a time of day comes round in a time zone. */
import { tzOffset } from "@date-fns/tz/tzOffset";
import { DAY, HOUR, type Journey, MINUTE } from "./time";

/** What the face of a clock in a zone shows, written as the milliseconds since 1970 that UTC would show it at. */
type Face = number;

/** Whether this is a time of day, `00:00` to `23:59`. */
export function isLocalTime(text: string): boolean {
  return /^([01]\d|2[0-3]):[0-5]\d$/.test(text);
}

/**
 * The first instant after `after` at which it is `time` in the zone; an instant equal to `after` is behind.
 * Every day has one such instant: see `instantOf` for days on which the clocks are changed.
 */
export function nextLocalTime(after: Journey, time: string, zone: string): Journey {
  const sinceMidnight = Number(time.slice(0, 2)) * HOUR + Number(time.slice(3)) * MINUTE;
  const now: Face = after + offset(after, zone);
  // The latest that the clock has passed. It may be ahead all the same: a gap puts it off, by a day at most.
  let shown: Face = Math.floor((now - sinceMidnight) / DAY) * DAY + sinceMidnight;
  let instant = instantOf(shown, zone);
  while (instant <= after) {
    shown += DAY;
    instant = instantOf(shown, zone);
  }
  return instant;
}

/**
 * When the clock shows this: where it does so twice, the first of the two; where it skips this, the instant by the
 * offset before the gap, so later by the gap's length (RFC 5545, 3.3.5; "compatible" in Temporal).
 * On a day that is skipped whole it is the instant of the day after, so such a day neither adds one nor takes one.
 */
function instantOf(shown: Face, zone: string): Journey {
  const before = offset(shown - DAY, zone);
  const early = shown - before;
  const then = offset(early, zone);
  if (then === before) {
    return early;
  }
  const late = shown - then;
  return offset(late, zone) === then ? late : early;
}

/** How far the zone is ahead of UTC at an instant. */
function offset(instant: Journey, zone: string): number {
  // The library keeps a formatter for each spelling of a name that it meets, so let it meet one.
  const minutes = tzOffset(zone.toLowerCase(), new Date(instant));
  if (Number.isNaN(minutes)) {
    throw new RangeError(`No offset is known for the zone ${zone} at ${instant}`);
  }
  return Math.round(minutes * MINUTE);
}
