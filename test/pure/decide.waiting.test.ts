import { describe, expect, test } from "vitest";
import { decide } from "../../src/domain/decide";
import type { State } from "../../src/domain/enrollment";
import type { Facts } from "../../src/domain/facts";
import type { Step } from "../../src/domain/step";
import { DAY, HOUR, MINUTE, SECOND } from "../../src/domain/time";
import { growTree } from "../../src/domain/tree";
import {
  ENTRY,
  FIRST,
  J,
  later,
  now,
  running,
  SECOND_STEP,
  sequencePaused,
  stepOf,
  steps,
  THIRD,
  treeWith,
  trip,
  W,
} from "./given";
import { backingOff, pending, waiting, waitingBackingOff, waitingDue, waitingFirst } from "./states";

function woke(facts: Facts) {
  return { kind: "wake", facts } as const;
}

function edited(changes: Record<number, Partial<Step>>, added: Step[] = []) {
  return woke({ ...running, tree: treeWith(changes, added) });
}

describe("waiting and due", () => {
  test("waiting + due -> claimed: rendered, leased, the first attempt", () => {
    const { state, deeds, deliver } = decide(waitingDue, woke(running), now);
    const content = {
      platform: "TWITTER",
      to: "@Alice",
      toName: "Alice Smith",
      subject: null,
      body: "Still there, Alice?",
      format: "text",
      template: { variant: 30, template: 300 },
      at: J,
    };
    const claimed = {
      message: 7 * 4096 + 2,
      step: 3,
      attempt: 1,
      content,
      by: "outbox",
      since: W,
      lease: W + MINUTE,
      retryAt: null,
    };
    expect(deliver).toEqual(claimed);
    expect(deeds).toEqual([]);
    expect(state).toEqual({ ...waitingDue, messages: 2, inFlight: claimed });
  });

  test("waiting + one millisecond before it is due -> unchanged", () => {
    const almost: State = { ...waiting, anchorAt: J - HOUR + 1, phase: { is: "waiting", step: 3, dueAt: J + 1 } };
    expect(decide(almost, woke(running), now)).toEqual({ state: almost, deeds: [] });
  });

  test("waiting for the first step + due -> claimed as the enrollment's first message", () => {
    expect(decide(waitingFirst, woke(running), now).deliver).toMatchObject({ message: 28673, step: FIRST });
  });

  test("waiting for no step in particular + due -> the first of the live definition is claimed", () => {
    const unset: State = { ...pending, phase: { is: "waiting", step: null, dueAt: trip.enrolledAt } };
    expect(decide(unset, woke(running), now).deliver?.step).toBe(FIRST);
  });

  test("the journey's clock runs faster -> due by journey time, leased by wall time", () => {
    const fast = { wall: W, journey: J + HOUR / 2, speed: 3600 };
    const { deliver } = decide(waiting, woke(running), fast);
    expect(deliver).toMatchObject({ step: SECOND_STEP, since: W, lease: W + MINUTE });
    expect(deliver?.content?.at).toBe(J + HOUR / 2);
  });

  test("a subject of several lines -> one line", () => {
    const { deliver } = decide(waitingDue, edited({ [SECOND_STEP]: { subject: " Hi\r\n {{ first_name }} \n" } }), now);
    expect(deliver?.content?.subject).toBe("Hi Alice");
  });

  test("an html step -> its body is escaped, its subject is not", () => {
    const html = { format: "html", subject: "{{ custom.co }}", body: "{{ custom.co }}" } as const;
    const contact = running.contact && { ...running.contact, customFields: { co: "A & B" } };
    const tree = treeWith({ [SECOND_STEP]: html });
    const { deliver } = decide(waitingDue, woke({ ...running, contact, tree }), now);
    expect(deliver?.content).toMatchObject({ subject: "A & B", body: "A &amp; B", format: "html" });
  });

  test.each([
    ["body", "{{ 'x' | nonsense }}", "the template failed: undefined filter: nonsense"],
    ["subject", "{% if %}", "the subject's template failed: "],
  ])("a %s that fails at rendering -> ended, failed, nothing claimed", (field, source, message) => {
    const { state, deeds, deliver } = decide(waitingDue, edited({ [SECOND_STEP]: { [field]: source } }), now);
    const phase = { is: "ended", why: "failed", at: J, error: expect.stringContaining(message), step: SECOND_STEP };
    expect(state).toEqual({ ...waitingDue, phase });
    expect(deeds).toEqual([{ what: "ended", why: "failed", error: expect.stringContaining(message) }]);
    expect(deliver).toBeUndefined();
  });
});

describe("as many messages as there are ids for", () => {
  test("the last ordinal -> still claimed", () => {
    const { deliver } = decide({ ...waitingDue, messages: 4094 }, woke(running), now);
    expect(deliver?.message).toBe(7 * 4096 + 4095);
  });

  test("one more -> ended, failed, for its id would be another enrollment's", () => {
    const { state, deliver } = decide({ ...waitingDue, messages: 4095 }, woke(running), now);
    const error = "an enrollment has at most 4095 messages";
    expect(state.phase).toMatchObject({ is: "ended", why: "failed", error });
    expect(deliver).toBeUndefined();
  });
});

describe("waiting with no step left", () => {
  const over = edited({ [SECOND_STEP]: { deletedAt: J }, [THIRD]: { deletedAt: J } });

  test("no step left + the sequence running -> completed, though it was not due", () => {
    const { state, deeds } = decide(waiting, over, now);
    expect(state.phase).toEqual({ is: "ended", why: "completed", at: J, error: null });
    expect(deeds).toEqual([{ what: "ended", why: "completed", error: null }]);
  });

  test("no step left + the sequence paused -> held, it may be given steps yet", () => {
    const facts = { ...over.facts, sequence: sequencePaused.sequence };
    const { state, deeds } = decide(waiting, woke(facts), now);
    expect(state.phase).toEqual({ is: "waiting", step: SECOND_STEP, dueAt: J, held: "sequence" });
    expect(deeds).toEqual([]);
  });

  test("no step left + the sequence paused + steps were due before -> held, due since then", () => {
    const facts = { ...over.facts, sequence: sequencePaused.sequence };
    const { state } = decide(waitingDue, woke(facts), later(HOUR));
    expect(state.phase).toEqual({ is: "waiting", step: SECOND_STEP, dueAt: J, held: "sequence" });
  });

  test("held with no step left + lifted -> completed", () => {
    const held: State = { ...waitingDue, phase: { is: "waiting", step: SECOND_STEP, dueAt: J, held: "sequence" } };
    expect(decide(held, over, now).state.phase).toMatchObject({ is: "ended", why: "completed" });
  });

  test("held with no step left + one was added and the sequence resumed -> that one is claimed", () => {
    const held: State = { ...waitingDue, phase: { is: "waiting", step: SECOND_STEP, dueAt: J, held: "sequence" } };
    const added = edited({ [SECOND_STEP]: { deletedAt: J }, [THIRD]: { deletedAt: J } }, [stepOf(9, THIRD)]);
    expect(decide(held, added, now).deliver?.step).toBe(9);
  });

  test("a sequence without steps + the first wake -> completed", () => {
    const facts = { ...running, tree: growTree([stepOf(ENTRY, null)], 1) };
    expect(decide(waitingFirst, woke(facts), now).state.phase).toMatchObject({ is: "ended", why: "completed" });
  });

  test("every step ran + woke -> completed", () => {
    const state: State = { ...waitingDue, lastStep: THIRD, ran: [FIRST, SECOND_STEP, THIRD] };
    expect(decide(state, woke(running), now).state.phase).toMatchObject({ is: "ended", why: "completed" });
  });
});

describe("edited while under way", () => {
  test("the delay was lengthened + woke -> due later, counted from the last step", () => {
    const { state, deliver } = decide(waitingDue, edited({ [SECOND_STEP]: { delay: (3 * HOUR) / 1000 } }), now);
    expect(state.phase).toEqual({ is: "waiting", step: SECOND_STEP, dueAt: J + 2 * HOUR });
    expect(deliver).toBeUndefined();
  });

  test("the delay was shortened + woke -> claimed sooner", () => {
    const { state, deliver } = decide(waiting, edited({ [SECOND_STEP]: { delay: (20 * MINUTE) / 1000 } }), now);
    expect(state.phase).toEqual({ is: "waiting", step: SECOND_STEP, dueAt: J - 10 * MINUTE });
    expect(deliver?.step).toBe(SECOND_STEP);
  });

  test("before the first step has run + a step inserted in front -> that one is first", () => {
    const { deliver } = decide(waitingFirst, edited({ [FIRST]: { parentId: 9 } }, [stepOf(9, ENTRY)]), now);
    expect(deliver?.step).toBe(9);
  });

  test("a step inserted before the awaited one -> not visited", () => {
    const { deliver } = decide(waitingDue, edited({ [SECOND_STEP]: { parentId: 9 } }, [stepOf(9, FIRST)]), now);
    expect(deliver?.step).toBe(SECOND_STEP);
  });

  test("a step inserted after the awaited one -> visited next", () => {
    const claimed = decide(waitingDue, woke(running), now);
    const facts = { ...running, tree: treeWith({ [THIRD]: { parentId: 9 } }, [stepOf(9, SECOND_STEP)]) };
    const delivered = { kind: "delivered", providerId: null } as const;
    const outcome = { kind: "outcome", message: 28674, attempt: 1, outcome: delivered, facts } as const;
    const { state } = decide(claimed.state, outcome, later(SECOND));
    expect(state.phase).toEqual({ is: "waiting", step: 9, dueAt: J + SECOND });
  });

  test("the awaited step was deleted -> waits for the one after it", () => {
    const { state } = decide(waitingDue, edited({ [SECOND_STEP]: { deletedAt: J } }), now);
    expect(state.phase).toEqual({ is: "waiting", step: THIRD, dueAt: J - HOUR + DAY });
  });

  test("the awaited step was moved to the end -> followed there", () => {
    const moved = edited({ [SECOND_STEP]: { parentId: THIRD }, [THIRD]: { parentId: FIRST } });
    expect(decide(waitingDue, moved, now).deliver?.step).toBe(SECOND_STEP);
  });

  test("the step that ran was moved behind the awaited one -> passed over", () => {
    const tree = treeWith({
      [SECOND_STEP]: { parentId: ENTRY },
      [FIRST]: { parentId: SECOND_STEP },
      [THIRD]: { parentId: FIRST },
    });
    const claimed = decide(waitingDue, woke({ ...running, tree }), now);
    const delivered = { kind: "delivered", providerId: null } as const;
    const facts = { ...running, tree };
    const { state } = decide(
      claimed.state,
      { kind: "outcome", message: 28674, attempt: 1, outcome: delivered, facts },
      now,
    );
    expect(state.phase).toEqual({ is: "waiting", step: THIRD, dueAt: J + DAY });
  });

  test("the step being sent was deleted between attempts -> its message cancelled, on to the next step", () => {
    const { state, deeds } = decide(waitingBackingOff, edited({ [SECOND_STEP]: { deletedAt: J } }), now);
    expect(deeds).toEqual([
      expect.objectContaining({ what: "message", status: "cancelled", reason: "its step was deleted", message: 28674 }),
    ]);
    expect(state.inFlight).toBeNull();
    expect(state.phase).toEqual({ is: "waiting", step: THIRD, dueAt: J - HOUR + DAY });
  });

  test("the last step was deleted between attempts -> its message cancelled, completed", () => {
    const over = edited({ [SECOND_STEP]: { deletedAt: J }, [THIRD]: { deletedAt: J } });
    const { state, deeds } = decide(waitingBackingOff, over, now);
    expect(deeds.map((deed) => deed.what)).toEqual(["message", "ended"]);
    expect(state.phase).toMatchObject({ is: "ended", why: "completed" });
  });

  test("the text was edited between attempts -> the next attempt sends the same bytes", () => {
    const { deliver } = decide(waitingBackingOff, edited({ [SECOND_STEP]: { body: "Other words" } }), later(MINUTE));
    expect(deliver?.content).toEqual(backingOff.content);
  });

  test("every step was replaced -> the new ones are travelled", () => {
    const gone = steps.slice(1).map((step) => ({ ...step, deletedAt: J }));
    const tree = growTree([stepOf(ENTRY, null), ...gone, stepOf(9, THIRD)], 3);
    expect(decide(waitingDue, woke({ ...running, tree }), now).deliver?.step).toBe(9);
  });
});
