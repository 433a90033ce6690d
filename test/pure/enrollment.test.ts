import { describe, expect, test } from "vitest";
import { decide } from "../../src/domain/decide";
import { type State, unstarted } from "../../src/domain/enrollment";
import { messageId } from "../../src/domain/message";
import { DAY, HOUR, MINUTE, SECOND } from "../../src/domain/time";
import { upgraded } from "../../src/domain/upgrade";
import { FIRST, forgetful, J, later, now, running, SECOND_STEP, THIRD, trip } from "./given";
import { every, leased, pending, rows, waiting, waitingDue, waitingInFlight } from "./states";

/** What the release before this one did not store yet. */
const NEWER = ["lastShown", "lastMessage", "lastSentAt", "noted"];

/** A state as that release stored it. */
function older(state: State): State {
  const kept = Object.entries(state).filter(([name]) => !NEWER.includes(name));
  return { ...Object.fromEntries(kept), format: 1 } as unknown as State;
}

const woke = { kind: "wake", facts: running } as const;

describe("a state of the release before", () => {
  test.each(rows(every))("%s -> as it was, completed", (_, state) => {
    const { format, ...known } = older(state);
    const after = upgraded({ format, ...known } as State);
    expect(after).toMatchObject({ ...known, format: 2, noted: {}, lastSentAt: null });
    expect(Object.keys(after).sort()).toEqual(Object.keys(state).sort());
  });

  test("none of its steps has run -> no message went out, none is shown", () => {
    expect(upgraded(older(pending))).toEqual(unstarted(trip));
  });

  test("a step has run -> its message is the last, its step the last shown", () => {
    expect(upgraded(older(waiting))).toMatchObject({ lastShown: FIRST, lastMessage: messageId(trip.id, 1) });
  });

  // Its attempt may come to nothing: the last that went out is the one before.
  test("a message is under way -> the last that went out is the one before it", () => {
    expect(upgraded(older(waitingInFlight)).lastMessage).toBe(messageId(trip.id, 1));
  });

  test("due + woke -> claims what it would have claimed", () => {
    expect(decide(upgraded(older(waitingDue)), woke, now).deliver).toEqual(decide(waitingDue, woke, now).deliver);
  });

  test("a message under way + delivered -> on to the next step", () => {
    const outcome = { kind: "delivered", providerId: "p" } as const;
    const event = { kind: "outcome", message: leased.message, attempt: 1, outcome, facts: running } as const;
    const { state } = decide(upgraded(older(waitingInFlight)), event, now);
    expect(state).toMatchObject({ ran: [FIRST, SECOND_STEP], lastShown: SECOND_STEP, lastMessage: leased.message });
    expect(state.phase).toEqual({ is: "waiting", step: THIRD, dueAt: J + DAY });
  });

  test("a message under way, its lease ran out -> as for a state of today", () => {
    const out = later(MINUTE - SECOND);
    const lost = { kind: "wake", facts: forgetful } as const;
    const { phase } = decide(upgraded(older(waitingInFlight)), lost, out).state;
    expect(phase).toEqual(decide(waitingInFlight, lost, out).state.phase);
  });

  test("waiting + woke when it is due, delivered, and so on -> completes", () => {
    const at = later(HOUR / 2);
    const { deliver } = decide(upgraded(older(waiting)), { kind: "wake", facts: running }, at);
    expect(deliver).toMatchObject({ step: SECOND_STEP, message: messageId(trip.id, 2) });
  });
});

describe("a state of this release", () => {
  test.each(rows(every))("%s -> itself", (_, state) => {
    expect(upgraded(state)).toEqual(state);
  });
});
