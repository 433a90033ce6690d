import { describe, expect, test } from "vitest";
import { insertUnder, moveUnder, removal } from "../../src/domain/edit";
import type { Step } from "../../src/domain/step";
import { awaited, walk } from "../../src/domain/tree";
import { afterEdit, faultOf } from "../../src/domain/walkable";
import { stepOf } from "./given";
import { at, condition, delay, GOLD, grow, message, plant, VIP } from "./planting";
import { afterDelete } from "./trunk";

const NEW = 99;

/** 2, then 3 with 4 and 5 on the one side and 6 on the other, then 7, then 8. */
const forked = plant(
  message(2),
  condition(3, VIP, { yes: [message(4), message(5)], no: [message(6)] }),
  message(7),
  message(8),
);

function order(steps: readonly Step[]): number[] {
  return [...walk(grow(steps))].slice(1).map(({ id }) => id);
}

function insertedUnder(steps: Step[], under: number, over: Partial<Step> = {}): Step[] {
  const step = stepOf(NEW, 0, { ...over, parentId: null });
  return afterEdit(steps, insertUnder(grow(steps), at(steps, under)), step);
}

function movedUnder(steps: Step[], id: number, under: number): Step[] {
  const edit = moveUnder(grow(steps), at(steps, id), at(steps, under));
  if (!edit.ok) throw new Error(edit.failure.kind);
  return afterEdit(steps, edit.value);
}

function refusalOf(steps: Step[], id: number, under: number): unknown {
  const edit = moveUnder(grow(steps), at(steps, id), at(steps, under));
  return edit.ok ? null : edit.failure;
}

describe("inserted directly after a step", () => {
  test.each([
    ["the entry", 1, [NEW, 2, 3, 31, 4, 5, 32, 6, 7, 8]],
    ["a step in the middle", 2, [2, NEW, 3, 31, 4, 5, 32, 6, 7, 8]],
    ["a branch", 31, [2, 3, 31, NEW, 4, 5, 32, 6, 7, 8]],
    ["the end of a branch", 6, [2, 3, 31, 4, 5, 32, 6, NEW, 7, 8]],
    ["a condition: after both branches", 3, [2, 3, 31, 4, 5, 32, 6, NEW, 7, 8]],
    ["the end of the trunk", 8, [2, 3, 31, 4, 5, 32, 6, 7, 8, NEW]],
  ])("%s -> it stands there, and what came after it follows", (_, under, ids) => {
    const steps = insertedUnder(forked, under);
    expect(order(steps)).toEqual(ids);
    expect(at(steps, NEW).parentId).toBe(under);
    expect(faultOf(steps)).toBeNull();
  });

  test("a step with one after it -> one parent changes; with none, no parent", () => {
    expect(insertUnder(grow(forked), at(forked, 2))).toEqual({ under: 2, parents: [{ step: 3, parent: "new" }] });
    expect(insertUnder(grow(forked), at(forked, 3))).toEqual({ under: 3, parents: [{ step: 7, parent: "new" }] });
    expect(insertUnder(grow(forked), at(forked, 5))).toEqual({ under: 5, parents: [] });
  });

  test("a condition inserted in the middle -> what came after hangs on it, its branches are empty", () => {
    const steps = insertedUnder(forked, 7, { kind: "condition" });
    const tree = grow(steps);
    expect(tree.child.get(NEW)?.id).toBe(8);
    const fork = tree.forks.get(NEW);
    expect([fork?.yes?.branch, fork?.no?.branch]).toEqual([true, false]);
    expect(fork?.yes && tree.child.get(fork.yes.id)).toBeUndefined();
    expect(faultOf(steps)).toBeNull();
  });

  test("a deleted step follows -> inserted before it, so that whoever awaits that comes to the step after it", () => {
    const steps = insertedUnder(afterDelete(forked, 7), 3);
    expect(order(steps).slice(-3)).toEqual([NEW, 7, 8]);
    expect(awaited(grow(steps), { step: 7, lastStep: 6, ran: [2, 3, 32, 6] })?.id).toBe(8);
  });
});

describe("moved directly after a step", () => {
  test.each([
    ["down the trunk", 2, 7, [3, 31, 4, 5, 32, 6, 7, 2, 8]],
    ["up the trunk", 8, 2, [2, 8, 3, 31, 4, 5, 32, 6, 7]],
    ["to the front", 8, 1, [8, 2, 3, 31, 4, 5, 32, 6, 7]],
    ["past the one after it", 7, 8, [2, 3, 31, 4, 5, 32, 6, 8, 7]],
    ["into the front of a branch", 7, 31, [2, 3, 31, 7, 4, 5, 32, 6, 8]],
    ["to the end of a branch", 2, 6, [3, 31, 4, 5, 32, 6, 2, 7, 8]],
    ["out of a branch", 4, 7, [2, 3, 31, 5, 32, 6, 7, 4, 8]],
    ["out of a branch, which is empty then", 6, 3, [2, 3, 31, 4, 5, 32, 6, 7, 8]],
    ["from one branch into the other", 4, 32, [2, 3, 31, 5, 32, 4, 6, 7, 8]],
    ["within a branch", 5, 31, [2, 3, 31, 5, 4, 32, 6, 7, 8]],
    ["a condition with its branches, down", 3, 8, [2, 7, 8, 3, 31, 4, 5, 32, 6]],
    ["a condition with its branches, up", 3, 1, [3, 31, 4, 5, 32, 6, 2, 7, 8]],
  ])("%s -> what came after it closes up", (_, id, under, ids) => {
    const steps = movedUnder(forked, id, under);
    expect(order(steps)).toEqual(ids);
    expect(at(steps, id).parentId).toBe(under);
    expect(faultOf(steps)).toBeNull();
  });

  test("a condition into a branch of another -> with all it holds", () => {
    const two = plant(condition(2, VIP, { yes: [message(3)] }), condition(4, GOLD, { no: [message(5)] }), message(6));
    expect(order(movedUnder(two, 4, 3))).toEqual([2, 21, 3, 4, 41, 42, 5, 22, 6]);
  });

  test("where it stands -> nothing changes", () => {
    const none = { ok: true, value: { parents: [] } };
    expect(moveUnder(grow(forked), at(forked, 3), at(forked, 2))).toEqual(none);
    expect(moveUnder(grow(forked), at(forked, 4), at(forked, 31))).toEqual(none);
    expect(moveUnder(grow(forked), at(forked, 7), at(forked, 3))).toEqual(none);
  });

  test.each([
    ["itself", 2, 2, "a step cannot come after itself"],
    ["a step in its own branch", 3, 4, "a condition cannot be moved into its own branches"],
    ["its own branch", 3, 32, "a condition cannot be moved into its own branches"],
    ["another, being the entry", 1, 8, "the entry point cannot be moved"],
    ["another, being a branch", 31, 8, "the branch of a condition cannot be moved"],
  ])("under %s -> refused", (_, id, under, message) => {
    expect(refusalOf(forked, id, under)).toEqual({ kind: "unwalkable", message });
  });

  test("under a step deep in its own branches -> refused", () => {
    const deep = plant(condition(2, VIP, { yes: [condition(3, VIP, { no: [message(4)] })] }));
    expect(refusalOf(deep, 2, 4)).toMatchObject({ kind: "unwalkable" });
    expect(refusalOf(deep, 2, 32)).toMatchObject({ kind: "unwalkable" });
  });

  test("under what comes after its branches -> not its own branch, so it moves", () => {
    expect(refusalOf(forked, 3, 7)).toBeNull();
  });

  test("past deleted steps -> they keep their place before the step that followed them", () => {
    const chain = plant(message(2), message(3), message(4), message(5));
    const steps = afterDelete(chain, 3);
    expect(order(movedUnder(steps, 5, 2))).toEqual([2, 5, 3, 4]);
    expect(order(movedUnder(steps, 4, 1))).toEqual([4, 2, 3, 5]);
    expect(order(movedUnder(steps, 2, 4))).toEqual([3, 4, 2, 5]);
  });

  test("with deleted steps between -> who awaits one of them comes to the step that followed", () => {
    const steps = movedUnder(afterDelete(plant(message(2), message(3), message(4), message(5)), 3), 2, 5);
    expect(awaited(grow(steps), { step: 3, lastStep: 2, ran: [2] })?.id).toBe(4);
  });

  // Nobody sees the deleted step between them; yet who awaits it is led past the step that stays where it stands.
  test("under the live step it already comes after, a deleted one between -> nothing changes", () => {
    const steps = movedUnder(afterDelete(plant(message(2), message(3), message(4), message(5)), 3), 4, 2);
    expect(awaited(grow(steps), { step: 3, lastStep: 2, ran: [2] })?.id).toBe(4);
  });

  test("never more than three parents change, however much a condition holds", () => {
    const edit = moveUnder(grow(forked), at(forked, 3), at(forked, 1));
    expect(edit).toEqual({
      ok: true,
      value: {
        parents: [
          { step: 7, parent: 2 },
          { step: 3, parent: 1 },
          { step: 2, parent: 3 },
        ],
      },
    });
  });
});

function goneWith(steps: Step[], id: number, withBranches: boolean): unknown {
  const gone = removal(grow(steps), at(steps, id), { branches: withBranches });
  return gone.ok ? gone.value.map((step) => step.id) : gone.failure;
}

describe("removed", () => {
  test.each([
    ["a step -> that alone", forked, 2, false, [2]],
    ["a step, told to take branches along -> that alone, not what follows", forked, 7, true, [7]],
    ["a condition with empty branches -> with them", plant(condition(2, VIP), message(3)), 2, false, [2, 21, 22]],
    ["a condition with its branches -> with all they hold, and nothing after", forked, 3, true, [3, 31, 4, 5, 32, 6]],
    [
      "a condition in a branch -> with what it holds",
      plant(condition(2, VIP, { yes: [condition(3, VIP)] })),
      3,
      false,
      [3, 31, 32],
    ],
  ])("%s", (_, steps, id, withBranches, ids) => {
    expect(goneWith(steps, id, withBranches)).toEqual(ids);
  });

  test.each([
    ["a condition with steps in a branch", forked, 3],
    ["a condition with steps in the false branch alone", plant(condition(2, VIP, { no: [delay(3, 60)] })), 2],
    ["a condition with an empty condition in a branch", plant(condition(2, VIP, { yes: [condition(3, VIP)] })), 2],
  ])("%s, not told to take them along -> refused", (_, steps, id) => {
    expect(goneWith(steps, id, false)).toEqual({ kind: "branches_not_empty" });
  });

  test("a condition in whose branches all is deleted -> empty; what is deleted already is not deleted anew", () => {
    const steps = [4, 5, 6].reduce(afterDelete, forked);
    expect(goneWith(steps, 3, false)).toEqual([3, 31, 32]);
  });

  test.each([
    ["the entry", 1, "the entry point cannot be deleted"],
    ["a branch", 31, "the branch of a condition cannot be deleted"],
  ])("%s -> refused", (_, id, message) => {
    expect(goneWith(forked, id, true)).toEqual({ kind: "unwalkable", message });
  });
});
