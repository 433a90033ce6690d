import { describe, expect, test } from "vitest";
import type { Step } from "../../src/domain/step";
import {
  awaited,
  conditionAbove,
  liveParentOf,
  numberOf,
  onward,
  parentOf,
  shownSteps,
  trunk,
  walk,
  within,
} from "../../src/domain/tree";
import { addTag, at, condition, delay, grow, message, plant, VIP } from "./planting";
import { afterDelete } from "./trunk";

/** 2, then 3 with 4 on the one side and 5 with 6 and 7 below it on the other, then 8. */
const forked = plant(
  message(2),
  condition(3, VIP, {
    yes: [message(4)],
    no: [condition(5, VIP, { yes: [message(6)], no: [message(7)] })],
  }),
  message(8),
);

/** Three conditions within each other, and a step after the outermost alone. */
const deep = plant(
  condition(2, VIP, {
    yes: [condition(3, VIP, { no: [condition(4, VIP, { yes: [message(5)] })] })],
  }),
  message(6),
);

/** The same, and nothing comes after. */
const deepest = deep.filter(({ id }) => id !== 6);

function ids(steps: Iterable<Step>): number[] {
  return [...steps].map(({ id }) => id);
}

function onwardFrom(steps: Step[], id: number): number | null {
  return onward(grow(steps), at(steps, id))?.id ?? null;
}

describe("a walk", () => {
  test("a forked tree -> pre-order, the true branch before the false one, what hangs on the condition last", () => {
    expect(ids(walk(grow(forked)))).toEqual([1, 2, 3, 31, 4, 32, 5, 51, 6, 52, 7, 8]);
  });

  test("rows in any order -> the same", () => {
    expect(ids(walk(grow([...forked].reverse())))).toEqual(ids(walk(grow(forked))));
  });

  test("from a branch -> what hangs on that branch alone", () => {
    expect(ids(walk(grow(forked), at(forked, 32)))).toEqual([32, 5, 51, 6, 52, 7]);
  });

  test("within a condition -> both branches and all they hold, without what comes after", () => {
    expect(ids(within(grow(forked), at(forked, 3)))).toEqual([31, 4, 32, 5, 51, 6, 52, 7]);
    expect(ids(within(grow(forked), at(forked, 5)))).toEqual([51, 6, 52, 7]);
    expect(ids(within(grow(forked), at(forked, 8)))).toEqual([]);
  });

  test("the trunk -> past the branches of its conditions", () => {
    expect(ids(trunk(grow(forked)))).toEqual([1, 2, 3, 8]);
    expect([...trunk(grow(forked))].at(-1)?.id).toBe(8);
    expect([...trunk(grow(deepest))].at(-1)?.id).toBe(2);
  });

  test("a condition whose branches are not there yet -> a fork of two ways to nowhere", () => {
    const bare = forked.filter(({ id }) => id < 4);
    expect(grow(bare).forks.get(3)).toEqual({ yes: null, no: null });
    expect(ids(walk(grow(bare)))).toEqual([1, 2, 3]);
  });

  test("one branch of two -> the other is missing, not mistaken for it", () => {
    const fork = grow(forked.filter(({ id }) => id !== 31)).forks.get(3);
    expect([fork?.yes, fork?.no?.id]).toEqual([null, 32]);
  });
});

describe("the way on", () => {
  test.each([
    ["a step -> the one that hangs on it", forked, 2, 3],
    ["a condition -> what comes after both branches", forked, 3, 8],
    ["a branch -> its first step", forked, 31, 4],
    ["the end of a branch -> what comes after the condition", forked, 4, 8],
    ["an empty branch -> what comes after the condition", deep, 22, 6],
    ["the end of a branch two deep -> out of both", forked, 7, 8],
    ["a condition that ends a branch -> out of that", forked, 5, 8],
    ["the end of a branch three deep -> out of all three", deep, 5, 6],
    ["an empty branch three deep -> out of all three", deep, 42, 6],
    ["the end of the trunk -> none", forked, 8, null],
    ["the end of a branch three deep with nothing after -> none", deepest, 5, null],
    ["a condition that ends the trunk -> none", deepest, 2, null],
  ])("%s", (_, steps, from, to) => {
    expect(onwardFrom(steps, from)).toBe(to);
  });

  test.each([
    [2, null],
    [3, null],
    [8, null],
    [31, 3],
    [4, 3],
    [5, 3],
    [52, 5],
    [7, 5],
  ])("step %i -> it stands in a branch of %s", (id, condition) => {
    expect(conditionAbove(grow(forked), at(forked, id))?.id ?? null).toBe(condition);
  });

  test("deleted steps before a step -> the nearest before it that was not", () => {
    const steps = afterDelete(afterDelete(plant(message(2), message(3), message(4), message(5)), 3), 4);
    expect(liveParentOf(grow(steps), at(steps, 5))?.id).toBe(2);
    expect(parentOf(grow(steps), at(steps, 5))?.id).toBe(4);
    expect(liveParentOf(grow(steps), at(steps, 2))?.id).toBe(1);
    expect(liveParentOf(grow(steps), at(steps, 1))).toBeNull();
  });

  test("a deleted condition before a step -> the step before the condition", () => {
    const steps = [3, 31, 4, 32, 5, 51, 6, 52, 7].reduce(afterDelete, forked);
    expect(liveParentOf(grow(steps), at(steps, 8))?.id).toBe(2);
  });
});

describe("numbers in a forked tree", () => {
  test.each([
    [2, 1],
    [4, 2],
    [6, 3],
    [7, 4],
    [8, 5],
  ])("standing at step %i -> number %i", (id, number) => {
    expect(numberOf(grow(forked), id)).toBe(number);
    expect(ids(shownSteps(grow(forked))).indexOf(id) + 1).toBe(number);
  });

  test("only messages that were not deleted bear numbers, and they bear them without a gap", () => {
    const steps = plant(delay(2, 60), message(3), addTag(4, "x"), message(5), message(6));
    expect(ids(shownSteps(grow(steps)))).toEqual([3, 5, 6]);
    expect(ids(shownSteps(grow(afterDelete(steps, 5))))).toEqual([3, 6]);
    expect(numberOf(grow(afterDelete(steps, 5)), 6)).toBe(2);
  });
});

function awaits(steps: Step[], step: number | null, lastStep: number | null, ran: number[]): number | null {
  return awaited(grow(steps), { step, lastStep, ran })?.id ?? null;
}

describe("awaited in a forked tree", () => {
  test.each([
    ["the last step was a branch -> its first step", forked, 31, [2, 3, 31], 4],
    ["the last step was an empty branch -> what comes after the condition", deep, 22, [2, 22], 6],
    ["the last step was an empty branch three deep -> out of all", deep, 42, [2, 21, 3, 32, 4, 42], 6],
    [
      "the last step ended a branch -> what comes after the condition, not the other branch",
      forked,
      4,
      [2, 3, 31, 4],
      8,
    ],
    ["the last step was a condition without branches -> what comes after it", forked, 3, [2, 3], 8],
    ["the last step ended a branch and nothing comes after -> none", deepest, 5, [2, 21, 3, 32, 4, 41, 5], null],
  ])("%s", (_, steps, last, ran, step) => {
    expect(awaits(steps, null, last, ran)).toBe(step);
  });

  test("the awaited step was deleted with its branch and condition -> what comes after them", () => {
    expect(awaits([3, 31, 4, 32, 5, 51, 6, 52, 7].reduce(afterDelete, forked), 4, 31, [2, 3, 31])).toBe(8);
    expect(awaits([5, 51, 6, 52, 7].reduce(afterDelete, forked), 6, 51, [2, 3, 32, 5, 51])).toBe(8);
  });

  test("the awaited condition was deleted with what it holds -> what comes after it, nothing of its branches", () => {
    expect(awaits([3, 31, 4, 32, 5, 51, 6, 52, 7].reduce(afterDelete, forked), 3, 2, [2])).toBe(8);
  });

  test("the step awaited in a branch was moved out to the end -> followed, and nothing after it is missed", () => {
    const moved = forked.map((step) => (step.id === 4 ? { ...step, parentId: 8 } : step));
    expect(awaits(moved, 4, 31, [2, 3, 31])).toBe(4);
    expect(awaits(moved, null, 4, [2, 3, 31, 4])).toBeNull();
  });

  test("the awaited step was moved into the branch that was not taken -> followed there", () => {
    const moved = forked.map((step) => (step.id === 8 ? { ...step, parentId: 4 } : step));
    expect(awaits(moved, 8, 52, [2, 3, 32, 5, 52])).toBe(8);
  });

  test("the condition was moved while a step within was awaited -> the way on is the one from its new place", () => {
    const moved = plant(message(2), message(8), condition(3, VIP, { yes: [message(4)] }), message(9));
    expect(awaits(moved, 4, 31, [2, 3, 31])).toBe(4);
    expect(awaits(moved, null, 4, [2, 3, 31, 4])).toBe(9);
  });

  test("a branch is never awaited itself, though it is not among those that ran", () => {
    expect(awaits(forked, null, 31, [2, 3])).toBe(4);
  });

  test("before the first step has run -> a condition may be the first", () => {
    expect(awaits(deep, null, null, [])).toBe(2);
  });
});
