/** Knows how a journey ends, and the two ways in which a turn comes to nothing. */
import { fateDeed } from "./deed";
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
 * never tried again.
 */
export function end(state: State, why: EndReason, at: Journey, error: string | null = null): Decision {
  const ended = {
    ...state,
    phase: { is: "ended" as const, why, at, error, ...(why === "failed" ? failedAt(state) : {}) },
  };
  const deeds: Deed[] = [{ what: "ended", why, error }];
  const { inFlight } = state;
  if (inFlight === null || inFlight.lease !== null) return { state: ended, deeds };
  return {
    state: { ...ended, inFlight: null },
    deeds: [fateDeed(inFlight, "cancelled", { reason: `the enrollment ended: ${why}` }), ...deeds],
  };
}

function failedAt({ phase }: State): { step?: number } {
  return phase.is === "pending" || phase.step === undefined || phase.step === null ? {} : { step: phase.step };
}
