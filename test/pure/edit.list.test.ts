import { describe, expect, test } from "vitest";
import { delayBefore, insertAt, moveTo, orders } from "../../src/domain/edit";
import type { Step } from "../../src/domain/step";
import { walk } from "../../src/domain/tree";
import { afterEdit, faultOf } from "../../src/domain/walkable";
import { stepOf } from "./given";
import * as sprout from "./planting";
import { at, condition, delay, grow, message, plant, VIP } from "./planting";
import { afterDelete, shownIds } from "./trunk";

const NEW = 99;

/** Numbers 1 to 6: 2; then 3 with 4 and 5 on the one side and 6 on the other; then 7 and 8. */
const forked = plant(
  message(2),
  condition(3, VIP, { yes: [message(4), message(5)], no: [message(6)] }),
  message(7),
  message(8),
);

function order(steps: readonly Step[]): number[] {
  return [...walk(grow(steps))].slice(1).map(({ id }) => id);
}

function inserted(steps: Step[], number: number): Step[] | null {
  const edit = insertAt(grow(steps), number);
  return edit && afterEdit(steps, edit, stepOf(NEW, 0, { parentId: null, kind: "message" }));
}

function moved(steps: Step[], id: number, number: number): Step[] | null {
  const edit = moveTo(grow(steps), at(steps, id), number);
  return edit && afterEdit(steps, edit);
}

describe("inserted by number into a branched tree", () => {
  test.each([
    [1, [NEW, 2, 3, 31, 4, 5, 32, 6, 7, 8]],
    [2, [2, 3, 31, NEW, 4, 5, 32, 6, 7, 8]],
    [3, [2, 3, 31, 4, NEW, 5, 32, 6, 7, 8]],
    [4, [2, 3, 31, 4, 5, 32, NEW, 6, 7, 8]],
    [5, [2, 3, 31, 4, 5, 32, 6, NEW, 7, 8]],
    [6, [2, 3, 31, 4, 5, 32, 6, 7, NEW, 8]],
    [7, [2, 3, 31, 4, 5, 32, 6, 7, 8, NEW]],
  ])("at %i -> directly before the step that bears it, in its chain", (number, ids) => {
    const steps = inserted(forked, number) ?? [];
    expect(order(steps)).toEqual(ids);
    expect(shownIds(steps)[number - 1]).toBe(NEW);
    expect(faultOf(steps)).toBeNull();
  });

  test.each([
    ["a condition", plant(message(2), condition(3, VIP, { yes: [message(4)] })), 3],
    ["a condition with deleted steps after it", afterDelete(plant(condition(2, VIP), message(3)), 3), 1],
    ["a move", plant(message(2), sprout.moveTo(3, 9)), 2],
  ])("at the end, where the trunk ends in %s -> no edit", (_, steps, number) => {
    expect(inserted(steps, number)).toBeNull();
    expect(orders(grow(steps), false).max).toBe(number);
  });

  test("at the end after a condition that was deleted -> after it", () => {
    const steps = [3, 31, 32].reduce(afterDelete, plant(message(2), condition(3, VIP)));
    expect(order(inserted(steps, 2) ?? [])).toEqual([2, 3, 31, 32, NEW]);
  });

  test("at the end after a move that was deleted -> after it", () => {
    expect(order(inserted(afterDelete(plant(message(2), sprout.moveTo(3, 9)), 3), 2) ?? [])).toEqual([2, 3, NEW]);
  });

  test("before a step that follows a condition -> after its branches", () => {
    expect(at(inserted(forked, 5) ?? [], NEW).parentId).toBe(3);
  });

  test("before a step with delays before it -> before those, for they are its own", () => {
    const steps = plant(message(2), delay(3, 60), delay(4, 60), message(5));
    expect(order(inserted(steps, 2) ?? [])).toEqual([2, NEW, 3, 4, 5]);
    expect(order(inserted(plant(delay(2, 60), message(3)), 1) ?? [])).toEqual([NEW, 2, 3]);
  });

  test("before a step in a branch that begins with a delay -> at the head of that branch", () => {
    const steps = plant(condition(2, VIP, { no: [delay(3, 60), message(4)] }));
    expect(order(inserted(steps, 1) ?? [])).toEqual([2, 21, 22, NEW, 3, 4]);
  });

  test("at the end after a delay -> after it", () => {
    expect(order(inserted(plant(message(2), delay(3, 60)), 2) ?? [])).toEqual([2, 3, NEW]);
  });

  test("before a step with something else before it -> between the two", () => {
    const steps = plant(delay(2, 60), sprout.addTag(3, "x"), message(4));
    expect(order(inserted(steps, 1) ?? [])).toEqual([2, 3, NEW, 4]);
    const local = plant(sprout.timeOfDay(2, "08:00"), message(3));
    expect(order(inserted(local, 1) ?? [])).toEqual([2, NEW, 3]);
  });
});

describe("moved by number within a branched tree", () => {
  test.each([
    [8, 5, [2, 3, 31, 4, 5, 32, 6, 8, 7]],
    [7, 6, [2, 3, 31, 4, 5, 32, 6, 8, 7]],
    [8, 1, [8, 2, 3, 31, 4, 5, 32, 6, 7]],
    [2, 5, [3, 31, 4, 5, 32, 6, 7, 2, 8]],
    [2, 4, [3, 31, 4, 5, 32, 6, 2, 7, 8]],
    [5, 2, [2, 3, 31, 5, 4, 32, 6, 7, 8]],
    [7, 1, [7, 2, 3, 31, 4, 5, 32, 6, 8]],
    [8, 2, [2, 8, 3, 31, 4, 5, 32, 6, 7]],
  ])("step %i to number %i of its chain -> it bears that number", (id, number, ids) => {
    const steps = moved(forked, id, number) ?? [];
    expect(order(steps)).toEqual(ids);
    expect(shownIds(steps)[number - 1]).toBe(id);
  });

  test.each([
    [8, 4],
    [2, 2],
    [4, 1],
    [4, 4],
    [6, 2],
    [6, 6],
    [7, 3],
  ])("step %i to number %i of another chain -> no edit", (id, number) => {
    expect(moved(forked, id, number)).toBeNull();
  });

  // Where the next number belongs to another chain, or the trunk ends in a condition or a move, the place is the one
  // directly after the step that bears the number now.
  const last: [string, Step[], number, number, number[]][] = [
    ["of a branch", forked, 4, 3, [2, 3, 31, 5, 4, 32, 6, 7, 8]],
    ["of the last branch", plant(condition(2, VIP, { no: [message(3), message(4)] })), 3, 2, [2, 21, 22, 4, 3]],
    [
      "before a condition",
      plant(message(2), message(3), condition(4, VIP, { yes: [message(5)] })),
      2,
      2,
      [3, 2, 4, 41, 5, 42],
    ],
    [
      "before a condition that ends the trunk",
      plant(message(2), message(3), condition(4, VIP)),
      2,
      2,
      [3, 2, 4, 41, 42],
    ],
    ["before a move", plant(message(2), message(3), sprout.moveTo(4, 9)), 2, 2, [3, 2, 4]],
  ];

  test.each(last)(
    "to the last number of its chain, %s -> directly after the step that bore it",
    (_, steps, id, number, ids) => {
      expect(order(moved(steps, id, number) ?? [])).toEqual(ids);
    },
  );

  test("to its own number -> nothing changes, in a branch too", () => {
    expect(moveTo(grow(forked), at(forked, 5), 3)).toEqual({ parents: [] });
  });

  test("a step that is not shown -> no edit", () => {
    expect(moved(forked, 3, 1)).toBeNull();
    expect(moved(afterDelete(forked, 8), 8, 1)).toBeNull();
  });

  test("a step with delays before it -> they travel with it, to before those of the other", () => {
    const steps = plant(message(2), delay(3, 60), message(4), delay(5, 70), delay(6, 80), message(7), message(8));
    const ids = order(moved(steps, 7, 2) ?? []);
    expect(ids).toEqual([2, 5, 6, 7, 3, 4, 8]);
  });

  test("down, with delays before it -> they travel with it, what came after closes up", () => {
    const steps = plant(message(2), delay(3, 60), message(4), delay(5, 70), message(6), message(7));
    expect(order(moved(steps, 4, 3) ?? [])).toEqual([2, 5, 6, 3, 4, 7]);
    expect(order(moved(steps, 4, 4) ?? [])).toEqual([2, 5, 6, 7, 3, 4]);
  });

  test("deleted steps among its delays -> they stay with it; those before its delays keep their place", () => {
    const steps = plant(message(2), delay(3, 60), message(4), delay(5, 60), message(6));
    expect(order(moved(afterDelete(steps, 4), 6, 1) ?? [])).toEqual([3, 4, 5, 6, 2]);
    const before = plant(message(2), message(3), delay(4, 60), message(5));
    expect(order(moved(afterDelete(before, 3), 5, 1) ?? [])).toEqual([4, 5, 2, 3]);
  });

  test("its delays were deleted -> it travels alone", () => {
    const steps = afterDelete(plant(message(2), delay(3, 60), message(4)), 3);
    expect(order(moved(steps, 4, 1) ?? [])).toEqual([4, 2, 3]);
  });
});

describe("seconds of the delays directly before a step", () => {
  test.each([
    ["none", plant(message(2), message(3)), 3, 0],
    ["one", plant(message(2), delay(3, 60), message(4)), 4, 60],
    ["several", plant(delay(2, 60), delay(3, 5), message(4)), 4, 65],
    ["not its own delay", plant(delay(2, 60), message(3, { delay: 7 })), 3, 60],
    ["not those before another step", plant(delay(2, 60), sprout.addTag(3, "x"), delay(4, 5), message(5)), 5, 5],
    ["not the delay of another step", plant(message(2, { delay: 9 }), message(3)), 3, 0],
    ["a deleted one between", afterDelete(plant(delay(2, 60), delay(3, 5), delay(4, 7), message(5)), 3), 5, 67],
    ["a deleted message between", afterDelete(plant(delay(2, 60), message(3), delay(4, 7), message(5)), 3), 5, 67],
    ["not those before its branch", plant(delay(2, 60), condition(3, VIP, { yes: [delay(4, 5), message(5)] })), 5, 5],
    ["not those before the condition", plant(delay(2, 60), condition(3, VIP), delay(4, 5), message(5)), 5, 5],
  ])("%s", (_, steps, id, seconds) => {
    expect(delayBefore(grow(steps), at(steps, id))).toBe(seconds);
  });
});
