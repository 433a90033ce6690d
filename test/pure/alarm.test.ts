import { describe, expect, test } from "vitest";
import { isAtRest, nextWake, settling } from "../../src/domain/alarm";
import type { State } from "../../src/domain/enrollment";
import { DAY, HOUR, MINUTE, SECOND } from "../../src/domain/time";
import { J, later, now, SECOND_STEP, W } from "./given";
import {
  endedCompleted,
  endedWithLeased,
  paused,
  pausedBackingOff,
  pausedToFinish,
  pausedUntil,
  pausedWithLeased,
  pending,
  waiting,
  waitingBackingOff,
  waitingDue,
  waitingHeld,
  waitingInFlight,
  waitingItsTurn,
  waitingStranded,
  working,
  workingForGood,
} from "./states";

const LEASE = W + 59 * SECOND;

const wakes: [string, State, number | null][] = [
  ["pending", pending, null],
  ["waiting", waiting, W + HOUR / 2],
  ["waiting and due", waitingDue, W + 1],
  ["waiting and held", waitingHeld, null],
  ["waiting for its turn", waitingItsTurn, W + 5 * SECOND],
  ["waiting with a message under way", waitingInFlight, LEASE],
  ["waiting between attempts", waitingBackingOff, W + 30 * SECOND],
  ["waiting for its channel", waitingStranded, null],
  ["paused", paused, null],
  ["paused with a message under way", pausedWithLeased, LEASE],
  ["paused between attempts", pausedBackingOff, null],
  ["paused until a time", pausedUntil(J + HOUR), W + HOUR],
  ["paused to finish", pausedToFinish(J + 2 * HOUR), W + 2 * HOUR],
  ["working", working, W + HOUR],
  ["working without an end", workingForGood, null],
  ["ended", endedCompleted, null],
  ["ended with a message under way", endedWithLeased, LEASE],
];

describe("next wake", () => {
  test.each(wakes)("%s -> the wall time that follows from the state", (_, state, at) => {
    expect(nextWake(state, now)).toBe(at);
    // Of a task the mirror must hear, however long it may wait.
    expect(isAtRest(state, now)).toBe(at === null || state.phase.is === "working");
  });

  test("overdue long since -> the next millisecond, never the past", () => {
    expect(nextWake(waiting, later(30 * DAY))).toBe(W + 30 * DAY + 1);
    expect(nextWake(waitingInFlight, later(HOUR))).toBe(W + HOUR + 1);
  });

  test("further ahead than a week -> hops of seven days, until it is reached", () => {
    const far: State = { ...waiting, phase: { is: "waiting", step: SECOND_STEP, dueAt: J + 16 * DAY } };
    expect(nextWake(far, now)).toBe(W + 7 * DAY);
    expect(nextWake(far, later(7 * DAY))).toBe(W + 14 * DAY);
    expect(nextWake(far, later(14 * DAY))).toBe(W + 16 * DAY);
  });

  test("the journey's clock runs faster -> delays shrink, leases and attempts do not", () => {
    const fast = { wall: W, journey: J, speed: 3600 };
    expect(nextWake(waiting, fast)).toBe(W + SECOND / 2);
    expect(nextWake(working, fast)).toBe(W + SECOND);
    expect(nextWake(pausedUntil(J + HOUR), fast)).toBe(W + SECOND);
    expect(nextWake(waitingInFlight, fast)).toBe(LEASE);
    expect(nextWake(waitingBackingOff, fast)).toBe(W + 30 * SECOND);
    expect(nextWake(waitingItsTurn, fast)).toBe(W + Math.ceil((5 * SECOND) / 3600));
  });

  test("paused until one time, to finish at another -> the sooner", () => {
    const phase = { is: "paused", step: SECOND_STEP, dueAt: J, why: "reply" } as const;
    const both: State = { ...paused, phase: { ...phase, resumeAt: J + 2 * HOUR, finishAt: J + HOUR } };
    expect(nextWake(both, now)).toBe(W + HOUR);
  });

  test("its channel was broken while it was paused, and it was resumed -> wakes at once to look", () => {
    const resumed: State = { ...waitingStranded, phase: waitingDue.phase };
    expect(nextWake(resumed, now)).toBe(W + 1);
  });

  test("at rest, the mirror not known to have it all -> wakes once more to make sure", () => {
    expect(nextWake({ ...endedCompleted, settle: { at: W + 30 * SECOND, tries: 1 } }, now)).toBe(W + 30 * SECOND);
    expect(nextWake({ ...waitingHeld, settle: { at: W + 30 * SECOND, tries: 1 } }, now)).toBe(W + 30 * SECOND);
  });
});

describe("settling", () => {
  const lagging = { version: 2, completeTo: 1 };
  const confirmed = { version: 2, completeTo: 2 };

  test("at rest + the mirror unknown -> looks again after 30 s", () => {
    expect(settling(endedCompleted, null, now)).toEqual({ at: W + 30 * SECOND, tries: 1 });
  });

  test.each([
    ["lacks facts", lagging],
    ["shows an older version", { version: 1, completeTo: 2 }],
  ])("at rest + the mirror %s -> looks again after 30 s", (_, mirror) => {
    expect(settling(waitingHeld, mirror, now)).toEqual({ at: W + 30 * SECOND, tries: 1 });
  });

  test("at rest + the mirror has it all -> over", () => {
    expect(settling({ ...endedCompleted, settle: { at: W, tries: 3 } }, confirmed, now)).toBeNull();
    expect(settling(paused, { version: 9, completeTo: 9 }, now)).toBeNull();
  });

  test("under way -> none, for it looks on its next wake-up anyway", () => {
    expect(settling(waiting, lagging, now)).toBeNull();
    expect(settling(pending, { version: 0, completeTo: 0 }, now)).toBeNull();
    expect(settling({ ...waitingBackingOff, settle: { at: W, tries: 3 } }, null, now)).toBeNull();
    expect(settling(endedWithLeased, null, now)).toBeNull();
  });

  test("asked again before its time -> the time is kept", () => {
    const settle = { at: W + 1, tries: 2 };
    expect(settling({ ...endedCompleted, settle }, lagging, now)).toEqual(settle);
    expect(settling({ ...endedCompleted, settle }, null, now)).toEqual(settle);
  });

  test("each try that finds the mirror behind -> twice as long, up to an hour", () => {
    const waits: number[] = [];
    let state: State = endedCompleted;
    let at = now;
    for (let i = 0; i < 10; i++) {
      const settle = settling(state, lagging, at);
      waits.push((settle?.at ?? 0) - at.wall);
      state = { ...state, settle };
      at = later((settle?.at ?? 0) - W);
    }
    expect(waits.map((wait) => wait / SECOND)).toEqual([30, 60, 120, 240, 480, 960, 1920, 3600, 3600, 3600]);
    expect(settling(state, confirmed, at)).toBeNull();
    expect(state.settle?.tries).toBe(10);
    expect(Math.max(...waits)).toBe(60 * MINUTE);
  });
});
