/** Knows which consumer a queue's messages go to, and that a bad message harms no other. */
import type { Doors } from "../engine/context";
import { warn } from "../log";
import { takeDeadLetters } from "./deadletters";
import { takeEvents } from "./events";
import { takeNudge } from "./jobs";
import { takeInbound } from "./replies";
import { takeWebhooks } from "./webhooks";

export async function consume(batch: MessageBatch, doors: Doors): Promise<void> {
  if (batch.queue.endsWith("-dead")) return takeDeadLetters(batch, doors);
  if (batch.queue.endsWith("-events")) return takeEvents(batch, doors);
  if (batch.queue.endsWith("-webhooks")) return takeWebhooks(batch, doors);
  const take = batch.queue.endsWith("-replies") ? takeInbound : takeNudge;
  for (const message of batch.messages) await settle(message, () => take(message.body, doors));
}

/** Seconds before a message that failed comes again: doubled each time, up to ten minutes. */
function delayOf(attempts: number): number {
  return Math.min(2 ** Math.max(attempts - 1, 0), 600);
}

/** Acknowledges a message that was taken in; one that was not comes again, and after many times is buried. */
export async function settle(message: Message, take: () => Promise<void>): Promise<void> {
  try {
    await take();
    message.ack();
  } catch (error) {
    warn("a message was put back", { attempts: message.attempts, error });
    message.retry({ delaySeconds: delayOf(message.attempts) });
  }
}
