/** Knows Broadcast's routes on who is in a sequence: add, remove, list. */
import { ok } from "../../../domain/failure";
import { ALWAYS_OPEN } from "../../../domain/schedule";
import * as enrollments from "../../../engine/enrollments";
import { timingOf } from "../../../engine/schedules";
import { findByEmail } from "../../../engine/subscribers";
import { enrollByEmail } from "../../../engine/subscribing";
import { endpoint, routes } from "../endpoint";
import { enrolled } from "../wire/body";
import { Enrolled, showEnrollments } from "../wire/enrollment";
import { neighbours, PageQuery } from "../wire/page";
import { sequenceOf } from "./sequences";

const ROWS_A_PAGE = 10;

export const enrollmentRoutes = routes()
  .post(
    "/:id/add_subscriber",
    endpoint({
      scopes: ["sequences_write", "contacts_write"],
      find: sequenceOf,
      body: Enrolled,
      read: enrolled,
      status: 201,
      silent: true,
      run: async ({ ctx, found, body }) => {
        const { email, first_name: firstName, last_name: lastName } = body;
        const done = await enrollByEmail(ctx, found.id, { email, firstName, lastName });
        return done.ok ? ok(null) : done;
      },
    }),
  )
  .delete(
    "/:id/remove_subscriber",
    endpoint({
      scopes: ["sequences_write", "contacts_write"],
      find: sequenceOf,
      body: Enrolled,
      read: enrolled,
      silent: true,
      run: async ({ ctx, found, body }) => {
        const contact = await findByEmail(ctx, body.email);
        const done = await enrollments.exitContact(ctx, found.id, contact.ok ? contact.value.id : null);
        return done.ok ? ok(null) : done;
      },
    }),
  )
  .get(
    "/:id/list_subscribers",
    endpoint({
      scopes: ["sequences_read", "contacts_read"],
      find: sequenceOf,
      query: PageQuery,
      run: async ({ ctx, found, query }) => {
        const page = { page: query.page, limit: ROWS_A_PAGE };
        const listed = await enrollments.listOf(ctx, {
          sequenceId: found.id,
          standing: null,
          order: "oldest",
          ...page,
        });
        if (!listed.ok) return listed;
        const { items, ...paged } = listed.value;
        const [first] = items;
        const timing = first ? await timingOf(ctx, first.definition) : ALWAYS_OPEN;
        return ok({ subscriber_sequences: showEnrollments(items, timing), pagination: neighbours(paged) });
      },
    }),
  );
