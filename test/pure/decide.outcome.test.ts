import { describe, expect, test } from "vitest";
import { nextWake } from "../../src/domain/alarm";
import { decide } from "../../src/domain/decide";
import type { State } from "../../src/domain/enrollment";
import type { Facts } from "../../src/domain/facts";
import type { Outcome } from "../../src/domain/message";
import { DAY, HOUR, MINUTE, SECOND } from "../../src/domain/time";
import {
  channelPaused,
  FIRST,
  forgetful,
  J,
  later,
  now,
  running,
  SECOND_STEP,
  sequencePaused,
  THIRD,
  treeWith,
  W,
} from "./given";
import {
  backingOff,
  endedCompleted,
  leased,
  pausedWithLeased,
  pending,
  sending,
  waiting,
  waitingBackingOff,
  waitingInFlight,
  working,
} from "./states";

function outcome(outcome: Outcome, facts: Facts | null = running, attempt = 1) {
  return { kind: "outcome", message: leased.message, attempt, outcome, facts } as const;
}

function noted(status: string, over: object = {}) {
  const { message, step, content } = leased;
  return { what: "message", message, step, status, attempt: 1, content, reason: null, providerId: null, ...over };
}

const delivered: Outcome = { kind: "delivered", providerId: "p-1" };
const transient: Outcome = { kind: "transient", reason: "503" };
const permanent: Outcome = { kind: "permanent", reason: "no such user" };
const broken: Outcome = { kind: "broken", reason: "401" };
const unknown: Outcome = { kind: "unknown", reason: "timeout" };
const outcomes = [delivered, transient, permanent, broken, unknown];

const sent = { lastShown: SECOND_STEP, lastTouch: SECOND_STEP, lastMessage: leased.message, lastSentAt: J };
const advanced = { ...sent, inFlight: null, lastStep: SECOND_STEP, ran: [FIRST, SECOND_STEP], anchorAt: J };
const last: Facts = { ...running, tree: treeWith({ [THIRD]: { deletedAt: J } }) };

describe("an outcome that is not of the attempt under way", () => {
  test.each([
    ["pending", pending],
    ["waiting", waiting],
    ["waiting between attempts", waitingBackingOff],
    ["working", working],
    ["ended", endedCompleted],
  ])("%s + any outcome -> unchanged", (_, state: State) => {
    for (const each of outcomes) expect(decide(state, outcome(each), now)).toEqual({ state, deeds: [] });
  });

  test("a message under way + the outcome of an earlier attempt -> unchanged", () => {
    const second: State = { ...waitingInFlight, inFlight: { ...leased, attempt: 2 } };
    for (const each of outcomes) expect(decide(second, outcome(each), now)).toEqual({ state: second, deeds: [] });
  });

  test("a message under way + the outcome of another message -> unchanged", () => {
    const other = { ...outcome(delivered), message: leased.message + 1 };
    expect(decide(waitingInFlight, other, now)).toEqual({ state: waitingInFlight, deeds: [] });
  });
});

describe("delivered", () => {
  test("waiting + delivered -> sent, waiting for the next step, counted from now", () => {
    expect(decide(waitingInFlight, outcome(delivered), now)).toEqual({
      state: { ...waitingInFlight, ...advanced, phase: { is: "waiting", step: THIRD, dueAt: J + DAY } },
      deeds: [noted("sent", { providerId: "p-1" })],
    });
  });

  test("waiting + the last step delivered -> sent, completed", () => {
    expect(decide(waitingInFlight, outcome(delivered, last), now)).toEqual({
      state: { ...waitingInFlight, ...advanced, phase: { is: "ended", why: "completed", at: J, error: null } },
      deeds: [noted("sent", { providerId: "p-1" }), { what: "ended", why: "completed", error: null }],
    });
  });

  test("waiting + the last step delivered while the sequence is paused -> sent, waits to be looked at again", () => {
    const facts = { ...last, sequence: sequencePaused.sequence };
    const { state, deeds } = decide(waitingInFlight, outcome(delivered, facts), now);
    expect(state).toMatchObject({ ...advanced, phase: { is: "waiting", step: null, dueAt: J } });
    expect(deeds).toEqual([noted("sent", { providerId: "p-1" })]);
  });

  test("waiting + delivered without facts -> sent, the next turn looks for the step ahead at once", () => {
    const { state, deeds } = decide(waitingInFlight, outcome(delivered, null), now);
    expect(state).toMatchObject({ ...advanced, phase: { is: "waiting", step: null, dueAt: J } });
    expect(deeds).toEqual([noted("sent", { providerId: "p-1" })]);
  });

  test("paused + delivered -> sent, paused before the next step", () => {
    expect(decide(pausedWithLeased, outcome(delivered), now)).toEqual({
      state: { ...pausedWithLeased, ...advanced, phase: { is: "paused", step: THIRD, dueAt: J + DAY, why: "manual" } },
      deeds: [noted("sent", { providerId: "p-1" })],
    });
  });

  test("paused + the last step delivered -> sent, paused with nothing ahead, not completed", () => {
    const { state } = decide(pausedWithLeased, outcome(delivered, last), now);
    expect(state).toMatchObject({ ...advanced, phase: { is: "paused", step: null, dueAt: J, why: "manual" } });
  });

  test("working + delivered -> recorded, the task stays", () => {
    const state: State = { ...working, ...sending, inFlight: leased };
    expect(decide(state, outcome(delivered), now).state).toEqual({ ...state, ...advanced });
  });
});

describe("transient", () => {
  test("waiting + transient -> between attempts, the next after 30 to 36 s", () => {
    const { state, deeds } = decide(waitingInFlight, outcome(transient), now);
    const retryAt = state.inFlight?.retryAt ?? 0;
    expect(retryAt).toBeGreaterThanOrEqual(W + 30 * SECOND);
    expect(retryAt).toBeLessThan(W + 36 * SECOND);
    expect(state).toEqual({ ...waitingInFlight, inFlight: { ...leased, lease: null, retryAt } });
    expect(deeds).toEqual([noted("retrying", { reason: "503", retryAt })]);
  });

  test("the base is a setting -> a shorter one shortens the wait", () => {
    const { state } = decide(waitingInFlight, outcome(transient, { ...running, retryBase: 100 }), now);
    expect(state.inFlight?.retryAt).toBeGreaterThanOrEqual(W + 100);
    expect(state.inFlight?.retryAt).toBeLessThan(W + 120);
  });

  test("waiting + transient without facts -> between attempts, by the base of 30 s", () => {
    const { state } = decide(waitingInFlight, outcome(transient, null), now);
    expect(state.inFlight?.retryAt).toBeGreaterThanOrEqual(W + 30 * SECOND);
    expect(state.inFlight?.retryAt).toBeLessThan(W + 36 * SECOND);
  });

  test("Retry-After longer than the ladder -> honoured", () => {
    const { state } = decide(waitingInFlight, outcome({ kind: "transient", reason: "429", retryAfter: HOUR }), now);
    expect(state.inFlight?.retryAt).toBeGreaterThanOrEqual(W + HOUR);
    expect(state.inFlight?.retryAt).toBeLessThan(W + 1.2 * HOUR);
  });

  test("Retry-After shorter than the ladder -> not sooner than the ladder says", () => {
    const { state } = decide(waitingInFlight, outcome({ kind: "transient", reason: "429", retryAfter: 1 }), now);
    expect(state.inFlight?.retryAt).toBeGreaterThanOrEqual(W + 30 * SECOND);
  });

  test("three days after the first attempt + transient -> given up, failed", () => {
    const old: State = { ...waitingInFlight, inFlight: { ...leased, since: W - 3 * DAY } };
    const { state, deeds } = decide(old, outcome(transient), now);
    expect(state).toMatchObject({
      inFlight: null,
      phase: { is: "ended", why: "failed", at: J, error: "given up: 503" },
    });
    expect(deeds).toEqual([
      noted("failed", { reason: "given up: 503" }),
      { what: "ended", why: "failed", error: "given up: 503" },
    ]);
  });

  test("given up + retry + woke -> the same message and content, for it may have arrived all the same", () => {
    const old: State = { ...waitingInFlight, inFlight: { ...leased, since: W - 3 * DAY } };
    const retried = decide(decide(old, outcome(transient), now).state, { kind: "retry" }, now);
    expect(retried.deeds).toEqual([{ what: "retried" }]);
    const { state, deliver } = decide(retried.state, { kind: "wake", facts: running }, now);
    expect(deliver).toEqual({ ...leased, attempt: 2, since: W, lease: W + MINUTE });
    expect(state).toMatchObject({ messages: 2, phase: { is: "waiting", step: SECOND_STEP } });
  });

  test("refused for good + retry + woke -> a message of its own", () => {
    const retried = decide(decide(waitingInFlight, outcome(permanent), now).state, { kind: "retry" }, now);
    const { deliver } = decide(retried.state, { kind: "wake", facts: running }, now);
    expect(deliver).toMatchObject({ message: leased.message + 1, attempt: 1 });
  });

  test("the next attempt would still lie within the three days + transient -> tried again", () => {
    const old: State = { ...waitingInFlight, inFlight: { ...leased, since: W - 3 * DAY + MINUTE } };
    expect(decide(old, outcome(transient), now).state.phase).toEqual(waitingInFlight.phase);
  });

  test("paused + transient -> paused between attempts", () => {
    const { state } = decide(pausedWithLeased, outcome(transient), now);
    expect(state.phase).toEqual(pausedWithLeased.phase);
    expect(state.inFlight).toMatchObject({ lease: null, attempt: 1, content: leased.content });
  });
});

describe("permanent", () => {
  test.each([
    ["waiting", waitingInFlight],
    ["paused", pausedWithLeased],
  ])("%s + permanent -> the message failed, and the enrollment", (_, state: State) => {
    expect(decide(state, outcome(permanent), now)).toEqual({
      state: {
        ...state,
        inFlight: null,
        phase: { is: "ended", why: "failed", at: J, error: "no such user", step: SECOND_STEP },
      },
      deeds: [noted("failed", { reason: "no such user" }), { what: "ended", why: "failed", error: "no such user" }],
    });
  });
});

describe("broken", () => {
  test("waiting + broken -> held by the channel, no next attempt set; it looks back once", () => {
    expect(decide(waitingInFlight, outcome(broken), now)).toEqual({
      state: {
        ...waitingInFlight,
        phase: { ...waitingInFlight.phase, held: "channel", lookAt: W + MINUTE },
        inFlight: { ...leased, lease: null, retryAt: null },
      },
      deeds: [noted("retrying", { reason: "401" })],
    });
  });

  test("looking back, it is paused still -> held, and nothing lies ahead", () => {
    const { state } = decide(waitingInFlight, outcome(broken), now);
    expect(nextWake(state, now)).toBe(W + MINUTE);
    const looked = decide(state, { kind: "wake", facts: channelPaused }, later(MINUTE)).state;
    expect(looked.phase).toEqual({ ...waitingInFlight.phase, held: "channel" });
    expect(nextWake(looked, later(MINUTE))).toBeNull();
  });

  test("looking back, it was mended meanwhile, and that wake had gone by -> tried again", () => {
    const { state } = decide(waitingInFlight, outcome(broken), now);
    expect(decide(state, { kind: "wake", facts: running }, later(MINUTE)).deliver).toMatchObject({ attempt: 2 });
  });

  test("paused + broken -> paused, the message kept", () => {
    const { state } = decide(pausedWithLeased, outcome(broken), now);
    expect(state).toEqual({ ...pausedWithLeased, inFlight: { ...leased, lease: null, retryAt: null } });
  });
});

describe("unknown", () => {
  test("the receiver deduplicates + unknown -> tried again", () => {
    const { state, deeds } = decide(waitingInFlight, outcome(unknown), now);
    expect(state.inFlight).toMatchObject({ ...backingOff, retryAt: expect.any(Number) });
    expect(deeds).toEqual([noted("retrying", { reason: "timeout", retryAt: state.inFlight?.retryAt })]);
  });

  test("the receiver does not deduplicate + unknown -> unconfirmed, and the journey goes on", () => {
    const { state, deeds } = decide(waitingInFlight, outcome(unknown, forgetful), now);
    expect(state).toMatchObject({ ...advanced, phase: { is: "waiting", step: THIRD, dueAt: J + DAY } });
    expect(deeds).toEqual([noted("unconfirmed", { reason: "timeout" })]);
  });

  test("paused, the receiver does not deduplicate + unknown -> unconfirmed, paused before the next step", () => {
    const { state } = decide(pausedWithLeased, outcome(unknown, forgetful), now);
    expect(state).toMatchObject({ ...advanced, phase: { is: "paused", step: THIRD } });
  });

  test.each([
    ["waiting", waitingInFlight],
    ["paused", pausedWithLeased],
  ])("%s + unknown without facts -> unchanged, until the lease runs out", (_, state: State) => {
    expect(decide(state, outcome(unknown, null), now)).toEqual({ state, deeds: [] });
  });

  test("given up after three days of unknown outcomes -> failed", () => {
    const old: State = { ...waitingInFlight, inFlight: { ...leased, since: W - 3 * DAY } };
    expect(decide(old, outcome(unknown), now).state.phase).toMatchObject({ error: "given up: timeout" });
  });
});
