import { describe, expect, test } from "vitest";
import { type Change, effectsOn, type Plan, type Standing } from "../../src/domain/effect";
import { ALWAYS_OPEN } from "../../src/domain/schedule";
import type { Step } from "../../src/domain/step";
import { HOUR } from "../../src/domain/time";
import { growTree } from "../../src/domain/tree";
import { J } from "./given";
import { condition, delay, GOLD, message, plant } from "./planting";

const SECONDS = HOUR / 1000;
/** The first message went out two hours ago; the second comes three hours after it. */
const STEPS = plant(message(2), message(3, { delay: 3 * SECONDS }), message(4, { delay: SECONDS }));
const row: Standing = {
  state: "waiting",
  stepId: 3,
  dueAt: J + HOUR,
  enrolledAt: J - 5 * HOUR,
  lastSentAt: J - 2 * HOUR,
  lastTouchId: 2,
  timezone: null,
};

const planOf = (steps: Step[], more: Partial<Plan> = {}): Plan => {
  return { sequence: { status: "ACTIVE" }, tree: growTree(steps, 1), timing: ALWAYS_OPEN, ...more };
};
const changed = (id: number, over: object, steps = STEPS) =>
  steps.map((step) => (step.id === id ? ({ ...step, ...over } as Step) : step));

function effect(after: Plan, over: Partial<Change> = {}, of: Partial<Standing> = {}, steps = STEPS) {
  return effectsOn([{ ...row, ...of }], { before: planOf(steps), after, now: J, stopped: false, ...over })[0];
}

const NONE = { touched: false, sends: false, ends: false, guessed: false };
const shorter = planOf(changed(3, { delay: SECONDS }));
const paused = planOf(STEPS, { sequence: { status: "PAUSED" } });
const monday = { zone: "UTC", openings: [{ day: 1, from: "09:00", to: "09:01" }], holidays: [] };
const scheduled = { ...ALWAYS_OPEN, scheduleId: 1, schedules: new Map([[1, monday]]) };

describe("what a change does to whoever awaits a step", () => {
  test.each<[string, ReturnType<typeof effect>, object]>([
    ["nothing -> nothing", effect(planOf(STEPS)), NONE],
    ["only who wrote it -> nothing", effect(planOf(changed(3, { updaterId: 9, updatedAt: J }))), NONE],
    ["a longer delay -> later", effect(planOf(changed(3, { delay: 9 * SECONDS }))), { ...NONE, touched: true }],
    ["a delay that is over -> sends", effect(shorter), { ...NONE, touched: true, sends: true }],
    ["the same, while he is paused -> touched", effect(shorter, {}, { state: "paused" }), { ...NONE, touched: true }],
    ["the same, the workspace stopped -> touched", effect(shorter, { stopped: true }), { ...NONE, touched: true }],
    ["another step changed -> nothing", effect(planOf(changed(4, { delay: 0 }))), NONE],
    [
      "it is deleted -> the next one, from the same time",
      effect(planOf(changed(3, { deletedAt: J }))),
      { ...NONE, touched: true, sends: true },
    ],
    [
      "all are deleted -> ends",
      effect(planOf(STEPS.map((step) => (step.id > 2 ? { ...step, deletedAt: J } : step)))),
      { ...NONE, touched: true, ends: true },
    ],
    ["paused -> held", effect(paused), { ...NONE, touched: true }],
    ["active again, not due -> touched", effect(planOf(STEPS), { before: paused }), { ...NONE, touched: true }],
    [
      "active again, due -> sends",
      effect(planOf(STEPS), { before: paused }, { dueAt: J - 1 }),
      { ...NONE, touched: true, sends: true },
    ],
    [
      "active again, due, and its schedule is closed -> touched",
      effect(planOf(STEPS, { timing: scheduled }), { before: paused }, { dueAt: J - 1 }),
      { ...NONE, touched: true },
    ],
    [
      "due before, and so already going -> not counted again",
      effect(shorter, {}, { dueAt: J - 1 }),
      { ...NONE, touched: true },
    ],
    ["whoever has no time ahead -> nothing", effect(shorter, {}, { dueAt: null }), NONE],
  ])("%s", (_, found, wanted) => {
    expect(found).toEqual(wanted);
  });

  test("a delay before a message counts with it, and a condition lets nobody tell", () => {
    const due = (...steps: Step[]) =>
      effect(
        planOf(steps),
        { before: planOf(steps, paused.sequence ? { sequence: paused.sequence } : {}) },
        { dueAt: J - 1, stepId: 3 },
        steps,
      );
    expect(due(...plant(message(2), delay(3, 60), message(4)))).toMatchObject({ sends: true });
    expect(due(...plant(message(2), delay(3, 60), message(4, { delay: 60 })))).toMatchObject({ sends: false });
    expect(due(...plant(message(2), delay(3, 60), condition(4, GOLD), message(5)))).toMatchObject({ sends: false });
  });

  test("where a schedule hides when the last step ran, the last message tells it, and else it is guessed", () => {
    const before = planOf(STEPS, { timing: scheduled });
    expect(effect(shorter, { before })).toEqual({ ...NONE, touched: true, sends: true });
    const steps = plant(message(2), delay(5, 60), message(3, { delay: 3 * SECONDS }));
    const hidden = planOf(steps, { timing: scheduled });
    expect(effect(planOf(changed(3, { delay: SECONDS }, steps)), { before: hidden }, {}, steps)).toMatchObject({
      guessed: true,
    });
  });
});
