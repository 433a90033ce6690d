/** Knows v1's routes on addresses that nobody writes to. */
import { ok } from "../../../domain/failure";
import * as suppressions from "../../../engine/suppressions";
import { endpoint, routes } from "../endpoint";
import { pagination } from "../wire/page";
import {
  LiftAddressQuery,
  LiftQuery,
  Suppress,
  SuppressionsQuery,
  SuppressMany,
  showSuppression,
} from "../wire/suppression";

const of = { id: "suppression" } as const;

export const suppressionRoutes = routes()
  .get(
    "/",
    endpoint({
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
      scope: "contacts_write",
      ids: of,
      query: LiftQuery,
      run: async ({ ctx, ids, query }) => {
        const lifted = await suppressions.lift(ctx, ids.id, query);
        return lifted.ok ? ok({ success: true }) : lifted;
      },
    }),
  );
