/** Knows at which message or task a journey stands, for dialects that show both. */
import { isTouch, type Step } from "./step";
import { onward, type Tree } from "./tree";

/** What is known of a journey from outside. */
export interface Stand {
  /** The step it awaits. */
  stepId: number | null;
  /** The last message or task that ran. */
  lastTouchId: number | null;
}

/**
 * The message or task that it awaits, or the next one on the way to it as far as that can be told; where none is ahead,
 * the last that ran.
 */
export function currentStep(tree: Tree, { stepId, lastTouchId }: Stand): Step | null {
  const awaited = stepId === null ? null : (tree.steps.get(stepId) ?? null);
  const last = lastTouchId === null ? null : (tree.steps.get(lastTouchId) ?? null);
  for (let step = awaited; step !== null && step.kind !== "condition"; step = onward(tree, step)) {
    if (isTouch(step)) return step;
  }
  return last;
}
