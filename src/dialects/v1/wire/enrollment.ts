/** Knows an enrollment as v1 writes and reads it, with its history. */

import * as z from "zod";
import { addressOn, type Contact } from "../../../domain/contact";
import type { Entry } from "../../../domain/enrollment";
import { exitReasonOf } from "../../../domain/envelopes/ours";
import { excerptOf } from "../../../domain/message";
import { STANDINGS } from "../../../domain/mirror";
import type { Kept } from "../../../domain/retention";
import { growTree, numberOf } from "../../../domain/tree";
import type { Waiting } from "../../../domain/waiting";
import type { EnrollmentRow } from "../../../engine/admission";
import type { Detail, Shown } from "../../../engine/enrollments";
import { spell } from "../ids";
import { idOf, oneOf, pageQuery, platformName, spelled } from "./parse";
import { Instant } from "./shape";
import { instant, instantOrNull } from "./time";

export const Enroll = z.object({
  contactId: idOf("contact"),
  platform: platformName,
  mailboxId: idOf("mailbox").nullable().optional(),
});

export const EnrollmentsQuery = z.object({ status: oneOf(STANDINGS).optional(), ...pageQuery(50) });

const words = z.string().nullable();

export const ShownEnrollment = z
  .object({
    id: spelled("enrollment"),
    sequenceId: spelled("sequence"),
    contactId: spelled("contact"),
    workspaceId: spelled("workspace"),
    platform: platformName,
    mailboxId: spelled("mailbox").nullable(),
    currentStep: z.int(),
    status: z.enum(STANDINGS),
    nextRunAt: Instant.nullable(),
    enrolledAt: Instant,
    exitedAt: Instant.nullable(),
    exitReason: words,
    paused: z.boolean(),
    contact: z
      .object({ id: spelled("contact"), displayName: words, username: words, platform: platformName })
      .nullable(),
  })
  .meta({ id: "Enrollment" });

/** A line of a history: which fields it has besides the first three, its event says. */
export const ShownEntry = z
  .object({
    n: z.int(),
    at: Instant,
    event: z.string(),
    reason: words.optional(),
    action: z.string().optional(),
    stepId: spelled("step").optional(),
    kind: z.string().optional(),
    taskId: spelled("task").optional(),
    type: z.string().optional(),
    messageId: spelled("message").optional(),
    url: words.optional(),
    by: z.string().optional(),
    attempt: z.int().optional(),
    excerpt: z.string().optional(),
  })
  .meta({ id: "HistoryEntry" });

export const ShownDetail = ShownEnrollment.extend({
  history: z.array(ShownEntry),
  waiting: z
    .object({
      for: z.string(),
      until: Instant.nullable(),
      detail: z.string(),
      taskId: spelled("task").optional(),
    })
    .nullable(),
}).meta({ id: "EnrollmentDetail" });

export function showEnrollment({ row, contact, definition }: Shown) {
  const { sequence, steps } = definition;
  return {
    id: spell("enrollment", row.id),
    sequenceId: spell("sequence", row.sequenceId),
    contactId: spell("contact", row.contactId),
    workspaceId: spell("workspace", row.workspaceId),
    platform: row.platform,
    mailboxId: row.mailboxId === null ? null : spell("mailbox", row.mailboxId),
    currentStep: numberOf(growTree(steps, sequence.revision), row.lastStepId),
    status: row.standing,
    nextRunAt: row.standing === "ACTIVE" ? instantOrNull(row.dueAt) : null,
    enrolledAt: instant(row.enrolledAt),
    exitedAt: row.standing === "COMPLETED" ? null : instantOrNull(row.endedAt),
    exitReason: exitReasonOf(row),
    paused: row.state === "paused",
    contact: contact && showParty(contact, row),
  };
}

function showParty(contact: Contact, row: EnrollmentRow) {
  return {
    id: spell("contact", contact.id),
    displayName: contact.displayName,
    username: addressOn(contact, row.platform)?.address ?? null,
    platform: row.platform,
  };
}

export function showDetail(detail: Detail) {
  const { view, held } = detail;
  const waiting = held ?? view?.waiting;
  return {
    ...showEnrollment(detail),
    history: view?.history.map(showEntry) ?? [],
    waiting: waiting ? showWaiting(waiting) : view ? null : NOT_STARTED,
  };
}

const NOT_STARTED = { for: "start", until: null, detail: "the enrollment has not started" };

function showWaiting({ until, task, ...why }: Waiting) {
  const named = task === undefined ? {} : { taskId: spell("task", task) };
  return { ...why, until: instantOrNull(until), ...named };
}

export function showEntry(entry: Entry | Kept) {
  const line = { n: entry.n, at: instant(entry.at) };
  switch (entry.what) {
    case "enrolled":
    case "resumed":
    case "retried":
      return { ...line, event: entry.what };
    case "paused":
      return { ...line, event: entry.what, reason: entry.why };
    case "ended":
      return { ...line, event: entry.why, reason: entry.error };
    case "replied":
      return { ...line, event: entry.what, action: entry.action };
    case "reply_ignored":
      return { ...line, event: entry.what, reason: entry.reason };
    case "step":
      return {
        ...line,
        event: `step_${entry.result}`,
        stepId: spell("step", entry.step),
        kind: entry.kind,
        reason: entry.reason,
      };
    case "task":
      return {
        ...line,
        event: `task_${entry.status}`,
        taskId: spell("task", entry.task.id),
        stepId: spell("step", entry.task.step),
        type: entry.task.type,
      };
    case "noted":
      return {
        ...line,
        event: `message_${entry.fact}`,
        messageId: spell("message", entry.message),
        url: entry.url,
        ...(entry.by ? { by: entry.by } : {}),
      };
    case "message":
      return {
        ...line,
        event: `message_${entry.status}`,
        messageId: spell("message", entry.message),
        stepId: spell("step", entry.step),
        attempt: entry.attempt,
        excerpt: entry.content === null ? (entry.excerpt ?? "") : excerptOf(entry.content.body),
        reason: entry.reason,
      };
  }
}
