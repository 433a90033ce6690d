/** Knows how a message that nobody could take in is buried, so that an operator can send it again. */

import * as z from "zod";
import { causeOf } from "../domain/fault";
import { addressKey, PLATFORMS } from "../domain/platform";
import { senderOf } from "../domain/reply";
import type { Doors } from "../engine/context";
import { sharedDatabase } from "../storage/database";
import { buryLetters } from "../storage/deadletters";
import { delayOf } from "./queue";

const Sender = z.object({ platform: z.enum(PLATFORMS), from: z.string() });

export async function takeDeadLetters(batch: MessageBatch, { bindings, now }: Doors): Promise<void> {
  const queue = batch.queue.replace(/-dead$/, "");
  const letters = batch.messages.map(({ id, body }) => ({
    messageId: id,
    workspaceId: numberIn(body, ["workspaceId", "workspace"]),
    enrollmentId: numberIn(body, ["enrollment"]),
    sender: senderIn(body),
    queue,
    body: JSON.stringify(body) ?? "null",
    createdAt: now.journey,
  }));
  try {
    await buryLetters(sharedDatabase(bindings.DB), letters);
    batch.ackAll();
  } catch (error) {
    console.warn("dead letters were put back", { queue, error: causeOf(error) });
    for (const message of batch.messages) message.retry({ delaySeconds: delayOf(message.attempts) });
  }
}

function numberIn(body: unknown, names: string[]): number | null {
  if (typeof body !== "object" || body === null) return null;
  const values = Object.entries(body);
  const found = values.find(([name, value]) => names.includes(name) && Number.isInteger(value));
  return found ? (found[1] as number) : null;
}

/** Whom a reply is from, so that his letters can be erased with him. */
function senderIn(body: unknown): string | null {
  const reply = Sender.safeParse(body);
  return reply.success ? senderOf(reply.data.platform, addressKey(reply.data.platform, reply.data.from)) : null;
}
