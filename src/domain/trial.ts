/** Knows which message a wake would attempt if nothing put it off, so that room and a slot are asked for that one alone. */
import { decide } from "./decide";
import type { State } from "./enrollment";
import type { Facts } from "./facts";
import type { Reading } from "./time";

export interface Attempted {
  message: number;
  /** The step whose schedule it keeps to; null where somebody has chosen the time. */
  step: number | null;
}

/** Null where nothing is asked for. */
export function messageToSend(state: State, facts: Facts, now: Reading): Attempted | null {
  const { post } = facts;
  const capped = facts.cap && !facts.sequence.transactional;
  if (!capped && !post?.box) return null;
  const freely = post?.box ? { post: { ...post, box: { ...post.box, limits: null } } } : {};
  const { deliver } = decide(state, { kind: "wake", facts: { ...facts, cap: null, ...freely } }, now);
  if (!deliver?.content) return null;
  const { message, step, task } = deliver;
  return { message, step: task === undefined ? step : null };
}
