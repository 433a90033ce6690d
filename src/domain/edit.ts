/** Knows how to change a tree: each edit is a few new parents, computed here and written elsewhere in one batch. */
import { isShown, type Step } from "./step";
import { lastOf, shownSteps, type Tree } from "./tree";

/** `"new"` stands for the step that the same edit inserts. */
export type Parent = number | "new";

export interface Edit {
  /** Where the inserted step hangs; absent when the edit inserts none. */
  under?: number;
  parents: { step: number; parent: Parent }[];
}

/** Numbers a new step may take, or an existing one when `moving`. */
export function orders(tree: Tree, moving: boolean): { min: number; max: number } {
  return { min: 1, max: shownSteps(tree).length + (moving ? 0 : 1) };
}

/** Inserts before the shown step that bears the number now, or at the end. The number must lie within `orders`. */
export function insertAt(tree: Tree, order: number): Edit | null {
  const place = gapBefore(tree, shownSteps(tree)[order - 1] ?? null);
  if (place === null) return null;
  const parents = place.next ? [{ step: place.next.id, parent: "new" as const }] : [];
  return { under: place.after.id, parents };
}

/** Moves a shown step to another number: it leaves its place, the others close up, and it is inserted anew. */
export function moveTo(tree: Tree, step: Step, order: number): Edit | null {
  const shown = shownSteps(tree);
  if (shown[order - 1]?.id === step.id) return { parents: [] };
  const others = shown.filter((other) => other.id !== step.id);
  const place = gapBefore(tree, others[order - 1] ?? null);
  if (place === null || step.parentId === null) return null;
  const orphan = tree.child.get(step.id);
  const parents = new Map<number, number>();
  if (orphan) parents.set(orphan.id, step.parentId);
  parents.set(step.id, place.after.id);
  if (place.next) parents.set(place.next.id, step.id);
  return { parents: [...parents].map(([id, parent]) => ({ step: id, parent })) };
}

/**
 * The gap in front of a step: deleted steps directly before it stay with it, so that whoever still awaits one of them
 * comes to the step that followed when it was deleted, and not to one inserted since.
 */
function gapBefore(tree: Tree, target: Step | null): { after: Step; next: Step | null } | null {
  if (target === null) {
    const last = lastOf(tree);
    return last && { after: last, next: null };
  }
  let next = target;
  let after = parentOf(tree, next);
  while (after && !isShown(after) && after.kind !== "entry") {
    next = after;
    after = parentOf(tree, next);
  }
  return after && { after, next };
}

function parentOf(tree: Tree, step: Step): Step | null {
  return step.parentId === null ? null : (tree.steps.get(step.parentId) ?? null);
}
