/** Knows how the engine writes an edit: a few parents change, and a new step may hang where the edit says. */
import type { Edit } from "../../src/domain/edit";
import type { Step } from "../../src/domain/step";
import { growTree, shownSteps, walk } from "../../src/domain/tree";
import { stepOf } from "./given";

/** A trunk of one entry, numbered 1, and one message for each of the ids. */
export function trunk(...ids: number[]): Step[] {
  return [stepOf(1, null), ...ids.map((id, i) => stepOf(id, ids[i - 1] ?? 1))];
}

export function afterEdit(steps: Step[], edit: Edit | null, added: Step | null = null): Step[] {
  const parents = new Map(edit?.parents.map(({ step, parent }) => [step, parent]));
  const moved = steps.map((step) => {
    const parent = parents.get(step.id);
    if (parent === undefined) return step;
    return { ...step, parentId: parent === "new" ? (added?.id ?? null) : parent };
  });
  return added ? [...moved, added] : moved;
}

/** The steps once the edit has inserted one more, whose id is the highest of them all. */
export function afterInsert(steps: Step[], edit: Edit | null): Step[] {
  if (edit?.under === undefined) throw new Error("the edit inserts nothing");
  return afterEdit(steps, edit, stepOf(Math.max(...steps.map((step) => step.id)) + 1, edit.under));
}

export function afterDelete(steps: Step[], id: number): Step[] {
  return steps.map((step) => (step.id === id ? { ...step, deletedAt: 1 } : step));
}

export function shownIds(steps: Step[]): number[] {
  return shownSteps(growTree(steps, 1)).map((step) => step.id);
}

/** The ids of the whole chain in its order, deleted ones among them, without the entry. */
export function chainIds(steps: Step[]): number[] {
  return [...walk(growTree(steps, 1))].slice(1).map((step) => step.id);
}
