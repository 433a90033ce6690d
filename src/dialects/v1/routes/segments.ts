/** Knows v1's routes on segments. */
import * as z from "zod";
import { ok } from "../../../domain/failure";
import * as segments from "../../../engine/segments";
import { endpoint, routes } from "../endpoint";
import { showContact } from "../wire/contact";
import { pagination } from "../wire/page";
import { pageQuery } from "../wire/parse";
import { CreateSegment, showSegment, UpdateSegment } from "../wire/segment";

const of = { id: "segment" } as const;

export const segmentRoutes = routes()
  .get(
    "/",
    endpoint({
      scope: "contacts_read",
      query: z.object(pageQuery(50)),
      run: async ({ ctx, query }) => {
        const { items, ...page } = await segments.list(ctx, query);
        return ok({ segments: items.map(showSegment), pagination: pagination(page) });
      },
    }),
  )
  .post(
    "/",
    endpoint({
      scope: "contacts_write",
      body: CreateSegment,
      status: 201,
      run: async ({ ctx, body }) => {
        const created = await segments.create(ctx, body);
        return created.ok ? ok({ segment: showSegment(created.value) }) : created;
      },
    }),
  )
  .get(
    "/:id",
    endpoint({
      scope: "contacts_read",
      ids: of,
      run: async ({ ctx, ids }) => {
        const found = await segments.show(ctx, ids.id);
        return found.ok ? ok({ segment: showSegment(found.value) }) : found;
      },
    }),
  )
  .patch(
    "/:id",
    endpoint({
      scope: "contacts_write",
      ids: of,
      body: UpdateSegment,
      run: async ({ ctx, ids, body }) => {
        const updated = await segments.update(ctx, ids.id, body);
        return updated.ok ? ok({ segment: showSegment(updated.value) }) : updated;
      },
    }),
  )
  .delete(
    "/:id",
    endpoint({
      scope: "contacts_write",
      ids: of,
      run: async ({ ctx, ids }) => {
        const removed = await segments.remove(ctx, ids.id);
        return removed.ok ? ok({ success: true }) : removed;
      },
    }),
  )
  .get(
    "/:id/contacts",
    endpoint({
      scope: "contacts_read",
      ids: of,
      query: z.object(pageQuery(50)),
      run: async ({ ctx, ids, query }) => {
        const listed = await segments.members(ctx, ids.id, query);
        if (!listed.ok) return listed;
        const { items, ...page } = listed.value;
        return ok({ contacts: items.map(showContact), pagination: pagination(page) });
      },
    }),
  );
