/** Where the steps of a sequence stand in their picture. */
import { describe, expect, test } from "vitest";
import { HIGH, type Layout, layOut, linesOf, WIDE } from "../../src/dashboard/builder/layout";
import { placesFor } from "../../src/dashboard/builder/site";
import { at, condition, delay, grow, message, moveTo, plant, type Sprout, VIP } from "./planting";

function drawn(...sprouts: Sprout[]): Layout {
  return layOut(grow(plant(...sprouts)), { spots: true });
}

function boxOf({ boxes }: Layout, id: number) {
  const box = boxes.find(({ step }) => step.id === id);
  if (!box) throw new Error(`step ${id} is not drawn`);
  return box;
}

const FORKED = [message(2), condition(3, VIP, { yes: [message(4)], no: [message(5), message(6)] }), message(7)];

describe("the picture", () => {
  test("nothing but the entry -> one place and the end, and no card", () => {
    const { boxes, spots, end, width } = drawn();
    expect(boxes).toEqual([]);
    expect(spots.map(({ under }) => under.id)).toEqual([1]);
    expect(end).not.toBeNull();
    expect(width).toBeGreaterThan(WIDE);
  });

  test("a chain -> one column, from top to bottom", () => {
    const layout = drawn(message(2), delay(3, 60), message(4));
    expect(layout.boxes.map(({ step }) => step.id)).toEqual([2, 3, 4]);
    expect(new Set(layout.boxes.map(({ x }) => x)).size).toBe(1);
    const tops = layout.boxes.map(({ y }) => y);
    for (const [i, top] of tops.slice(1).entries()) expect(top).toBeGreaterThan((tops[i] ?? 0) + HIGH);
  });

  test("two branches -> side by side below their condition, and one again below both", () => {
    const layout = drawn(...FORKED);
    const [fork, yes, no, last, joined] = [3, 4, 5, 6, 7].map((id) => boxOf(layout, id));
    expect(yes?.x).toBeLessThan(fork?.x ?? 0);
    expect(no?.x).toBeGreaterThan(fork?.x ?? 0);
    expect(yes?.y).toBe(no?.y);
    expect((yes?.x ?? 0) + WIDE).toBeLessThan(no?.x ?? 0);
    expect(joined?.x).toBe(fork?.x);
    expect(joined?.y).toBeGreaterThan((last?.y ?? 0) + HIGH);
  });

  test("branches within branches -> no card covers another, and all lie within the picture", () => {
    const inner = (id: number) => condition(id, VIP, { yes: [message(id + 100)], no: [message(id + 200)] });
    const layout = drawn(condition(3, VIP, { yes: [inner(4), message(400)], no: [inner(5)] }), inner(6));
    for (const one of layout.boxes) {
      expect(one.x).toBeGreaterThanOrEqual(0);
      expect(one.x + WIDE).toBeLessThanOrEqual(layout.width);
      expect(one.y + HIGH).toBeLessThanOrEqual(layout.height);
      const over = layout.boxes.filter(
        (other) => other !== one && Math.abs(other.x - one.x) < WIDE && Math.abs(other.y - one.y) < HIGH,
      );
      expect(over).toEqual([]);
    }
    expect(boxOf(layout, 104).within.map(({ id }) => id)).toEqual([31, 41]);
  });

  test("a place after every step, at the head of each branch and after both -> and none after a move away", () => {
    const layout = drawn(condition(3, VIP, { yes: [message(4)], no: [moveTo(5, 9)] }), message(7));
    expect(layout.spots.map(({ under }) => under.id)).toEqual([1, 31, 4, 32, 3, 7]);
  });

  test("both branches move away -> nothing joins, and nothing ends here", () => {
    const layout = drawn(condition(3, VIP, { yes: [moveTo(4, 9)], no: [moveTo(5, 9)] }));
    expect(layout.end).toBeNull();
    expect(layout.spots.map(({ under }) => under.id)).toEqual([1, 31, 32]);
  });

  test("deleted steps -> are not drawn, and keep no room", () => {
    const gone = drawn(message(2), message(3, { deletedAt: 5 }), message(4));
    expect(gone.boxes.map(({ step }) => step.id)).toEqual([2, 4]);
    expect(gone.height).toBe(drawn(message(2), message(4)).height);
  });

  test("a delay before a step is told in the gap; that of a delay step stands on its card", () => {
    const { delays } = drawn(message(2, { delay: 3600 }), delay(3, 60));
    expect(delays.map(({ seconds }) => seconds)).toEqual([3600]);
  });
});

describe("where a step could go", () => {
  test.each([
    { step: 2, all: [31, 4, 32, 5, 6, 3, 7], up: null, down: 31 },
    { step: 4, all: [1, 2, 32, 5, 6, 3, 7], up: 2, down: 32 },
    { step: 5, all: [1, 2, 31, 4, 6, 3, 7], up: 4, down: 6 },
    { step: 3, all: [1, 7], up: 1, down: 7 },
    { step: 7, all: [1, 2, 31, 4, 32, 5, 6], up: 6, down: null },
  ])("step $step -> after $all; up: $up, down: $down", ({ step, all, up, down }) => {
    const steps = plant(...FORKED);
    const places = placesFor(grow(steps), at(steps, step));
    expect(places.all.map(({ id }) => id)).toEqual(all);
    expect([places.up?.id ?? null, places.down?.id ?? null]).toEqual([up, down]);
  });
});

describe("a text on a card", () => {
  test.each([
    ["", []],
    ["short", ["short"]],
    ["two  words\nor three", ["two words", "or three"]],
    ["unbreakablewordthatgoeson", ["unbreakabl", "ewordthat…"]],
    ["one two three four five", ["one two", "three fou…"]],
    ["你好世界你好世界", ["你好世界你", "好世界"]],
    ["👋👋👋👋👋👋👋👋👋👋👋", ["👋👋👋👋👋", "👋👋👋👋…"]],
  ])("%j in two lines of ten -> %j", (text, lines) => {
    expect(linesOf(text, 10, 2)).toEqual(lines);
  });
});
