import { describe, expect, test } from "vitest";
import { decide } from "../../src/domain/decide";
import type { ReplyAction, State } from "../../src/domain/enrollment";
import { DAY, HOUR } from "../../src/domain/time";
import { J, now, SECOND_STEP, trip } from "./given";
import {
  backingOff,
  ended,
  leased,
  live,
  paused,
  pausedToFinish,
  pausedUntil,
  pausedWithLeased,
  pending,
  rows,
  stood,
  waiting,
  waitingBackingOff,
  waitingHeld,
  waitingInFlight,
  working,
} from "./states";

function reply(action: ReplyAction, key = "r1", at = J - HOUR) {
  return { kind: "reply", key, at, action } as const;
}

const finish = { kind: "finish" } as const;
const carryOn = { kind: "continue" } as const;

describe("reply that finishes", () => {
  test.each(rows(live))("%s + reply -> ended as replied", (_, state) => {
    const decision = decide(state, reply(finish), now);
    expect(decision.state.phase).toEqual({ is: "ended", why: "replied", at: J, error: null, ...stood(state) });
    expect(decision.state).toMatchObject({ repliedAt: J - HOUR, replies: ["r1"] });
    expect(decision.deeds[0]).toEqual({ what: "replied", reply: "r1", action: "finish" });
    expect(decision.deeds.at(-1)).toEqual({ what: "ended", why: "replied", error: null });
    expect(decision.deliver).toBeUndefined();
  });

  test("reply while a message is being sent -> ended, the lease stays", () => {
    expect(decide(waitingInFlight, reply(finish), now).state.inFlight).toEqual(leased);
    expect(decide(pausedWithLeased, reply(finish), now).state.inFlight).toEqual(leased);
  });

  test("reply between two attempts -> ended, the message is cancelled", () => {
    const { state, deeds } = decide(waitingBackingOff, reply(finish), now);
    expect(state.inFlight).toBeNull();
    expect(deeds).toHaveLength(3);
    expect(deeds[1]).toMatchObject({ what: "message", status: "cancelled", content: backingOff.content });
  });
});

describe("reply after which the journey continues", () => {
  test.each(rows(live))("%s + reply -> goes on as before, the reply is recorded", (_, state) => {
    expect(decide(state, reply(carryOn), now)).toEqual({
      state: { ...state, replies: ["r1"], repliedAt: J - HOUR },
      deeds: [{ what: "replied", reply: "r1", action: "continue" }],
    });
  });

  test("the time of the first reply is kept -> a second one does not move it", () => {
    const first = decide(waiting, reply(carryOn, "r1", J - HOUR), now).state;
    const second = decide(first, reply(carryOn, "r2", J), now).state;
    expect(second).toMatchObject({ repliedAt: J - HOUR, replies: ["r1", "r2"] });
  });
});

describe("reply that pauses", () => {
  test.each([
    ["waiting", waiting],
    ["waiting and held", waitingHeld],
    ["waiting with a message under way", waitingInFlight],
    ["waiting between attempts", waitingBackingOff],
    ["working", working],
  ])("%s + reply -> paused by the reply, the message kept", (_, state: State) => {
    const decision = decide(state, reply({ kind: "pause" }), now);
    expect(decision.state.phase).toMatchObject({ is: "paused", step: SECOND_STEP, why: "reply" });
    expect(decision.state.phase).not.toHaveProperty("resumeAt");
    expect(decision.state.phase).not.toHaveProperty("finishAt");
    expect(decision.state.inFlight).toEqual(state.inFlight);
    expect(decision.deeds).toEqual([
      { what: "replied", reply: "r1", action: "pause" },
      { what: "paused", why: "reply" },
    ]);
  });

  test("waiting + reply that pauses until a time -> paused until then", () => {
    const { state } = decide(waiting, reply({ kind: "pause", resumeAt: J + DAY }), now);
    const { step, dueAt } = { step: SECOND_STEP, dueAt: J + HOUR / 2 };
    expect(state.phase).toStrictEqual({ is: "paused", step, dueAt, why: "reply", resumeAt: J + DAY });
  });

  test("waiting + reply that pauses to finish -> paused, to end at that time", () => {
    const { state } = decide(waiting, reply({ kind: "pause", finishAt: J + DAY }), now);
    expect(state.phase).toMatchObject({ is: "paused", why: "reply", finishAt: J + DAY });
  });

  test("paused + reply that pauses -> stays paused where it stood, now by the reply", () => {
    const { state, deeds } = decide(paused, reply({ kind: "pause" }), now);
    expect(state.phase).toStrictEqual({ is: "paused", step: SECOND_STEP, dueAt: J + HOUR / 2, why: "reply" });
    expect(deeds).toEqual([{ what: "replied", reply: "r1", action: "pause" }]);
  });

  test("paused until a time + reply that pauses until another -> the newer time counts", () => {
    const { state } = decide(pausedUntil(J + HOUR), reply({ kind: "pause", resumeAt: J + DAY }), now);
    expect(state.phase).toMatchObject({ is: "paused", why: "reply", resumeAt: J + DAY });
  });

  test("paused to finish + reply that pauses to finish later -> the newer time counts", () => {
    const { state } = decide(pausedToFinish(J + HOUR), reply({ kind: "pause", finishAt: J + DAY }), now);
    expect(state.phase).toMatchObject({ is: "paused", why: "reply", finishAt: J + DAY });
  });
});

describe("reply that comes twice", () => {
  test.each([finish, carryOn, { kind: "pause" } as const])("a known reply, $kind -> unchanged", (action) => {
    const known = decide(waiting, reply(carryOn), now).state;
    expect(decide(known, reply(action), now)).toEqual({ state: known, deeds: [] });
  });

  test("a known reply that comes again after the end -> unchanged, not refused", () => {
    const { state } = decide(waiting, reply(finish), now);
    expect(decide(state, reply(finish), now)).toEqual({ state, deeds: [] });
  });

  test("fifty newer replies -> the oldest is forgotten, the fifty are remembered", () => {
    let state: State = waiting;
    for (let i = 0; i <= 50; i++) state = decide(state, reply(carryOn, `r${i}`), now).state;
    expect(state.replies).toHaveLength(50);
    expect(state.replies.at(0)).toBe("r1");
    expect(state.replies.at(-1)).toBe("r50");
  });
});

describe("reply older than the enrollment", () => {
  test.each([finish, carryOn, { kind: "pause" } as const])("an old reply, $kind -> ignored, and said so", (action) => {
    expect(decide(waiting, reply(action, "old", trip.enrolledAt - 1), now)).toEqual({
      state: { ...waiting, replies: ["old"] },
      deeds: [{ what: "reply_ignored", reply: "old", reason: "older than the enrollment" }],
    });
  });

  test("an old reply that comes twice -> ignored once", () => {
    const { state } = decide(waiting, reply(finish, "old", trip.enrolledAt - 1), now);
    expect(decide(state, reply(finish, "old", trip.enrolledAt - 1), now)).toEqual({ state, deeds: [] });
  });

  test("a reply in the instant of the enrollment -> counts", () => {
    expect(decide(waiting, reply(finish, "r1", trip.enrolledAt), now).state.phase.is).toBe("ended");
  });
});

describe("reply that comes too early or too late", () => {
  test("pending + reply -> refused, not started", () => {
    expect(decide(pending, reply(finish), now)).toEqual({ state: pending, deeds: [], refusal: "not_started" });
  });

  test.each(rows(ended))("%s + reply -> refused, already ended", (_, state) => {
    expect(decide(state, reply(finish), now)).toEqual({ state, deeds: [], refusal: "already_ended" });
  });
});
