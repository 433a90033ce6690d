/** Knows v1's routes on contacts. */
import { type Failure, ok, refuse } from "../../../domain/failure";
import { update } from "../../../engine/contactedit";
import * as contacts from "../../../engine/contacts";
import { erase } from "../../../engine/erasure";
import { endpoint, routes } from "../endpoint";
import { ContactsQuery, CreateContact, ShownContact, showContact, UpdateContact } from "../wire/contact";
import { pagination } from "../wire/page";
import { Done, oneAs, pageOf } from "../wire/shape";
import { exportContact } from "./export";

const of = { id: "contact" } as const;
const One = oneAs("contact", ShownContact);

/** A refused address is named by the field that the client wrote it in. */
function asSent(refused: { ok: false; failure: Failure }, field: string): { ok: false; failure: Failure } {
  const { failure } = refused;
  if (failure.kind !== "bad_address") return refused;
  return refuse({ kind: "bad_value", field, message: `is no ${failure.platform} address` });
}

export const contactRoutes = routes()
  .get(
    "/",
    endpoint({
      operation: "listContacts",
      summary: "Contacts, by the beginnings of words, platform and tags",
      answer: pageOf("contacts", ShownContact),
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
      operation: "createContact",
      summary: "Make a contact with an address on a platform",
      answer: One,
      scope: "contacts_write",
      body: CreateContact,
      status: 201,
      run: async ({ ctx, body: { sent, ...draft } }) => {
        const created = await contacts.create(ctx, draft);
        return created.ok ? ok({ contact: showContact(created.value) }) : asSent(created, sent);
      },
    }),
  )
  .get(
    "/:id",
    endpoint({
      operation: "getContact",
      summary: "One contact",
      answer: One,
      scope: "contacts_read",
      ids: of,
      run: async ({ ctx, ids }) => {
        const found = await contacts.show(ctx, ids.id);
        return found.ok ? ok({ contact: showContact(found.value) }) : found;
      },
    }),
  )
  .get("/:id/export", exportContact)
  .patch(
    "/:id",
    endpoint({
      operation: "updateContact",
      summary: "Change a contact; what is left out stays",
      answer: One,
      scope: "contacts_write",
      ids: of,
      body: UpdateContact,
      run: async ({ ctx, ids, body: { sent, ...patch } }) => {
        const updated = await update(ctx, ids.id, patch);
        return updated.ok ? ok({ contact: showContact(updated.value) }) : asSent(updated, sent);
      },
    }),
  )
  .delete(
    "/:id",
    endpoint({
      operation: "deleteContact",
      summary: "End a contact's enrollments and erase what tells who he is",
      answer: Done,
      scope: "contacts_write",
      ids: of,
      run: async ({ ctx, ids }) => {
        const erased = await erase(ctx, ids.id);
        return erased.ok ? ok({ success: true }) : erased;
      },
    }),
  );
