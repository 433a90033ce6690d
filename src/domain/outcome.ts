/** Knows what follows from a message's fate: delivered, to be tried again, refused, or never to be known. */
import { fateDeed, taskDeed } from "./deed";
import { end, unchanged } from "./ending";
import type { Decision, Deed, Event, Hold, State } from "./enrollment";
import type { Facts } from "./facts";
import type { Content, InFlight, Outcome } from "./message";
import { backoff, GIVE_UP_AFTER, RETRY_BASE } from "./retry";
import { threadAfter } from "./thread";
import { MINUTE, type Reading, SECOND, type Wall } from "./time";
import { awaited } from "./tree";
import { standBefore, type Waiting } from "./wave";

/** Milliseconds that a channel may take for one attempt. */
export const DELIVERY_TIMEOUT = 20 * SECOND;

/** Longer than that, so that an attempt under way is never taken for lost. */
export const LEASE = 60 * SECOND;

/** The outcome of an attempt; one of an attempt that is no longer the current one changes nothing. */
export function settleOutcome(state: State, event: Extract<Event, { kind: "outcome" }>, now: Reading): Decision {
  const { inFlight } = state;
  if (inFlight === null || inFlight.lease === null) return unchanged(state);
  if (inFlight.message !== event.message || inFlight.attempt !== event.attempt) return unchanged(state);
  return applyOutcome(state, inFlight, event.outcome, event.facts, now);
}

/** A lease ran out: nobody knows what became of the attempt. */
export function loseAttempt(state: State, inFlight: InFlight, facts: Facts, now: Reading): Decision {
  return applyOutcome(state, inFlight, { kind: "unknown", reason: "the attempt was cut off" }, facts, now);
}

function applyOutcome(state: State, inFlight: InFlight, outcome: Outcome, facts: Facts | null, now: Reading): Decision {
  switch (outcome.kind) {
    case "delivered":
      return advance(state, inFlight, fateDeed(inFlight, "sent", { providerId: outcome.providerId }), facts, now);
    case "permanent":
      return fail(state, inFlight, outcome.reason, now);
    case "broken":
      return waitForMending(state, inFlight, {
        reason: outcome.reason,
        held: facts?.channel.own ? "mailbox" : "channel",
        wall: now.wall,
      });
    case "transient":
      return tryAgain(state, inFlight, outcome, facts, now);
    case "unknown":
      // Whether a repeat does harm is not known without the facts: the lease will run out, and then it is.
      if (facts === null) return unchanged(state);
      if (state.phase.is === "ended")
        return recordOnly(state, fateDeed(inFlight, "unconfirmed", { reason: outcome.reason }));
      if (inFlight.act || isKnown(inFlight, facts)) {
        return tryAgain(state, doubted(inFlight, now), outcome, facts, now);
      }
      return advance(state, inFlight, fateDeed(inFlight, "unconfirmed", { reason: outcome.reason }), facts, now);
  }
}

/** Who would know a repeat for one, among those that a message may go to; null: nobody would. */
export function receiverOf({ channel: { deduplicates, receiver } }: Facts): string | null {
  return deduplicates ? receiver : null;
}

/** Whether the receiver now is the one that the attempt went to, and would know it again. */
function isKnown({ by }: InFlight, facts: Facts): boolean {
  const receiver = receiverOf(facts);
  return receiver !== null && (by === undefined || by === receiver);
}

/** A receiver that remembers for a while counts from when it may first have accepted. */
function doubted(inFlight: InFlight, now: Reading): InFlight {
  if (inFlight.act) return inFlight;
  return { ...inFlight, doubtful: inFlight.doubtful ?? (inFlight.lease ?? now.wall + LEASE) - LEASE };
}

/** An attempt of long ago may have been accepted, and the receiver would not know a repeat of it for one. */
export function isForgotten(inFlight: InFlight, facts: Facts, now: Reading): boolean {
  const { content, doubtful } = inFlight;
  if (content === undefined || doubtful === undefined) return false;
  const { remembers } = facts.channel;
  return !isKnown(inFlight, facts) || (remembers !== undefined && now.wall - doubtful >= remembers);
}

/** Rather than writing to a person twice. */
export function leaveUnconfirmed(state: State, inFlight: InFlight, facts: Facts, now: Reading): Decision {
  const reason = "an attempt was cut off, and the receiver would not know a repeat of it";
  return advance(state, inFlight, fateDeed(inFlight, "unconfirmed", { reason }), facts, now);
}

/** The step has run. After an end this is recorded and nothing follows; under pause the journey stands at the next step. */
function advance(state: State, inFlight: InFlight, deed: Deed, facts: Facts | null, now: Reading): Decision {
  const ran = afterAct(state, inFlight, now);
  const { phase } = ran;
  const deeds = [deed, ...taskDone(state, inFlight)];
  const next = ahead(ran, facts, now);
  if (phase.is === "paused")
    return { state: { ...ran, phase: { ...phase, step: next.step, dueAt: next.dueAt } }, deeds };
  if (phase.is !== "waiting") return { state: ran, deeds };
  if (next.step === null && facts?.sequence.running) {
    const completed = end(ran, "completed", now.journey);
    return { ...completed, deeds: [...deeds, ...completed.deeds] };
  }
  return { state: { ...ran, phase: next }, deeds };
}

/** Whoever had the mail of his task sent has completed it, unless the journey ended meanwhile. */
function taskDone({ task }: State, inFlight: InFlight): Deed[] {
  return task && task.id === inFlight.task ? [taskDeed(task, "completed", task.sending?.by ?? null)] : [];
}

/** The state once the step under way has run. */
export function afterAct(state: State, inFlight: InFlight, now: Reading): State {
  const { step, message, content, task } = inFlight;
  const open = state.task?.id === task ? null : state.task;
  const shown = task === undefined ? { lastShown: step } : {};
  const sent = content ? { ...shown, ...sentAt(state, content, now), lastTouch: step, lastMessage: message } : {};
  return {
    ...state,
    ...sent,
    inFlight: null,
    task: open,
    lastStep: step,
    ran: [...state.ran, step],
    anchorAt: now.journey,
    abreast: 0,
  };
}

/** One of which nobody knows whether it arrived is continued too: an id that a mail program has never seen is passed over. */
function sentAt({ thread }: State, content: Content, now: Reading): Pick<State, "lastSentAt" | "thread"> {
  return { lastSentAt: now.journey, thread: threadAfter(thread, content) };
}

/** The step ahead and when it is due; at once when the steps could not be read, so that the next turn looks again. */
function ahead(state: State, facts: Facts | null, now: Reading): Waiting {
  const next = facts && awaited(facts.tree, { ...state, step: null });
  return next ? standBefore(state, next, facts, now) : { is: "waiting", step: null, dueAt: now.journey };
}

/** The time under a pause or a hold is none in which it was tried: what lies ahead of giving up is counted anew. */
export function triedAnew(state: State, wall: Wall): State {
  const { inFlight } = state;
  return inFlight === null || inFlight.lease !== null ? state : { ...state, inFlight: { ...inFlight, since: wall } };
}

export function fail(state: State, inFlight: InFlight, reason: string, now: Reading): Decision {
  const deed = fateDeed(inFlight, "failed", { reason });
  if (state.phase.is === "ended") return recordOnly(state, deed);
  const ended = end({ ...state, inFlight: null }, "failed", now.journey, reason);
  return { ...ended, deeds: [deed, ...ended.deeds] };
}

/** Somebody may have mended it while the attempt went on, and the wake that brought have gone by: one look back tells. */
const LOOK_BACK = MINUTE;

/** The channel or the mailbox is at fault, not the recipient: the message waits until somebody has mended it. */
function waitForMending(state: State, inFlight: InFlight, { reason, held, wall }: Mending): Decision {
  if (state.phase.is === "ended") return recordOnly(state, fateDeed(inFlight, "cancelled", { reason }));
  const waits: State = { ...state, inFlight: { ...inFlight, lease: null, retryAt: null } };
  const phase = waits.phase.is === "waiting" ? { ...waits.phase, held, lookAt: wall + LOOK_BACK } : waits.phase;
  return { state: { ...waits, phase }, deeds: [fateDeed(inFlight, "retrying", { reason })] };
}

interface Mending {
  reason: string;
  held: Hold;
  wall: Wall;
}

function tryAgain(
  state: State,
  inFlight: InFlight,
  outcome: { reason: string; retryAfter?: number | undefined },
  facts: Facts | null,
  now: Reading,
): Decision {
  if (state.phase.is === "ended") {
    return recordOnly(state, fateDeed(inFlight, "cancelled", { reason: outcome.reason }));
  }
  const { message, attempt } = inFlight;
  const base = facts?.retryBase ?? RETRY_BASE;
  const retryAt = now.wall + backoff({ message, attempt, base, retryAfter: outcome.retryAfter });
  if (retryAt - inFlight.since > GIVE_UP_AFTER) return giveUp(state, inFlight, outcome.reason, now);
  return {
    state: { ...state, inFlight: { ...inFlight, lease: null, retryAt } },
    deeds: [fateDeed(inFlight, "retrying", { reason: outcome.reason, retryAt })],
  };
}

function giveUp(state: State, inFlight: InFlight, reason: string, now: Reading): Decision {
  const failed = fail(state, inFlight, `given up: ${reason}`, now);
  const { phase } = failed.state;
  if (phase.is !== "ended") return failed;
  return {
    ...failed,
    state: { ...failed.state, phase: { ...phase, givenUp: { ...inFlight, lease: null, retryAt: null } } },
  };
}

function recordOnly(state: State, deed: Deed): Decision {
  return { state: { ...state, inFlight: null }, deeds: [deed] };
}
