/** Knows when the next email of a journey is to go, as far as that can be told beforehand. */
import { isLapsed, type Setting, dueAt as timeOf } from "./schedule";
import type { Step } from "./step";
import type { Journey } from "./time";
import { onward, type Tree } from "./tree";

/** What is known of a journey from outside. */
export interface Awaiting {
  /** Null once it has ended. */
  dueAt: Journey | null;
  /** The step it awaits. */
  stepId: number | null;
}

/**
 * The awaited step's time, and what delays, days and schedules add to it on the way to the next email. Where a condition,
 * a task or a time of day comes first, nobody knows yet, and it is the awaited step's time. Null where no email comes any more.
 */
export function nextEmailAt(tree: Tree, { dueAt, stepId }: Awaiting, setting: Setting): Journey | null {
  if (dueAt === null || stepId === null) return null;
  let at = dueAt;
  const first = live(tree, tree.steps.get(stepId) ?? null);
  for (let step = first; step !== null; step = live(tree, onward(tree, step))) {
    if (step !== first) {
      if (isLapsed(step, { anchorAt: at, at }, setting)) continue;
      at = timeOf(at, step, setting);
    }
    switch (step.kind) {
      case "message":
        return at;
      case "task":
      case "condition":
        return dueAt;
      case "delay_until_time":
        if (step !== first) return dueAt;
        break;
      case "move_to_sequence":
      case "deactivate_contact":
        return null;
      case "entry":
      case "condition_branch":
      case "delay":
      case "add_tag":
      case "remove_tag":
      case "http_request":
        break;
    }
  }
  return null;
}

/** This step, or the next one on the way that was not deleted. */
function live(tree: Tree, step: Step | null): Step | null {
  let next = step;
  while (next !== null && next.deletedAt !== null) next = onward(tree, next);
  return next;
}
