/** Knows v1's routes on customers' endpoints, and on what they were told. */
import * as z from "zod";
import { ok, type Result } from "../../../domain/failure";
import * as deliveries from "../../../engine/deliveries";
import * as webhooks from "../../../engine/webhooks";
import { endpoint, routes } from "../endpoint";
import { pagination } from "../wire/page";
import { Done, oneAs, pageOf } from "../wire/shape";
import {
  CreateWebhook,
  DeliveriesQuery,
  RotateWebhook,
  ShownDelivery,
  ShownDisclosed,
  ShownFullDelivery,
  ShownWebhook,
  showDelivery,
  showDisclosed,
  showFullDelivery,
  showWebhook,
  UpdateWebhook,
} from "../wire/webhook";

const of = { id: "webhook" } as const;
const told = { id: "webhook", deliveryId: "delivery" } as const;

const One = oneAs("webhook", ShownWebhook);
const WithSecret = oneAs("webhook", ShownDisclosed);
const Full = oneAs("delivery", ShownFullDelivery);

function shown(done: Result<webhooks.WebhookRow>): Result<z.input<typeof One>> {
  return done.ok ? ok({ webhook: showWebhook(done.value) }) : done;
}

function disclosed(done: Result<webhooks.Disclosed>): Result<z.input<typeof WithSecret>> {
  return done.ok ? ok({ webhook: showDisclosed(done.value) }) : done;
}

function full(done: Result<deliveries.Shown>): Result<z.input<typeof Full>> {
  return done.ok ? ok({ delivery: showFullDelivery(done.value) }) : done;
}

export const webhookRoutes = routes()
  .get(
    "/",
    endpoint({
      operation: "listWebhooks",
      summary: "The endpoints that are told what happens",
      answer: z.object({ webhooks: z.array(ShownWebhook) }),
      scope: "webhooks_read",
      run: async ({ ctx }) => ok({ webhooks: (await webhooks.list(ctx)).map(showWebhook) }),
    }),
  )
  .post(
    "/",
    endpoint({
      operation: "createWebhook",
      summary: "Name an endpoint that is told what happens; its secret is told once",
      answer: WithSecret,
      scope: "webhooks_write",
      body: CreateWebhook,
      status: 201,
      run: async ({ ctx, body }) => disclosed(await webhooks.create(ctx, body)),
    }),
  )
  .get(
    "/:id",
    endpoint({
      operation: "getWebhook",
      summary: "One endpoint, and how it fares",
      answer: One,
      scope: "webhooks_read",
      ids: of,
      run: async ({ ctx, ids }) => shown(await webhooks.show(ctx, ids.id)),
    }),
  )
  .patch(
    "/:id",
    endpoint({
      operation: "updateWebhook",
      summary: "Change where an endpoint is and what it is told",
      answer: One,
      scope: "webhooks_write",
      ids: of,
      body: UpdateWebhook,
      run: async ({ ctx, ids, body }) => shown(await webhooks.update(ctx, ids.id, body)),
    }),
  )
  .delete(
    "/:id",
    endpoint({
      operation: "deleteWebhook",
      summary: "Remove an endpoint, which is told nothing more",
      answer: Done,
      scope: "webhooks_write",
      ids: of,
      run: async ({ ctx, ids }) => {
        const removed = await webhooks.remove(ctx, ids.id);
        return removed.ok ? ok({ success: true }) : removed;
      },
    }),
  )
  .post(
    "/:id/test",
    endpoint({
      operation: "testWebhook",
      summary: "Have an endpoint told of a test that nobody else hears of",
      answer: oneAs("delivery", ShownDelivery),
      scope: "webhooks_write",
      ids: of,
      status: 202,
      run: async ({ ctx, ids }) => {
        const put = await webhooks.test(ctx, ids.id);
        return put.ok ? ok({ delivery: showDelivery(put.value) }) : put;
      },
    }),
  )
  .post(
    "/:id/rotate",
    endpoint({
      operation: "rotateWebhookSecret",
      summary: "Make a new secret, which is told once; the one before signs beside it for a while",
      answer: WithSecret,
      scope: "webhooks_write",
      ids: of,
      body: RotateWebhook,
      run: async ({ ctx, ids, body }) => disclosed(await webhooks.rotate(ctx, ids.id, body.overlapHours)),
    }),
  )
  .post(
    "/:id/resume",
    endpoint({
      operation: "resumeWebhook",
      summary: "Have a paused endpoint told again, beginning with what has waited for it",
      answer: One,
      scope: "webhooks_write",
      ids: of,
      run: async ({ ctx, ids }) => shown(await webhooks.resume(ctx, ids.id)),
    }),
  )
  .get(
    "/:id/deliveries",
    endpoint({
      operation: "listDeliveries",
      summary: "What an endpoint was told and is to be told, the newest first",
      answer: pageOf("deliveries", ShownDelivery),
      scope: "webhooks_read",
      ids: of,
      query: DeliveriesQuery,
      run: async ({ ctx, ids, query: { status = null, ...page } }) => {
        const listed = await deliveries.list(ctx, ids.id, { ...page, status });
        if (!listed.ok) return listed;
        const { items, ...rest } = listed.value;
        return ok({ deliveries: items.map(showDelivery), pagination: pagination(rest) });
      },
    }),
  )
  .get(
    "/:id/deliveries/:deliveryId",
    endpoint({
      operation: "getDelivery",
      summary: "One delivery with its calls, and its body as it would be sent now",
      answer: Full,
      scope: "webhooks_read",
      ids: told,
      run: async ({ ctx, ids }) => full(await deliveries.show(ctx, ids.id, ids.deliveryId)),
    }),
  )
  .post(
    "/:id/deliveries/:deliveryId/resend",
    endpoint({
      operation: "resendDelivery",
      summary: "Have an endpoint told once more, at once",
      answer: Full,
      scope: "webhooks_write",
      ids: told,
      status: 202,
      run: async ({ ctx, ids }) => full(await deliveries.resend(ctx, ids.id, ids.deliveryId)),
    }),
  );
