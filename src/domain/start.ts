/** Knows how a journey begins. */

import { refused, unchanged } from "./ending";
import type { Decision, Deed, LivePhase, State } from "./enrollment";
import type { Journey } from "./time";

export interface Start {
  kind: "start";
  step: number | null;
  dueAt: Journey;
  /** Delays count from here, where a throttle has let him in since he was enrolled. */
  anchorAt?: Journey;
  /** He wrote meanwhile. */
  repliedAt?: Journey | null;
  /** His turn among those who are due with him. */
  releaseAt?: Journey;
  /** How many set out at that very instant. */
  abreast?: number;
  /** The row of one who was admitted with nothing in his way shows him started already. */
  shown?: boolean;
}

/** A start that comes again, or after an exit, changes nothing. */
export function start(state: State, event: Start): Decision {
  if (state.phase.is === "ended") return refused(state, "already_ended");
  if (state.phase.is !== "pending") return unchanged(state);
  const { step, dueAt, anchorAt = state.anchorAt, repliedAt = state.repliedAt, abreast = 0, releaseAt } = event;
  const phase: LivePhase = { is: "waiting", step, dueAt, ...(releaseAt === undefined ? {} : { releaseAt }) };
  const started: State = { ...state, anchorAt, abreast, repliedAt, phase };
  const deeds: Deed[] = [{ what: "enrolled" }];
  if (!event.shown) return { state: started, deeds };
  return { state: { ...started, moments: { ...state.moments, activeAt: state.trip.enrolledAt } }, deeds, shown: true };
}
