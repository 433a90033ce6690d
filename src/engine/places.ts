/** Knows the places where steps are asked to stand, and the edits that put them there. */
import { type Edit, insertAt, insertUnder, moveTo, orders } from "../domain/edit";
import { type Failure, missing, ok, type Result, refuse } from "../domain/failure";
import { isShown, type Shows, type Step } from "../domain/step";
import type { Tree } from "../domain/tree";
import { faultAfter } from "./edits";

/** Where a step is to stand: by its number among those that the dialect shows, directly after another, or at the end. */
export type Place = { order: number; shows?: Shows } | { under: number; branch?: boolean | null } | "end";

/** The edit that puts a new step there. */
export function insertionAt(tree: Tree, place: Place): Result<Edit> {
  if (place !== "end" && "under" in place) return insertionUnder(tree, place);
  const shows = place === "end" ? isShown : (place.shows ?? isShown);
  const { min, max } = orders(tree, false, shows);
  const order = place === "end" ? max : place.order;
  if (order < min || order > max) return refuse(badOrder(min, max));
  const change = insertAt(tree, order, shows);
  return change ? ok(change) : refuse({ kind: "branched" });
}

/** Under a condition with a branch named, the place is the head of that branch. */
function insertionUnder(
  tree: Tree,
  { under, branch = null }: { under: number; branch?: boolean | null },
): Result<Edit> {
  const parent = tree.steps.get(under);
  if (!parent || parent.deletedAt !== null) {
    return refuse({ kind: "bad_value", field: "parentId", message: "is no step of this sequence" });
  }
  const fork = tree.forks.get(under);
  const head = branch === null || !fork ? parent : branch ? fork.yes : fork.no;
  return head ? ok(insertUnder(tree, head)) : missing("step");
}

/** The edit that gives a shown step another number; none where none is asked for. */
export function moveOf(
  tree: Tree,
  step: Step,
  { order, shows = isShown }: { order?: number | undefined; shows?: Shows | undefined },
): Result<Edit | null> {
  if (order === undefined) return ok(null);
  if (!shows(step)) return missing("step");
  const { min, max } = orders(tree, true, shows);
  if (order < min || order > max) return refuse(badOrder(min, max));
  const change = moveTo(tree, step, order, shows);
  if (!change) return refuse({ kind: "branched" });
  const fault = faultAfter(tree, change, null);
  return fault ? refuse(fault) : ok(change);
}

function badOrder(min: number, max: number): Failure {
  return { kind: "bad_value", field: "stepOrder", message: `must be between ${min} and ${max}` };
}
