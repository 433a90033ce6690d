import { describe, expect, test } from "vitest";
import type { State } from "../../src/domain/enrollment";
import { MOST_TOLD, type Rehearsed, rehearse, type Scene } from "../../src/domain/rehearsal";
import type { Step } from "../../src/domain/step";
import { HOUR, SECOND } from "../../src/domain/time";
import type { Stretch } from "../../src/domain/timetable";
import { alice, J, now, running, trip } from "./given";
import {
  addTag,
  condition,
  deactivate,
  delay,
  GOLD,
  message,
  moveTo,
  plant,
  removeTag,
  task,
  VIP,
  worldOf,
} from "./planting";
import * as states from "./states";

const quick = { ...now, speed: 3600 };

function ridden(steps: Step[], over: Partial<Scene> = {}): Rehearsed {
  const scene = { trip: { ...trip, enrolledAt: J }, contact: alice, facts: worldOf(steps, running), start: now };
  return rehearse({ ...scene, ways: new Map(), initTag: null, ...over });
}

/** The steps by their ids, with the time since the start and how they went; forks as their ways; the end. */
function outline({ told, end, fork }: Stretch): unknown[] {
  const lines = told.map(({ step, at, result }) => `${step} ${result} +${at - J}`);
  return fork ? [...lines, { yes: outline(fork.yes), no: outline(fork.no) }] : [...lines, end?.why ?? null];
}

describe("one way", () => {
  test.each<[string, Step[], unknown[]]>([
    ["nothing -> over at once", plant(), ["completed"]],
    [
      "messages, each after its delay",
      plant(message(2), message(3, { delay: 60 })),
      ["2 sent +1", "3 sent +60001", "completed"],
    ],
    [
      "delays in a row end when they are due",
      plant(delay(2, 5), delay(3, 5), message(4)),
      ["2 passed +5000", "3 passed +10000", "4 sent +10000", "completed"],
    ],
    ["a task is done when it is given", plant(task(2), message(3)), ["2 completed +1", "3 sent +2", "completed"]],
    ["a move ends it", plant(message(2), moveTo(3, 9)), ["2 sent +1", "3 done +2", "moved"]],
    ["whoever is deactivated is out", plant(deactivate(2), message(3)), ["2 done +1", "removed"]],
    ["a step that cannot be rendered ends it", plant(message(2, { body: "{{ 'x' | nothing }}" })), ["failed"]],
  ])("%s", (_, steps, lines) => {
    expect(outline(ridden(steps).way)).toEqual(lines);
  });

  test("whoever loses the tag that enrolled him is taken out", () => {
    const steps = plant(removeTag(2, "vip"), message(3));
    expect(outline(ridden(steps, { initTag: "vip" }).way)).toEqual(["2 done +1", "removed"]);
    expect(outline(ridden(steps, { initTag: "gold" }).way)).toEqual(["2 done +1", "3 sent +2", "completed"]);
  });

  test("where it fails is told", () => {
    const { end } = ridden(plant(message(2), message(3, { body: "{{ 'x' | nothing }}" }))).way;
    expect(end).toMatchObject({ why: "failed", step: 3 });
  });

  test("on a faster clock it wakes by the wall's milliseconds", () => {
    const { told } = ridden(plant(delay(2, 5), message(3)), { start: quick }).way;
    expect(told.map(({ at }) => at - J)).toEqual([7200, 7200]);
  });
});

describe("from where somebody stands", () => {
  const steps = plant(message(2), message(3), message(4, { delay: 60 }));
  const ahead = (from: State) => {
    const scene = { trip, contact: alice, facts: worldOf(steps, running), start: now, ways: new Map(), initTag: null };
    return outline(rehearse(scene, from).way);
  };

  test.each<[string, State, unknown[]]>([
    ["his turn -> it comes first", states.waitingItsTurn, ["3 sent +5000", "4 sent +65000", "completed"]],
    ["held -> as if nothing held him", states.waitingHeld, ["3 sent +1", "4 sent +60001", "completed"]],
    [
      "a message on its way -> it arrives, and the next follows",
      states.waitingInFlight,
      ["4 sent +60000", "completed"],
    ],
    ["a message to be tried again -> then", states.waitingBackingOff, ["3 sent +30000", "4 sent +90000", "completed"]],
    [
      "paused for good -> as if he went on now",
      { ...states.waitingHeld, phase: { is: "paused", step: 3, dueAt: J, why: "manual" } },
      ["3 sent +1", "4 sent +60001", "completed"],
    ],
    [
      "paused until a time -> from then on",
      states.pausedUntil(J + HOUR),
      ["3 sent +3600000", "4 sent +3660000", "completed"],
    ],
    ["paused to end -> it ends then", states.pausedToFinish(J + 5 * SECOND), ["replied"]],
    ["a task -> as if it were done now", states.working, ["4 sent +60000", "completed"]],
    ["ended -> nothing", states.endedCompleted, ["completed"]],
  ])("%s", (_, from, lines) => {
    expect(ahead(from)).toEqual(lines);
  });

  test("no more steps than are asked for", () => {
    const scene = { trip, contact: alice, facts: worldOf(steps, running), start: now, ways: new Map(), initTag: null };
    const { way, whole } = rehearse({ ...scene, most: 1 }, states.waitingHeld);
    expect([way.told.length, whole]).toEqual([1, false]);
  });
});

describe("forks", () => {
  const steps = plant(delay(2, 5), condition(3, GOLD, { upTo: 60, yes: [message(4)], no: [message(5)] }), message(6));

  test("both ways, what came before told once, and what comes after told on each", () => {
    expect(outline(ridden(steps).way)).toEqual([
      "2 passed +5000",
      {
        yes: ["3 true +5000", "4 sent +5000", "6 sent +5001", "completed"],
        no: ["3 false +65000", "5 sent +65000", "6 sent +65001", "completed"],
      },
    ]);
  });

  test("the way that is told beforehand alone", () => {
    const way = ["2 passed +5000", "3 true +5000", "4 sent +5000", "6 sent +5001", "completed"];
    expect(outline(ridden(steps, { ways: new Map([[3, true]]) }).way)).toEqual(way);
  });

  test.each([
    ["a tag that he has", VIP, true],
    ["a tag that he lacks", GOLD, false],
    ["a reply", { on: "reply" } as const, null],
  ])("%s -> likely %s", (_, asked, likely) => {
    expect(ridden(plant(condition(2, asked))).way.fork).toMatchObject({ step: 2, likely });
  });

  test("a tag that a step has given him counts from there on", () => {
    const { fork } = ridden(plant(addTag(2, "gold"), condition(3, GOLD))).way;
    expect(fork?.likely).toBe(true);
  });

  test("one in the branch of another, and one after both", () => {
    const inner = condition(3, VIP);
    const { fork } = ridden(plant(condition(2, GOLD, { yes: [inner] }), condition(4, VIP))).way;
    expect([fork?.yes.fork?.step, fork?.no.fork?.step, fork?.yes.fork?.no.fork?.step]).toEqual([3, 4, 4]);
  });
});

describe("bounds", () => {
  const leaves = ({ end, fork }: Stretch): Stretch[] =>
    fork ? [fork.yes, fork.no].flatMap(leaves) : [{ told: [], end, fork }];

  test("so many steps in all, over as many ways as they reach", () => {
    const many = plant(...Array.from({ length: 30 }, (_, i) => condition(i + 2, VIP)));
    const { way, whole } = ridden(many);
    expect(whole).toBe(false);
    const told = ({ told: own, fork }: Stretch): number => own.length + (fork ? told(fork.yes) + told(fork.no) : 0);
    expect(told(way)).toBeLessThanOrEqual(MOST_TOLD + 30);
    expect(leaves(way).length).toBeGreaterThan(100);
  });

  test("so much text, and a wait of years is one of weeks in a row", () => {
    const long = { body: "x".repeat(300_000) };
    const texts = plant(...Array.from({ length: 20 }, (_, i) => message(i + 2, long)));
    expect(ridden(texts).whole).toBe(false);
    const years = plant(delay(2, (10 * 366 * 24 * HOUR) / 1000), message(3));
    expect(outline(ridden(years).way).at(-1)).toBe("completed");
  });
});
