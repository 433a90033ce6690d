import { describe, expect, test } from "vitest";
import { decide } from "../../src/domain/decide";
import type { Deed, State } from "../../src/domain/enrollment";
import { messageId } from "../../src/domain/message";
import { newsLine } from "../../src/domain/mirror";
import { momentsAfter, momentsFrom } from "../../src/domain/moments";
import { entriesOf, recorded } from "../../src/domain/record";
import { fatesAfter, fatesBefore, NO_FATES, tallyOf } from "../../src/domain/tally";
import { HOUR } from "../../src/domain/time";
import { J, now, trip } from "./given";
import { ended, endedCompleted, leased, paused, pending, waiting, waitingInFlight } from "./states";

const one = messageId(trip.id, 1);
const two = messageId(trip.id, 2);

function fate(message: number, status: "sent" | "retrying" | "failed" | "unconfirmed"): Deed {
  return {
    what: "message",
    message,
    step: 2,
    status,
    attempt: 1,
    content: leased.content,
    reason: null,
    providerId: null,
  };
}

const NOTHING = tallyOf({ fates: NO_FATES, noted: {} });
const tallied = (deeds: Deed[], noted: State["noted"] = {}) =>
  tallyOf({ fates: fatesAfter(NO_FATES, deeds, one), noted });

describe("what a journey's messages came to", () => {
  test.each([
    ["sent", [fate(one, "sent")], {}, { scheduled: 1, delivered: 1 }],
    [
      "tried three times, then sent",
      [fate(one, "retrying"), fate(one, "retrying"), fate(one, "sent")],
      {},
      { scheduled: 1, delivered: 1 },
    ],
    ["given up, and sent after all", [fate(one, "failed"), fate(one, "sent")], {}, { scheduled: 1, delivered: 1 }],
    ["failed", [fate(one, "sent"), fate(two, "failed")], {}, { scheduled: 2, delivered: 1, failed: 1 }],
    ["unconfirmed", [fate(one, "unconfirmed")], {}, { scheduled: 1 }],
    [
      "unconfirmed, and opened",
      [fate(one, "unconfirmed")],
      { opened: [one] },
      { scheduled: 1, delivered: 1, opened: 1 },
    ],
    [
      "clicked without being opened",
      [fate(one, "sent")],
      { clicked: [one] },
      { scheduled: 1, delivered: 1, opened: 1, clicked: 1 },
    ],
    [
      "opened and clicked",
      [fate(one, "sent")],
      { opened: [one], clicked: [one] },
      { scheduled: 1, delivered: 1, opened: 1, clicked: 1 },
    ],
    ["bounced", [fate(one, "sent")], { bounced: [one], complained: [one] }, { scheduled: 1, delivered: 1, bounced: 1 }],
  ] as [string, Deed[], State["noted"], Partial<typeof NOTHING>][])("%s", (_, deeds, noted, tally) => {
    expect(tallied(deeds, noted)).toEqual({ ...NOTHING, ...tally });
  });

  test("answered twice -> the mailing counts once, as the first answer was meant", () => {
    const answer = (sentiment: "positive" | "negative"): Deed => ({
      what: "replied",
      reply: sentiment,
      action: "continue",
      sentiment,
    });
    expect(tallied([answer("negative"), answer("positive")])).toEqual({ ...NOTHING, negative: 1 });
    expect(tallyOf({ fates: fatesAfter(NO_FATES, [answer("positive")], null), noted: {} })).toEqual(NOTHING);
  });

  test("opted out -> put down to the last message, if there was one", () => {
    const out: Deed = { what: "ended", why: "opted_out", error: null };
    expect(tallied([out]).optedOut).toBe(1);
    expect(tallyOf({ fates: fatesAfter(NO_FATES, [out], null), noted: {} }).optedOut).toBe(0);
    expect(tallied([{ ...out, why: "removed" }]).optedOut).toBe(0);
  });

  test("a state stored before -> what was claimed had gone out, but for the one under way", () => {
    expect(fatesBefore(waiting).sent).toBe(1);
    expect(fatesBefore(waitingInFlight).sent).toBe(1);
    expect(fatesBefore(pending).sent).toBe(0);
  });
});

describe("the record of a turn", () => {
  test("an answer and an opting out name the message that went out last; other ends do not", () => {
    const reply = { kind: "reply", key: "r", at: J, action: { kind: "finish" }, sentiment: "positive" } as const;
    const [replied, over] = entriesOf(waiting, decide(waiting, reply, now), J);
    expect(replied && newsLine(replied)).toEqual({
      n: 3,
      id: one,
      fact: "replied",
      sentiment: "positive",
      at: J,
      heardAt: J,
    });
    expect(over && newsLine(over)).toBeNull();
    const [out] = entriesOf(waiting, decide(waiting, { kind: "exit", why: "opted_out" }, now), J);
    expect(out && newsLine(out)).toMatchObject({ id: one, fact: "opted_out" });
    const [early] = entriesOf(pending, decide(pending, { kind: "exit", why: "opted_out" }, now), J);
    expect(early && newsLine(early)).toBeNull();
  });

  describe("an opting out that a message is known to have made", () => {
    const mailed: State = { ...waiting, messages: 3, lastMessage: messageId(trip.id, 3) };
    const exit = (message: number) => decide(mailed, { kind: "exit", why: "opted_out", message }, now);
    const told = (state: State, message: number) =>
      decide(state, { kind: "noted", message, fact: "unsubscribed", when: J, url: null }, now);

    test("names that one, not the last", () => {
      const decision = exit(two);
      const [out] = entriesOf(mailed, decision, J);
      expect(out && newsLine(out)).toMatchObject({ id: two, fact: "opted_out" });
      expect(recorded(mailed, decision, true, J).fates.optedOutAfter).toBe(two);
    });

    test.each([0, 4, 4096, -1])("ordinal %i, which the journey never sent -> the last", (ordinal) => {
      const [out] = entriesOf(mailed, exit(one - 1 + ordinal), J);
      expect(out && newsLine(out)).toMatchObject({ id: messageId(trip.id, 3) });
    });

    test("told again once it has ended the journey -> unchanged", () => {
      const over = recorded(mailed, exit(two), true, J);
      expect(told(over, two)).toEqual({ state: over, deeds: [] });
    });

    test("told of a journey that goes on, or has ended before -> counts as one, and is put down once", () => {
      for (const state of [mailed, { ...mailed, phase: endedCompleted.phase }]) {
        const once = told(state, two);
        expect(once.state.phase).toEqual(state.phase);
        const [entry] = entriesOf(state, once, J);
        expect(entry && newsLine(entry)).toMatchObject({ id: two, fact: "opted_out", at: J });
        expect(tallyOf(once.state).optedOut).toBe(1);
        expect(told(once.state, two).deeds).toEqual([]);
      }
    });
  });

  test("nothing to show -> neither a version nor a moment more", () => {
    const { version, moments } = recorded(waiting, { state: waiting, deeds: [] }, false, J);
    expect({ version, moments }).toEqual({ version: waiting.version, moments: waiting.moments });
  });
});

describe("since when a journey is what it is", () => {
  const before = { ...momentsFrom(J - HOUR), activeAt: J - HOUR };
  const over = ended["ended completed"].phase;
  test.each([
    ["pending -> waiting", pending.phase, waiting.phase, { stateChangedAt: J, activeAt: J }],
    ["waiting -> waiting for another step", waiting.phase, waitingInFlight.phase, {}],
    ["waiting -> paused", waiting.phase, paused.phase, { stateChangedAt: J, pauseReason: "manual" }],
    ["paused -> waiting", paused.phase, waiting.phase, { stateChangedAt: J, activeAt: J }],
    ["waiting -> ended", waiting.phase, over, { stateChangedAt: J }],
  ] as const)("%s", (_, from, to, moments) => {
    expect(momentsAfter(before, from, to, J)).toEqual({ ...before, updatedAt: J, ...moments });
  });
});
