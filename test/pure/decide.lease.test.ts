import { describe, expect, test } from "vitest";
import { decide } from "../../src/domain/decide";
import type { State } from "../../src/domain/enrollment";
import type { Facts } from "../../src/domain/facts";
import type { Outcome } from "../../src/domain/message";
import { DAY, HOUR, MINUTE, SECOND } from "../../src/domain/time";
import { FIRST, forgetful, J, later, now, running, SECOND_STEP, THIRD, W } from "./given";
import {
  backingOff,
  endedFailed,
  endedWithLeased,
  leased,
  pausedWithLeased,
  waitingBackingOff,
  waitingDue,
  waitingInFlight,
} from "./states";

function woke(facts: Facts) {
  return { kind: "wake", facts } as const;
}

function outcome(outcome: Outcome, facts: Facts | null = running) {
  return { kind: "outcome", message: leased.message, attempt: 1, outcome, facts } as const;
}

/** The moment the lease runs out. */
const out = later(MINUTE - SECOND);

describe("between attempts", () => {
  test("woke before the next attempt -> unchanged", () => {
    expect(decide(waitingBackingOff, woke(running), now)).toEqual({ state: waitingBackingOff, deeds: [] });
  });

  test("woke at the next attempt -> the same message and content again, leased anew", () => {
    const { state, deeds, deliver } = decide(waitingBackingOff, woke(running), later(30 * SECOND));
    expect(deliver).toEqual({ ...backingOff, attempt: 2, lease: W + 90 * SECOND, retryAt: null });
    expect(state).toEqual({ ...waitingBackingOff, inFlight: deliver });
    expect(deeds).toEqual([]);
  });
});

const receiving = (receiver: string): Facts => ({ ...running, channel: { ...running.channel, receiver } });

describe("between attempts, of which one may have been accepted", () => {
  const MEMORY = 23 * HOUR;
  const doubtful: State = { ...waitingBackingOff, inFlight: { ...backingOff, doubtful: W } };
  const remembering = (remembers: number): Facts => ({ ...running, channel: { ...running.channel, remembers } });

  test("the receiver remembers it for good -> tried again, whenever", () => {
    expect(decide(doubtful, woke(running), later(2 * DAY)).deliver).toMatchObject({ attempt: 2, doubtful: W });
  });

  test("the receiver still remembers it -> tried again", () => {
    expect(decide(doubtful, woke(remembering(MEMORY)), later(MEMORY - 1)).deliver).toMatchObject({ attempt: 2 });
  });

  test("the receiver has forgotten it -> unconfirmed, waiting for the next step", () => {
    const { state, deeds, deliver } = decide(doubtful, woke(remembering(MEMORY)), later(MEMORY));
    expect(deliver).toBeUndefined();
    expect(deeds).toMatchObject([{ what: "message", status: "unconfirmed", attempt: 1 }]);
    expect(state).toMatchObject({ inFlight: null, lastStep: SECOND_STEP, ran: [FIRST, SECOND_STEP] });
    expect(state.phase).toMatchObject({ is: "waiting", step: THIRD });
  });

  test("the channel is another now, and does not deduplicate -> unconfirmed", () => {
    const { deeds, deliver } = decide(doubtful, woke(forgetful), later(HOUR));
    expect(deliver).toBeUndefined();
    expect(deeds).toMatchObject([{ what: "message", status: "unconfirmed" }]);
  });

  test("none of them may have been -> tried again, though the receiver remembers nothing for so long", () => {
    expect(decide(waitingBackingOff, woke(remembering(MEMORY)), later(2 * DAY)).deliver).toMatchObject({ attempt: 2 });
    expect(decide(waitingBackingOff, woke(forgetful), later(2 * DAY)).deliver).toMatchObject({ attempt: 2 });
  });

  test("the account is another now -> unconfirmed, for the new one has never heard of it", () => {
    const state: State = { ...doubtful, inFlight: { ...backingOff, doubtful: W, by: "email/old" } };
    const { deeds, deliver } = decide(state, woke(receiving("email/new")), later(HOUR));
    expect(deliver).toBeUndefined();
    expect(deeds).toMatchObject([{ what: "message", status: "unconfirmed" }]);
    expect(decide(state, woke(receiving("email/old")), later(HOUR)).deliver).toMatchObject({ by: "email/old" });
  });

  test("of a state that does not name its receiver -> as if it were the one now", () => {
    const { by: _, ...nameless } = backingOff;
    const state: State = { ...doubtful, inFlight: { ...nameless, doubtful: W } };
    expect(decide(state, woke(receiving("email/new")), later(HOUR)).deliver).toMatchObject({ attempt: 2 });
  });

  test("a second doubtful one -> it counts from the first", () => {
    const again: State = { ...waitingInFlight, inFlight: { ...leased, doubtful: W - HOUR } };
    const { state } = decide(again, outcome({ kind: "unknown", reason: "cut off" }), now);
    expect(state.inFlight?.doubtful).toBe(W - HOUR);
  });
});

describe("the lease ran out", () => {
  test("one millisecond before -> unchanged", () => {
    const early = later(MINUTE - SECOND - 1);
    expect(decide(waitingInFlight, woke(running), early)).toEqual({ state: waitingInFlight, deeds: [] });
  });

  test("waiting, the receiver deduplicates -> between attempts", () => {
    const { state, deeds, deliver } = decide(waitingInFlight, woke(running), out);
    const retryAt = state.inFlight?.retryAt ?? 0;
    expect(retryAt).toBeGreaterThanOrEqual(out.wall + 30 * SECOND);
    expect(state.inFlight).toEqual({ ...leased, lease: null, retryAt, doubtful: W - SECOND });
    expect(deeds).toMatchObject([{ what: "message", status: "retrying", reason: "the attempt was cut off", retryAt }]);
    expect(deliver).toBeUndefined();
  });

  test("waiting, the receiver does not deduplicate -> unconfirmed, waiting for the next step", () => {
    const { state, deeds } = decide(waitingInFlight, woke(forgetful), out);
    expect(deeds).toMatchObject([{ what: "message", status: "unconfirmed", reason: "the attempt was cut off" }]);
    expect(state).toMatchObject({ inFlight: null, lastStep: SECOND_STEP, ran: [FIRST, SECOND_STEP] });
    expect(state.phase).toEqual({ is: "waiting", step: THIRD, dueAt: out.journey + DAY });
  });

  test("paused, the receiver deduplicates -> paused between attempts", () => {
    const { state, deliver } = decide(pausedWithLeased, woke(running), out);
    expect(state.phase).toEqual(pausedWithLeased.phase);
    expect(state.inFlight).toMatchObject({ lease: null, attempt: 1 });
    expect(deliver).toBeUndefined();
  });

  test("paused, the receiver does not deduplicate -> unconfirmed, paused before the next step", () => {
    const { state, deeds } = decide(pausedWithLeased, woke(forgetful), out);
    expect(deeds).toMatchObject([{ what: "message", status: "unconfirmed" }]);
    expect(state.phase).toEqual({ is: "paused", step: THIRD, dueAt: out.journey + DAY, why: "manual" });
  });

  test.each([
    ["deduplicates", running],
    ["does not deduplicate", forgetful],
  ])("ended, the receiver %s -> unconfirmed, not tried again", (_, facts: Facts) => {
    const { state, deeds, deliver } = decide(endedWithLeased, woke(facts), out);
    expect(state).toEqual({ ...endedWithLeased, inFlight: null });
    expect(deeds).toMatchObject([{ what: "message", status: "unconfirmed", reason: "the attempt was cut off" }]);
    expect(deeds).toHaveLength(1);
    expect(deliver).toBeUndefined();
  });

  test("the mirror had more when the lease ran out -> what it has is remembered", () => {
    const facts = { ...running, mirror: { version: 3, completeTo: 3 } };
    expect(decide({ ...waitingInFlight, entries: 3 }, woke(facts), out).state.confirmed).toBe(3);
  });

  test("the outcome of the lost attempt comes late -> unchanged", () => {
    const lost = decide(waitingInFlight, woke(running), out).state;
    const late = outcome({ kind: "delivered", providerId: "p-1" });
    expect(decide(lost, late, later(2 * MINUTE))).toEqual({ state: lost, deeds: [] });
  });
});

describe("cut off, and the channel has been changed meanwhile", () => {
  const cutOff = { kind: "unknown", reason: "cut off" } as const;
  const sentBy = (by: string | null): State => ({ ...waitingInFlight, inFlight: { ...leased, by } });

  test.each<[string, string | null, Facts, boolean]>([
    ["to one that deduplicates, from one that did not", null, receiving("webhook/a"), false],
    ["to another account", "email/a", receiving("email/b"), false],
    ["to one that does not deduplicate", "webhook/a", forgetful, false],
    ["and back again", "email/a", receiving("email/a"), true],
  ])("%s -> tried again only by who would know it", (_, by, facts, again) => {
    const { state, deeds } = decide(sentBy(by), outcome(cutOff, facts), now);
    expect(deeds).toMatchObject([{ what: "message", status: again ? "retrying" : "unconfirmed" }]);
    expect(state.inFlight === null).toBe(!again);
  });

  test("claimed -> it remembers who would know a repeat", () => {
    const known = decide(waitingDue, woke(receiving("email/a")), now).deliver;
    expect(known).toMatchObject({ by: "email/a" });
    expect(decide(waitingDue, woke(forgetful), now).deliver).toMatchObject({ by: null });
  });

  test("tried again by another, with nothing in doubt -> it remembers the other", () => {
    const { deliver } = decide(waitingBackingOff, woke(receiving("email/b")), later(30 * SECOND));
    expect(deliver).toMatchObject({ by: "email/b", attempt: 2 });
  });
});

describe("ended with an attempt under way", () => {
  const recorded: [Outcome, Facts | null, string][] = [
    [{ kind: "transient", reason: "503" }, running, "cancelled"],
    [{ kind: "transient", reason: "503" }, null, "cancelled"],
    [{ kind: "permanent", reason: "no such user" }, running, "failed"],
    [{ kind: "broken", reason: "401" }, running, "cancelled"],
  ];

  test.each([
    ["with facts", running],
    ["without facts", null],
  ])("+ delivered, %s -> recorded, nothing follows", (_, facts: Facts | null) => {
    const { state, deeds, deliver } = decide(
      endedWithLeased,
      outcome({ kind: "delivered", providerId: "p" }, facts),
      now,
    );
    expect(deeds).toMatchObject([{ what: "message", status: "sent", providerId: "p" }]);
    expect(deeds).toHaveLength(1);
    expect(state.phase).toEqual(endedWithLeased.phase);
    expect(state).toMatchObject({ inFlight: null, lastStep: SECOND_STEP, ran: [FIRST, SECOND_STEP] });
    expect(deliver).toBeUndefined();
  });

  test.each(recorded)("+ $kind -> recorded, not tried again, ended for the reason it had", (result, facts, status) => {
    const { state, deeds } = decide(endedWithLeased, outcome(result, facts), now);
    expect(state).toEqual({ ...endedWithLeased, inFlight: null });
    expect(deeds).toMatchObject([{ what: "message", status, reason: "reason" in result && result.reason }]);
    expect(deeds).toHaveLength(1);
  });

  test("+ unknown, the receiver does not deduplicate -> unconfirmed", () => {
    const { state, deeds } = decide(endedWithLeased, outcome({ kind: "unknown", reason: "timeout" }, forgetful), now);
    expect(deeds).toMatchObject([{ what: "message", status: "unconfirmed", reason: "timeout" }]);
    expect(state).toEqual({ ...endedWithLeased, inFlight: null });
  });

  test("+ unknown, the receiver deduplicates -> unconfirmed, for it may have been accepted", () => {
    const { state, deeds } = decide(endedWithLeased, outcome({ kind: "unknown", reason: "timeout" }, running), now);
    expect(deeds).toMatchObject([{ what: "message", status: "unconfirmed", reason: "timeout" }]);
    expect(state).toMatchObject({ inFlight: null, phase: endedWithLeased.phase });
  });

  test("+ unknown without facts -> unchanged, until the lease runs out", () => {
    const event = outcome({ kind: "unknown", reason: "timeout" }, null);
    expect(decide(endedWithLeased, event, now)).toEqual({ state: endedWithLeased, deeds: [] });
  });

  test("failed and retried while it was under way + delivered -> that step is not sent again", () => {
    const failed: State = { ...endedFailed, inFlight: leased };
    const retried = decide(failed, { kind: "retry" }, now).state;
    expect(decide(retried, woke(running), now).deliver).toBeUndefined();
    const { state } = decide(retried, outcome({ kind: "delivered", providerId: null }), later(SECOND));
    expect(state.phase).toEqual({ is: "waiting", step: THIRD, dueAt: J + SECOND + 24 * HOUR });
  });
});
