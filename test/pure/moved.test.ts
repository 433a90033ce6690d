import { describe, expect, test } from "vitest";
import type { Act } from "../../src/domain/act";
import { decide } from "../../src/domain/decide";
import type { Decision, Event, State } from "../../src/domain/enrollment";
import type { Facts } from "../../src/domain/facts";
import { actId, type Outcome } from "../../src/domain/message";
import { LEASE } from "../../src/domain/outcome";
import type { Step } from "../../src/domain/step";
import type { Reading } from "../../src/domain/time";
import { HOUR } from "../../src/domain/time";
import { J, later, now, running, trip } from "./given";
import { addTag, fresh, message, moveTo, plant, worldOf } from "./planting";

const ACT = actId(trip.id, 1);
const tagging = plant(addTag(2, "a", "b"), message(3, { delay: 3600 }));
const moving = plant(moveTo(2, 9));

function woke(state: State, steps: Step[], at: Reading = now, facts: Facts = running): Decision {
  return decide(state, { kind: "wake", facts: worldOf(steps, facts) }, at);
}

function outcome(result: Outcome, steps: Step[], facts: Facts = running): Event {
  return { kind: "outcome", message: ACT, attempt: 1, outcome: result, facts: worldOf(steps, facts) };
}

const claimed = woke(fresh, tagging).state;

function stepDeed(result: string, reason: string | null = null, kind: Act["kind"] = "move_to_sequence") {
  return { what: "step", step: 2, kind, result, reason };
}

describe("a move under way", () => {
  const under = woke(fresh, moving).state;
  const made: Event = { kind: "moved", message: ACT, refusal: null };
  const done = stepDeed("done");

  test("moved -> done, ended as moved", () => {
    const { state, deeds } = decide(under, made, now);
    expect(deeds).toEqual([done, { what: "ended", why: "moved", error: null }]);
    expect(state).toMatchObject({ inFlight: null, ran: [2], lastStep: 2, lastMessage: null });
    expect(state.phase).toEqual({ is: "ended", why: "moved", at: J, error: null, step: 2 });
  });

  test("refused there -> failed at that step, with the reason", () => {
    const { state, deeds } = decide(under, { ...made, refusal: "the sequence is archived" }, now);
    const failed = stepDeed("failed", "the sequence is archived");
    expect(deeds).toEqual([failed, { what: "ended", why: "failed", error: "the sequence is archived" }]);
    expect(state).toMatchObject({ inFlight: null, ran: [], phase: { why: "failed", step: 2 } });
  });

  test("moved, told twice -> unchanged", () => {
    const moved = decide(under, made, now).state;
    expect(decide(moved, made, now)).toEqual({ state: moved, deeds: [] });
  });

  test("between attempts + moved -> ended as moved all the same", () => {
    const between = decide(under, outcome({ kind: "unknown", reason: "timeout" }, moving), now).state;
    const { state } = decide(between, made, now);
    expect(state).toMatchObject({ inFlight: null, phase: { is: "ended", why: "moved" } });
  });

  test.each([
    ["by hand", { kind: "pause", why: "manual" }],
    ["by a reply", { kind: "reply", key: "r", at: J, action: { kind: "pause", finishAt: J + HOUR } }],
  ] as [string, Event][])(
    "paused %s + moved, or refused there -> not now, the move is asked for again later",
    (_, event) => {
      const paused = decide(under, event, now).state;
      for (const told of [made, { ...made, refusal: "the sequence is archived" }]) {
        expect(decide(paused, told, now)).toEqual({ state: paused, deeds: [], refusal: "already_paused" });
      }
    },
  );

  test("ended by a reply meanwhile + moved -> refused, already ended", () => {
    const replied = decide(under, { kind: "reply", key: "r", at: J, action: { kind: "finish" } }, now).state;
    expect(decide(replied, made, now)).toEqual({ state: replied, deeds: [], refusal: "already_ended" });
  });

  test.each([
    ["of another message", under, { ...made, message: ACT + 1 }],
    ["where another act is under way", claimed, made],
    ["where none is under way", fresh, made],
  ] as [string, State, Event][])("moved %s -> refused, not moving", (_, state, event) => {
    expect(decide(state, event, now)).toEqual({ state, deeds: [], refusal: "not_moving" });
  });

  test("the sequence was archived meanwhile + its lease ran out + moved -> ended as moved: that came first", () => {
    const archived = { ...running, sequence: { ...running.sequence, running: false, archived: true } };
    const lost = woke(under, moving, later(LEASE), archived).state;
    expect(decide(lost, made, later(LEASE)).state.phase).toMatchObject({ why: "moved" });
  });
});
