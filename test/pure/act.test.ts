import { describe, expect, test } from "vitest";
import type { Act } from "../../src/domain/act";
import { decide } from "../../src/domain/decide";
import type { Decision, Event, State } from "../../src/domain/enrollment";
import type { Facts } from "../../src/domain/facts";
import { actId, messageId, ORDINALS, type Outcome } from "../../src/domain/message";
import { LEASE } from "../../src/domain/outcome";
import type { Step } from "../../src/domain/step";
import { DAY, HOUR, MINUTE, type Reading, SECOND } from "../../src/domain/time";
import { erased, forgetful, J, later, now, running, sequencePaused, trip, W, withContact } from "./given";
import { addTag, deactivate, fresh, message, moveTo, plant, removeTag, request, worldOf } from "./planting";
import { afterDelete } from "./trunk";

const ACT = actId(trip.id, 1);
const tagging = plant(addTag(2, "a", "b"), message(3, { delay: 3600 }));

function woke(state: State, steps: Step[], at: Reading = now, facts: Facts = running): Decision {
  return decide(state, { kind: "wake", facts: worldOf(steps, facts) }, at);
}

function outcome(result: Outcome, steps: Step[], facts: Facts = running): Event {
  return { kind: "outcome", message: ACT, attempt: 1, outcome: result, facts: worldOf(steps, facts) };
}

const delivered: Outcome = { kind: "delivered", providerId: null };
const transient: Outcome = { kind: "transient", reason: "503" };
const claimed = woke(fresh, tagging).state;

function stepDeed(result: string, reason: string | null = null, kind: Act["kind"] = "add_tag") {
  return { what: "step", step: 2, kind, result, reason };
}

describe("an act that is claimed", () => {
  const http = request(2, {
    method: "PUT",
    url: " https://example.com/{{ contact.firstName }} ",
    headers: { "X-Name": "{{ contact.displayName }}\r\nEvil: 1", Plain: "x" },
    body: '{"n":"{{ contact.lastName }}"}',
  });
  const acts: [string, ReturnType<typeof request>, Act][] = [
    ["add_tag", addTag(2, "a", "b"), { kind: "add_tag", tags: ["a", "b"] }],
    ["remove_tag", removeTag(2, "a"), { kind: "remove_tag", tags: ["a"] }],
    ["deactivate_contact", deactivate(2), { kind: "deactivate_contact" }],
    ["move_to_sequence", moveTo(2, 9), { kind: "move_to_sequence", sequenceId: 9 }],
    [
      "http_request, its texts rendered, no header broken out of",
      http,
      {
        kind: "http_request",
        method: "PUT",
        url: "https://example.com/Alice",
        headers: { "X-Name": "Alice Smith Evil: 1", Plain: "x" },
        body: '{"n":"Smith"}',
      },
    ],
    [
      "http_request without headers and body",
      request(2),
      { kind: "http_request", method: "POST", url: "https://example.com/hook", headers: {}, body: null },
    ],
  ];

  test.each(acts)("%s -> its id, its lease, and what is to be done", (_, sprout, act) => {
    const { state, deliver } = woke(fresh, plant(sprout));
    const lease = { attempt: 1, since: W, lease: W + LEASE, retryAt: null };
    expect(deliver).toEqual({ message: ACT, step: 2, ...lease, act });
    expect(state.inFlight).toEqual(deliver);
  });

  test.each([
    ["url", { url: "https://x/{{ a | nope }}" }],
    ["body", { body: "{{ a | nope }}" }],
    ["header X", { headers: { X: "{{ a | nope }}" } }],
  ])("a request whose %s cannot be rendered -> failed, said which", (part, over) => {
    const { state, deliver } = woke(fresh, plant(request(2, over)));
    expect(state.phase).toMatchObject({ is: "ended", why: "failed", step: 2 });
    expect(state.phase).toHaveProperty("error", expect.stringMatching(`^the request's ${part} failed: .*nope`));
    expect(deliver).toBeUndefined();
  });

  test("as many as there are ids for -> failed, as with messages", () => {
    const full = { ...fresh, messages: ORDINALS - 1 };
    expect(woke(full, tagging).state.phase).toMatchObject({
      why: "failed",
      error: "an enrollment has at most 4095 messages",
    });
    expect(woke({ ...fresh, messages: ORDINALS - 2 }, tagging).deliver?.message).toBe(messageId(trip.id, ORDINALS - 1));
  });

  test("acts -> numbered down from the top, messages up from the bottom, so that they never meet", () => {
    const done = decide(claimed, outcome(delivered, tagging), now).state;
    expect(woke(done, tagging, later(HOUR)).deliver?.message).toBe(messageId(trip.id, 1));
    expect(ACT).toBe(messageId(trip.id + 1, 0) - 1);
  });
});

describe("the outcome of an act", () => {
  test("delivered -> done, the step has run, on to the next; no message went out", () => {
    const { state, deeds } = decide(claimed, outcome(delivered, tagging), now);
    expect(deeds).toEqual([stepDeed("done")]);
    expect(state).toMatchObject({ inFlight: null, lastStep: 2, ran: [2], anchorAt: J });
    expect(state).toMatchObject({ lastShown: null, lastMessage: null, lastSentAt: null });
    expect(state.phase).toEqual({ is: "waiting", step: 3, dueAt: J + HOUR });
  });

  test("deactivate as the last step + delivered -> completed", () => {
    const steps = plant(deactivate(2));
    const { state, deeds } = decide(
      woke(fresh, steps).state,
      outcome(delivered, steps, withContact({ inactive: true })),
      now,
    );
    expect(deeds).toEqual([
      stepDeed("done", null, "deactivate_contact"),
      { what: "ended", why: "completed", error: null },
    ]);
    expect(state.phase).toMatchObject({ why: "completed" });
  });

  test("deactivate with steps after it + delivered + woke -> removed", () => {
    const steps = plant(deactivate(2), message(3));
    const inactive = withContact({ inactive: true });
    const { state } = decide(woke(fresh, steps).state, outcome(delivered, steps, inactive), now);
    expect(woke(state, steps, now, inactive).state.phase).toMatchObject({ is: "ended", why: "removed" });
  });

  test("transient -> tried again after the ladder's time, the same act under the same id", () => {
    const { state, deeds } = decide(claimed, outcome(transient, tagging), now);
    expect(deeds).toEqual([stepDeed("retrying", "503")]);
    const retryAt = state.inFlight?.retryAt ?? 0;
    expect(retryAt).toBeGreaterThanOrEqual(W + 30 * SECOND);
    const again = woke(state, plant(addTag(2, "other"), message(3)), later(retryAt - W));
    expect(again.deliver).toMatchObject({ message: ACT, attempt: 2, act: { kind: "add_tag", tags: ["a", "b"] } });
  });

  test("permanent -> failed at that step, with the reason", () => {
    const { state, deeds } = decide(claimed, outcome({ kind: "permanent", reason: "404" }, tagging), now);
    expect(deeds).toEqual([stepDeed("failed", "404"), { what: "ended", why: "failed", error: "404" }]);
    expect(state).toMatchObject({ inFlight: null, ran: [], phase: { why: "failed", step: 2 } });
  });

  test("failed + retry + woke -> the act again, under an id of its own", () => {
    const failed = decide(claimed, outcome({ kind: "permanent", reason: "404" }, tagging), now).state;
    const retried = decide(failed, { kind: "retry" }, now).state;
    expect(woke(retried, tagging).deliver).toMatchObject({ step: 2, message: actId(trip.id, 2), attempt: 1 });
  });

  test("unknown, the channel does not deduplicate -> tried again all the same, for acts are harmless twice", () => {
    const { state, deeds } = decide(claimed, outcome({ kind: "unknown", reason: "timeout" }, tagging, forgetful), now);
    expect(deeds).toEqual([stepDeed("retrying", "timeout")]);
    expect(state.inFlight).toMatchObject({ lease: null, act: { kind: "add_tag" } });
    expect(state.ran).toEqual([]);
  });

  test("three days after the first attempt + transient -> given up, failed; a retry keeps its id", () => {
    const inFlight = claimed.inFlight && { ...claimed.inFlight, since: W - 3 * DAY };
    const { state, deeds } = decide({ ...claimed, inFlight }, outcome(transient, tagging), now);
    expect(deeds[0]).toEqual(stepDeed("failed", "given up: 503"));
    const retried = decide(state, { kind: "retry" }, now).state;
    expect(woke(retried, tagging).deliver).toMatchObject({ message: ACT, attempt: 2, act: { kind: "add_tag" } });
  });
});

describe("the lease of an act ran out", () => {
  test.each([
    ["deduplicates", running],
    ["does not deduplicate", forgetful],
  ])("the channel %s -> between attempts", (_, facts) => {
    const { state, deeds, deliver } = woke(claimed, tagging, later(LEASE), facts);
    expect(deeds).toEqual([stepDeed("retrying", "the attempt was cut off")]);
    expect(state.inFlight).toMatchObject({ lease: null, attempt: 1 });
    expect(deliver).toBeUndefined();
  });

  test("ended meanwhile -> recorded as unconfirmed, not tried again", () => {
    const exited = decide(claimed, { kind: "exit", why: "removed" }, now).state;
    expect(exited.inFlight).toEqual(claimed.inFlight);
    const { state, deeds } = woke(exited, tagging, later(LEASE));
    expect(deeds).toEqual([stepDeed("unconfirmed", "the attempt was cut off")]);
    expect(state).toEqual({ ...exited, inFlight: null });
  });
});

describe("an act under way while something else happens", () => {
  test.each([
    ["delivered", delivered, "done", null],
    ["transient", transient, "cancelled", "503"],
    ["permanent", { kind: "permanent", reason: "404" }, "failed", "404"],
  ] as [string, Outcome, string, string | null][])(
    "ended + %s -> recorded, nothing follows",
    (_, result, fate, reason) => {
      const exited = decide(claimed, { kind: "exit", why: "removed" }, now).state;
      const { state, deeds, deliver } = decide(exited, outcome(result, tagging), now);
      expect(deeds).toEqual([stepDeed(fate, reason)]);
      expect(state).toMatchObject({ inFlight: null, phase: exited.phase });
      expect(deliver).toBeUndefined();
    },
  );

  const between = decide(claimed, outcome(transient, tagging), now).state;

  test("between attempts + exit -> cancelled", () => {
    const { state, deeds } = decide(between, { kind: "exit", why: "removed" }, now);
    expect(deeds[0]).toEqual(stepDeed("cancelled", "the enrollment ended: removed"));
    expect(state.inFlight).toBeNull();
  });

  test("between attempts + its step was deleted -> cancelled, on to the next", () => {
    const { state, deeds, deliver } = woke(between, afterDelete(tagging, 2), now);
    expect(deeds).toEqual([stepDeed("cancelled", "its step was deleted")]);
    expect(deliver).toMatchObject({ step: 3, message: messageId(trip.id, 1), attempt: 1 });
    expect(state).toMatchObject({ inFlight: deliver, ran: [] });
  });

  test("its step was deleted while it was under way + delivered -> done, on to the next", () => {
    const { state } = decide(claimed, outcome(delivered, afterDelete(tagging, 2)), now);
    expect(state).toMatchObject({ ran: [2], phase: { step: 3 } });
  });

  test("between attempts + the channel paused -> tried again all the same; the sequence paused -> held", () => {
    const paused = { ...running, channel: { ...running.channel, paused: true } };
    expect(woke(between, tagging, later(MINUTE), paused).deliver?.attempt).toBe(2);
    expect(woke(between, tagging, later(MINUTE), sequencePaused).state.phase).toMatchObject({ held: "sequence" });
  });

  test("between attempts + the contact was erased -> removed", () => {
    expect(woke(between, tagging, now, erased).state.phase).toMatchObject({ why: "removed" });
  });

  test("paused + delivered -> done, paused before the next step", () => {
    const paused = decide(claimed, { kind: "pause", why: "manual" }, now).state;
    const { state } = decide(paused, outcome(delivered, tagging), now);
    expect(state.phase).toEqual({ is: "paused", step: 3, dueAt: J + HOUR, why: "manual" });
  });
});
