/** Knows the verbs on what endpoints were told: list it, look at it, have it told again. */
import { bodyFor } from "../domain/envelope";
import { missing, ok, type Result } from "../domain/failure";
import { type DeliveryStatus, numberIn } from "../domain/webhook";
import { type Delivery, findLetterTo, listDeliveries, tellAgain } from "../storage/deliveries";
import type { Context } from "./context";
import { type Page, type Paged, windowOf } from "./page";
import { nudgeWebhooks } from "./webhooknudges";
import { show as showWebhook } from "./webhooks";

export type { Delivery } from "../storage/deliveries";

/** How many there are is counted where they are written. */
export async function list(
  ctx: Context,
  id: number,
  { status, ...page }: Page & { status: DeliveryStatus | null },
): Promise<Result<Paged<Delivery>>> {
  const found = await showWebhook(ctx, id);
  if (!found.ok) return found;
  const { waiting, delivered, failed } = found.value;
  const counts = { waiting, delivered, failed };
  const items = await listDeliveries(ctx.db, found.value, status, windowOf(page));
  return ok({ ...page, items, total: status === null ? waiting + delivered + failed : counts[status] });
}

export interface Shown {
  delivery: Delivery;
  /** As it would be sent now. */
  body: string;
}

export async function show(ctx: Context, id: number, deliveryId: number): Promise<Result<Shown>> {
  const found = await showWebhook(ctx, id);
  if (!found.ok) return found;
  const number = numberIn(id, deliveryId);
  const letter = number === null ? null : await findLetterTo(ctx.db, found.value, number);
  if (!letter) return missing("delivery");
  return ok({ delivery: letter.delivery, body: bodyFor(found.value.dialect, letter.happening) });
}

export async function resend(ctx: Context, id: number, deliveryId: number): Promise<Result<Shown>> {
  const found = await show(ctx, id, deliveryId);
  if (!found.ok) return found;
  const webhook = { id, workspaceId: ctx.workspaceId };
  await tellAgain(ctx.db, webhook, found.value.delivery.number);
  await nudgeWebhooks(ctx.webhooks, [webhook]);
  return show(ctx, id, deliveryId);
}
