/** Knows the messages on the `replies` queue, version 1: the only way in for replies, whoever puts them there; and traces. */
import * as z from "zod";
import { PLATFORMS } from "../domain/platform";
import { REPLY_KINDS } from "../domain/reply";
import { SENTIMENTS } from "../domain/sentiment";
import type { Doors } from "../engine/context";
import { contextFor } from "../engine/context";
import { takeIn } from "../engine/replies";
import { take } from "../engine/traces";

const TraceMessage = z.object({
  v: z.literal(1),
  kind: z.literal("trace"),
  workspaceId: z.int().positive(),
  enrollment: z.int().positive(),
  message: z.int().positive(),
  fact: z.enum(["opened", "clicked"]),
  url: z.string().nullable(),
  by: z.enum(["human", "browser", "doubtful", "machine"]),
  when: z.int(),
});

export const ReplyMessage = z.object({
  v: z.literal(1),
  workspaceId: z.int().positive().describe("The 1 of ws_1"),
  platform: z.enum(PLATFORMS),
  from: z.string().min(1).max(1000).describe("The sender's address on the platform"),
  text: z.string().max(100_000),
  messageId: z.string().min(1).max(2000).nullable().default(null).describe("By which one that comes twice is known"),
  inReplyTo: z
    .string()
    .max(4000)
    .nullable()
    .default(null)
    .describe("The message it answers: msg_…, or the provider's id"),
  receivedAt: z.int().positive().describe("Milliseconds since 1970, on the real clock"),
  headers: z.record(z.string(), z.string()).default({}),
  sentiment: z.enum(SENTIMENTS).nullable().default(null),
  kind: z.enum(REPLY_KINDS).nullable().default(null),
  subject: z.string().max(1000).nullable().default(null),
  message: z.int().positive().nullable().default(null).describe("The 4097 of msg_4097, where that was proved"),
});

export async function takeInbound(body: unknown, doors: Doors): Promise<void> {
  const trace = TraceMessage.safeParse(body);
  return trace.success ? take(contextFor(doors, trace.data.workspaceId), trace.data) : takeReply(body, doors);
}

async function takeReply(body: unknown, doors: Doors): Promise<void> {
  const reply = ReplyMessage.parse(body);
  await takeIn(contextFor(doors, reply.workspaceId), reply);
}
