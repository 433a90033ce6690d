import { describe, expect, test } from "vitest";
import { nextWake } from "../../src/domain/alarm";
import { decide } from "../../src/domain/decide";
import type { Event, State } from "../../src/domain/enrollment";
import type { Facts } from "../../src/domain/facts";
import { messageId } from "../../src/domain/message";
import { DAY, HOUR, MINUTE, type Reading, SECOND } from "../../src/domain/time";
import { alice, channelPaused, J, later, now, running, sequencePaused, trip, W, withContact } from "./given";
import { condition, fresh, GOLD, message, plant, VIP, worldOf } from "./planting";
import { waiting } from "./states";

const BEGAN = trip.enrolledAt;
const FIRST_SENT = messageId(trip.id, 1);

/** Due this instant, it waits an hour for the tag. */
const gate = plant(condition(2, GOLD, { delay: 7200, upTo: 3600, yes: [message(3)], no: [message(4)] }), message(5));
const golden = withContact({ tags: ["gold"] });
/** Watches since this instant. */
const watching = woke(fresh).state;

function woke(state: State, at: Reading = now, facts: Facts = running, steps = gate) {
  return decide(state, { kind: "wake", facts: worldOf(steps, facts) }, at);
}

function then(state: State, event: Event, at: Reading = now): State {
  return decide(state, event, at).state;
}

const noted: Event = { kind: "noted", message: FIRST_SENT, fact: "opened", when: J, url: null };

describe("a condition that may wait", () => {
  test("met at once -> decided at once", () => {
    const { state, deliver } = woke(fresh, now, golden);
    expect(deliver?.step).toBe(3);
    expect(state.ran).toEqual([2, 21]);
  });

  test("not due yet -> waits without watching, though it is met", () => {
    const { phase } = woke(fresh, later(-SECOND), golden).state;
    expect(phase).toEqual({ is: "waiting", step: 2, dueAt: J });
  });

  test("due and not met -> watches, until an hour after it was due, with another look in 30 s", () => {
    const { state, deeds } = woke(fresh);
    expect(state.phase).toEqual({ is: "waiting", step: 2, dueAt: J + HOUR, watching: true, lookAt: W + 30 * SECOND });
    expect(state.ran).toEqual([]);
    expect(deeds).toEqual([]);
    expect(nextWake(state, now)).toBe(W + 30 * SECOND);
  });

  test("looked at late -> the hour counts from when it was due", () => {
    const { phase } = woke(fresh, later(20 * MINUTE)).state;
    expect(phase).toMatchObject({ watching: true, dueAt: J + HOUR });
  });

  test("with a delay of its own before it -> that is waited for first, then the hour", () => {
    const steps = plant(condition(2, GOLD, { delay: 7260, upTo: 60 }));
    expect(woke(fresh, now, running, steps).state.phase).toEqual({ is: "waiting", step: 2, dueAt: J + MINUTE });
    const { phase } = woke(fresh, later(MINUTE), running, steps).state;
    expect(phase).toMatchObject({ watching: true, dueAt: BEGAN + 2 * HOUR + 2 * MINUTE });
  });

  test("watching + the second look, still not met -> no more looks but the last", () => {
    const { state } = woke(watching, later(30 * SECOND));
    expect(state.phase).toEqual({ is: "waiting", step: 2, dueAt: J + HOUR, watching: true });
    expect(nextWake(state, later(30 * SECOND))).toBe(W + HOUR);
  });

  test("watching + woke before the second look -> that is still taken", () => {
    expect(woke(watching, later(SECOND)).state).toEqual(watching);
  });

  test("watching + met at the second look -> decided then", () => {
    const { state, deliver } = woke(watching, later(30 * SECOND), golden);
    expect(deliver?.step).toBe(3);
    expect(state).toMatchObject({ ran: [2, 21], anchorAt: J + 30 * SECOND });
  });

  test.each([
    ["one millisecond before its end", HOUR - 1, null, []],
    ["at its end", HOUR, 4, [2, 22]],
    ["after its end", 2 * HOUR, 4, [2, 22]],
  ])("watching + %s, not met -> %s", (_, ms, step, ran) => {
    const { state, deliver } = woke(watching, later(ms));
    expect(deliver?.step ?? null).toBe(step);
    expect(state.ran).toEqual(ran);
  });

  test("watching + its end, met at last -> the true branch all the same", () => {
    expect(woke(watching, later(HOUR), golden).deliver?.step).toBe(3);
  });

  test("the journey's clock runs faster -> the end by journey time, the second look by wall time", () => {
    const fast: Reading = { ...now, speed: 3600 };
    const { state } = woke(fresh, fast);
    expect(state.phase).toMatchObject({ dueAt: J + HOUR, lookAt: W + 30 * SECOND });
    expect(nextWake(state, fast)).toBe(W + SECOND);
  });

  test("its time was cut while it watched -> the next look decides", () => {
    const cut = plant(condition(2, GOLD, { delay: 7200, upTo: 10, yes: [message(3)], no: [message(4)] }));
    expect(woke(watching, later(11 * SECOND), running, cut).deliver?.step).toBe(4);
  });

  test("it was deleted while it watched -> on to what comes after it, watching no more", () => {
    const gone = gate.map((step) => ([2, 21, 3, 22, 4].includes(step.id) ? { ...step, deletedAt: J } : step));
    const { state, deliver } = woke(watching, now, running, gone);
    expect(deliver?.step).toBe(5);
    expect(state.phase).toEqual({ is: "waiting", step: 5, dueAt: BEGAN });
  });

  test("it was deleted while it watched, and the next condition waits too -> that is watched anew", () => {
    const two = plant(condition(2, GOLD, { delay: 7200, upTo: 3600 }), condition(6, GOLD, { delay: 7200, upTo: 60 }));
    const gone = two.map((step) => ([2, 21, 22].includes(step.id) ? { ...step, deletedAt: J } : step));
    const seen = woke(watching, later(30 * SECOND)).state;
    const { phase } = woke(seen, later(40 * SECOND), running, gone).state;
    expect(phase).toEqual({ is: "waiting", step: 6, dueAt: J + MINUTE, watching: true, lookAt: W + 70 * SECOND });
  });

  test("another condition follows that waits too -> watched anew, with a second look of its own", () => {
    const two = plant(condition(2, VIP), condition(3, GOLD, { upTo: 60 }));
    const { phase } = woke(fresh, now, running, two).state;
    expect(phase).toEqual({ is: "waiting", step: 3, dueAt: J + MINUTE, watching: true, lookAt: W + 30 * SECOND });
  });
});

describe("what stirs a journey that watches", () => {
  const seen: State = { ...woke(watching, later(30 * SECOND)).state, messages: 1 };
  const at = later(MINUTE);

  test("noted -> looks at once", () => {
    const state = then(seen, noted, at);
    expect(state.phase).toEqual({ ...seen.phase, stirred: true });
    expect(nextWake(state, at)).toBe(at.wall + 1);
  });

  test("a reply after which it continues -> looks at once, and finds it", () => {
    const asks = plant(condition(2, { on: "reply" }, { delay: 7200, upTo: 3600, yes: [message(3)] }));
    const replied = then(seen, { kind: "reply", key: "r", at: J, action: { kind: "continue" } }, at);
    expect(replied.phase).toMatchObject({ stirred: true });
    expect(woke(replied, at, running, asks).deliver?.step).toBe(3);
  });

  test("noted of what it does not ask for -> looks, and watches on until its end", () => {
    const { state } = woke(then(seen, noted, at), at);
    expect(state.phase).toEqual(seen.phase);
  });

  test("noted while it does not watch -> no other wake-up", () => {
    expect(then(waiting, noted).phase).toEqual(waiting.phase);
  });

  // Until the mirror shows that it watches, a change of the contact stirs nobody: the second look is what finds it.
  test("noted before the second look -> that is still taken", () => {
    const stirred = then({ ...watching, messages: 1 }, noted, later(SECOND));
    const { state } = woke(stirred, later(SECOND));
    expect(nextWake(state, later(SECOND))).toBe(W + 30 * SECOND);
  });
});

describe("pause and hold at a condition that waits", () => {
  const paused = then(watching, { kind: "pause", why: "manual" });

  test("watching + pause -> paused, and it is remembered that it watched", () => {
    expect(paused.phase).toEqual({ is: "paused", step: 2, dueAt: J + HOUR, why: "manual", watching: true });
    expect(nextWake(paused, now)).toBeNull();
  });

  test("a journey that did not watch + pause -> nothing of the kind", () => {
    expect(then(waiting, { kind: "pause", why: "manual" }).phase).not.toHaveProperty("watching");
  });

  test("paused + resume -> looks at once", () => {
    const state = then(paused, { kind: "resume" }, later(MINUTE));
    expect(state.phase).toEqual({ is: "waiting", step: 2, dueAt: J + HOUR, stirred: true });
    expect(nextWake(state, later(MINUTE))).toBe(W + MINUTE + 1);
    expect(woke(state, later(MINUTE), golden).deliver?.step).toBe(3);
  });

  test("paused + noted -> known, not looked at before it is resumed", () => {
    const state = then({ ...paused, messages: 1 }, noted);
    expect(state).toMatchObject({ phase: paused.phase, noted: { opened: [FIRST_SENT] } });
    expect(nextWake(state, now)).toBeNull();
  });

  test("paused past its end + resume + woke -> decided", () => {
    const state = then(paused, { kind: "resume" }, later(DAY));
    expect(woke(state, later(DAY)).deliver?.step).toBe(4);
  });

  test("paused until a time + woke at it -> resumed, looked at, watching on", () => {
    const until = { ...paused, phase: { ...paused.phase, resumeAt: J + MINUTE } } as State;
    const { state, deeds } = woke(until, later(MINUTE));
    expect(deeds).toEqual([{ what: "resumed" }]);
    expect(state.phase).toMatchObject({ is: "waiting", step: 2, dueAt: J + HOUR, watching: true });
    expect(woke(until, later(MINUTE), golden).deliver?.step).toBe(3);
  });

  // While it was paused the mirror did not show that it watched either.
  test("paused until a time + woke at it, not met -> another look after 30 s", () => {
    const until = { ...paused, phase: { ...paused.phase, resumeAt: J + MINUTE } } as State;
    expect(nextWake(woke(until, later(MINUTE)).state, later(MINUTE))).toBe(W + 90 * SECOND);
  });

  test("watching + woke while the sequence is paused -> held, not decided, though it is met", () => {
    const { state } = woke(watching, later(MINUTE), { ...sequencePaused, contact: { ...alice, tags: ["gold"] } });
    expect(state.phase).toEqual({ is: "waiting", step: 2, dueAt: J, held: "sequence" });
  });

  test("held + lifted within the hour -> looked at, and watched with the end it had", () => {
    const held = woke(watching, later(MINUTE), sequencePaused).state;
    expect(woke(held, later(2 * MINUTE), golden).deliver?.step).toBe(3);
    const { phase } = woke(held, later(2 * MINUTE)).state;
    expect(phase).toEqual({ is: "waiting", step: 2, dueAt: J + HOUR, watching: true, lookAt: W + 150 * SECOND });
  });

  test("the channel paused -> a condition is watched and decided all the same, its message is held", () => {
    expect(woke(fresh, now, channelPaused).state).toEqual(watching);
    expect(woke(watching, later(HOUR), channelPaused).state.phase).toMatchObject({ step: 4, held: "channel" });
  });
});
