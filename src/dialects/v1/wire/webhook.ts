/** Knows a customer's endpoint, and what it was told, as v1 writes and reads them. */
import * as z from "zod";
import { WEBHOOK_DIALECTS } from "../../../domain/envelope";
import { PATTERNS } from "../../../domain/happening";
import { DELIVERY_STATUSES, deliveryId, LONGEST_OVERLAP, OVERLAP_HOURS } from "../../../domain/webhook";
import type { Delivery, Shown } from "../../../engine/deliveries";
import type { WebhookRow } from "../../../engine/webhooks";
import { spell } from "../ids";
import { oneLine, oneOf, pageQuery } from "./parse";
import { instant, instantOrNull } from "./time";

const url = z.string().max(2000);
const description = oneLine(255).nullable();
const events = z.array(oneOf(PATTERNS)).min(1, "must name an event at least").max(PATTERNS.length);

export const CreateWebhook = z.object({
  url,
  description: description.default(null),
  dialect: oneOf(WEBHOOK_DIALECTS).default("v1"),
  events: events.default(["*"]),
});

export const UpdateWebhook = z.object({
  url: url.optional(),
  description: description.optional(),
  events: events.optional(),
});

export const RotateWebhook = z.object({ overlapHours: z.int().min(0).max(LONGEST_OVERLAP).default(OVERLAP_HOURS) });

export const DeliveriesQuery = z.object({ status: oneOf(DELIVERY_STATUSES).optional(), ...pageQuery(50) });

export function showWebhook(row: WebhookRow) {
  return {
    id: spell("webhook", row.id),
    url: row.url,
    description: row.description,
    dialect: row.dialect,
    events: row.events,
    status: row.pausedAt === null ? "active" : "paused",
    pausedAt: instantOrNull(row.pausedAt),
    pauseReason: row.pauseReason,
    failingSince: instantOrNull(row.failingSince),
    secretOverlapUntil: instantOrNull(row.previousSealed === null ? null : row.previousUntil),
    deliveries: { waiting: row.waiting, delivered: row.delivered, failed: row.failed, missed: row.missed },
    createdAt: instant(row.createdAt),
    updatedAt: instant(row.updatedAt),
  };
}

export function showDelivery({ number, webhookId, ...row }: Delivery) {
  const last = row.attempts.at(-1);
  return {
    id: spell("delivery", deliveryId(webhookId, number)),
    webhookId: spell("webhook", webhookId),
    number,
    eventId: row.event,
    type: row.type,
    status: row.status,
    createdAt: instant(row.at),
    attemptCount: row.tries,
    nextAttemptAt: row.dueAt === null || row.dueAt === 0 ? null : instant(row.dueAt),
    responseStatus: last?.status ?? null,
    error: last?.error ?? null,
  };
}

export function showFullDelivery({ delivery, body }: Shown) {
  const attempts = delivery.attempts.map(({ at, status, excerpt, error, took }) => ({
    at: instant(at),
    responseStatus: status,
    responseExcerpt: excerpt ?? null,
    error,
    durationMs: took,
  }));
  return { ...showDelivery(delivery), attempts, body };
}
