import { describe, expect, test } from "vitest";
import { nextWake } from "../../src/domain/alarm";
import { decide } from "../../src/domain/decide";
import type { State } from "../../src/domain/enrollment";
import type { Facts } from "../../src/domain/facts";
import { messageId } from "../../src/domain/message";
import { snapshotOf } from "../../src/domain/mirror";
import { HOUR, MINUTE, type Reading } from "../../src/domain/time";
import { messageToSend } from "../../src/domain/trial";
import { whyWaiting } from "../../src/domain/waiting";
import { J, now, running, SECOND_STEP, sequencePaused, transactional, trip, W } from "./given";
import { backingOff, ended, paused, rows, waiting, waitingBackingOff, waitingDue } from "./states";

const NEXT = messageId(trip.id, 2);
const capped: Facts = { ...running, cap: { messages: 2, seconds: 86_400 } };
const slot = (freeAt: number | null, message = NEXT): Facts => ({ ...capped, slot: { message, freeAt } });
/** Its next attempt may be made. */
const later: Reading = { wall: W + MINUTE, journey: J + MINUTE, speed: 1 };

function wake(state: State, facts: Facts, at = now) {
  return decide(state, { kind: "wake", facts }, at);
}

describe("which message asks for room", () => {
  test("one that is due -> the id it will have; one that is tried again -> its own", () => {
    expect(messageToSend(waitingDue, capped, now)?.message).toBe(NEXT);
    expect(messageToSend(waitingBackingOff, capped, later)?.message).toBe(NEXT);
  });

  test.each<[string, State, Facts]>([
    ["not due", waiting, capped],
    ["between attempts", waitingBackingOff, capped],
    ["paused", paused, capped],
    ["held", waitingDue, { ...sequencePaused, cap: capped.cap ?? null }],
    ["no cap", waitingDue, running],
    ["transactional", waitingDue, { ...transactional, cap: capped.cap ?? null }],
    ...rows(ended).map(([name, state]): [string, State, Facts] => [name, state, capped]),
  ])("%s -> none", (_, state, facts) => {
    expect(messageToSend(state, facts, now)).toBeNull();
  });
});

describe("a message that is due, under a cap", () => {
  test("there is room -> claimed", () => {
    expect(wake(waitingDue, slot(null)).deliver?.message).toBe(NEXT);
  });

  test("there is none -> waits until then, says so, and has its alarm and its place in the sweep then", () => {
    const { state, deeds, deliver } = wake(waitingDue, slot(J + HOUR));
    expect(deliver).toBeUndefined();
    expect(deeds).toEqual([]);
    expect(state.phase).toEqual({ is: "waiting", step: SECOND_STEP, dueAt: J, fullUntil: J + HOUR });
    expect(state.messages).toBe(waitingDue.messages);
    expect(nextWake(state, now)).toBe(W + HOUR);
    expect(snapshotOf(state, now)).toMatchObject({ state: "waiting", why: "frequency", dueAt: J, wakeBy: J + HOUR });
    expect(whyWaiting(state, capped, now)).toMatchObject({ for: "frequency", until: J + HOUR });
    expect(whyWaiting(state, sequencePaused, now)).toMatchObject({ for: "sequence" });
  });

  test("room was asked for another message, or for none -> not claimed, and asked again at once", () => {
    for (const facts of [capped, slot(null, NEXT + 1)]) {
      const { state, deliver } = wake(waitingDue, facts);
      expect(deliver).toBeUndefined();
      expect(nextWake(state, now)).toBe(W + 1);
    }
  });

  test("waited for room + there is some, or no cap any more -> claimed", () => {
    const { state } = wake(waitingDue, slot(J + HOUR));
    expect(wake(state, slot(null)).deliver?.message).toBe(NEXT);
    expect(wake(state, running).deliver?.message).toBe(NEXT);
    expect(wake(state, slot(null)).state.phase).not.toHaveProperty("fullUntil");
  });

  test("transactional -> claimed, whatever the cap", () => {
    const facts = { ...transactional, cap: { messages: 1, seconds: 1 } };
    expect(wake(waitingDue, facts).deliver?.message).toBe(NEXT);
  });
});

describe("a message that is tried again, under a cap", () => {
  test("there is room -> the next attempt", () => {
    expect(wake(waitingBackingOff, slot(null), later).deliver).toMatchObject({ message: NEXT, attempt: 2 });
  });

  test("there is none -> tried when there is, its time of trying counted from then", () => {
    const fullUntil = later.journey + HOUR;
    const { state, deliver } = wake(waitingBackingOff, slot(fullUntil), later);
    expect(deliver).toBeUndefined();
    expect(nextWake(state, later)).toBe(later.wall + HOUR);
    expect(snapshotOf(state, later)).toMatchObject({ why: "frequency", wakeBy: fullUntil });
    expect(whyWaiting(state, capped, later)).toMatchObject({ for: "frequency", until: fullUntil });
    const then: Reading = { ...later, wall: later.wall + HOUR, journey: fullUntil };
    const again = wake(state, slot(null), then);
    const since = backingOff.since + then.wall - (backingOff.retryAt ?? 0);
    expect(again.deliver).toMatchObject({ message: NEXT, attempt: 2, since });
    expect(again.state.phase).not.toHaveProperty("fullUntil");
  });

  test("waited for room + woken sooner, as there is some, or no cap any more -> tried at once", () => {
    const { state } = wake(waitingBackingOff, slot(later.journey + HOUR), later);
    expect(wake(state, slot(null), later).deliver).toMatchObject({ attempt: 2 });
    expect(wake(state, running, later).deliver).toMatchObject({ attempt: 2 });
  });
});
