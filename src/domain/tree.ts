/** Knows the way through a sequence's steps: what comes first, what comes next, and which number a step bears. */
import { isShown, type Shows, type Step } from "./step";

/** The two ways on from a condition: its branch steps. */
export interface Fork {
  yes: Step | null;
  no: Step | null;
}

export interface Tree {
  /** Changes with every edit of the sequence. */
  revision: number;
  root: Step | null;
  steps: ReadonlyMap<number, Step>;
  /** What hangs on a step; on a condition, what comes after both its branches. */
  child: ReadonlyMap<number, Step>;
  /** By the condition's id. */
  forks: ReadonlyMap<number, Fork>;
}

/** How far a journey has come. */
export interface Progress {
  /** The step it awaits, if it has been decided. */
  step: number | null;
  /** The step that ran last; of a condition, the branch that was taken. */
  lastStep: number | null;
  ran: readonly number[];
}

export function growTree(steps: readonly Step[], revision: number): Tree {
  const child = new Map<number, Step>();
  const forks = new Map<number, Fork>();
  for (const step of steps) {
    if (step.kind === "condition" && !forks.has(step.id)) forks.set(step.id, { yes: null, no: null });
    if (step.parentId === null) continue;
    if (step.kind !== "condition_branch") child.set(step.parentId, step);
    else
      forks.set(step.parentId, {
        yes: null,
        no: null,
        ...forks.get(step.parentId),
        [step.branch ? "yes" : "no"]: step,
      });
  }
  return {
    revision,
    root: steps.find((step) => step.parentId === null) ?? null,
    steps: new Map(steps.map((step) => [step.id, step])),
    child,
    forks,
  };
}

export function parentOf(tree: Tree, step: Step): Step | null {
  return step.parentId === null ? null : (tree.steps.get(step.parentId) ?? null);
}

/** The nearest step before this one that was not deleted; null for the entry. */
export function liveParentOf(tree: Tree, step: Step): Step | null {
  let up = parentOf(tree, step);
  while (up !== null && up.deletedAt !== null) up = parentOf(tree, up);
  return up;
}

/** Every step in pre-order, the true branch before the false one, deleted steps at the place they had. */
export function* walk(tree: Tree, from: Step | null = tree.root): Generator<Step> {
  for (let step = from; step !== null; step = tree.child.get(step.id) ?? null) {
    yield step;
    const fork = tree.forks.get(step.id);
    if (fork) for (const branch of [fork.yes, fork.no]) yield* walk(tree, branch);
  }
}

/** What a condition holds: both branches with all that hangs on them. Of other steps, nothing. */
export function* within(tree: Tree, step: Step): Generator<Step> {
  const fork = tree.forks.get(step.id);
  if (fork) for (const branch of [fork.yes, fork.no]) if (branch) yield* walk(tree, branch);
}

/** The steps that a list dialect shows, the first of them being number 1. */
export function shownSteps(tree: Tree, shows: Shows = isShown): Step[] {
  return [...walk(tree)].filter(shows);
}

/** The steps of the trunk: from the entry on, past the branches of its conditions. */
export function* trunk(tree: Tree): Generator<Step> {
  for (let step = tree.root; step !== null; step = tree.child.get(step.id) ?? null) yield step;
}

/** Where the way goes on: the step that hangs on this one, or, where a branch ends, what comes after the branches. */
export function onward(tree: Tree, step: Step): Step | null {
  const child = tree.child.get(step.id);
  if (child) return child;
  const condition = conditionAbove(tree, step);
  return condition && onward(tree, condition);
}

/** The condition in a branch of which a step stands; null on the trunk. */
export function conditionAbove(tree: Tree, step: Step): Step | null {
  let up: Step | null = step;
  while (up !== null && up.kind !== "condition_branch") up = parentOf(tree, up);
  return up && parentOf(tree, up);
}

/**
 * The step a journey awaits by the live definition, or null when none is left. Before its first step has run it awaits
 * whatever is then first; later it keeps to the step it awaited, wherever that was moved, and passes over a deleted one
 * and over those that ran.
 */
export function awaited(tree: Tree, { step, lastStep, ran }: Progress): Step | null {
  const start = ran.length > 0 && step !== null ? tree.steps.get(step) : undefined;
  if (start) return firstOpen(tree, start, ran);
  const last = lastStep === null ? tree.root : tree.steps.get(lastStep);
  return last ? firstOpen(tree, last, ran) : null;
}

/** The step that whoever comes in awaits. */
export function firstIn(tree: Tree): Step | null {
  return awaited(tree, { step: null, lastStep: null, ran: [] });
}

/** How many shown steps stand at or before this one: the number of the last shown step when a journey stands there. */
export function numberOf(tree: Tree, lastShown: number | null, shows: Shows = isShown): number {
  if (lastShown === null) return 0;
  let number = 0;
  for (const step of walk(tree)) {
    if (shows(step)) number += 1;
    if (step.id === lastShown) return number;
  }
  return 0;
}

function firstOpen(tree: Tree, from: Step, ran: readonly number[]): Step | null {
  for (let step: Step | null = from; step !== null; step = onward(tree, step)) {
    if (isOpen(step) && !ran.includes(step.id)) return step;
  }
  return null;
}

function isOpen({ kind, deletedAt }: Step): boolean {
  return deletedAt === null && kind !== "entry" && kind !== "condition_branch";
}
