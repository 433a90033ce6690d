import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type Edit, insertAt, moveTo, orders } from "../../src/domain/edit";
import type { Step } from "../../src/domain/step";
import { awaited, growTree } from "../../src/domain/tree";
import "./luck";
import { afterDelete, afterEdit, afterInsert, chainIds, shownIds, trunk } from "./trunk";

const three = trunk(2, 3, 4);

function grow(steps: Step[]) {
  return growTree(steps, 1);
}

function inserted(steps: Step[], order: number): Step[] {
  return afterInsert(steps, insertAt(grow(steps), order));
}

function moveOf(steps: Step[], id: number, order: number): Edit | null {
  const step = steps.find((each) => each.id === id);
  return step ? moveTo(grow(steps), step, order) : null;
}

function moved(steps: Step[], id: number, order: number): Step[] {
  return afterEdit(steps, moveOf(steps, id, order));
}

function awaits(steps: Step[], step: number, ran: number[]): number | null {
  return awaited(grow(steps), { step, lastStep: ran.at(-1) ?? null, ran })?.id ?? null;
}

describe("orders", () => {
  test("a new step may be put before any, or at the end; an existing one at any place", () => {
    expect(orders(grow(three), false)).toEqual({ min: 1, max: 4 });
    expect(orders(grow(three), true)).toEqual({ min: 1, max: 3 });
    expect(orders(grow(trunk()), false)).toEqual({ min: 1, max: 1 });
    expect(orders(grow(afterDelete(three, 3)), false)).toEqual({ min: 1, max: 3 });
  });
});

describe("insert", () => {
  test.each([
    [1, [5, 2, 3, 4]],
    [2, [2, 5, 3, 4]],
    [3, [2, 3, 5, 4]],
    [4, [2, 3, 4, 5]],
  ])("at %i -> it bears that number, the others move on", (order, ids) => {
    expect(shownIds(inserted(three, order))).toEqual(ids);
  });

  test("in the middle -> one parent changes", () => {
    expect(insertAt(grow(three), 2)).toEqual({ under: 2, parents: [{ step: 3, parent: "new" }] });
  });

  test("at the end -> no parent changes", () => {
    expect(insertAt(grow(three), 4)).toEqual({ under: 4, parents: [] });
  });

  test("into a sequence without steps -> under the entry", () => {
    expect(insertAt(grow(trunk()), 1)).toEqual({ under: 1, parents: [] });
  });

  test("without an entry -> no edit", () => {
    expect(insertAt(grow([]), 1)).toBeNull();
  });

  test("before a step with deleted ones directly before it -> before those", () => {
    const steps = inserted(afterDelete(afterDelete(three, 2), 3), 1);
    expect(chainIds(steps)).toEqual([5, 2, 3, 4]);
  });

  test("at the end after a deleted step -> after it, so that whoever awaits it comes to the new one", () => {
    const steps = inserted(afterDelete(three, 4), 3);
    expect(chainIds(steps)).toEqual([2, 3, 4, 5]);
    expect(awaits(steps, 4, [2, 3])).toBe(5);
  });

  test("before the awaited step -> not visited", () => {
    expect(awaits(inserted(three, 2), 3, [2])).toBe(3);
  });

  test("after the awaited step -> visited once that has run", () => {
    expect(awaits(inserted(three, 3), 3, [2])).toBe(3);
    expect(awaits(inserted(three, 3), 3, [2, 3])).toBe(5);
  });

  test("where the awaited step was deleted -> whoever awaited it still comes to the step after it", () => {
    expect(awaits(inserted(afterDelete(three, 3), 2), 3, [2])).toBe(4);
  });
});

describe("move", () => {
  test.each([
    [2, 2, [3, 2, 4]],
    [2, 3, [3, 4, 2]],
    [3, 1, [3, 2, 4]],
    [3, 3, [2, 4, 3]],
    [4, 1, [4, 2, 3]],
    [4, 2, [2, 4, 3]],
  ])("step %i to number %i -> it bears that number, the others close up", (id, order, ids) => {
    const steps = moved(three, id, order);
    expect(shownIds(steps)).toEqual(ids);
    expect(chainIds(steps)).toHaveLength(3);
  });

  test.each([
    [2, 1],
    [3, 2],
    [4, 3],
  ])("step %i to its own number %i -> nothing changes", (id, order) => {
    expect(moveOf(three, id, order)).toEqual({ parents: [] });
  });

  test("never more than three parents change", () => {
    expect(moveOf(trunk(2, 3, 4, 5, 6), 3, 4)).toEqual({
      parents: [
        { step: 4, parent: 2 },
        { step: 3, parent: 5 },
        { step: 6, parent: 3 },
      ],
    });
  });

  test("past a deleted step -> that keeps its place before the step that followed it", () => {
    const steps = moved(afterDelete(three, 3), 4, 1);
    expect(shownIds(steps)).toEqual([4, 2]);
    expect(chainIds(steps)).toEqual([4, 2, 3]);
  });

  test("the awaited step moved behind the others -> followed, those in between are not visited", () => {
    const steps = moved(trunk(2, 3, 4, 5), 3, 4);
    expect(awaits(steps, 3, [2])).toBe(3);
    expect(awaits(steps, 3, [2, 3])).toBeNull();
  });

  test("a step moved before the awaited one -> not visited, one moved behind it is", () => {
    expect(awaits(moved(trunk(2, 3, 4, 5), 5, 2), 3, [2])).toBe(3);
    expect(awaits(moved(trunk(2, 3, 4, 5), 5, 2), 3, [2, 3])).toBe(4);
    expect(awaits(moved(trunk(2, 3, 4, 5), 5, 3), 3, [2, 3])).toBe(5);
  });

  test("the entry cannot be moved", () => {
    expect(moveOf(three, 1, 2)).toBeNull();
  });
});

interface Model {
  steps: Step[];
  shown: number[];
}

const edits = fc.array(fc.tuple(fc.constantFrom("insert", "move", "delete"), fc.nat(9), fc.nat(9)), { maxLength: 40 });

/** The same edit on the tree and on a plain list of ids. */
function edit({ steps, shown }: Model, [what, a, b]: [string, number, number]): Model {
  const at = a % Math.max(shown.length, 1);
  const id = shown[at];
  if (what === "insert" || id === undefined) {
    const order = (a % (shown.length + 1)) + 1;
    const more = inserted(steps, order);
    return { steps: more, shown: shown.toSpliced(order - 1, 0, more.at(-1)?.id ?? 0) };
  }
  if (what === "delete") return { steps: afterDelete(steps, id), shown: shown.toSpliced(at, 1) };
  const to = b % shown.length;
  return { steps: moved(steps, id, to + 1), shown: shown.toSpliced(at, 1).toSpliced(to, 0, id) };
}

describe("any edits, one after another", () => {
  test("the steps stay one chain that holds each of them exactly once", () => {
    fc.assert(
      fc.property(edits, (list) => {
        const { steps } = list.reduce(edit, { steps: three, shown: [2, 3, 4] });
        expect(chainIds(steps).toSorted((a, b) => a - b)).toEqual(steps.slice(1).map((step) => step.id));
        expect(new Set(steps.map((step) => step.parentId)).size).toBe(steps.length);
      }),
      { numRuns: 1000 },
    );
  });

  test("the shown order is what a plain list would come to", () => {
    fc.assert(
      fc.property(edits, (list) => {
        const { steps, shown } = list.reduce(edit, { steps: three, shown: [2, 3, 4] });
        expect(shownIds(steps)).toEqual(shown);
      }),
      { numRuns: 1000 },
    );
  });

  test("steps deleted and inserted after the awaited one was deleted -> the one that followed it then, if it is left", () => {
    fc.assert(
      fc.property(edits, edits, fc.nat(9), (before, after, at) => {
        const model = before.reduce(edit, { steps: three, shown: [2, 3, 4] });
        const gone = model.shown[at % Math.max(model.shown.length, 1)];
        const next = model.shown[(at % Math.max(model.shown.length, 1)) + 1];
        if (gone === undefined || next === undefined) return;
        const deleted = edit(model, ["delete", model.shown.indexOf(gone), 0]);
        const { steps, shown } = after.filter(([what]) => what !== "move").reduce(edit, deleted);
        if (shown.includes(next)) expect(awaits(steps, gone, [0])).toBe(next);
      }),
      { numRuns: 1000 },
    );
  });
});
