/** Knows how far a journey has come among the steps, as a sequence's funnel counts it. */
import type { State } from "./enrollment";

export interface Course {
  /** Where it stands, or stood when it ended; null where that is at no step, or behind the last. */
  place: number | null;
  /** The steps that it has behind it: more are added at the end. */
  ran: readonly number[];
}

/** A step at which it ended, as by moving on from there, is not behind it, though it ran. */
export function courseOf({ phase, ran }: Pick<State, "phase" | "ran">): Course {
  if (phase.is === "pending") return { place: null, ran };
  const place = phase.step ?? null;
  return { place, ran: phase.is === "ended" ? ran.filter((step) => step !== place) : ran };
}
