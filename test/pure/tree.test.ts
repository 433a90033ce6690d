import { describe, expect, test } from "vitest";
import { awaited, growTree, numberOf, shownSteps, walk } from "../../src/domain/tree";
import { stepOf } from "./given";
import { afterDelete, afterEdit, chainIds, shownIds, trunk } from "./trunk";

const four = trunk(2, 3, 4, 5);

function awaits(steps: typeof four, progress: { step: number | null; lastStep: number | null; ran: number[] }) {
  return awaited(growTree(steps, 1), progress)?.id ?? null;
}

/** The last but one of four steps, awaited once the first has run. */
const third = { step: 4, lastStep: 2, ran: [2] };

describe("shown order", () => {
  test("rows in any order -> the order is that of the parents", () => {
    expect(shownIds([...four].reverse())).toEqual([2, 3, 4, 5]);
  });

  test("the entry and deleted steps -> not shown, the deleted keep their place in the chain", () => {
    const steps = afterDelete(four, 3);
    expect(shownIds(steps)).toEqual([2, 4, 5]);
    expect(chainIds(steps)).toEqual([2, 3, 4, 5]);
  });

  test("a sequence without steps -> nothing is shown", () => {
    const tree = growTree(trunk(), 1);
    expect(shownSteps(tree)).toEqual([]);
  });

  test("no rows at all -> no root, nothing to walk", () => {
    const tree = growTree([], 1);
    expect(tree.root).toBeNull();
    expect([...walk(tree)]).toEqual([]);
  });

  test("a walk from a step -> that step and all after it", () => {
    const tree = growTree(four, 1);
    expect([...walk(tree, tree.steps.get(4))].map((step) => step.id)).toEqual([4, 5]);
  });

  test("the tree bears the revision it was read at", () => {
    expect(growTree(four, 41).revision).toBe(41);
  });
});

describe("numbers", () => {
  test.each([
    [null, 0],
    [1, 0],
    [2, 1],
    [4, 3],
    [5, 4],
    [99, 0],
  ])("standing at step %s -> number %i", (lastStep, number) => {
    expect(numberOf(growTree(four, 1), lastStep)).toBe(number);
  });

  test("standing at a deleted step -> the number of the shown step before it", () => {
    expect(numberOf(growTree(afterDelete(four, 4), 1), 4)).toBe(2);
  });

  test("a step before it was deleted -> the numbers close up", () => {
    expect(numberOf(growTree(afterDelete(four, 2), 1), 4)).toBe(2);
  });
});

describe("awaited", () => {
  test("before the first step has run -> whatever is first now, even if another was awaited", () => {
    expect(awaits(four, { step: 4, lastStep: null, ran: [] })).toBe(2);
    expect(awaits(afterDelete(four, 2), { step: 2, lastStep: null, ran: [] })).toBe(3);
  });

  test("not decided yet -> the step after the last one that ran", () => {
    expect(awaits(four, { step: null, lastStep: 3, ran: [2, 3] })).toBe(4);
  });

  test("decided -> the step it awaits, not the one after the last", () => {
    expect(awaits(four, third)).toBe(4);
  });

  test("the awaited step was deleted -> the one after it", () => {
    expect(awaits(afterDelete(four, 4), third)).toBe(5);
  });

  test("the awaited step and all after it were deleted -> none is left", () => {
    expect(awaits(afterDelete(afterDelete(four, 4), 5), third)).toBeNull();
  });

  test("the awaited step was moved to the front -> followed, and what ran is passed over", () => {
    const moves = [
      { step: 4, parent: 1 },
      { step: 2, parent: 4 },
      { step: 5, parent: 3 },
    ];
    const moved = afterEdit(four, { parents: moves });
    expect(shownIds(moved)).toEqual([4, 2, 3, 5]);
    expect(awaits(moved, third)).toBe(4);
    expect(awaits(moved, { step: null, lastStep: 4, ran: [2, 4] })).toBe(3);
  });

  test("the awaited step's row is gone -> the step after the last one that ran", () => {
    const without = afterEdit(four, { parents: [{ step: 5, parent: 3 }] }).filter((step) => step.id !== 4);
    expect(awaits(without, third)).toBe(3);
  });

  test("all ran -> none is left", () => {
    expect(awaits(four, { step: null, lastStep: 5, ran: [2, 3, 4, 5] })).toBeNull();
  });

  test("all ran + one appended -> that one", () => {
    const more = [...four, stepOf(6, 5)];
    expect(awaits(more, { step: null, lastStep: 5, ran: [2, 3, 4, 5] })).toBe(6);
  });

  test("the entry is never awaited", () => {
    expect(awaits(trunk(), { step: null, lastStep: null, ran: [] })).toBeNull();
  });
});
