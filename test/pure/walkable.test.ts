import { describe, expect, test } from "vitest";
import type { Step } from "../../src/domain/step";
import { walk } from "../../src/domain/tree";
import { afterEdit, faultOf } from "../../src/domain/walkable";
import { stepOf } from "./given";
import { branchId, condition, grow, message, moveTo, plant, VIP } from "./planting";
import { afterDelete } from "./trunk";

const ONE_ENTRY = "a sequence has one entry point";
const ONE_AFTER = "every step comes after one other, and none after two";
const TWO_BRANCHES = "a condition has a true and a false branch";
const MOVED_AWAY = "nothing comes after a move to another sequence";

const forked = plant(message(2), condition(3, VIP, { yes: [message(4)], no: [message(5)] }), message(6));

function hung(steps: Step[], id: number, parentId: number | null): Step[] {
  return steps.map((step) => (step.id === id ? { ...step, parentId } : step));
}

describe("a graph of steps", () => {
  const graphs: [string, Step[], string | null][] = [
    ["a lone entry -> none", plant(), null],
    ["a tree with branches -> none", forked, null],
    ["no steps at all -> no entry", [], ONE_ENTRY],
    ["two steps without a parent -> two entries", [...forked, stepOf(9, null)], ONE_ENTRY],
    ["a step under one that is not there", [...forked, stepOf(9, 99)], ONE_AFTER],
    ["two steps after one", [...forked, stepOf(9, 2)], ONE_AFTER],
    ["two steps in one branch", [...forked, stepOf(9, 31)], ONE_AFTER],
    ["two true branches", [...forked, stepOf(9, 3, { kind: "condition_branch", branch: true })], ONE_AFTER],
    ["two steps that come after each other", hung(hung(forked, 6, 9), 9, 6).concat(stepOf(9, 6)), ONE_AFTER],
    ["a condition within its own branch", hung(forked, 3, 4), ONE_AFTER],
    ["a condition without a true branch", forked.filter(({ id }) => id !== 31 && id !== 4), TWO_BRANCHES],
    ["a condition without a false branch", forked.filter(({ id }) => id !== 32 && id !== 5), TWO_BRANCHES],
    ["a condition without branches", forked.filter(({ id }) => id < 4 || id === 6), TWO_BRANCHES],
    ["a step after a move", plant(moveTo(2, 9), message(3)), MOVED_AWAY],
    ["a step after a move in a branch", plant(condition(2, VIP, { yes: [moveTo(3, 9), message(4)] })), MOVED_AWAY],
    ["a condition after a move", plant(moveTo(2, 9), condition(3, VIP)), MOVED_AWAY],
    ["a move at the end -> none", plant(message(2), moveTo(3, 9)), null],
    [
      "a move that ends a branch, a step after the condition -> none",
      plant(condition(2, VIP, { yes: [moveTo(3, 9)] }), message(4)),
      null,
    ],
    ["only deleted steps after a move -> none", afterDelete(plant(moveTo(2, 9), message(3)), 3), null],
    [
      "a live step after a deleted one after a move",
      afterDelete(plant(moveTo(2, 9), message(3), message(4)), 3),
      MOVED_AWAY,
    ],
    ["a step after a deleted move -> none", afterDelete(plant(moveTo(2, 9), message(3)), 2), null],
  ];

  test.each(graphs)("%s", (_, steps, fault) => {
    expect(faultOf(steps)).toBe(fault);
  });
});

describe("the steps as an edit leaves them", () => {
  const conditionToCome = { ...stepOf(-1, 0, { kind: "condition" }), parentId: null, settings: { test: VIP, upTo: 0 } };

  test("an inserted step -> it hangs where the edit says, and what it displaces hangs on it", () => {
    const edit = { under: 2, parents: [{ step: 3, parent: "new" as const }] };
    const steps = afterEdit(forked, edit, stepOf(-1, null, { kind: "message" }));
    expect(steps.find(({ id }) => id === -1)?.parentId).toBe(2);
    expect(steps.find(({ id }) => id === 3)?.parentId).toBe(-1);
    expect(faultOf(steps)).toBeNull();
  });

  test("an inserted condition -> with its two branches, what it displaces comes after them", () => {
    const edit = { under: 2, parents: [{ step: 3, parent: "new" as const }] };
    const steps = afterEdit(forked, edit, conditionToCome as Step);
    expect(steps).toHaveLength(forked.length + 3);
    expect(faultOf(steps)).toBeNull();
    const fork = grow(steps).forks.get(-1);
    expect([fork?.yes?.branch, fork?.no?.branch]).toEqual([true, false]);
    expect([...walk(grow(steps))].map(({ id }) => id).slice(0, 5)).toEqual([1, 2, -1, fork?.yes?.id, fork?.no?.id]);
  });

  test("an edit that inserts nothing -> the parents it names change, no others", () => {
    const steps = afterEdit(forked, { parents: [{ step: 6, parent: branchId(3, true) }] });
    expect(steps).toEqual(hung(forked, 6, 31));
    expect(afterEdit(forked, { parents: [] })).toEqual(forked);
  });
});
