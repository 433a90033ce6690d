import { describe, expect, test } from "vitest";
import { decide } from "../../src/domain/decide";
import type { Event, State } from "../../src/domain/enrollment";
import { DAY, HOUR } from "../../src/domain/time";
import { J, now, running, SECOND_STEP } from "./given";
import {
  ended,
  paused,
  pausedBackingOff,
  pausedToFinish,
  pausedUntil,
  pending,
  rows,
  waiting,
  waitingHeld,
  waitingInFlight,
  working,
} from "./states";

const BACK = J + 3 * DAY;

function away(resumeAt: number | null = BACK, key = "a1", at = J - HOUR): Extract<Event, { kind: "away" }> {
  return { kind: "away", key, at, resumeAt };
}

describe("out of office", () => {
  test.each(rows({ waiting, waitingHeld, waitingInFlight, working }))(
    "%s -> paused until he is back; it is no reply",
    (_, state) => {
      const decision = decide(state, away(), now);
      expect(decision.state.phase).toMatchObject({
        is: "paused",
        step: SECOND_STEP,
        why: "out_of_office",
        resumeAt: BACK,
      });
      expect(decision.state).toMatchObject({ repliedAt: null, replies: ["a1"], inFlight: state.inFlight });
      expect(decision.deeds).toEqual([{ what: "paused", why: "out_of_office" }]);
    },
  );

  test("until nobody knows when -> paused until somebody sees to it", () => {
    const { phase } = decide(waiting, away(null), now).state;
    expect(phase).toMatchObject({ is: "paused", why: "out_of_office" });
    expect(phase).not.toHaveProperty("resumeAt");
  });

  test("a second one -> moves the return, sooner or later; the same again -> nothing", () => {
    for (const resumeAt of [J + HOUR, J + 9 * DAY]) {
      const first = decide(waiting, away(), now).state;
      const second = decide(first, away(resumeAt, "a2"), now).state;
      expect(second.phase).toMatchObject({ is: "paused", resumeAt });
      expect(decide(second, away(BACK, "a1"), now)).toEqual({ state: second, deeds: [] });
    }
    expect(decide(pausedUntil(BACK), away(null), now).state.phase).not.toHaveProperty("resumeAt");
  });

  test.each(rows({ paused, pausedBackingOff, "paused to finish": pausedToFinish(J + HOUR) }))(
    "%s -> stays so, neither shorter nor longer",
    (_, state) => {
      const decision = decide(state, away(), now);
      expect(decision.state).toEqual({ ...state, replies: ["a1"] });
      expect(decision.deeds).toMatchObject([{ what: "reply_ignored", reply: "a1" }]);
    },
  );

  test.each<[string, Event]>([
    ["back by now", away(J)],
    ["older than the enrollment", away(BACK, "a1", 0)],
  ])("%s -> goes on, and says why", (_, event) => {
    const decision = decide(waiting, event, now);
    expect(decision.state).toEqual({ ...waiting, replies: ["a1"] });
    expect(decision.deeds).toMatchObject([{ what: "reply_ignored" }]);
  });

  test.each(rows({ pending, ...ended }))("%s -> refused", (_, state) => {
    expect(decide(state, away(), now)).toMatchObject({ state, deeds: [], refusal: expect.any(String) });
  });

  test("then a person's reply -> does what it does at any other time", () => {
    const gone = decide(waiting, away(), now).state;
    const reply = (action: Extract<Event, { kind: "reply" }>["action"]): State =>
      decide(gone, { kind: "reply", key: "r1", at: J, action }, now).state;
    expect(reply({ kind: "finish" }).phase).toMatchObject({ is: "ended", why: "replied" });
    expect(reply({ kind: "pause", finishAt: J + DAY }).phase).toEqual({
      is: "paused",
      step: SECOND_STEP,
      dueAt: J + HOUR / 2,
      why: "reply",
      finishAt: J + DAY,
    });
  });

  test("he is back -> it goes on by itself", () => {
    const { state } = decide(waiting, away(J + HOUR), now);
    const later = { wall: now.wall + HOUR, journey: J + HOUR, speed: 1 };
    const decision = decide(state, { kind: "wake", facts: running }, later);
    expect(decision.deeds[0]).toEqual({ what: "resumed" });
    expect(decision.deliver).toBeDefined();
  });
});
