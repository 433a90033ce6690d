/** Knows v1's routes on customers' endpoints, and on what they were told. */
import { ok, type Result } from "../../../domain/failure";
import * as deliveries from "../../../engine/deliveries";
import * as webhooks from "../../../engine/webhooks";
import { endpoint, routes } from "../endpoint";
import { pagination } from "../wire/page";
import {
  CreateWebhook,
  DeliveriesQuery,
  RotateWebhook,
  showDelivery,
  showFullDelivery,
  showWebhook,
  UpdateWebhook,
} from "../wire/webhook";

const of = { id: "webhook" } as const;
const told = { id: "webhook", deliveryId: "delivery" } as const;

function shown(done: Result<webhooks.WebhookRow>): Result<object> {
  return done.ok ? ok({ webhook: showWebhook(done.value) }) : done;
}

function disclosed(done: Result<webhooks.Disclosed>): Result<object> {
  return done.ok ? ok({ webhook: { ...showWebhook(done.value.webhook), secret: done.value.secret } }) : done;
}

function full(done: Result<deliveries.Shown>): Result<object> {
  return done.ok ? ok({ delivery: showFullDelivery(done.value) }) : done;
}

export const webhookRoutes = routes()
  .get(
    "/",
    endpoint({
      scope: "webhooks_read",
      run: async ({ ctx }) => ok({ webhooks: (await webhooks.list(ctx)).map(showWebhook) }),
    }),
  )
  .post(
    "/",
    endpoint({
      scope: "webhooks_write",
      body: CreateWebhook,
      status: 201,
      run: async ({ ctx, body }) => disclosed(await webhooks.create(ctx, body)),
    }),
  )
  .get(
    "/:id",
    endpoint({ scope: "webhooks_read", ids: of, run: async ({ ctx, ids }) => shown(await webhooks.show(ctx, ids.id)) }),
  )
  .patch(
    "/:id",
    endpoint({
      scope: "webhooks_write",
      ids: of,
      body: UpdateWebhook,
      run: async ({ ctx, ids, body }) => shown(await webhooks.update(ctx, ids.id, body)),
    }),
  )
  .delete(
    "/:id",
    endpoint({
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
      scope: "webhooks_write",
      ids: of,
      body: RotateWebhook,
      run: async ({ ctx, ids, body }) => disclosed(await webhooks.rotate(ctx, ids.id, body.overlapHours)),
    }),
  )
  .post(
    "/:id/resume",
    endpoint({
      scope: "webhooks_write",
      ids: of,
      run: async ({ ctx, ids }) => shown(await webhooks.resume(ctx, ids.id)),
    }),
  )
  .get(
    "/:id/deliveries",
    endpoint({
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
      scope: "webhooks_read",
      ids: told,
      run: async ({ ctx, ids }) => full(await deliveries.show(ctx, ids.id, ids.deliveryId)),
    }),
  )
  .post(
    "/:id/deliveries/:deliveryId/resend",
    endpoint({
      scope: "webhooks_write",
      ids: told,
      status: 202,
      run: async ({ ctx, ids }) => full(await deliveries.resend(ctx, ids.id, ids.deliveryId)),
    }),
  );
