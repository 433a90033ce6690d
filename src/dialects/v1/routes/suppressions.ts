/** Knows v1's routes on addresses that nobody writes to. */
import * as z from "zod";
import { ok } from "../../../domain/failure";
import * as suppressions from "../../../engine/suppressions";
import { endpoint, routes } from "../endpoint";
import { pagination } from "../wire/page";
import { Count, Done, oneAs, pageOf } from "../wire/shape";
import {
  LiftAddressQuery,
  LiftQuery,
  ShownSuppression,
  Suppress,
  SuppressionsQuery,
  SuppressMany,
  showSuppression,
} from "../wire/suppression";

const of = { id: "suppression" } as const;
const One = oneAs("suppression", ShownSuppression);

export const suppressionRoutes = routes()
  .get(
    "/",
    endpoint({
      operation: "listSuppressions",
      summary: "Addresses that nobody writes to",
      answer: pageOf("suppressions", ShownSuppression),
      scope: "contacts_read",
      query: SuppressionsQuery,
      run: async ({ ctx, query }) => {
        const { items, ...page } = await suppressions.list(ctx, query);
        return ok({ suppressions: items.map(showSuppression), pagination: pagination(page) });
      },
    }),
  )
  .post(
    "/",
    endpoint({
      operation: "createSuppression",
      summary: "Have an address not written to",
      answer: One,
      scope: "contacts_write",
      body: Suppress,
      status: 201,
      run: async ({ ctx, body }) => {
        const listed = await suppressions.putOne(ctx, body);
        return listed.ok ? ok({ suppression: showSuppression(listed.value) }) : listed;
      },
    }),
  )
  .post(
    "/import",
    endpoint({
      operation: "importSuppressions",
      summary: "Have up to 1,000 addresses not written to",
      answer: z.object({ received: Count, added: Count }),
      scope: "contacts_write",
      body: SuppressMany,
      run: async ({ ctx, body }) => {
        const listed = await suppressions.put(ctx, body.suppressions);
        return listed.ok ? ok({ received: body.suppressions.length, added: listed.value.added }) : listed;
      },
    }),
  )
  .delete(
    "/",
    endpoint({
      operation: "liftAddress",
      summary: "Take an address off the list",
      answer: Done,
      scope: "contacts_write",
      query: LiftAddressQuery,
      run: async ({ ctx, query }) => {
        const lifted = await suppressions.liftAddress(ctx, query, query);
        return lifted.ok ? ok({ success: true }) : lifted;
      },
    }),
  )
  .get(
    "/:id",
    endpoint({
      operation: "getSuppression",
      summary: "One suppression",
      answer: One,
      scope: "contacts_read",
      ids: of,
      run: async ({ ctx, ids }) => {
        const found = await suppressions.show(ctx, ids.id);
        return found.ok ? ok({ suppression: showSuppression(found.value) }) : found;
      },
    }),
  )
  .delete(
    "/:id",
    endpoint({
      operation: "deleteSuppression",
      summary: "Take a suppression off the list",
      answer: Done,
      scope: "contacts_write",
      ids: of,
      query: LiftQuery,
      run: async ({ ctx, ids, query }) => {
        const lifted = await suppressions.lift(ctx, ids.id, query);
        return lifted.ok ? ok({ success: true }) : lifted;
      },
    }),
  );
