/** Knows how late a message was claimed, measured against when it was to be. */
import type { Decision, State } from "./enrollment";
import { wakeByOf } from "./mirror";
import type { Reading, Wall } from "./time";

/** Puts down with a message that was claimed how late that was. */
export function noteLateness(before: State, decision: Decision, now: Reading): Decision {
  const { deliver } = decision;
  if (deliver?.content === undefined || deliver.attempt > 1) return decision;
  const late = lateBy(before, now);
  if (late === 0) return decision;
  const claimed = { ...deliver, late };
  return { ...decision, state: { ...decision.state, inFlight: claimed }, deliver: claimed };
}

/** Whoever was held or paused was not late meanwhile: somebody wanted him to wait. */
function lateBy(before: State, now: Reading): Wall {
  const { phase, moments } = before;
  const due = wakeByOf(before, now);
  if (due === null || (phase.is === "waiting" && phase.held !== undefined)) return 0;
  return Math.max(0, Math.floor((now.journey - Math.max(due, moments.activeAt ?? due)) / now.speed));
}
