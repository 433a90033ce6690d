/** Knows where each page of operations stands, and what leads to it. */
import { spell } from "../../dialects/v1/ids";
import { deliveryId } from "../../domain/webhook";
import type { Delivery } from "../../engine/deliveries";
import type { KeyHolder } from "../../engine/keys";
import type { MailboxRow } from "../../engine/mailboxes";
import type { WebhookRow } from "../../engine/webhooks";
import { pathWith } from "../kit/parts";

/** The pages above one, the nearest last. */
export type Crumbs = [label: string, to: string][];

export const WEBHOOKS: Crumbs = [["Webhooks", "/webhooks"]];
export const MAILBOXES: Crumbs = [["Mailboxes", "/mailboxes"]];

export function toWebhook(id: number): string {
  return `/webhooks/${spell("webhook", id)}`;
}

export function underWebhook({ id, url }: WebhookRow): Crumbs {
  return [...WEBHOOKS, [hostOf(url), toWebhook(id)]];
}

/** As much of an address as tells it from others. */
export function hostOf(url: string): string {
  return URL.canParse(url) ? new URL(url).host : url;
}

export function toDelivery({ webhookId, number }: Delivery): string {
  return `${toWebhook(webhookId)}/deliveries/${spell("delivery", deliveryId(webhookId, number))}`;
}

export function toMailbox(id: number): string {
  return `/mailboxes/${spell("mailbox", id)}`;
}

export function underMailbox({ id, email }: MailboxRow): Crumbs {
  return [...MAILBOXES, [email, toMailbox(id)]];
}

/** Pages of keys say whose they are, where that is not whoever looks. */
export function toKeys(path: string, userId: number, caller: Pick<KeyHolder, "userId">): string {
  return pathWith(`/keys${path}`, { user: userId === caller.userId ? null : spell("user", userId) });
}

export function underKeys(userId: number, caller: Pick<KeyHolder, "userId">): Crumbs {
  return [["Keys", toKeys("", userId, caller)]];
}
