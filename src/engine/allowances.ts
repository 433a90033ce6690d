/** Knows how often each key has asked in this minute, as far as this isolate has heard: to ask all others would make each request wait. */
import { type Allowance, allowanceOf, minuteOf } from "../domain/allowance";

/** Requests by key. What was counted in an earlier minute counts no more. */
let counted = { minute: 0, used: new Map<number, number>() };

/**
 * Takes one request of what a key may in this minute. Each isolate counts for itself, so a key that several of them serve may
 * be let in up to the limit by each; one client's requests mostly come to one.
 */
export function takeOne(keyId: number, limit: number, wall: number): Allowance {
  const minute = minuteOf(wall);
  if (minute !== counted.minute) counted = { minute, used: new Map() };
  const used = counted.used.get(keyId) ?? 0;
  counted.used.set(keyId, used + 1);
  return allowanceOf({ limit, used, wall });
}
