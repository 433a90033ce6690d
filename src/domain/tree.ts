/** Knows the way through a sequence's steps: what comes first, what comes next, and which number a step bears. */
import { isShown, type Step } from "./step";

export interface Tree {
  /** Changes with every edit of the sequence. */
  revision: number;
  root: Step | null;
  steps: ReadonlyMap<number, Step>;
  child: ReadonlyMap<number, Step>;
}

/** How far a journey has come. */
export interface Progress {
  /** The step it awaits, if it has been decided. */
  step: number | null;
  lastStep: number | null;
  ran: readonly number[];
}

export function growTree(steps: readonly Step[], revision: number): Tree {
  const child = new Map<number, Step>();
  for (const step of steps) if (step.parentId !== null) child.set(step.parentId, step);
  return {
    revision,
    root: steps.find((step) => step.parentId === null) ?? null,
    steps: new Map(steps.map((step) => [step.id, step])),
    child,
  };
}

/** Every step in the order it would run, deleted ones at the place they had. */
export function* walk(tree: Tree, from: Step | null = tree.root): Generator<Step> {
  for (let step = from; step !== null; step = tree.child.get(step.id) ?? null) yield step;
}

/** The steps that list dialects show, the first of them being number 1. */
export function shownSteps(tree: Tree): Step[] {
  return [...walk(tree)].filter(isShown);
}

/** Where trees stand that can be appended to: the last step of the trunk, deleted or not. */
export function lastOf(tree: Tree): Step | null {
  return [...walk(tree)].at(-1) ?? null;
}

/**
 * The step a journey awaits by the live definition, or null when none is left. Before its first step has run it awaits
 * whatever is then first; later it keeps to the step it awaited, wherever that was moved, and passes over a deleted one
 * and over those that ran.
 */
export function awaited(tree: Tree, { step, lastStep, ran }: Progress): Step | null {
  const start = ran.length > 0 && step !== null ? tree.steps.get(step) : undefined;
  if (start) return firstOpen(walk(tree, start), ran);
  const last = lastStep === null ? tree.root : tree.steps.get(lastStep);
  return last ? firstOpen(walk(tree, last), ran) : null;
}

/** How many shown steps stand at or before this one: the number of the last shown step when a journey stands there. */
export function numberOf(tree: Tree, lastStep: number | null): number {
  if (lastStep === null) return 0;
  let number = 0;
  for (const step of walk(tree)) {
    if (isShown(step)) number += 1;
    if (step.id === lastStep) return number;
  }
  return 0;
}

function firstOpen(steps: Iterable<Step>, ran: readonly number[]): Step | null {
  for (const step of steps) {
    if (step.kind !== "entry" && step.deletedAt === null && !ran.includes(step.id)) return step;
  }
  return null;
}
