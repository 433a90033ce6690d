/** Knows the message on the `replies` queue, version 1: the only way in for replies, whoever puts it there. */
import * as z from "zod";
import { PLATFORMS } from "../domain/platform";
import { SENTIMENTS } from "../domain/sentiment";
import type { Doors } from "../engine/context";
import { contextFor } from "../engine/context";
import { takeIn } from "../engine/replies";

export const ReplyMessage = z.object({
  v: z.literal(1),
  workspaceId: z.int().positive(),
  platform: z.enum(PLATFORMS),
  from: z.string().min(1).max(1000),
  text: z.string().max(100_000),
  messageId: z.string().min(1).max(2000).nullable().default(null),
  inReplyTo: z.string().max(4000).nullable().default(null),
  /** Milliseconds since 1970, wall time. */
  receivedAt: z.int().positive(),
  headers: z.record(z.string(), z.string()).default({}),
  sentiment: z.enum(SENTIMENTS).nullable().default(null),
});

export async function takeReply(body: unknown, doors: Doors): Promise<void> {
  const reply = ReplyMessage.parse(body);
  await takeIn(contextFor(doors, reply.workspaceId), reply);
}
