/** Knows how a journey waits at a condition that is not met yet, and looks again when something has come in. */
import type { LivePhase, Phase, State } from "./enrollment";
import { SECOND, type Wall } from "./time";

type Waiting = Extract<LivePhase, { is: "waiting" }>;

/**
 * Once the mirror shows that it watches, whatever changes the contact stirs it; what changed him just before that is seen
 * by one more look after this.
 */
const SECOND_LOOK = 30 * SECOND;

/** The phase of a journey that begins to watch, or goes on watching. */
export function watch(phase: Waiting, latest: Latest, wall: Wall): Waiting {
  const { step, dueAt } = latest;
  const began = phase.watching === true && phase.step === step;
  // A turn that was told is kept, though there are more by now: else each look would change what is shown.
  const { releaseAt } = began && phase.dueAt === dueAt ? phase : latest;
  const lookAt = began ? phase.lookAt : wall + SECOND_LOOK;
  const owed = lookAt !== undefined && lookAt > wall ? { lookAt } : {};
  return { is: "waiting", step, dueAt, watching: true, ...owed, ...(releaseAt === undefined ? {} : { releaseAt }) };
}

/** When it is decided at the latest. */
type Latest = Pick<Waiting, "dueAt" | "releaseAt"> & { step: number };

/** The state with another look to be taken at once, if it watches. */
export function stirred(state: State): State {
  const { phase } = state;
  return phase.is === "waiting" && phase.watching ? { ...state, phase: { ...phase, stirred: true } } : state;
}

export function watchingOf({ watching }: { watching?: true }): { watching?: true } {
  return watching ? { watching } : {};
}

/** What a paused journey goes on as; one that watched looks at once, for it was not stirred meanwhile. */
export function resumed({ step, dueAt, watching }: Extract<Phase, { is: "paused" }>): Waiting {
  return { is: "waiting", step, dueAt, ...(watching ? { stirred: true } : {}) };
}
