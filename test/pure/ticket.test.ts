/** What a due mail does that waits for a slot of its mailbox, or for the mailbox itself. */
import { describe, expect, test } from "vitest";
import { nextWake } from "../../src/domain/alarm";
import { decide } from "../../src/domain/decide";
import type { State } from "../../src/domain/enrollment";
import type { Facts } from "../../src/domain/facts";
import type { Box, Post } from "../../src/domain/mail";
import { messageId } from "../../src/domain/message";
import { snapshotOf } from "../../src/domain/mirror";
import type { Step } from "../../src/domain/step";
import { type Ticket, unneeded } from "../../src/domain/ticket";
import { HOUR, MINUTE, type Reading } from "../../src/domain/time";
import { messageToSend } from "../../src/domain/trial";
import { whyWaiting } from "../../src/domain/waiting";
import { channelPaused, J, now, running, SECOND_STEP, sequencePaused, treeWith, trip, W } from "./given";
import {
  backingOff,
  ended,
  mailWaiting,
  paused,
  waiting,
  waitingBackingOff,
  waitingDue,
  waitingInFlight,
} from "./states";

const NEXT = messageId(trip.id, 2);
const BOX: Box = {
  id: 3,
  address: "ada@x.example",
  paused: false,
  reason: null,
  limits: { daily: 50, rate: null, warmup: null, zone: "UTC" },
  asOf: 0,
};
const post = (box: Box | null): Post => ({
  seal: "0".repeat(24),
  publicUrl: null,
  replyDomain: null,
  sender: null,
  box,
  tracks: { opens: false, clicks: false },
});
const boxed: Facts = { ...running, post: post(BOX) };
const shut: Facts = { ...running, post: post({ ...BOX, paused: true, reason: "535 no" }) };
const ticket = (at: number | null, more: Partial<Ticket> = {}): Facts => ({
  ...boxed,
  ticket: { message: NEXT, mailbox: 3, at, ...more },
});
const cap = { cap: { messages: 2, seconds: 86_400 } };
const later: Reading = { wall: W + MINUTE, journey: J + MINUTE, speed: 1 };

function wake(state: State, facts: Facts, at = now) {
  return decide(state, { kind: "wake", facts }, at);
}

describe("which message asks for a slot", () => {
  test("one that is due, by its step's schedule", () => {
    expect(messageToSend(waitingDue, boxed, now)).toEqual({ message: NEXT, step: SECOND_STEP });
    expect(messageToSend(waitingBackingOff, boxed, later)).toEqual({ message: NEXT, step: SECOND_STEP });
  });

  test("the mail of a task keeps to no schedule", () => {
    const settings = { type: "manual_email" };
    const tree = treeWith({ [SECOND_STEP]: { kind: "task", settings, body: "Hi" } as Partial<Step> });
    expect(messageToSend(mailWaiting, { ...boxed, tree }, now)).toEqual({ message: NEXT, step: null });
  });

  test("in a transactional sequence too, which no cap holds back", () => {
    const transactional = { ...boxed, sequence: { ...boxed.sequence, transactional: true }, ...cap };
    expect(messageToSend(waitingDue, transactional, now)?.message).toBe(NEXT);
  });

  test.each<[string, State, Facts]>([
    ["not due", waiting, boxed],
    ["between attempts", waitingBackingOff, boxed],
    ["under way", waitingInFlight, boxed],
    ["paused", paused, boxed],
    ["held by its sequence", waitingDue, { ...sequencePaused, post: post(BOX) }],
    ["held by its channel", waitingDue, { ...channelPaused, post: post(BOX) }],
    ["held by its mailbox", waitingDue, shut],
    ["without a mailbox", waitingDue, { ...running, post: post(null) }],
  ])("%s -> none", (_, state, facts) => {
    expect(messageToSend(state, facts, now)).toBeNull();
  });
});

describe("a mail that is due", () => {
  test("its slot has come -> claimed, and the thread stays with that mailbox", () => {
    const { state, deliver } = wake(waitingDue, ticket(null));
    expect(deliver?.message).toBe(NEXT);
    expect(state.mailbox).toBe(3);
  });

  test("its slot is ahead -> waits until then, says so, and has its alarm and its place in the sweep then", () => {
    const { state, deeds, deliver } = wake(waitingDue, ticket(J + HOUR));
    expect([deliver, deeds, state.mailbox]).toEqual([undefined, [], null]);
    const booked = { mailbox: 3, at: J + HOUR };
    expect(state.phase).toEqual({ is: "waiting", step: SECOND_STEP, dueAt: J, booked });
    expect(nextWake(state, now)).toBe(W + HOUR);
    expect(snapshotOf(state, now)).toMatchObject({ state: "waiting", why: "slot", dueAt: J, wakeBy: J + HOUR });
    expect(whyWaiting(state, boxed, now)).toEqual({
      for: "mailbox",
      until: J + HOUR,
      detail: "the mailbox ada@x.example has no slot sooner",
    });
  });

  test("it was asked of another mailbox, for another message, or not at all -> asked again at once", () => {
    for (const facts of [boxed, ticket(null, { mailbox: 4 }), ticket(null, { message: NEXT + 1 })]) {
      const { state, deliver } = wake(waitingDue, facts);
      expect([deliver, nextWake(state, now)]).toEqual([undefined, W + 1]);
    }
  });

  test("waited for a slot + it has come, or the mailbox is no more -> claimed", () => {
    const { state } = wake(waitingDue, ticket(J + HOUR));
    for (const facts of [ticket(null), { ...running, post: post(null) }]) {
      const gone = wake(state, facts);
      expect(gone.deliver?.message).toBe(NEXT);
      expect(gone.state.phase).not.toHaveProperty("booked");
    }
  });

  test("there is no room under the cap -> waits for that first", () => {
    const full = { ...ticket(null), ...cap, slot: { message: NEXT, freeAt: J + HOUR } };
    expect(wake(waitingDue, full).state.phase).toMatchObject({ fullUntil: J + HOUR });
  });

  test("its mailbox is paused -> held, without an alarm, until somebody resumes that", () => {
    const { state, deliver } = wake(waitingDue, shut);
    expect(deliver).toBeUndefined();
    expect(state.phase).toMatchObject({ held: "mailbox" });
    expect(nextWake({ ...state, settle: null }, now)).toBeNull();
    expect(snapshotOf(state, now).why).toBe("mailbox");
    const detail = "the mailbox ada@x.example is paused: 535 no";
    expect(whyWaiting(state, shut, now)).toEqual({ for: "mailbox", until: null, detail });
    expect(wake(state, ticket(null)).deliver?.message).toBe(NEXT);
  });
});

describe("a mail that is tried again", () => {
  test("its slot has come -> the next attempt, from that mailbox", () => {
    const { state, deliver } = wake(waitingBackingOff, ticket(null), later);
    expect(deliver).toMatchObject({ message: NEXT, attempt: 2 });
    expect(state.mailbox).toBe(3);
  });

  test("its slot is ahead -> tried then, its time of trying counted from then", () => {
    const at = later.journey + HOUR;
    const { state, deliver } = wake(waitingBackingOff, ticket(at), later);
    expect(deliver).toBeUndefined();
    expect(nextWake(state, later)).toBe(later.wall + HOUR);
    expect(snapshotOf(state, later)).toMatchObject({ why: "slot", wakeBy: at });
    expect(whyWaiting(state, boxed, later)).toMatchObject({ for: "mailbox", until: at });
    const then: Reading = { ...later, wall: later.wall + HOUR, journey: at };
    const since = backingOff.since + then.wall - (backingOff.retryAt ?? 0);
    const again = wake(state, ticket(null), then);
    expect(again.deliver).toMatchObject({ message: NEXT, attempt: 2, since });
    expect(again.state.phase).not.toHaveProperty("booked");
  });
});

describe("credentials that fail", () => {
  const broken = { kind: "broken", reason: "535 no" } as const;
  const settle = (facts: Facts | null) =>
    decide(waitingInFlight, { kind: "outcome", message: NEXT, attempt: 1, outcome: broken, facts }, now).state.phase;

  test("the mailbox's own -> held by the mailbox; the channel's, or nobody knows -> by the channel", () => {
    const own = { ...boxed, channel: { ...boxed.channel, own: true } };
    expect(settle(own)).toMatchObject({ held: "mailbox" });
    expect(settle(boxed)).toMatchObject({ held: "channel" });
    expect(settle(null)).toMatchObject({ held: "channel" });
  });
});

describe("what is given back", () => {
  const booked = wake(waitingDue, ticket(J + HOUR)).state;
  const asked = 3;
  const claimed = wake(waitingDue, ticket(null)).state;
  test.each<[string, State, State, Parameters<typeof unneeded>[2], number[]]>([
    ["waits for it still", booked, booked, { asked: null, claimed: false }, []],
    ["has only begun to wait", waitingDue, booked, { asked, claimed: false }, []],
    ["claimed", booked, claimed, { asked, claimed: true }, []],
    ["claimed from another mailbox", booked, claimed, { asked: 4, claimed: true }, [4]],
    ["exited", booked, ended["ended completed"], { asked: null, claimed: false }, [3]],
    ["paused", booked, paused, { asked: null, claimed: false }, [3]],
    ["asked, and overtaken", waitingDue, ended["ended completed"], { asked, claimed: false }, [3]],
    ["its mailbox is another now", booked, booked, { asked: 4, claimed: false }, [4]],
    ["never had any", waitingDue, waitingDue, { asked: null, claimed: false }, []],
  ])("%s", (_, before, after, turn, expected) => {
    expect(unneeded(before, after, turn)).toEqual(expected);
  });
});
