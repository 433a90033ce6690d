import { describe, expect, test } from "vitest";
import { decide } from "../../src/domain/decide";
import type { State } from "../../src/domain/enrollment";
import { HOUR, SECOND } from "../../src/domain/time";
import { FIRST, J, later, now, running, SECOND_STEP, stepOf, THIRD, treeWith, W } from "./given";
import {
  backingOff,
  call,
  ended,
  endedCompleted,
  endedFailed,
  endedWithLeased,
  every,
  leased,
  live,
  paused,
  pausedBackingOff,
  pausedUntil,
  pausedWithLeased,
  pending,
  rows,
  stood,
  waiting,
  waitingBackingOff,
  waitingFirst,
  waitingHeld,
  waitingInFlight,
  waitingItsTurn,
  without,
  working,
} from "./states";

const start = { kind: "start", step: FIRST, dueAt: J + HOUR } as const;
const pause = { kind: "pause", why: "manual" } as const;
const resume = { kind: "resume" } as const;
const retry = { kind: "retry" } as const;
const exit = { kind: "exit", why: "removed" } as const;

describe("start", () => {
  test("pending + start -> waiting for the step it was told, enrolled", () => {
    expect(decide(pending, start, now)).toEqual({
      state: { ...pending, phase: { is: "waiting", step: FIRST, dueAt: J + HOUR } },
      deeds: [{ what: "enrolled" }],
    });
  });

  test("pending + start of which its row tells already -> waiting, active since it was enrolled, nothing to tell", () => {
    const { state, ...rest } = decide(pending, { ...start, shown: true }, later(HOUR));
    expect(state.phase).toEqual({ is: "waiting", step: FIRST, dueAt: J + HOUR });
    expect(state.moments).toEqual({ ...pending.moments, activeAt: pending.trip.enrolledAt });
    expect(rest).toEqual({ deeds: [{ what: "enrolled" }], shown: true });
  });

  test("pending + start in his turn, of which its row tells already -> waiting for that, nothing to tell", () => {
    const turn = { releaseAt: J + HOUR + SECOND };
    const { state, ...rest } = decide(pending, { ...start, ...turn, shown: true }, now);
    expect(state.phase).toEqual({ is: "waiting", step: FIRST, dueAt: J + HOUR, ...turn });
    expect(rest).toEqual({ deeds: [{ what: "enrolled" }], shown: true });
  });

  test.each(rows(live))("%s + start again -> unchanged", (_, state) => {
    expect(decide(state, start, now)).toEqual({ state, deeds: [] });
  });

  test.each(rows(ended))("%s + late start -> refused, already ended", (_, state) => {
    expect(decide(state, start, now)).toEqual({ state, deeds: [], refusal: "already_ended" });
  });

  test("pending + exit + start -> stays ended, the late start is refused", () => {
    const { state } = decide(pending, exit, now);
    expect(decide(state, start, later(1))).toEqual({ state, deeds: [], refusal: "already_ended" });
    expect(state.phase).toEqual({ is: "ended", why: "removed", at: J, error: null });
  });
});

describe("exit", () => {
  const quiet = without(
    { pending, ...live },
    ...Object.keys(live).filter((name) => /message|attempts|working/.test(name)),
  );

  test.each(quiet)("%s + exit -> ended, removed", (_, state) => {
    expect(decide(state, exit, now)).toEqual({
      state: { ...state, phase: { is: "ended", why: "removed", at: J, error: null, ...stood(state) } },
      deeds: [{ what: "ended", why: "removed", error: null }],
    });
  });

  test.each([
    ["waiting", waitingInFlight],
    ["paused", pausedWithLeased],
  ])("%s with a message under way + exit -> ended, the lease stays", (_, state: State) => {
    const decision = decide(state, exit, now);
    expect(decision.state.phase).toEqual({ is: "ended", why: "removed", at: J, error: null, ...stood(state) });
    expect(decision.state.inFlight).toEqual(leased);
    expect(decision.deeds).toEqual([{ what: "ended", why: "removed", error: null }]);
  });

  test.each([
    ["waiting", waitingBackingOff],
    ["paused", pausedBackingOff],
  ])("%s between attempts + exit -> ended, the message is cancelled and not tried again", (_, state: State) => {
    const decision = decide(state, { kind: "exit", why: "opted_out" }, now);
    expect(decision.state.inFlight).toBeNull();
    expect(decision.deeds).toEqual([
      {
        what: "message",
        message: 28674,
        step: SECOND_STEP,
        status: "cancelled",
        attempt: 1,
        content: backingOff.content,
        reason: "the enrollment ended: opted_out",
        providerId: null,
      },
      { what: "ended", why: "opted_out", error: null },
    ]);
  });

  test.each(rows(ended))("%s + exit -> refused, already ended", (_, state) => {
    expect(decide(state, exit, now)).toEqual({ state, deeds: [], refusal: "already_ended" });
  });
});

describe("pause", () => {
  test.each([
    ["waiting", waiting],
    ["waiting and held", waitingHeld],
    ["waiting for its turn", waitingItsTurn],
    ["waiting with a message under way", waitingInFlight],
    ["waiting between attempts", waitingBackingOff],
  ])("%s + pause -> paused where it stood, hold and turn forgotten, the message kept", (_, state: State) => {
    const { step, dueAt } = state.phase as Extract<State["phase"], { is: "waiting" }>;
    expect(decide(state, pause, now)).toEqual({
      state: { ...state, phase: { is: "paused", step, dueAt, why: "manual" } },
      deeds: [{ what: "paused", why: "manual" }],
    });
    expect(step).toBe(SECOND_STEP);
  });

  test("working + pause -> paused at its task", () => {
    expect(decide(working, pause, now)).toEqual({
      state: { ...working, phase: { is: "paused", step: SECOND_STEP, dueAt: call.dueAt, why: "manual" } },
      deeds: [{ what: "paused", why: "manual" }],
    });
  });

  const stopped = Object.entries(live).filter(([name]) => name.startsWith("paused"));
  test.each(stopped)("%s + pause -> refused, already paused", (_, state) => {
    expect(decide(state, pause, now)).toEqual({ state, deeds: [], refusal: "already_paused" });
  });

  test("pending + pause -> refused, not started", () => {
    expect(decide(pending, pause, now)).toEqual({ state: pending, deeds: [], refusal: "not_started" });
  });

  test.each(rows(ended))("%s + pause -> refused, already ended", (_, state) => {
    expect(decide(state, pause, now)).toEqual({ state, deeds: [], refusal: "already_ended" });
  });
});

describe("resume", () => {
  test("paused + resume -> waiting for the step it stood before, due when that was due", () => {
    expect(decide(paused, resume, now)).toEqual({ state: waiting, deeds: [{ what: "resumed" }] });
  });

  test("paused until a time + resume -> waiting, the time is forgotten", () => {
    const { state } = decide(pausedUntil(J + HOUR), resume, now);
    expect(state.phase).toStrictEqual({ is: "waiting", step: SECOND_STEP, dueAt: J });
  });

  test("paused with a message under way + resume -> waiting, the message still under way", () => {
    expect(decide(pausedWithLeased, resume, now).state).toEqual(waitingInFlight);
  });

  test("paused between attempts + resume -> waiting, the next attempt at the time it had, its three days anew", () => {
    const { state } = decide(pausedBackingOff, resume, now);
    expect(state).toEqual({ ...waitingBackingOff, inFlight: { ...backingOff, since: W } });
  });

  const going = without({ pending, ...live }, ...Object.keys(live).filter((name) => name.startsWith("paused")));
  test.each(going)("%s + resume -> refused, not paused", (_, state) => {
    expect(decide(state, resume, now)).toEqual({ state, deeds: [], refusal: "not_paused" });
  });

  test.each(rows(ended))("%s + resume -> refused, already ended", (_, state) => {
    expect(decide(state, resume, now)).toEqual({ state, deeds: [], refusal: "already_ended" });
  });
});

describe("retry", () => {
  test("ended failed + retry -> waiting for the step that failed, due at once", () => {
    const { state, deeds, refusal } = decide(endedFailed, retry, now);
    expect(state.phase).toStrictEqual({ is: "waiting", step: SECOND_STEP, dueAt: J });
    expect(deeds).toEqual([{ what: "retried" }]);
    expect(refusal).toBeUndefined();
  });

  test("ended failed + retry + woke -> the step that failed is claimed, as a new message", () => {
    const { state } = decide(endedFailed, retry, now);
    const { deliver } = decide(state, { kind: "wake", facts: running }, now);
    expect(deliver).toMatchObject({ step: SECOND_STEP, message: 28675, attempt: 1 });
  });

  test("failed at its first step + retry + woke -> that step is claimed", () => {
    const lost = {
      kind: "outcome",
      message: 28673,
      attempt: 1,
      outcome: { kind: "permanent", reason: "gone" },
    } as const;
    const claimed = decide(waitingFirst, { kind: "wake", facts: running }, now);
    const failed = decide(claimed.state, { ...lost, facts: running }, now);
    const retried = decide(failed.state, retry, now);
    const { deliver } = decide(retried.state, { kind: "wake", facts: running }, now);
    expect(deliver).toMatchObject({ step: FIRST, message: 28674 });
  });

  test("ended failed + retry, a step inserted before the one that failed -> waits for the step that failed", () => {
    const permanent = { kind: "permanent", reason: "no such user" } as const;
    const outcome = { kind: "outcome", message: 28674, attempt: 1, outcome: permanent, facts: running } as const;
    const failed = decide(waitingInFlight, outcome, now);
    const retried = decide(failed.state, retry, now);
    const tree = treeWith({ [SECOND_STEP]: { parentId: 9 } }, [stepOf(9, FIRST)]);
    const { deliver } = decide(retried.state, { kind: "wake", facts: { ...running, tree } }, now);
    expect(deliver?.step).toBe(SECOND_STEP);
  });

  test("ended failed + retry, the step before it moved to the end -> waits for the step that failed", () => {
    const permanent = { kind: "permanent", reason: "no such user" } as const;
    const outcome = { kind: "outcome", message: 28674, attempt: 1, outcome: permanent, facts: running } as const;
    const failed = decide(waitingInFlight, outcome, now);
    const retried = decide(failed.state, retry, now);
    const tree = treeWith({ [SECOND_STEP]: { parentId: 1 }, [FIRST]: { parentId: THIRD } });
    const { deliver } = decide(retried.state, { kind: "wake", facts: { ...running, tree } }, now);
    expect(deliver?.step).toBe(SECOND_STEP);
  });

  test.each(without(every, "ended failed"))("%s + retry -> refused, not failed", (_, state) => {
    expect(decide(state, retry, now)).toEqual({ state, deeds: [], refusal: "not_failed" });
  });

  test("ended completed and ended by a reply + retry -> nothing comes back", () => {
    expect(decide(endedCompleted, retry, now).state.phase.is).toBe("ended");
    expect(decide(endedWithLeased, retry, now).state.phase.is).toBe("ended");
  });
});
