/** Knows how many requests a key may make: so many in each minute of the clock, and when it may again. */
import { MINUTE, SECOND } from "./time";

export interface Allowance {
  /** Requests a minute. */
  limit: number;
  /** How many more this minute has room for, this request being counted. */
  remaining: number;
  /** When the next minute begins, in unix seconds. */
  resetAt: number;
  /** Whole seconds until then where this request had no room; null where it had. */
  retryAfter: number | null;
}

/** Which minute of wall time this is; all isolates turn to the next one together. */
export function minuteOf(wall: number): number {
  return Math.floor(wall / MINUTE);
}

/** What becomes of a request that comes after `used` others of the same key in this minute. */
export function allowanceOf({ limit, used, wall }: { limit: number; used: number; wall: number }): Allowance {
  const turnsAt = (minuteOf(wall) + 1) * MINUTE;
  const hasRoom = used < limit;
  return {
    limit,
    remaining: Math.max(0, limit - used - 1),
    resetAt: turnsAt / SECOND,
    retryAfter: hasRoom ? null : Math.ceil((turnsAt - wall) / SECOND),
  };
}
