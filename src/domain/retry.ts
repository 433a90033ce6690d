/** Knows how long to wait before a delivery is tried again, and when to stop trying. */
import { scatter } from "./chance";
import { DAY, SECOND, type Wall } from "./time";

/** What one rung is worth unless the settings say otherwise. */
export const RETRY_BASE = 30 * SECOND;

/** Multiples of the base: with 30 s they are 30 s, 2 min, 10 min, 1 h, 3 h, 6 h, 12 h, and 12 h from there on. */
const LADDER = [1, 4, 20, 120, 360, 720, 1440];

/** Wall time after the first attempt from which a message is given up. */
export const GIVE_UP_AFTER = 3 * DAY;

/** A receiver that names a longer wait than this is asked again after this. */
const LONGEST_RETRY_AFTER = DAY;

export interface Attempt {
  message: number;
  /** How many attempts have failed so far, from 1. */
  attempt: number;
  /** Milliseconds that one rung of the ladder is worth. */
  base: number;
  /** What the receiver asked for, in milliseconds. */
  retryAfter?: number | undefined;
}

/**
 * Milliseconds of wall time until the next attempt: the ladder's rung or what was asked for, whichever is longer, and up to a
 * fifth on top, so that all who were turned away at one instant do not come back at one.
 */
export function backoff({ message, attempt, base, retryAfter = 0 }: Attempt): Wall {
  const rung = (LADDER[Math.min(attempt, LADDER.length) - 1] ?? 1) * base;
  const wait = Math.max(rung, Math.min(retryAfter, LONGEST_RETRY_AFTER));
  return wait + scatter(`${message}/${attempt}`, wait / 5);
}
