/** Knows how a write that comes again by the same key is told from others: the field's draft `Idempotency-Key`, and the published API. */
import { DAY, MINUTE } from "./time";

/** How long an answer is kept, in wall time. */
export const KEPT = DAY;
/** A run that has kept no answer after so long has died: longer than any request takes. */
export const LEASE = 2 * MINUTE;

/** What becomes of a write that came with a key. */
export type Begun =
  | { kind: "new"; run: string }
  | { kind: "under_way" }
  | { kind: "reused" }
  /** The body is null where it told of somebody who was erased since. */
  | { kind: "answered"; status: number; body: string | null };

/** 1 to 255 visible characters of ASCII. */
export const IDEMPOTENCY_KEY = "^[!-~]{1,255}$";

export function isIdempotencyKey(text: string): boolean {
  return new RegExp(IDEMPOTENCY_KEY).test(text);
}
