/** Knows Broadcast's routes on subscribers. */
import { addressOn, type Contact } from "../../../domain/contact";
import { missing, ok, type Result } from "../../../domain/failure";
import { type ContactPatch, setActive, update } from "../../../engine/contactedit";
import * as contacts from "../../../engine/contacts";
import type { Context } from "../../../engine/context";
import * as subscribers from "../../../engine/subscribers";
import { addTags, removeTags } from "../../../engine/tags";
import { endpoint, type Ids, routes } from "../endpoint";
import { renaming, underSubscriber } from "../wire/body";
import { PageQuery, stretch } from "../wire/page";
import type { Said } from "../wire/parse";
import {
  Addressed,
  CreateSubscriber,
  draftOf,
  FindQuery,
  showSubscriber,
  Tagged,
  UpdateByEmail,
  UpdateSubscriber,
} from "../wire/subscriber";

async function answer(ctx: Context, done: Result<Contact>): Promise<Result<object>> {
  if (!done.ok) return done;
  const contact = done.value;
  const mailed = await subscribers.lastMailed(ctx, [contact]);
  return ok(showSubscriber(contact, mailed.get(contact.id) ?? null));
}

/** A contact without an email address is no subscriber. */
async function subscriberOf(ctx: Context, { id }: Ids): Promise<Result<Contact>> {
  const found = await contacts.show(ctx, id);
  return found.ok && addressOn(found.value, "EMAIL") === null ? missing("contact") : found;
}

/** What is done with a subscriber who is named by his email. */
function verb<B extends typeof Addressed>(
  body: B,
  run: (ctx: Context, contact: Contact, body: Said<B>) => Promise<Result<Contact>>,
) {
  return endpoint({
    scopes: ["contacts_write"],
    body,
    read: underSubscriber,
    run: async ({ ctx, body }) => {
      const found = await subscribers.findByEmail(ctx, body.email);
      return answer(ctx, found.ok ? await run(ctx, found.value, body) : found);
    },
  });
}

function change(patch: ContactPatch) {
  return verb(Addressed, (ctx, { id }) => update(ctx, id, patch));
}

export const subscriberRoutes = routes()
  .get(
    "/",
    endpoint({
      scopes: ["contacts_read"],
      query: PageQuery,
      run: async ({ ctx, query }) => {
        const listed = await subscribers.listSubscribers(ctx, query.page);
        const mailed = await subscribers.lastMailed(ctx, listed.items);
        const shown = listed.items.map((contact) => showSubscriber(contact, mailed.get(contact.id) ?? null));
        return ok({ subscribers: shown, pagination: stretch(listed) });
      },
    }),
  )
  .post(
    "/",
    endpoint({
      scopes: ["contacts_write"],
      body: CreateSubscriber,
      read: underSubscriber,
      status: 201,
      run: async ({ ctx, body }) => {
        const written = await subscribers.upsertByEmail(ctx, { ...draftOf(body), email: body.email });
        return answer(ctx, written.ok ? ok(written.value.contact) : written);
      },
    }),
  )
  .patch(
    "/",
    endpoint({
      scopes: ["contacts_write"],
      body: UpdateByEmail,
      read: renaming,
      run: async ({ ctx, body }) => {
        const found = await subscribers.findByEmail(ctx, body.email);
        if (!found.ok) return found;
        const patch = { ...draftOf(body), email: body["subscriber[email]"] };
        return answer(ctx, await update(ctx, found.value.id, patch));
      },
    }),
  )
  .get(
    "/find",
    endpoint({
      scopes: ["contacts_read"],
      query: FindQuery,
      run: async ({ ctx, query }) => answer(ctx, await subscribers.findByEmail(ctx, query.email)),
    }),
  )
  .post(
    "/add_tag",
    verb(Tagged, (ctx, { id }, body) => addTags(ctx, id, body.tags)),
  )
  .delete(
    "/remove_tag",
    verb(Tagged, (ctx, { id }, body) => removeTags(ctx, id, body.tags)),
  )
  .post(
    "/activate",
    verb(Addressed, (ctx, { id }) => setActive(ctx, id, true)),
  )
  .post(
    "/deactivate",
    verb(Addressed, (ctx, { id }) => setActive(ctx, id, false)),
  )
  .post("/unsubscribe", change({ optedOut: true }))
  .post("/resubscribe", change({ optedOut: false }))
  .get(
    "/:id",
    endpoint({
      scopes: ["contacts_read"],
      find: subscriberOf,
      run: async ({ ctx, found }) => answer(ctx, ok(found)),
    }),
  )
  .patch(
    "/:id",
    endpoint({
      scopes: ["contacts_write"],
      find: subscriberOf,
      body: UpdateSubscriber,
      read: underSubscriber,
      run: async ({ ctx, found, body }) =>
        answer(ctx, await update(ctx, found.id, { ...draftOf(body), email: body.email })),
    }),
  );
