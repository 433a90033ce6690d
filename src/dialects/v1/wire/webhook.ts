/** Knows a customer's endpoint, and what it was told, as v1 writes and reads them. */
import * as z from "zod";
import { WEBHOOK_DIALECTS } from "../../../domain/envelope";
import { HAPPENINGS, PATTERNS, TEST } from "../../../domain/happening";
import { DELIVERY_STATUSES, deliveryId, LONGEST_OVERLAP, OVERLAP_HOURS } from "../../../domain/webhook";
import type { Delivery, Shown } from "../../../engine/deliveries";
import type { Disclosed, WebhookRow } from "../../../engine/webhooks";
import { spell } from "../ids";
import { oneLine, oneOf, pageQuery, spelled } from "./parse";
import { Count, countsOf, Instant } from "./shape";
import { instant, instantOrNull } from "./time";

const url = z.string().max(2000);
const description = oneLine(255).nullable();
/** In what comes in and what goes out. */
const pattern = oneOf(PATTERNS, { id: "EventPattern" });
const dialect = oneOf(WEBHOOK_DIALECTS, { id: "WebhookDialect" });
const status = oneOf(DELIVERY_STATUSES, { id: "DeliveryStatus" });
const events = z.array(pattern).min(1, "must name an event at least").max(PATTERNS.length);

export const CreateWebhook = z.object({
  url,
  description: description.default(null),
  dialect: dialect.default("v1"),
  events: events.default(["*"]),
});

export const UpdateWebhook = z.object({
  url: url.optional(),
  description: description.optional(),
  events: events.optional(),
});

export const RotateWebhook = z.object({ overlapHours: z.int().min(0).max(LONGEST_OVERLAP).default(OVERLAP_HOURS) });

export const DeliveriesQuery = z.object({ status: status.optional(), ...pageQuery(50) });

const words = z.string().nullable();

export const ShownWebhook = z
  .object({
    id: spelled("webhook"),
    url: z.string(),
    description: words,
    dialect,
    events: z.array(pattern),
    status: z.enum(["active", "paused"]),
    pausedAt: Instant.nullable(),
    pauseReason: words,
    failingSince: Instant.nullable(),
    secretOverlapUntil: Instant.nullable(),
    deliveries: countsOf([...DELIVERY_STATUSES, "missed"]),
    createdAt: Instant,
    updatedAt: Instant,
  })
  .meta({ id: "Webhook" });

/** With its secret, which is told by the answer that makes it and never again. */
export const ShownDisclosed = ShownWebhook.extend({ secret: z.string() }).meta({ id: "DisclosedWebhook" });

export const ShownDelivery = z
  .object({
    id: spelled("delivery"),
    webhookId: spelled("webhook"),
    number: z.int().min(1),
    eventId: z.string(),
    type: z.enum([...HAPPENINGS, TEST]).meta({ id: "EventType" }),
    status,
    createdAt: Instant,
    attemptCount: Count,
    nextAttemptAt: Instant.nullable(),
    responseStatus: z.int().nullable(),
    error: words,
  })
  .meta({ id: "Delivery" });

const ShownAttempt = z
  .object({
    at: Instant,
    responseStatus: z.int().nullable(),
    responseExcerpt: words,
    error: words,
    durationMs: Count,
  })
  .meta({ id: "DeliveryAttempt" });

export const ShownFullDelivery = ShownDelivery.extend({ attempts: z.array(ShownAttempt), body: z.string() }).meta({
  id: "FullDelivery",
});

export function showWebhook(row: WebhookRow): z.input<typeof ShownWebhook> {
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

export function showDisclosed({ webhook, secret }: Disclosed): z.input<typeof ShownDisclosed> {
  return { ...showWebhook(webhook), secret };
}

export function showDelivery({ number, webhookId, ...row }: Delivery): z.input<typeof ShownDelivery> {
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

export function showFullDelivery({ delivery, body }: Shown): z.input<typeof ShownFullDelivery> {
  const attempts = delivery.attempts.map(({ at, status, excerpt, error, took }) => ({
    at: instant(at),
    responseStatus: status,
    responseExcerpt: excerpt ?? null,
    error,
    durationMs: took,
  }));
  return { ...showDelivery(delivery), attempts, body };
}
