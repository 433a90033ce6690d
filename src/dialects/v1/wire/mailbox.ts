/** Knows a mailbox as v1 writes and reads it; its credentials are taken and never shown. */
import * as z from "zod";
import type { MailboxFields, ShownMailbox } from "../../../engine/mailboxes";
import { spell } from "../ids";
import { idOf, oneLine } from "./parse";
import { instant, instantOrNull } from "./time";
import { Carriage, NextCarriage, showTransport } from "./transport";

const email = oneLine(255);

const fields = {
  name: oneLine(255).nullable().optional(),
  replyTo: oneLine(255).nullable().optional(),
  userId: idOf("user").optional(),
  dailyLimit: z.int().nullable().optional(),
  rate: z.object({ messages: z.int(), seconds: z.int() }).nullable().optional(),
  /** It begins today unless it says when. */
  warmup: z.object({ start: z.int(), step: z.int(), since: z.string().optional() }).nullable().optional(),
  timezone: z.string().optional(),
};

export const CreateMailbox = z.object({ email, transport: Carriage.nullable().optional(), ...fields });

export const UpdateMailbox = z.object({
  email: email.optional(),
  transport: NextCarriage.nullable().optional(),
  ...fields,
});

/** The engine's names, and only what is said. */
export function fieldsOf(body: z.output<typeof UpdateMailbox>): MailboxFields {
  const { dailyLimit: daily, timezone: zone, transport: carried, ...same } = body;
  const named = Object.entries({ ...same, daily, zone, carried });
  return Object.fromEntries(named.filter(([, value]) => value !== undefined));
}

export function showMailbox({ row, sentToday, limitToday }: ShownMailbox) {
  return {
    id: spell("mailbox", row.id),
    workspaceId: spell("workspace", row.workspaceId),
    email: row.email,
    name: row.name,
    replyTo: row.replyTo,
    userId: spell("user", row.userId),
    transport: showTransport(row.transport, row.sealed),
    dailyLimit: row.daily,
    rate: row.rate,
    warmup: row.warmup,
    timezone: row.zone,
    status: row.pausedAt === null ? "ACTIVE" : "PAUSED",
    pausedAt: instantOrNull(row.pausedAt),
    pauseReason: row.pauseReason,
    sentToday,
    limitToday,
    createdAt: instant(row.createdAt),
    updatedAt: instant(row.updatedAt),
  };
}
