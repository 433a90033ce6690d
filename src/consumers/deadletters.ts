/** Knows how a message that nobody could take in is buried, so that an operator can send it again. */

import * as z from "zod";
import { addressKey, PLATFORMS } from "../domain/platform";
import { senderOf } from "../domain/reply";
import type { Doors } from "../engine/context";
import { sharedDatabase } from "../storage/database";
import { buryLetters } from "../storage/deadletters";
import { settle } from "./queue";

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
  const db = sharedDatabase(bindings.DB);
  const buried = await buryLetters(db, letters).then(
    () => true,
    () => false,
  );
  if (buried) return batch.ackAll();
  // One that D1 does not take must not keep the others from being buried.
  for (const [i, message] of batch.messages.entries()) {
    await settle(message, () => buryLetters(db, letters.slice(i, i + 1)));
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
