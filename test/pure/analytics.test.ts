import { describe, expect, test } from "vitest";
import { type Counted, funnelOf, rateOf, type TallyLine } from "../../src/domain/analytics";
import { courseOf } from "../../src/domain/course";
import type { State } from "../../src/domain/enrollment";
import type { Step } from "../../src/domain/step";
import type { Variant } from "../../src/domain/variant";
import { FIRST, SECOND_STEP, stepOf, steps, THIRD } from "./given";
import { condition, GOLD, message, plant } from "./planting";
import { endedCompleted, endedFailed, endedWithLeased, paused, pending, waiting, working } from "./states";

const standings = { ACTIVE: 0, COMPLETED: 0, EXITED: 0, FAILED: 0 };
const responses = { sent: 0, opened: 0, clicked: 0, replied: 0, bounced: 0, optedOut: 0 };
const times = { total: 0, counted: new Map<number, number>() };

function line(step: number, more: Partial<TallyLine> = {}): TallyLine {
  return { step, variant: step * 10, ...responses, times, ...more };
}

function counted({
  funnel = {},
  ...more
}: { funnel?: Record<string, number> } & Partial<Omit<Counted, "funnel">>): Counted {
  return { tallies: [], standings, ...more, funnel: new Map(Object.entries(funnel)) };
}

const courses = (all: readonly Step[], of: Counted) =>
  funnelOf(all, of).steps.map(({ id, reached, waiting, exited, failed }) => [id, reached, waiting, exited, failed]);

describe("how far a journey has come", () => {
  test.each([
    ["pending -> nowhere yet", pending, { place: null, ran: [] }],
    ["waiting -> at the step that it awaits", waiting, { place: SECOND_STEP, ran: [FIRST] }],
    ["paused -> the same", paused, { place: SECOND_STEP, ran: [FIRST] }],
    ["working -> at its task", working, { place: SECOND_STEP, ran: [FIRST] }],
    ["completed -> behind them all", endedCompleted, { place: null, ran: [FIRST] }],
    ["failed -> where it failed", endedFailed, { place: SECOND_STEP, ran: [FIRST] }],
    ["ended while a message was under way -> at that", endedWithLeased, { place: SECOND_STEP, ran: [FIRST] }],
    [
      "and once that has gone out -> there still, so that it counts as one who ended there",
      { ...endedWithLeased, ran: [FIRST, SECOND_STEP] },
      { place: SECOND_STEP, ran: [FIRST] },
    ],
  ] as [string, State, object][])("%s", (_, state, course) => {
    expect(courseOf(state)).toEqual(course);
  });
});

describe("a funnel", () => {
  test.each([
    [
      "nobody was enrolled",
      {},
      [
        [FIRST, 0, 0, 0, 0],
        [SECOND_STEP, 0, 0, 0, 0],
        [THIRD, 0, 0, 0, 0],
      ],
    ],
    [
      "who has told nothing yet waits at the first step",
      { standings: { ...standings, ACTIVE: 7 } },
      [
        [FIRST, 7, 7, 0, 0],
        [SECOND_STEP, 0, 0, 0, 0],
        [THIRD, 0, 0, 0, 0],
      ],
    ],
    [
      "who came to a step went on from it, waits there, left there or failed there",
      {
        standings: { ACTIVE: 5, COMPLETED: 2, EXITED: 2, FAILED: 1 },
        funnel: {
          "2/ran": 8,
          "2/ACTIVE": 1,
          "3/ran": 2,
          "3/ACTIVE": 3,
          "3/EXITED": 2,
          "3/FAILED": 1,
          "4/ran": 2,
          "0/COMPLETED": 2,
        },
      },
      [
        [FIRST, 10, 2, 0, 0],
        [SECOND_STEP, 8, 3, 2, 1],
        [THIRD, 2, 0, 0, 0],
      ],
    ],
    [
      "a step that was deleted is shown for as long as anybody came there; and after it, one that is gone for good",
      { standings: { ...standings, EXITED: 3 }, funnel: { "2/ran": 3, "3/EXITED": 1, "9/EXITED": 2 } },
      [
        [FIRST, 3, 0, 0, 0],
        [SECOND_STEP, 1, 0, 1, 0],
        [THIRD, 0, 0, 0, 0],
        [9, 2, 0, 2, 0],
      ],
    ],
  ])("%s", (_, of, expected) => {
    const deleted = steps.map((step) => (step.id === SECOND_STEP ? { ...step, deletedAt: 5 } : step));
    expect(courses("funnel" in of && "9/EXITED" in of.funnel ? deleted : steps, counted(of))).toEqual(expected);
  });

  test("a deleted step where nobody ever was is left out", () => {
    const deleted = steps.map((step) => (step.id === SECOND_STEP ? { ...step, deletedAt: 5 } : step));
    expect(courses(deleted, counted({})).map(([id]) => id)).toEqual([FIRST, THIRD]);
    expect(funnelOf(deleted, counted({ tallies: [line(SECOND_STEP, { sent: 1 })] })).steps[1]).toMatchObject({
      id: SECOND_STEP,
      deleted: true,
      order: null,
      sent: 1,
      kind: "message",
    });
  });

  test("branches are told apart, and only what v1 shows is numbered", () => {
    const tree = plant(condition(2, GOLD, { yes: [message(3)], no: [message(4)] }), message(5));
    const of = funnelOf(tree, counted({ funnel: { "2/ran": 5, "21/ran": 2, "22/ran": 3 }, standings }));
    expect(of.steps.map(({ id, kind, branch, order, reached }) => [id, kind, branch, order, reached])).toEqual([
      [2, "condition", null, null, 5],
      [21, "condition_branch", true, null, 2],
      [3, "message", null, 1, 0],
      [22, "condition_branch", false, null, 3],
      [4, "message", null, 2, 0],
      [5, "message", null, 3, 0],
    ]);
  });

  test("what became of messages adds up from variants to steps and to the whole", () => {
    const tallies = [
      line(FIRST, { sent: 10, opened: 4, replied: 2 }),
      line(FIRST, { variant: 99, sent: 5, clicked: 1 }),
      line(SECOND_STEP, { sent: 3, bounced: 1, optedOut: 1 }),
    ];
    const { steps: shown, whole } = funnelOf(steps, counted({ tallies }));
    expect(shown[0]).toMatchObject({ sent: 15, opened: 4, clicked: 1, replied: 2 });
    expect(whole).toEqual({ sent: 18, opened: 4, clicked: 1, replied: 2, bounced: 1, optedOut: 1 });
    const rates = [rateOf(whole, "opened"), rateOf(shown[1] ?? whole, "bounced"), rateOf(shown[2] ?? whole, "opened")];
    expect(rates).toEqual([4 / 18, 1 / 3, null]);
  });
});

describe("variants", () => {
  const of = (id: number, more: Partial<Variant> = {}): Variant => ({
    id,
    templateId: id,
    isPrivate: true,
    isReply: false,
    weight: 1,
    enabledAt: 0,
    subject: null,
    body: "Hi",
    format: "text",
    ...more,
  });
  const split = [
    stepOf(1, null),
    stepOf(2, 1, { variants: [of(20, { enabledAt: null }), of(21), of(22, { weight: 3 })] } as Partial<Step>),
  ];

  test("those that the step has, and those that it had; each beside the first that is enabled", () => {
    const tallies = [
      line(2, { variant: 22, sent: 1000, opened: 150, replied: 3 }),
      line(2, { variant: 21, sent: 1000, opened: 100, replied: 4 }),
      line(2, { variant: 7, sent: 5 }),
      line(2, { variant: 0, sent: 1 }),
    ];
    const [shown] = funnelOf(split, counted({ tallies })).steps;
    expect(
      shown?.variants.map(({ id, weight, enabled, deleted, sent }) => [id, weight, enabled, deleted, sent]),
    ).toEqual([
      [20, 1, false, false, 0],
      [21, 1, true, false, 1000],
      [22, 3, true, false, 1000],
      [null, null, false, true, 1],
      [7, null, false, true, 5],
    ]);
    expect(shown?.variants[1]?.beside).toBeNull();
    expect(shown?.variants[2]?.beside).toMatchObject({
      id: 21,
      opened: { enoughData: true, significant: true },
      clicked: { enoughData: false },
      replied: { enoughData: false },
    });
  });

  test("none is enabled -> none is beside another", () => {
    const off = [
      stepOf(1, null),
      stepOf(2, 1, { variants: [of(20, { enabledAt: null }), of(21, { enabledAt: null })] } as Partial<Step>),
    ];
    expect(funnelOf(off, counted({})).steps[0]?.variants.map(({ beside }) => beside)).toEqual([null, null]);
  });
});
