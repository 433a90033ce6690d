/** Knows what an enrollment does when it wakes: end, hold, wait on, or claim the message that is due. */

import { scatter } from "./chance";
import { reachable } from "./contact";
import { messageDeed } from "./deed";
import { end, unchanged } from "./ending";
import type { Decision, EndReason, Facts, Hold, LivePhase, State } from "./enrollment";
import type { Failure } from "./failure";
import { type Content, type InFlight, messageId, ORDINALS } from "./message";
import { LEASE, loseAttempt, triedAnew } from "./outcome";
import { dueAt } from "./schedule";
import type { Step } from "./step";
import { render, scopeOf } from "./template";
import { MINUTE, type Reading, type Wall } from "./time";
import { awaited } from "./tree";

/** What fell due under a hold is let go over at most this long, so that a large sequence does not go off in one bang. */
const LONGEST_RELEASE = MINUTE;
/** Wall milliseconds of that per live enrollment of the sequence: 100 messages a second. */
const RELEASE_PACE = 10;

type Waiting = Extract<LivePhase, { is: "waiting" }>;

export function wake(state: State, facts: Facts, now: Reading): Decision {
  const known = { ...state, confirmed: Math.max(state.confirmed, facts.mirror.completeTo) };
  const { inFlight } = known;
  if (inFlight !== null && inFlight.lease !== null) {
    return inFlight.lease > now.wall ? unchanged(state) : loseAttempt(known, inFlight, facts, now);
  }
  switch (known.phase.is) {
    case "pending":
    case "ended":
      return unchanged(known);
    case "working":
      return wakeWorking(known, known.phase, facts, now);
    case "paused":
      return wakePaused(known, known.phase, facts, now);
    case "waiting":
      return wakeWaiting(known, known.phase, facts, now);
  }
}

function wakeWorking(state: State, phase: Extract<LivePhase, { is: "working" }>, facts: Facts, now: Reading): Decision {
  const over = endOf(facts, state);
  if (over) return end(state, over.why, now.journey, over.error);
  if (phase.skipAt === null || phase.skipAt > now.journey) return unchanged(state);
  const ran = { ...state, lastStep: phase.step, ran: [...state.ran, phase.step], anchorAt: now.journey };
  return wakeWaiting(ran, { is: "waiting", step: null, dueAt: now.journey }, facts, now);
}

function wakePaused(state: State, phase: Extract<LivePhase, { is: "paused" }>, facts: Facts, now: Reading): Decision {
  const over = endOf(facts, state);
  if (over) return end(state, over.why, now.journey, over.error);
  if (phase.finishAt !== undefined && phase.finishAt <= now.journey) return end(state, "replied", now.journey);
  if (phase.resumeAt === undefined || phase.resumeAt > now.journey) return unchanged(state);
  const resumed = wakeWaiting(
    triedAnew(state, now.wall),
    { is: "waiting", step: phase.step, dueAt: phase.dueAt },
    facts,
    now,
  );
  return { ...resumed, deeds: [{ what: "resumed" }, ...resumed.deeds] };
}

function wakeWaiting(state: State, phase: Waiting, facts: Facts, now: Reading): Decision {
  const over = endOf(facts, state);
  if (over) return end(state, over.why, now.journey, over.error);
  const { inFlight } = state;
  if (inFlight) return wakeRetrying(state, phase, inFlight, facts, now);
  const step = awaited(facts.tree, { ...state, step: phase.step });
  const hold = holdOf(facts);
  if (step === null) {
    // With nothing left to wait for, it is due as soon as the hold is lifted.
    const dueAt = Math.min(phase.dueAt, now.journey);
    if (hold) return { state: { ...state, phase: { ...phase, dueAt, held: hold } }, deeds: [] };
    return end(state, "completed", now.journey);
  }
  const due = dueAt(state.anchorAt, step);
  const waiting: Waiting = { is: "waiting", step: step.id, dueAt: due };
  if (due > now.journey) return { state: { ...state, phase: waiting }, deeds: [] };
  if (hold) return { state: { ...state, phase: { ...waiting, held: hold } }, deeds: [] };
  const releaseAt = releaseOf(state, phase, facts, now);
  if (releaseAt > now.wall) return { state: { ...state, phase: { ...waiting, releaseAt } }, deeds: [] };
  return claim({ ...state, phase: waiting }, step, facts, now);
}

/** A message between attempts: it obeys holds like any other, and is dropped when its step was deleted. */
function wakeRetrying(state: State, phase: Waiting, inFlight: InFlight, facts: Facts, now: Reading): Decision {
  if (facts.tree.steps.get(inFlight.step)?.deletedAt !== null) {
    const cancelled = messageDeed(inFlight, "cancelled", { reason: "its step was deleted" });
    const onward = wakeWaiting({ ...state, inFlight: null }, phase, facts, now);
    return { ...onward, deeds: [cancelled, ...onward.deeds] };
  }
  const hold = holdOf(facts);
  if (hold) return { state: { ...state, phase: { ...phase, held: hold } }, deeds: [] };
  const { held, ...going } = phase;
  const due = held === undefined ? inFlight : released(inFlight, releaseOf(state, phase, facts, now), now);
  const open = { ...state, phase: going, inFlight: due };
  if (due.retryAt !== null && due.retryAt > now.wall) return { state: open, deeds: [] };
  const again = { ...due, attempt: due.attempt + 1, lease: now.wall + LEASE, retryAt: null };
  return { state: { ...open, inFlight: again }, deeds: [], deliver: again };
}

/** Let go after a hold: no sooner than its share of the spread, and with its time of trying counted anew. */
function released(inFlight: InFlight, releaseAt: Wall, now: Reading): InFlight {
  return { ...inFlight, since: now.wall, retryAt: Math.max(inFlight.retryAt ?? 0, releaseAt) };
}

/** Renders the message and claims it: from here on it is under way, and its bytes are fixed. */
function claim(state: State, step: Step, facts: Facts, now: Reading): Decision {
  const content = contentOf(state, step, facts, now);
  if (typeof content === "string") return end(state, "failed", now.journey, content);
  const inFlight: InFlight = {
    message: messageId(state.trip.id, state.messages + 1),
    step: step.id,
    attempt: 1,
    content,
    since: now.wall,
    lease: now.wall + LEASE,
    retryAt: null,
  };
  return { state: { ...state, messages: state.messages + 1, inFlight }, deeds: [], deliver: inFlight };
}

/** The rendered message, or why it cannot be made. */
function contentOf(state: State, step: Step, facts: Facts, now: Reading): Content | string {
  const { platform } = state.trip;
  if (state.messages + 1 >= ORDINALS) return `an enrollment has at most ${ORDINALS - 1} messages`;
  const address = facts.contact && reachable(facts.contact, platform, true);
  if (!facts.contact || !address?.ok) return `the contact has no ${platform} address`;
  const scope = scopeOf(facts.contact, platform);
  const body = render(step.body ?? "", step.format, scope);
  const subject = step.subject === null ? null : render(step.subject, "text", scope);
  if (!body.ok) return `the template failed: ${body.failure.message}`;
  if (subject && !subject.ok) return `the subject's template failed: ${subject.failure.message}`;
  return {
    platform,
    to: address.value.address,
    toName: facts.contact.displayName,
    subject: subject?.value.replace(/\s+/g, " ").trim() ?? null,
    body: body.value,
    format: step.format,
    at: now.journey,
  };
}

/** Whether the world has ended this journey: the contact is gone or must not be written to, or the sequence is. */
function endOf(facts: Facts, state: State): { why: EndReason; error: string | null } | null {
  if (facts.sequence.archived) return { why: "archived", error: null };
  if (facts.contact === null) return { why: "removed", error: null };
  const reach = reachable(facts.contact, state.trip.platform, facts.sequence.transactional);
  return reach.ok ? null : endFor(reach.failure, state);
}

function endFor(failure: Failure, state: State): { why: EndReason; error: string | null } {
  switch (failure.kind) {
    case "opted_out":
      return { why: "opted_out", error: null };
    case "blocked":
      return { why: "bounced", error: null };
    case "inactive":
      return { why: "removed", error: null };
    default:
      return { why: "failed", error: `the contact has no ${state.trip.platform} address` };
  }
}

function holdOf(facts: Facts): Hold | null {
  if (!facts.sequence.running) return "sequence";
  if (facts.workspacePaused) return "workspace";
  return facts.channel.paused ? "channel" : null;
}

/** When an overdue enrollment may go after its hold was lifted; a release once set is kept. */
function releaseOf(state: State, phase: Waiting, facts: Facts, now: Reading): number {
  if (phase.releaseAt !== undefined) return phase.releaseAt;
  if (phase.held === undefined) return now.wall;
  const spread = Math.min(facts.sequence.live * RELEASE_PACE, LONGEST_RELEASE);
  return now.wall + scatter(`release/${state.trip.id}`, spread);
}
