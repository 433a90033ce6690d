/** Knows a message as v1 shows it. */
import * as z from "zod";
import { MESSAGE_STATUSES } from "../../../domain/message";
import type { FullMessage, MessageRow } from "../../../engine/messages";
import { spell } from "../ids";
import { idOf, oneOf, pageQuery } from "./parse";
import { instant } from "./time";

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
  };
}

export function showFullMessage({ row, content }: FullMessage) {
  return {
    ...showMessage(row),
    to: content?.to ?? null,
    body: content?.body ?? null,
    format: content?.format ?? null,
    contentExpired: content === null,
  };
}
