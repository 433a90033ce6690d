/** Knows how sales speak of a sequence: what its steps are called, how much of it runs by itself, how long it takes. */
import { isTouch, type Step, TASK_TYPES } from "./step";
import { shownSteps, type Tree } from "./tree";

export const STEP_TYPES = ["auto_email", ...TASK_TYPES] as const;
export type StepType = (typeof STEP_TYPES)[number];

/** Of a step that is shown. */
export function stepTypeOf(step: Step): StepType {
  return step.kind === "task" ? step.settings.type : "auto_email";
}

const NAMES: Record<StepType, string> = {
  auto_email: "Auto Email",
  manual_email: "Manual Email",
  call: "Call",
  task: "Task",
};

export function displayNameOf(step: Step, order: number): string {
  return `Step #${order} (${NAMES[stepTypeOf(step)]})`;
}

/** The share of the steps that need nobody; null where there are none. */
export function automationOf(steps: readonly Step[]): number | null {
  const automatic = steps.filter((step) => stepTypeOf(step) === "auto_email").length;
  return steps.length === 0 ? null : automatic / steps.length;
}

/** Seconds of the delays on the longest way through. */
export function durationOf(tree: Tree): number {
  return shownSteps(tree, isTouch).length === 0 ? 0 : longest(tree, tree.root);
}

function longest(tree: Tree, from: Step | null): number {
  let seconds = 0;
  for (let step = from; step !== null; step = tree.child.get(step.id) ?? null) {
    if (step.deletedAt === null) seconds += step.delay;
    const fork = tree.forks.get(step.id);
    if (fork) seconds += Math.max(longest(tree, fork.yes), longest(tree, fork.no));
  }
  return seconds;
}
