/** Knows a mailbox as v1 writes and reads it; its credentials are taken and never shown. */
import * as z from "zod";
import type { ShownMailbox as Found, MailboxFields } from "../../../engine/mailboxes";
import { spell } from "../ids";
import { idOf, oneLine, spelled } from "./parse";
import { Count, Instant } from "./shape";
import { instant, instantOrNull } from "./time";
import { Carriage, NextCarriage, ShownTransport, showTransport } from "./transport";

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

const words = z.string().nullable();

export const ShownMailbox = z
  .object({
    id: spelled("mailbox"),
    workspaceId: spelled("workspace"),
    email: z.string(),
    name: words,
    replyTo: words,
    userId: spelled("user"),
    transport: ShownTransport.nullable(),
    dailyLimit: z.int().nullable(),
    rate: z.object({ messages: z.int(), seconds: z.int() }).nullable(),
    warmup: z.object({ start: z.int(), step: z.int(), since: z.string() }).nullable(),
    timezone: z.string(),
    status: z.enum(["ACTIVE", "PAUSED"]),
    pausedAt: Instant.nullable(),
    pauseReason: words,
    sentToday: Count.nullable(),
    limitToday: z.int().nullable(),
    createdAt: Instant,
    updatedAt: Instant,
  })
  .meta({ id: "Mailbox" });

export function showMailbox({ row, sentToday, limitToday }: Found): z.input<typeof ShownMailbox> {
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
