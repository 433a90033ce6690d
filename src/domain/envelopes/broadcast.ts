/** Knows what Broadcast calls what happened, and the envelope that its receivers read. */
import type { Happening, HappeningType, Told } from "../happening";

/** Its name there, null where it has none: there a sequence is no more than its subscribers, and an end has a cause. */
export function nameInBroadcast(type: HappeningType, why: string | null): string | null {
  if (type === "enrollment.exited" && why === "moved") return "sequence.subscriber_moved";
  return NAMES.get(type) ?? null;
}

const NAMES = new Map<HappeningType, string>([
  ["enrollment.enrolled", "sequence.subscriber_added"],
  ["enrollment.completed", "sequence.subscriber_completed"],
  ["enrollment.exited", "sequence.subscriber_removed"],
  ["enrollment.paused", "sequence.subscriber_paused"],
  ["enrollment.resumed", "sequence.subscriber_resumed"],
  ["enrollment.failed", "sequence.subscriber_error"],
  ["message.sent", "email.sent"],
  ["message.delivered", "email.delivered"],
  ["message.opened", "email.opened"],
  ["message.clicked", "email.clicked"],
  ["message.bounced", "email.bounced"],
  ["message.complained", "email.complained"],
  ["message.failed", "email.failed"],
  ["message.unsubscribed", "email.unsubscribed"],
]);

export function asBroadcast(happening: Happening, type: HappeningType): object {
  const { told, at } = happening;
  const data = type.startsWith("message.") ? mailIn(happening) : placeIn(happening);
  return { type: nameInBroadcast(type, told.why ?? null), created_at: instant(at), data };
}

function placeIn({ told, subject }: Happening) {
  return {
    id: told.enrollment,
    sequence_id: told.sequence,
    status: statusOf(told),
    started_at: instantOrNull(told.enrolledAt),
    completed_at: instantOrNull(told.endedAt),
    error: told.error ?? null,
    subscriber: subscriberIn(told, subject),
  };
}

function mailIn({ told, subject, heading }: Happening) {
  return {
    id: told.message,
    sequence_id: told.sequence,
    sequence_step_id: told.step ?? null,
    subject: heading,
    occurred_at: instantOrNull(told.happenedAt ?? told.at),
    error: told.error ?? null,
    subscriber: subscriberIn(told, subject),
  };
}

function subscriberIn({ contact, platform }: Told, subject: Happening["subject"]) {
  return {
    id: contact,
    email: platform === "EMAIL" ? (subject?.address ?? null) : null,
    first_name: subject?.firstName ?? null,
    last_name: subject?.lastName ?? null,
  };
}

function statusOf({ state, why, standing }: Told): string {
  if (state === "paused") return "paused";
  if (state !== "ended") return "active";
  if (standing === "COMPLETED") return "completed";
  if (standing === "FAILED") return "error";
  return why === "moved" ? "moved" : "removed";
}

function instant(ms: number): string {
  return new Date(ms).toISOString();
}

function instantOrNull(ms: number | null | undefined): string | null {
  return ms === null || ms === undefined ? null : instant(ms);
}
