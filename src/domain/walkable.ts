/** Knows which graphs of steps can be walked from the entry to an end, as they would stand after an edit. */
import type { Edit, Parent } from "./edit";
import type { Step } from "./step";
import { growTree, type Tree, trunk, walk } from "./tree";

/** Stands for the step that an edit inserts, until the database has given it an id. */
const NEW = -1;

/** The steps as an edit leaves them. */
export function afterEdit(steps: Iterable<Step>, edit: Edit, inserted: Step | null = null): Step[] {
  const parents = new Map(edit.parents.map(({ step, parent }) => [step, parent]));
  const idOf = (parent: Parent) => (parent === "new" ? (inserted?.id ?? NEW) : parent);
  const moved = [...steps].map((step) => {
    const parent = parents.get(step.id);
    return parent === undefined ? step : { ...step, parentId: idOf(parent) };
  });
  if (inserted === null) return moved;
  const under = edit.under ?? null;
  return [...moved, { ...inserted, parentId: under }, ...(inserted.kind === "condition" ? branchesOf(inserted) : [])];
}

function branchesOf(condition: Step): Step[] {
  const { id, sequenceId, creatorId, updaterId, createdAt, updatedAt } = condition;
  const bare = { sequenceId, parentId: id, label: null, delay: 0, subject: null, body: null, format: "text" } as const;
  const times = { scheduleId: null, date: null, creatorId, updaterId, createdAt, updatedAt, deletedAt: null };
  return [true, false].map(
    (branch, i): Step => ({ ...bare, ...times, kind: "condition_branch", settings: {}, id: NEW - 1 - i, branch }),
  );
}

/** What keeps a graph from being walked, in words for whoever saves it; null when nothing does. */
export function faultOf(steps: readonly Step[]): string | null {
  const tree = growTree(steps, 0);
  if (steps.filter(({ parentId }) => parentId === null).length !== 1) return "a sequence has one entry point";
  const reached = new Set([...walk(tree)].map(({ id }) => id));
  if (reached.size !== steps.length) return "every step comes after one other, and none after two";
  for (const [, fork] of tree.forks) if (!fork.yes || !fork.no) return "a condition has a true and a false branch";
  const heads = [...tree.steps.values()].filter(({ kind }) => kind === "entry" || kind === "condition_branch");
  const beyond = heads.some((head) => endOf(tree, head) === "passed");
  return beyond ? "nothing comes after a move to another sequence" : null;
}

/**
 * How a chain ends: whoever travels it may come out at its end, or is always moved away before; or live steps are passed
 * by because all are moved away before them.
 */
function endOf(tree: Tree, head: Step | null): "open" | "closed" | "passed" {
  let closed = false;
  for (const step of trunk({ ...tree, root: head })) {
    if (step.deletedAt !== null) continue;
    if (closed) return "passed";
    const fork = tree.forks.get(step.id);
    closed = fork
      ? [fork.yes, fork.no].every((branch) => endOf(tree, branch) !== "open")
      : step.kind === "move_to_sequence";
  }
  return closed ? "closed" : "open";
}
