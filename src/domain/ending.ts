/** Knows how a journey ends, and the two ways in which a turn comes to nothing. */
import { fateDeed, taskDeed } from "./deed";
import type { Decision, Deed, EndReason, Refusal, State } from "./enrollment";
import type { Journey } from "./time";

export function unchanged(state: State): Decision {
  return { state, deeds: [] };
}

export function refused(state: State, refusal: Refusal): Decision {
  return { state, deeds: [], refusal };
}

/**
 * Ends a journey. A message whose attempt is under way keeps its lease and may complete; one between attempts is
 * never tried again. What a person was to do is no longer asked of him.
 */
export function end(state: State, why: EndReason, at: Journey, error: string | null = null): Decision {
  const ended = {
    ...state,
    task: null,
    phase: { is: "ended" as const, why, at, error, ...(why === "completed" ? {} : stoodAt(state)) },
  };
  const { inFlight, task } = state;
  const dropped = task ? [taskDeed(task, "cancelled")] : [];
  const deeds: Deed[] = [...dropped, { what: "ended", why, error }];
  if (inFlight === null || inFlight.lease !== null) return { state: ended, deeds };
  return {
    state: { ...ended, inFlight: null },
    deeds: [fateDeed(inFlight, "cancelled", { reason: `the enrollment ended: ${why}` }), ...deeds],
  };
}

function stoodAt({ phase }: State): { step?: number } {
  return phase.is === "pending" || phase.step === undefined || phase.step === null ? {} : { step: phase.step };
}
