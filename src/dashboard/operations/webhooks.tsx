/** Knows the pages of customers' endpoints. */
import { Hono } from "hono";
import type { Child } from "hono/jsx";
import * as z from "zod";
import type { Front } from "../../dialects/http";
import { pageQuery, queryNumber } from "../../dialects/v1/wire/parse";
import { CreateWebhook, DeliveriesQuery } from "../../dialects/v1/wire/webhook";
import { ok, type Result } from "../../domain/failure";
import { allows } from "../../domain/scope";
import { LONGEST_OVERLAP } from "../../domain/webhook";
import type { Context } from "../../engine/context";
import * as deliveries from "../../engine/deliveries";
import type { KeyHolder } from "../../engine/keys";
import * as verbs from "../../engine/webhooks";
import { action, type Faulty, page } from "../kit/page";
import type { Page } from "../kit/show";
import { DeliveryPage } from "./deliverypages";
import { Sure } from "./parts";
import { toDelivery, toWebhook, underWebhook, WEBHOOKS } from "./paths";
import { WebhookFields, WebhookForm } from "./webhookform";
import { RotatePage, SecretPage, WebhookList, WebhookPage } from "./webhookpages";

const section = "webhooks";
const ids = { id: "webhook" } as const;
const told = { id: "webhook", deliveryId: "delivery" } as const;
const mayWrite = ({ scopes }: KeyHolder) => allows(scopes, "webhooks_write");

/** Shows something of one endpoint, where it is there. */
async function shown(ctx: Context, id: number, title: string, show: (row: verbs.WebhookRow) => Child) {
  const found = await verbs.show(ctx, id);
  return found.ok ? ok<Page>({ title, section, body: show(found.value) }) : found;
}

function making(faulty?: Faulty) {
  const title = "Add an endpoint";
  const body = <WebhookForm title={title} crumbs={WEBHOOKS} to="/webhooks" deed="Add it" faulty={faulty} />;
  return ok<Page>({ title, section, body });
}

function editing(ctx: Context, id: number, faulty?: Faulty) {
  return shown(ctx, id, "Edit an endpoint", (row) => (
    <WebhookForm
      title="Edit an endpoint"
      crumbs={underWebhook(row)}
      to={`${toWebhook(id)}/edit`}
      deed="Save"
      row={row}
      faulty={faulty}
    />
  ));
}

function rotating(ctx: Context, id: number, faulty?: Faulty) {
  return shown(ctx, id, "Make a new secret", (row) => <RotatePage row={row} faulty={faulty} />);
}

function disclosed(of: verbs.Disclosed, title: string) {
  return ok<Page>({ title, section, scripts: ["copy.js"], body: <SecretPage of={of} title={title} /> });
}

const pause = (ctx: Context, id: number) => verbs.pause(ctx, id, "paused by hand");

/** Does something to one endpoint that needs no more than a button. */
function deed(verb: (ctx: Context, id: number) => Promise<Result<unknown>>, said: string, to = toWebhook) {
  return action({
    scope: "webhooks_write",
    ids,
    run: async ({ ctx, ids }) => {
      const done = await verb(ctx, ids.id);
      return done.ok ? ok({ to: to(ids.id), said }) : done;
    },
  });
}

export const webhooks = new Hono<Front>()
  .get(
    "/webhooks",
    page({
      scope: "webhooks_read",
      show: async ({ ctx, caller }) => {
        const body = <WebhookList of={await verbs.list(ctx)} mayWrite={mayWrite(caller)} />;
        return ok({ title: "Webhooks", section, body });
      },
    }),
  )
  .get("/webhooks/new", page({ scope: "webhooks_write", show: async () => making() }))
  .post(
    "/webhooks",
    action({
      scope: "webhooks_write",
      form: WebhookFields.extend({ dialect: CreateWebhook.shape.dialect }),
      run: async ({ ctx, form }) => {
        const made = await verbs.create(ctx, form);
        return made.ok ? disclosed(made.value, "The endpoint is added") : made;
      },
      again: async (_, faulty) => making(faulty),
    }),
  )
  .get(
    "/webhooks/:id",
    page({
      scope: "webhooks_read",
      ids,
      query: z.object({ status: DeliveriesQuery.shape.status, ...pageQuery(25) }),
      show: async ({ ctx, caller, ids: { id }, query: { status = null, ...query } }) => {
        const [found, listed] = await Promise.all([
          verbs.show(ctx, id),
          deliveries.list(ctx, id, { ...query, status }),
        ]);
        if (!found.ok) return found;
        if (!listed.ok) return listed;
        const more = { status, mayWrite: mayWrite(caller) };
        return ok({
          title: "Endpoint",
          section,
          body: <WebhookPage row={found.value} told={listed.value} {...more} />,
        });
      },
    }),
  )
  .get("/webhooks/:id/edit", page({ scope: "webhooks_write", ids, show: ({ ctx, ids }) => editing(ctx, ids.id) }))
  .post(
    "/webhooks/:id/edit",
    action({
      scope: "webhooks_write",
      ids,
      form: WebhookFields,
      run: async ({ ctx, ids, form }) => {
        const saved = await verbs.update(ctx, ids.id, form);
        return saved.ok ? ok({ to: toWebhook(ids.id), said: "Saved." }) : saved;
      },
      again: ({ ctx, ids }, faulty) => editing(ctx, ids.id, faulty),
    }),
  )
  .get("/webhooks/:id/rotate", page({ scope: "webhooks_write", ids, show: ({ ctx, ids }) => rotating(ctx, ids.id) }))
  .post(
    "/webhooks/:id/rotate",
    action({
      scope: "webhooks_write",
      ids,
      form: z.object({ overlapHours: queryNumber(0, LONGEST_OVERLAP) }),
      run: async ({ ctx, ids, form }) => {
        const rotated = await verbs.rotate(ctx, ids.id, form.overlapHours);
        return rotated.ok ? disclosed(rotated.value, "The new secret") : rotated;
      },
      again: ({ ctx, ids }, faulty) => rotating(ctx, ids.id, faulty),
    }),
  )
  .get(
    "/webhooks/:id/delete",
    page({
      scope: "webhooks_write",
      ids,
      show: ({ ctx, ids }) =>
        shown(ctx, ids.id, "Delete an endpoint", (row) => (
          <Sure
            title="Delete this endpoint"
            crumbs={underWebhook(row)}
            to={`${toWebhook(row.id)}/delete`}
            deed="Delete it"
          >
            <p>
              <strong>{row.url}</strong> is told nothing more.{" "}
              {row.waiting > 0 && `${row.waiting.toLocaleString("en")} events that wait for it are never sent. `}
              The record of what it was told goes with it.
            </p>
          </Sure>
        )),
    }),
  )
  .post(
    "/webhooks/:id/delete",
    deed(verbs.remove, "The endpoint is deleted.", () => "/webhooks"),
  )
  .post("/webhooks/:id/pause", deed(pause, "Paused: what happens from now on waits."))
  .post("/webhooks/:id/resume", deed(verbs.resume, "Resumed: what has waited is sent now."))
  .post(
    "/webhooks/:id/test",
    action({
      scope: "webhooks_write",
      ids,
      run: async ({ ctx, ids }) => {
        const put = await verbs.test(ctx, ids.id);
        return put.ok ? ok({ to: toDelivery(put.value), said: "A test is on its way." }) : put;
      },
    }),
  )
  .get(
    "/webhooks/:id/deliveries/:deliveryId",
    page({
      scope: "webhooks_read",
      ids: told,
      show: async ({ ctx, caller, ids }) => {
        const found = await deliveries.show(ctx, ids.id, ids.deliveryId);
        if (!found.ok) return found;
        const more = { of: found.value, mayWrite: mayWrite(caller) };
        return shown(ctx, ids.id, "Delivery", (row) => <DeliveryPage row={row} {...more} />);
      },
    }),
  )
  .post(
    "/webhooks/:id/deliveries/:deliveryId/resend",
    action({
      scope: "webhooks_write",
      ids: told,
      run: async ({ ctx, ids }) => {
        const sent = await deliveries.resend(ctx, ids.id, ids.deliveryId);
        return sent.ok ? ok({ to: toDelivery(sent.value.delivery), said: "It is sent again." }) : sent;
      },
    }),
  );
