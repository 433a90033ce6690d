/** Knows our own envelope: v1's ids, names and times around what happened. */
import type { Happening, Told } from "../happening";

export function asOurs(happening: Happening): object {
  const { event: id, type, number, at, told } = happening;
  const tested = told.webhook === undefined ? {} : { webhookId: `hook_${told.webhook}` };
  const data = { ...tested, ...sequenceIn(happening), ...journeyIn(happening), ...messageIn(happening) };
  return { id, type, number, createdAt: second(at), data };
}

function sequenceIn({ type, told: { sequence, status, name = null } }: Happening) {
  if (!type.startsWith("sequence.")) return {};
  return { sequence: { id: `seq_${sequence}`, name, status } };
}

function journeyIn({ type, told, workspaceId, ...happening }: Happening) {
  if (!type.startsWith("enrollment.")) return {};
  const { enrollment, sequence, contact, platform, standing, state, enrolledAt, endedAt } = told;
  const journey = {
    id: `enroll_${enrollment}`,
    sequenceId: `seq_${sequence}`,
    contactId: `contact_${contact}`,
    workspaceId: `ws_${workspaceId}`,
    platform,
    status: standing,
    paused: state === "paused",
    lastStepId: idOrNull("step", told.step),
    enrolledAt: secondOrNull(enrolledAt),
    repliedAt: secondOrNull(told.repliedAt),
    exitedAt: standing === "COMPLETED" ? null : secondOrNull(endedAt),
    exitReason: exitReasonOf(told),
    contact: partyOf({ ...happening, told }),
  };
  return { enrollment: journey, ...(told.message === undefined ? {} : { messageId: `msg_${told.message}` }) };
}

function messageIn({ type, told, heading, ...happening }: Pick<Happening, "type" | "told" | "heading" | "subject">) {
  if (!type.startsWith("message.")) return {};
  const message = {
    id: `msg_${told.message}`,
    enrollmentId: `enroll_${told.enrollment}`,
    sequenceId: `seq_${told.sequence}`,
    contactId: `contact_${told.contact}`,
    stepId: idOrNull("step", told.step),
    platform: told.platform,
    status: told.status,
    attempts: told.attempts,
    subject: heading,
    error: told.error ?? null,
    at: secondOrNull(told.at),
    clicks: told.clicks ?? (type === "message.clicked" ? 1 : 0),
    happenedAt: secondOrNull(told.happenedAt ?? told.at),
    contact: partyOf({ ...happening, told }),
  };
  return { message };
}

/** Whom it happened to; null once he was erased. */
function partyOf({ subject, told: { platform } }: Pick<Happening, "subject" | "told">) {
  return (
    subject && {
      id: `contact_${subject.id}`,
      displayName: subject.displayName,
      username: subject.address,
      platform,
    }
  );
}

/** As v1 says why a journey ended. */
export function exitReasonOf({ state, why = null, error }: Pick<Told, "state" | "why" | "error">): string | null {
  if (state !== "ended") return null;
  switch (why) {
    case "completed":
      return null;
    case "removed":
      return "MANUAL";
    case "archived":
      return "SEQUENCE_ARCHIVED";
    case "failed":
      return error ?? "FAILED";
    default:
      return why?.toUpperCase() ?? null;
  }
}

function idOrNull(prefix: string, id: number | null | undefined): string | null {
  return id === null || id === undefined ? null : `${prefix}_${id}`;
}

function second(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 19)}Z`;
}

function secondOrNull(ms: number | null | undefined): string | null {
  return ms === null || ms === undefined ? null : second(ms);
}
