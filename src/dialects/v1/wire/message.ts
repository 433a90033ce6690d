/** Knows a message as v1 shows it. */
import * as z from "zod";
import type { Mail } from "../../../domain/mail";
import { MESSAGE_FACTS, MESSAGE_STATUSES } from "../../../domain/message";
import type { FullMessage, MessageRow } from "../../../engine/messages";
import { spell } from "../ids";
import { idOf, oneOf, pageQuery, platformName, spelled } from "./parse";
import { Count, Instant } from "./shape";
import { instant, instantOrNull, timeOf } from "./time";

export const MessagesQuery = z
  .object({
    enrollment: idOf("enrollment").optional(),
    sequence: idOf("sequence").optional(),
    contact: idOf("contact").optional(),
    status: oneOf(MESSAGE_STATUSES).optional(),
    ...pageQuery(50),
  })
  .transform(({ enrollment, sequence, contact, status, ...page }) => ({
    ...page,
    enrollmentId: enrollment ?? null,
    sequenceId: sequence ?? null,
    contactId: contact ?? null,
    status: status ?? null,
  }));

export const MessageEvent = z
  .object({
    type: oneOf(MESSAGE_FACTS),
    at: timeOf.optional(),
    url: z.url("must be a URL").max(2000).nullable().default(null),
    by: oneOf(["human", "machine"]).default("human"),
  })
  .transform(({ type: fact, ...more }) => ({ ...more, fact }));

const words = z.string().nullable();

export const ShownMessage = z
  .object({
    id: spelled("message"),
    enrollmentId: spelled("enrollment"),
    sequenceId: spelled("sequence"),
    contactId: spelled("contact"),
    stepId: spelled("step"),
    platform: platformName,
    status: z.enum(MESSAGE_STATUSES),
    attempts: Count,
    subject: words,
    excerpt: words,
    providerId: words,
    error: words,
    at: Instant,
    deliveredAt: Instant.nullable(),
    openedAt: Instant.nullable(),
    clickedAt: Instant.nullable(),
    clicks: Count,
    machineOpenedAt: Instant.nullable(),
    machineClickedAt: Instant.nullable(),
  })
  .meta({ id: "Message" });

export const ShownMail = z.object({
  from: z.object({ address: z.string(), name: words }),
  replyTo: words,
  messageId: z.string(),
  references: z.array(z.string()),
  tracks: z.object({ opens: z.boolean(), clicks: z.boolean() }),
  date: Instant,
});

export const ShownFullMessage = ShownMessage.extend({
  to: words,
  body: words,
  format: z.enum(["text", "html"]).nullable(),
  mail: ShownMail.nullable(),
  contentExpired: z.boolean(),
}).meta({ id: "FullMessage" });

export function showMessage(row: MessageRow) {
  return {
    id: spell("message", row.id),
    enrollmentId: spell("enrollment", row.enrollmentId),
    sequenceId: spell("sequence", row.sequenceId),
    contactId: spell("contact", row.contactId),
    stepId: spell("step", row.stepId),
    platform: row.platform,
    status: row.status,
    attempts: row.attempts,
    subject: row.subject,
    excerpt: row.excerpt,
    providerId: row.providerId,
    error: row.error,
    at: instant(row.at),
    deliveredAt: instantOrNull(row.deliveredAt),
    openedAt: instantOrNull(row.openedAt),
    clickedAt: instantOrNull(row.clickedAt),
    clicks: row.clicks ?? (row.clickedAt === null ? 0 : 1),
    machineOpenedAt: instantOrNull(row.machineOpenedAt),
    machineClickedAt: instantOrNull(row.machineClickedAt),
  };
}

/** What its recipient sees at its head. The links by which he stops it are his alone. */
export function showMail({ from, messageId, references, tracks, date }: Mail) {
  return {
    from: { address: from.address, name: from.name },
    replyTo: from.replyTo,
    messageId,
    references,
    tracks,
    date: instant(date),
  };
}

export function showFullMessage({ row, content }: FullMessage) {
  return {
    ...showMessage(row),
    to: content?.to ?? null,
    body: content?.body ?? null,
    format: content?.format ?? null,
    mail: content?.mail ? showMail(content.mail) : null,
    contentExpired: content === null,
  };
}
