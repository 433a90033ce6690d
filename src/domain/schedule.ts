/** Knows when a step is due. Sending windows and time zones belong here. */
import type { Step } from "./step";
import { type Journey, SECOND } from "./time";

/** The step's own delay, counted from when the step before it ran, or from the start. */
export function dueAt(anchorAt: Journey, step: Step): Journey {
  return anchorAt + step.delay * SECOND;
}
