/** Knows how to change a tree: each edit is a few new parents, computed here and written elsewhere in one batch. */
import { type Failure, ok, type Result, refuse } from "./failure";
import { isShown, type Shows, type Step } from "./step";
import { liveParentOf, parentOf, shownSteps, type Tree, trunk, within } from "./tree";

/** `"new"` stands for the step that the same edit inserts. */
export type Parent = number | "new";

export interface Edit {
  /** Where the inserted step hangs; absent when the edit inserts none. */
  under?: number;
  parents: { step: number; parent: Parent }[];
}

/** Inserts directly after a step, be it a branch; what hung there hangs on the new one, after its branches if it has any. */
export function insertUnder(tree: Tree, under: Step): Edit {
  const next = tree.child.get(under.id);
  return { under: under.id, parents: next ? [{ step: next.id, parent: "new" }] : [] };
}

/** Moves a step, a condition with all it holds, directly after another; what came after it closes up. */
export function moveUnder(tree: Tree, step: Step, under: Step): Result<Edit> {
  if (step.kind === "entry" || step.kind === "condition_branch") return unwalkable(`${nameOf(step)} cannot be moved`);
  if (under.id === step.id) return unwalkable("a step cannot come after itself");
  if ([...within(tree, step)].includes(under)) return unwalkable("a condition cannot be moved into its own branches");
  if (liveParentOf(tree, step)?.id === under.id) return ok({ parents: [] });
  return ok(movedGroup(tree, { head: step, last: step }, { after: under, next: tree.child.get(under.id) ?? null }));
}

/**
 * The steps that go when one is deleted. A condition takes what it holds along only when told so, and a step the delays
 * directly before it, which list dialects show as its own.
 */
export function removal(tree: Tree, step: Step, along: { branches?: boolean; delays?: boolean }): Result<Step[]> {
  if (step.kind === "entry" || step.kind === "condition_branch") return unwalkable(`${nameOf(step)} cannot be deleted`);
  const held = [...within(tree, step)].filter(({ deletedAt }) => deletedAt === null);
  const isEmpty = held.every(({ kind }) => kind === "condition_branch");
  if (!along.branches && !isEmpty) return refuse({ kind: "branches_not_empty" });
  return ok([step, ...held, ...(along.delays ? delaysBefore(tree, step) : [])]);
}

/** Numbers a new step may take, or an existing one when `moving`. */
export function orders(tree: Tree, moving: boolean, shows: Shows = isShown): { min: number; max: number } {
  return { min: 1, max: shownSteps(tree, shows).length + (moving ? 0 : 1) };
}

/** Inserts before the shown step that bears the number now, or at the end. The number must lie within `orders`. */
export function insertAt(tree: Tree, order: number, shows: Shows = isShown): Edit | null {
  const place = gapBefore(tree, shownSteps(tree, shows)[order - 1] ?? null);
  if (place === null) return null;
  const parents = place.next ? [{ step: place.next.id, parent: "new" as const }] : [];
  return { under: place.after.id, parents };
}

/**
 * Moves a shown step to another number within its chain: it leaves its place with the delays directly before it, the
 * others close up, and it is inserted anew. Null where the number belongs to another chain.
 */
export function moveTo(tree: Tree, step: Step, order: number, shows: Shows = isShown): Edit | null {
  const shown = shownSteps(tree, shows);
  if (!shown.includes(step)) return null;
  if (shown[order - 1]?.id === step.id) return { parents: [] };
  const others = shown.filter((other) => other.id !== step.id);
  const place = placeIn(tree, chainOf(tree, step), { before: others[order - 1], after: others[order - 2] });
  if (place === null) return null;
  if (place.after.id === step.id) return { parents: [] };
  return movedGroup(tree, { head: headOf(tree, step), last: step }, place);
}

/** The gap in a chain that lies between two shown steps, of which at least one must be of that chain. */
function placeIn(
  tree: Tree,
  chain: number | null,
  { before, after }: { before?: Step | undefined; after?: Step | undefined },
) {
  const isOfChain = (step: Step | undefined): step is Step => step !== undefined && chainOf(tree, step) === chain;
  if (isOfChain(before)) return gapBefore(tree, before);
  const end = before === undefined && chain === tree.root?.id ? gapAtEnd(tree) : null;
  if (end) return end;
  return isOfChain(after) ? { after, next: tree.child.get(after.id) ?? null } : null;
}

/** Seconds of the delays that stand directly before a step. */
export function delayBefore(tree: Tree, step: Step): number {
  return delaysBefore(tree, step).reduce((seconds, { delay }) => seconds + delay, 0);
}

/** Seconds of the delays that will stand directly before the step that an edit inserts. */
export function delayUnder(tree: Tree, { under }: Edit): number {
  const step = under === undefined ? undefined : tree.steps.get(under);
  if (!step) return 0;
  if (step.deletedAt !== null) return delayBefore(tree, step);
  return step.kind === "delay" ? step.delay + delayBefore(tree, step) : 0;
}

interface Gap {
  after: Step;
  next: Step | null;
}

function movedGroup(tree: Tree, { head, last }: { head: Step; last: Step }, { after, next }: Gap): Edit {
  const parents = new Map<number, number>();
  const orphan = tree.child.get(last.id);
  if (orphan && head.parentId !== null) parents.set(orphan.id, head.parentId);
  parents.set(head.id, after.id);
  if (next) parents.set(next.id, last.id);
  return { parents: [...parents].map(([step, parent]) => ({ step, parent })) };
}

/**
 * The gap in front of a step: the delays directly before it are its own, and deleted steps stay with it, so that whoever
 * still awaits one of them comes to the step that followed when it was deleted, and not to one inserted since. Null at
 * the end of a trunk that cannot be appended to.
 */
function gapBefore(tree: Tree, target: Step | null): Gap | null {
  if (target === null) return gapAtEnd(tree);
  const next = [...stepsDirectlyBefore(tree, target)].at(-1) ?? target;
  const after = parentOf(tree, next);
  return after && { after, next };
}

function gapAtEnd(tree: Tree): Gap | null {
  const steps = [...trunk(tree)];
  const live = steps.findLast(({ deletedAt }) => deletedAt === null);
  if (live?.kind === "condition" || live?.kind === "move_to_sequence") return null;
  const last = steps.at(-1);
  return last ? { after: last, next: null } : null;
}

/** Upwards from a step: the delays and the deleted steps that lie between it and what else comes before. */
function* stepsDirectlyBefore(tree: Tree, step: Step): Generator<Step> {
  let up = parentOf(tree, step);
  while (up && (up.kind === "delay" || up.deletedAt !== null)) {
    yield up;
    up = parentOf(tree, up);
  }
}

/** Where the delays of a step begin. */
function headOf(tree: Tree, step: Step): Step {
  return delaysBefore(tree, step).at(-1) ?? step;
}

/** Those that were not deleted, the nearest first. */
function delaysBefore(tree: Tree, step: Step): Step[] {
  return [...stepsDirectlyBefore(tree, step)].filter(({ deletedAt }) => deletedAt === null);
}

/** The head of the chain in which a step stands: a branch, or the entry. */
function chainOf(tree: Tree, step: Step): number | null {
  let up: Step | null = step;
  while (up && up.kind !== "condition_branch" && up.kind !== "entry") up = parentOf(tree, up);
  return up?.id ?? null;
}

function nameOf(step: Step): string {
  return step.kind === "entry" ? "the entry point" : "the branch of a condition";
}

function unwalkable(message: string): { ok: false; failure: Failure } {
  return refuse({ kind: "unwalkable", message });
}
