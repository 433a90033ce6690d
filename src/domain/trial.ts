/** Knows which message a wake would attempt if there were room for it, so that room is asked for that one alone. */
import { decide } from "./decide";
import type { State } from "./enrollment";
import type { Facts } from "./facts";
import type { Reading } from "./time";

/** Its id; null where nothing asks for room. */
export function messageToSend(state: State, facts: Facts, now: Reading): number | null {
  if (!facts.cap || facts.sequence.transactional) return null;
  const { deliver } = decide(state, { kind: "wake", facts: { ...facts, cap: null } }, now);
  return deliver?.content ? deliver.message : null;
}
