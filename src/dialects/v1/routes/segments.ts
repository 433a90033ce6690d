/** Knows v1's routes on segments, and on who is in one. */
import * as z from "zod";
import { ok } from "../../../domain/failure";
import { create, list, members, remove, show, update } from "../../../engine/segments";
import { catalogue } from "../catalogue";
import { endpoint } from "../endpoint";
import { ShownContact, showContact } from "../wire/contact";
import { pagination } from "../wire/page";
import { pageQuery } from "../wire/parse";
import { CreateSegment, ShownSegment, showSegment, UpdateSegment } from "../wire/segment";
import { pageOf } from "../wire/shape";

export const segmentRoutes = catalogue({
  noun: "segment",
  scopes: { read: "contacts_read", write: "contacts_write" },
  Create: CreateSegment,
  Update: UpdateSegment,
  Shown: ShownSegment,
  show: showSegment,
  list,
  create,
  find: show,
  update,
  remove,
}).get(
  "/:id/contacts",
  endpoint({
    operation: "listMembers",
    summary: "Who is in a segment",
    answer: pageOf("contacts", ShownContact),
    scope: "contacts_read",
    ids: { id: "segment" },
    query: z.object(pageQuery(50)),
    run: async ({ ctx, ids, query }) => {
      const listed = await members(ctx, ids.id, query);
      if (!listed.ok) return listed;
      const { items, ...page } = listed.value;
      return ok({ contacts: items.map(showContact), pagination: pagination(page) });
    },
  }),
);
