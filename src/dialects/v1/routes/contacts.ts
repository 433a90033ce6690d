/** Knows v1's routes on contacts. */
import { ok } from "../../../domain/failure";
import * as contacts from "../../../engine/contacts";
import { erase } from "../../../engine/erasure";
import { endpoint, routes } from "../endpoint";
import { ContactsQuery, CreateContact, showContact, UpdateContact } from "../wire/contact";
import { pagination } from "../wire/page";

const of = { id: "contact" } as const;

export const contactRoutes = routes()
  .get(
    "/",
    endpoint({
      scope: "contacts_read",
      query: ContactsQuery,
      run: async ({ ctx, query }) => {
        const { items, ...page } = await contacts.list(ctx, query);
        return ok({ contacts: items.map(showContact), pagination: pagination(page) });
      },
    }),
  )
  .post(
    "/",
    endpoint({
      scope: "contacts_write",
      body: CreateContact,
      status: 201,
      run: async ({ ctx, body }) => {
        const created = await contacts.create(ctx, body);
        return created.ok ? ok({ contact: showContact(created.value) }) : created;
      },
    }),
  )
  .get(
    "/:id",
    endpoint({
      scope: "contacts_read",
      ids: of,
      run: async ({ ctx, ids }) => {
        const found = await contacts.show(ctx, ids.id);
        return found.ok ? ok({ contact: showContact(found.value) }) : found;
      },
    }),
  )
  .patch(
    "/:id",
    endpoint({
      scope: "contacts_write",
      ids: of,
      body: UpdateContact,
      run: async ({ ctx, ids, body }) => {
        const updated = await contacts.update(ctx, ids.id, body);
        return updated.ok ? ok({ contact: showContact(updated.value) }) : updated;
      },
    }),
  )
  .delete(
    "/:id",
    endpoint({
      scope: "contacts_write",
      ids: of,
      run: async ({ ctx, ids }) => {
        const erased = await erase(ctx, ids.id);
        return erased.ok ? ok({ success: true }) : erased;
      },
    }),
  );
