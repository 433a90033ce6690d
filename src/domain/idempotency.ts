/** Knows how a write that comes again by the same key is told from others: the field's draft `Idempotency-Key`, and the published API. */
import { DAY, MINUTE } from "./time";

/** How long an answer is kept, in wall time. */
export const KEPT = DAY;
/** A run that has kept no answer after so long has died: longer than any request takes. */
export const LEASE = 2 * MINUTE;

/**
 * What becomes of a write that came with a key.
 *
 * | of the one before it by the same key                        | this one is   |
 * | ----------------------------------------------------------- | ------------- |
 * | there was none, or it is a day old                          | new: done     |
 * | it was refused, or failed before it was begun: nothing done | new: done     |
 * | it was for another request                                  | reused        |
 * | it is at work                                               | under way     |
 * | it was done, and what was answered is kept                  | answered      |
 * | it broke off, its isolate died, or nothing could be kept    | lost          |
 *
 * What is lost may have been done, so it is never done by the same key again.
 */
export type Begun =
  | { kind: "new"; run: string }
  | { kind: "under_way" }
  | { kind: "reused" }
  /** The body is null where it told of somebody who was erased since. */
  | { kind: "answered"; status: number; body: string | null }
  /** Nobody knows whether it was done. */
  | { kind: "lost" };

/** 1 to 255 visible characters of ASCII. */
export const IDEMPOTENCY_KEY = "^[!-~]{1,255}$";

export function isIdempotencyKey(text: string): boolean {
  return new RegExp(IDEMPOTENCY_KEY).test(text);
}
