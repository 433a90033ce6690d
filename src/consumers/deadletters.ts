/** Knows how a message that nobody could take in is buried, so that an operator can send it again. */

import * as z from "zod";
import { addressKey, PLATFORMS } from "../domain/platform";
import { senderOf } from "../domain/reply";
import { contextFor, type Doors } from "../engine/context";
import { forgottenSender } from "../engine/veil";
import { sharedDatabase } from "../storage/database";
import { buryLetters } from "../storage/deadletters";
import { settle } from "./queue";

const Late = z.object({
  workspaceId: z.int(),
  platform: z.enum(PLATFORMS),
  from: z.string(),
  receivedAt: z.number(),
});
const Sender = z.object({ platform: z.enum(PLATFORMS), from: z.string() });

export async function takeDeadLetters(batch: MessageBatch, doors: Doors): Promise<void> {
  const { bindings, now } = doors;
  const queue = batch.queue.replace(/-dead$/, "");
  const kept = await notForgotten(batch.messages, doors);
  const letters = kept.map(({ id, body }) => ({
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
  for (const [i, message] of kept.entries()) {
    await settle(message, () => buryLetters(db, letters.slice(i, i + 1)));
  }
}

/** Without the replies of whoever was erased since; where that cannot be told, they stay until it can. */
async function notForgotten(messages: readonly Message[], doors: Doors): Promise<Message[]> {
  const forgotten = await Promise.all(
    messages.map(async ({ body }) => {
      const reply = Late.safeParse(body);
      return reply.success && (await forgottenSender(contextFor(doors, reply.data.workspaceId), reply.data)) !== null;
    }),
  );
  return messages.filter((_, i) => !forgotten[i]);
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
