import { describe, expect, test } from "vitest";
import { decide } from "../../src/domain/decide";
import type { Event, State } from "../../src/domain/enrollment";
import { MESSAGE_FACTS, type MessageFact, messageId } from "../../src/domain/message";
import { SECOND } from "../../src/domain/time";
import { J, now, trip, W } from "./given";
import { every, pending, rows, waiting, waitingInFlight, without } from "./states";

const KNOWN = messageId(trip.id, 1);

function noted(message: number, fact: MessageFact = "opened", url: string | null = null): Event {
  return { kind: "noted", message, fact, when: J - SECOND, url };
}

describe("news of a message", () => {
  test.each(MESSAGE_FACTS.filter((fact) => fact !== "clicked"))(
    "the first time it is %s -> remembered, and put down with when and where",
    (fact) => {
      const { state, deeds } = decide(waiting, noted(KNOWN, fact, "https://a.example"), now);
      expect(state).toEqual({ ...waiting, noted: { [fact]: [KNOWN] } });
      expect(deeds).toEqual([{ what: "noted", message: KNOWN, fact, when: J - SECOND, url: "https://a.example" }]);
    },
  );

  test.each(without(every, "pending"))("%s -> remembered, the phase as it was", (_, state) => {
    const after = decide(state, noted(KNOWN), now);
    expect(after.state).toEqual({ ...state, noted: { opened: [KNOWN] } });
    expect(after.deeds).toHaveLength(1);
    expect(after.deliver).toBeUndefined();
  });

  test("the same again -> unchanged", () => {
    const once = decide(waiting, noted(KNOWN), now).state;
    expect(decide(once, noted(KNOWN), now)).toEqual({ state: once, deeds: [] });
  });

  test("the same again after the end -> unchanged, not refused", () => {
    const ended = decide(decide(waiting, noted(KNOWN), now).state, { kind: "exit", why: "removed" }, now).state;
    expect(decide(ended, noted(KNOWN), now)).toEqual({ state: ended, deeds: [] });
  });

  test("another kind of news of it -> remembered beside the first", () => {
    const opened = decide(waiting, noted(KNOWN), now).state;
    expect(decide(opened, noted(KNOWN, "clicked"), now).state.noted).toEqual({ opened: [KNOWN], clicked: [KNOWN] });
  });

  test("the same of another message -> remembered beside the first", () => {
    const two: State = { ...waiting, messages: 2 };
    const opened = decide(two, noted(KNOWN), now).state;
    expect(decide(opened, noted(KNOWN + 1), now).state.noted).toEqual({ opened: [KNOWN, KNOWN + 1] });
  });

  test("of the message that is under way -> remembered, for it may be told before its outcome", () => {
    const { state, refusal } = decide(waitingInFlight, noted(messageId(trip.id, 2)), now);
    expect(refusal).toBeUndefined();
    expect(state.inFlight).toEqual(waitingInFlight.inFlight);
  });

  test.each([
    ["one that was not claimed yet", waiting, messageId(trip.id, 2)],
    ["the number before the first", waiting, messageId(trip.id, 0)],
    ["another enrollment's", waiting, messageId(trip.id + 1, 1)],
    ["one of an enrollment before", waiting, messageId(trip.id - 1, 1)],
    ["any, where none was claimed", pending, KNOWN],
  ])("of %s -> refused, no such message", (_, state, message) => {
    expect(decide(state, noted(message), now)).toEqual({ state, deeds: [], refusal: "no_message" });
  });

  test.each(rows(every))("%s -> what was given is not changed", (_, state) => {
    const before = structuredClone(state);
    decide(state, noted(KNOWN), { ...now, wall: W + 1 });
    expect(state).toEqual(before);
  });
});
