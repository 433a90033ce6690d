/** Knows the outward acts that follow a turn: delivering the claimed message, and telling the mirror. */

import type { Outgoing } from "../channels/channel";
import { channelOf } from "../channels/registry";
import type { Trip } from "../domain/enrollment";
import { causeOf } from "../domain/fault";
import type { InFlight, Outcome } from "../domain/message";
import type { Telling } from "../domain/mirror";
import type { Settings } from "../env";
import { pauseChannel } from "../storage/channels";
import type { Database } from "../storage/database";
import type { StoredChannel } from "../storage/facts";

/** Delivers a claimed message. What a channel throws is a bug in it, but must not cost the message. */
export async function deliver(
  trip: Trip,
  inFlight: InFlight,
  channel: StoredChannel,
  settings: Settings,
): Promise<Outcome> {
  const message: Outgoing = {
    id: inFlight.message,
    workspaceId: trip.workspaceId,
    sequenceId: trip.sequenceId,
    stepId: inFlight.step,
    enrollmentId: trip.id,
    contactId: trip.contactId,
    content: inFlight.content,
  };
  try {
    return await channelOf(channel.kind).deliver(message, channel, settings);
  } catch (bug) {
    console.error("a channel failed", { channel: channel.kind, enrollment: trip.id, bug: causeOf(bug) });
    return { kind: "unknown", reason: "the channel failed" };
  }
}

/** Shuts a channel that is at fault, for all its enrollments, unless it was mended since the attempt began. */
export async function shutChannel(
  db: Database,
  { workspaceId, platform }: Trip,
  { reason, asOf, now }: { reason: string; asOf: number; now: number },
): Promise<void> {
  await pauseChannel(db, { workspaceId, platform, reason, now, asOf }).catch(() => undefined);
}

/** Tells the mirror. What does not arrive is told again with the next turn, or when the journey has come to rest. */
export async function tell(queue: Queue<Telling>, telling: Telling): Promise<void> {
  await queue.send(telling).catch((error: unknown) => {
    console.warn("a telling was not sent", { enrollment: telling.enrollment, error: causeOf(error) });
  });
}
