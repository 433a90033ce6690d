/** Knows the outward acts that follow a turn: doing what was claimed, and telling the mirror. */
import type { Outgoing, Surroundings } from "../channels/channel";
import { channelOf } from "../channels/registry";
import type { State, Trip } from "../domain/enrollment";
import type { Content, InFlight, Outcome } from "../domain/message";
import type { Telling } from "../domain/mirror";
import type { Nudge } from "../domain/nudge";
import { type Journey, type Reading, wallAt } from "../domain/time";
import type { Settings } from "../env";
import { note, report, warn } from "../log";
import { pauseChannel, pauseUnset } from "../storage/channels";
import type { Database } from "../storage/database";
import type { StoredChannel } from "../storage/facts";
import { pauseMailbox } from "../storage/mailboxes";
import { releaseSlots } from "../storage/slots";
import { type Done, perform } from "./acts";
import { isUnset } from "./carrier";

interface Means {
  db: Database;
  channel: StoredChannel;
  /** Of its sequence. */
  transactional: boolean;
  settings: Settings;
  mailer: SendEmail | null;
  now: Reading;
  /** When the journey was to wake for it. */
  wakeBy: Journey | null;
}

/** Does what was claimed, be it a message or another act of a step. */
export async function carryOut(
  trip: Trip,
  claimed: InFlight,
  { db, channel, transactional, settings, mailer, now, wakeBy }: Means,
): Promise<Done> {
  const began = Date.now();
  const done = claimed.act
    ? await perform(db, { id: claimed.message, act: claimed.act, trip, now }, settings)
    : { outcome: await deliver(messageOf(trip, claimed, transactional), channel, { ...settings, mailer }), nudges: [] };
  const { id: enrollment, workspaceId: workspace, sequenceId: sequence } = trip;
  note(claimed.act ? "a step was done" : "a message was handed over", {
    ...{ enrollment, workspace, sequence, step: claimed.step, attempt: claimed.attempt },
    ...{ kind: claimed.act?.kind ?? channel.kind, outcome: done.outcome?.kind ?? null, ms: Date.now() - began },
    lateMs: lateness(wakeBy, now),
  });
  return done;
}

/** By how much wall time it is later than it was to be. */
function lateness(wakeBy: Journey | null, now: Reading): number {
  return wakeBy === null ? 0 : Math.max(0, now.wall - wallAt(now, wakeBy));
}

type Claimed = Extract<InFlight, { content: Content }>;

function messageOf(trip: Trip, { message, step, content }: Claimed, transactional: boolean): Outgoing {
  return {
    id: message,
    workspaceId: trip.workspaceId,
    sequenceId: trip.sequenceId,
    stepId: step,
    enrollmentId: trip.id,
    contactId: trip.contactId,
    content,
    transactional,
  };
}

/** Delivers a claimed message. What a channel throws is a bug in it, but must not cost the message. */
async function deliver(message: Outgoing, channel: StoredChannel, surroundings: Surroundings): Promise<Outcome> {
  try {
    return await channelOf(channel.kind).deliver(message, channel, surroundings);
  } catch (bug) {
    report("a channel failed", { channel: channel.kind, enrollment: message.enrollmentId, error: bug });
    return { kind: "unknown", reason: "the channel failed" };
  }
}

/**
 * Shuts what is at fault, the mailbox or the channel, for all that leaves by it, unless it was mended since the attempt began.
 * A channel that the workspace has not set itself is set by this, so that it is seen and can be resumed.
 */
export async function shutCarrier(
  db: Database,
  { workspaceId, platform }: Trip,
  channel: StoredChannel,
  { reason, now }: { reason: string; now: number },
): Promise<void> {
  const { kind, mailbox, updatedAt: asOf } = channel;
  const verdict = { workspaceId, reason, now };
  await shut().catch(() => undefined);

  function shut(): Promise<void> {
    if (mailbox !== undefined) return pauseMailbox(db, { ...verdict, asOf, id: mailbox });
    if (isUnset(channel)) return pauseUnset(db, kind, { ...verdict, platform });
    return pauseChannel(db, { ...verdict, asOf, platform });
  }
}

/**
 * Gives back the room that was given for a message which was not claimed after all. What stays all the same counts until it
 * is past.
 */
export async function giveBack(db: Database, { trip, messages }: State): Promise<void> {
  const left = { contactId: trip.contactId, enrollmentId: trip.id, claimed: messages };
  await releaseSlots(db, left).catch((error: unknown) => {
    warn("room under a cap was not given back", { enrollment: trip.id, error });
  });
}

/** Tells the mirror. What does not arrive is told again with the next turn, or when the journey has come to rest. */
export async function tell(queue: Queue<Telling>, telling: Telling): Promise<void> {
  await queue.send(telling).catch((error: unknown) => {
    warn("a telling was not sent", { enrollment: telling.enrollment, error });
  });
}

/** Tells the queue of jobs of what was written down for it; a nudge that is lost is sent again by the sweep. */
export async function nudgeAll(queue: Queue<Nudge>, nudges: readonly Nudge[]): Promise<void> {
  for (const nudge of nudges) {
    await queue.send(nudge).catch((error: unknown) => {
      warn("a nudge was left to the sweep", { kind: nudge.kind, error });
    });
  }
}
