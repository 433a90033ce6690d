import { describe, expect, test } from "vitest";
import { decide } from "../../src/domain/decide";
import type { EndReason, State } from "../../src/domain/enrollment";
import type { Facts } from "../../src/domain/facts";
import { HOUR, MINUTE } from "../../src/domain/time";
import {
  archived,
  blocked,
  erased,
  inactive,
  J,
  later,
  noAddress,
  now,
  optedOut,
  running,
  SECOND_STEP,
  sequencePaused,
  THIRD,
  transactional,
  treeWith,
  W,
  withContact,
} from "./given";
import {
  backingOff,
  call,
  ended,
  leased,
  live,
  paused,
  pausedBackingOff,
  pausedToFinish,
  pausedUntil,
  pending,
  rows,
  stood,
  waiting,
  waitingBackingOff,
  waitingDue,
  waitingInFlight,
  without,
  working,
  workingForGood,
} from "./states";

function woke(facts: Facts) {
  return { kind: "wake", facts } as const;
}

describe("woke with nothing to do", () => {
  test("pending + woke -> unchanged", () => {
    const facts = { ...running, mirror: { version: 0, completeTo: 0 } };
    expect(decide(pending, woke(facts), now)).toEqual({ state: pending, deeds: [] });
  });

  test("waiting + woke early -> unchanged", () => {
    expect(decide(waiting, woke(running), now)).toEqual({ state: waiting, deeds: [] });
  });

  test("a message under way + woke -> unchanged", () => {
    expect(decide(waitingInFlight, woke(running), now)).toEqual({ state: waitingInFlight, deeds: [] });
  });

  test("a message under way + woke after the sequence was archived -> unchanged until its outcome is known", () => {
    expect(decide(waitingInFlight, woke(archived), now)).toEqual({ state: waitingInFlight, deeds: [] });
  });

  test("paused + woke -> unchanged", () => {
    expect(decide(paused, woke(running), later(HOUR))).toEqual({ state: paused, deeds: [] });
  });

  test("paused between attempts + woke when the next was due -> unchanged", () => {
    expect(decide(pausedBackingOff, woke(running), later(MINUTE))).toEqual({ state: pausedBackingOff, deeds: [] });
  });

  test.each(rows(ended))("%s + woke -> unchanged, nothing is begun", (_, state) => {
    expect(decide(state, woke(running), now)).toEqual({ state, deeds: [] });
  });

  test("any + woke, the mirror has more -> what it has is remembered", () => {
    const facts = { ...running, mirror: { version: 9, completeTo: 9 } };
    expect(decide({ ...waiting, entries: 9 }, woke(facts), now).state.confirmed).toBe(9);
  });

  test("any + woke, the mirror was read before it learned -> what it is known to have stays", () => {
    const facts = { ...running, mirror: { version: 0, completeTo: 0 } };
    expect(decide(waiting, woke(facts), now).state.confirmed).toBe(2);
  });
});

describe("woke to a world that has ended the journey", () => {
  const gone: [string, Facts, EndReason, string | null][] = [
    ["the sequence archived", archived, "archived", null],
    ["the contact erased", erased, "removed", null],
    ["the contact opted out", optedOut, "opted_out", null],
    ["the contact blocked", blocked, "bounced", null],
    ["the contact inactive", inactive, "removed", null],
    ["no address left on the platform", noAddress, "failed", "the contact has no TWITTER address"],
  ];
  const open = without(live, "waiting with a message under way", "paused with a message under way");
  const cases = open.flatMap(([name, state]) =>
    gone.map(([world, facts, why, error]) => [name, world, { state, facts, why, error }] as const),
  );

  test.each(cases)("%s + woke, %s -> ended", (_name, _world, { state, facts, why, error }) => {
    const decision = decide(state, woke(facts), now);
    expect(decision.state.phase).toEqual({ is: "ended", why, at: J, error, ...stood(state) });
    expect(decision.state.inFlight).toBeNull();
    expect(decision.deeds.at(-1)).toEqual({ what: "ended", why, error });
    expect(decision.deliver).toBeUndefined();
  });

  test("between attempts + woke, opted out -> the message is cancelled", () => {
    const { deeds } = decide(pausedBackingOff, woke(optedOut), now);
    expect(deeds[0]).toMatchObject({ what: "message", status: "cancelled", reason: "the enrollment ended: opted_out" });
  });

  test("transactional + due, the contact opted out -> claimed all the same", () => {
    const { deliver } = decide(waitingDue, woke(withContact({ optedOutAt: J }, transactional)), now);
    expect(deliver?.step).toBe(SECOND_STEP);
  });

  test("transactional + due, the contact blocked -> ended, bounced", () => {
    const { state } = decide(waitingDue, woke({ ...blocked, sequence: transactional.sequence }), now);
    expect(state.phase).toMatchObject({ is: "ended", why: "bounced" });
  });

  test("due, his address elsewhere blocked -> claimed all the same", () => {
    const elsewhere = running.contact?.addresses.map((one) =>
      one.platform === "EMAIL" ? { ...one, blocked: "complained" as const } : one,
    );
    expect(decide(waitingDue, woke(withContact({ addresses: elsewhere ?? [] })), now).deliver?.step).toBe(SECOND_STEP);
  });

  test("backing off to an address that came to be blocked, and he has another now -> dropped, and made anew for that", () => {
    const addresses = [{ platform: "TWITTER" as const, address: "@New", key: "new", platformId: null }];
    const facts = { ...withContact({ addresses }), toBlocked: "bounced" as const };
    const { state, deeds, deliver } = decide(waitingBackingOff, woke(facts), later(MINUTE));
    expect(deeds[0]).toMatchObject({ what: "message", status: "cancelled", reason: "its address has bounced" });
    expect(deliver).toMatchObject({ step: backingOff.step, attempt: 1, content: { to: "@New" } });
    expect(deliver?.message).not.toBe(backingOff.message);
    expect(state.inFlight).toBe(deliver);
  });

  test("archived and opted out at once -> ended, archived", () => {
    const { state } = decide(waiting, woke({ ...archived, contact: optedOut.contact }), now);
    expect(state.phase).toMatchObject({ is: "ended", why: "archived" });
  });
});

describe("woke while paused", () => {
  test("paused until a time + woke before it -> unchanged", () => {
    const state = pausedUntil(J + 1);
    expect(decide(state, woke(running), now)).toEqual({ state, deeds: [] });
  });

  test("paused until a time + woke at it, the step due -> resumed, and the message claimed", () => {
    const { state, deeds, deliver } = decide(pausedUntil(J), woke(running), now);
    expect(deeds).toEqual([{ what: "resumed" }]);
    expect(state.phase).toEqual({ is: "waiting", step: SECOND_STEP, dueAt: J });
    expect(deliver).toMatchObject({ step: SECOND_STEP, message: 28674, lease: W + MINUTE });
  });

  test("paused until a time + woke at it, the sequence paused -> resumed and held", () => {
    const { state, deeds, deliver } = decide(pausedUntil(J), woke(sequencePaused), now);
    expect(deeds).toEqual([{ what: "resumed" }]);
    expect(state.phase).toEqual({ is: "waiting", step: SECOND_STEP, dueAt: J, held: "sequence" });
    expect(deliver).toBeUndefined();
  });

  test("paused until a time, between attempts + woke at it -> resumed, and tried again, its three days anew", () => {
    const state: State = { ...pausedUntil(J), inFlight: { ...backingOff, retryAt: W }, messages: 2 };
    const { deeds, deliver } = decide(state, woke(running), now);
    expect(deeds).toEqual([{ what: "resumed" }]);
    expect(deliver).toEqual({ ...leased, attempt: 2, since: W, lease: W + MINUTE });
  });

  test("paused to finish + woke before that time -> unchanged", () => {
    const state = pausedToFinish(J + 1);
    expect(decide(state, woke(running), now)).toEqual({ state, deeds: [] });
  });

  test("paused to finish + woke at that time -> ended as replied", () => {
    const { state, deeds } = decide(pausedToFinish(J), woke(running), now);
    expect(state.phase).toEqual({ is: "ended", why: "replied", at: J, error: null, step: SECOND_STEP });
    expect(deeds).toEqual([{ what: "ended", why: "replied", error: null }]);
  });

  test("paused with both times past + woke -> ended as replied, not resumed", () => {
    const both: State = { ...paused, phase: { ...pausedUntil(J - 1).phase, finishAt: J } as State["phase"] };
    expect(decide(both, woke(running), now).state.phase).toMatchObject({ is: "ended", why: "replied" });
  });
});

describe("woke while a person works on a task", () => {
  test("working + woke before it is skipped -> unchanged", () => {
    expect(decide(working, woke(running), now)).toEqual({ state: working, deeds: [] });
  });

  test("working without an end + woke -> unchanged", () => {
    expect(decide(workingForGood, woke(running), later(1000 * HOUR))).toEqual({ state: workingForGood, deeds: [] });
  });

  test("working + woke when it is skipped -> the step has run, waiting for the next", () => {
    const { state, deeds, deliver } = decide(working, woke(running), later(HOUR));
    expect(state).toMatchObject({ lastStep: SECOND_STEP, ran: [2, SECOND_STEP], anchorAt: J + HOUR });
    expect(state.phase).toEqual({ is: "waiting", step: THIRD, dueAt: J + 25 * HOUR });
    expect(deeds).toEqual([{ what: "task", status: "skipped", task: call, by: null }]);
    expect(deliver).toBeUndefined();
  });

  test("working + woke when it is skipped, no step left -> completed", () => {
    const facts = { ...running, tree: treeWith({ [THIRD]: { deletedAt: J } }) };
    const { state, deeds } = decide(working, woke(facts), later(HOUR));
    expect(state.phase).toEqual({ is: "ended", why: "completed", at: J + HOUR, error: null });
    expect(deeds).toEqual([
      { what: "task", status: "skipped", task: call, by: null },
      { what: "ended", why: "completed", error: null },
    ]);
  });
});
