/** Knows since when a journey has been what it is, and what it was last paused for. */
import type { PauseReason, Phase } from "./enrollment";
import type { Journey } from "./time";

export interface Moments {
  updatedAt: Journey;
  /** When it last came to be pending, active, paused or ended. */
  stateChangedAt: Journey;
  /** When it last became active; null before it started. */
  activeAt: Journey | null;
  /** Of the most recent pause, over or not. */
  pauseReason: PauseReason | null;
}

export function momentsFrom(at: Journey): Moments {
  return { updatedAt: at, stateChangedAt: at, activeAt: null, pauseReason: null };
}

/** After a turn that has changed what is shown. */
export function momentsAfter(moments: Moments, before: Phase, after: Phase, at: Journey): Moments {
  const is = bearingOf(after);
  const turned = is !== bearingOf(before);
  return {
    updatedAt: at,
    stateChangedAt: turned ? at : moments.stateChangedAt,
    activeAt: turned && is === "active" ? at : moments.activeAt,
    pauseReason: after.is === "paused" ? after.why : moments.pauseReason,
  };
}

function bearingOf({ is }: Phase): "pending" | "active" | "paused" | "ended" {
  return is === "waiting" || is === "working" ? "active" : is;
}
