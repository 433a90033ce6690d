/** Knows how it is said that an endpoint has something to be told, which stands in D1 by then. */
import { SECOND } from "../domain/time";
import { warn } from "../log";
import { type DueWebhook, selectDueWebhooks } from "../storage/webhooks";
import type { Context } from "./context";

/** The message on the `webhooks` queue: at an endpoint something is due. */
export interface WebhookNudge {
  v: 1;
  workspaceId: number;
  webhook: number;
}

/** Tells the queue of endpoints at which something is due; a nudge that is lost is sent again by the sweep. */
export async function nudgeWebhooks(
  queue: Context["webhooks"],
  due: readonly Pick<DueWebhook, "id" | "workspaceId">[],
  delay = 0,
): Promise<void> {
  const options = delay > 0 ? { delaySeconds: Math.ceil(delay / SECOND) } : undefined;
  for (const { id, workspaceId } of due) {
    await queue.send({ v: 1, workspaceId, webhook: id }, options).catch((error: unknown) => {
      warn("a call was left to the sweep", { webhook: id, error });
    });
  }
}

/** Looks whether what was just written is to be told, where the write itself did not say so. */
export async function announce({ db, workspaceId, now, webhooks }: Context): Promise<void> {
  const due = await selectDueWebhooks(db, workspaceId, now.wall).catch(() => []);
  await nudgeWebhooks(webhooks, due);
}
