/** Knows the pages on which a contact is made and changed. */
import { Hono } from "hono";
import type { Front } from "../../dialects/http";
import { ok, type Result, refuse } from "../../domain/failure";
import { addressKey } from "../../domain/platform";
import { update } from "../../engine/contactedit";
import * as verbs from "../../engine/contacts";
import type { Context } from "../../engine/context";
import { tagsInUse } from "../../engine/tags";
import { Trouble } from "../kit/fields";
import { nameOf } from "../kit/names";
import { action, type Faulty, page } from "../kit/page";
import { Form, Head, Version } from "../kit/parts";
import type { Page } from "../kit/show";
import { changedFields, type Person, PersonForm, rowOf } from "./fields";
import { PersonFields } from "./form";
import { MOST_OFFERED } from "./list";
import { pathOf } from "./who";

const FIELDS = ["displayName", "firstName", "lastName", "timezone", "avatarUrl", "tags"];
const scripts = ["contact.js"];

async function newPage(ctx: Context, faulty?: Faulty): Promise<Result<Page>> {
  const tags = await tagsInUse(ctx, MOST_OFFERED);
  const body = (
    <>
      <Head title="New contact" crumbs={[["Contacts", "/contacts"]]} />
      <Form to="/contacts">
        <TroubleOf faulty={faulty} />
        <PersonFields contact={null} faulty={faulty} tags={tags} />
        <Buttons back="/contacts">Create contact</Buttons>
      </Form>
    </>
  );
  return ok({ title: "New contact", section: "contacts", body, scripts });
}

async function editPage(ctx: Context, id: number, faulty?: Faulty): Promise<Result<Page>> {
  const found = await verbs.show(ctx, id);
  if (!found.ok) return found;
  const contact = found.value;
  const name = nameOf(contact);
  const body = (
    <>
      <Head
        title={`Change ${name}`}
        crumbs={[
          ["Contacts", "/contacts"],
          [name, pathOf(id)],
        ]}
      />
      <Form to={pathOf(id, "/edit")}>
        <Version at={contact.updatedAt} />
        <TroubleOf faulty={faulty} />
        <PersonFields contact={contact} faulty={faulty} />
        <Buttons back={pathOf(id)}>Save</Buttons>
      </Form>
    </>
  );
  return ok({ title: `Change ${name}`, section: "contacts", body, scripts });
}

/** Faults of rows stand in their rows. */
function TroubleOf({ faulty }: { faulty: Faulty | undefined }) {
  const inRow = /^(address|custom)\.\d+$/.test(faulty?.fault.field ?? "");
  return inRow ? null : <Trouble faulty={faulty} fields={FIELDS} />;
}

function Buttons({ back, children }: { back: string; children: string }) {
  return (
    <p class="actions">
      <button class="primary">{children}</button>
      <a class="button" href={back}>
        Cancel
      </a>
    </p>
  );
}

/** An address that somebody else has is told in its row. */
function inItsRow<T>(result: Result<T>, { addresses }: Person): Result<T> {
  if (result.ok || result.failure.kind !== "address_taken") return result;
  const { platform, address } = result.failure;
  const row = addresses.find(
    (one) => one.platform === platform && addressKey(one.platform, one.address) === addressKey(one.platform, address),
  );
  if (!row) return result;
  return refuse({ kind: "bad_value", field: rowOf("address", row.at), message: "belongs to another contact" });
}

const of = { id: "contact" } as const;

export const edit = new Hono<Front>()
  .get("/contacts/new", page({ scope: "contacts_write", show: ({ ctx }) => newPage(ctx) }))
  .post(
    "/contacts",
    action({
      scope: "contacts_write",
      form: PersonForm,
      run: async ({ ctx, form }) => {
        const { addresses, fields, ...person } = form;
        const platform = addresses[0]?.platform ?? "EMAIL";
        const customFields = changedFields({}, fields);
        const made = inItsRow(await verbs.create(ctx, { ...person, platform, addresses, customFields }), form);
        if (!made.ok) return made;
        return ok({ to: pathOf(made.value.id), said: `${nameOf(made.value)} is a contact now.` });
      },
      again: ({ ctx }, faulty) => newPage(ctx, faulty),
    }),
  )
  .get("/contacts/:id/edit", page({ scope: "contacts_write", ids: of, show: ({ ctx, ids }) => editPage(ctx, ids.id) }))
  .post(
    "/contacts/:id/edit",
    action({
      scope: "contacts_write",
      ids: of,
      form: PersonForm,
      run: async ({ ctx, ids, form }) => {
        const found = await verbs.show(ctx, ids.id);
        if (!found.ok) return found;
        const { addresses, fields, tags: _, ...person } = form;
        const custom = changedFields(found.value.customFields, fields);
        const done = inItsRow(await update(ctx, ids.id, { ...person, addresses, custom }), form);
        return done.ok ? ok({ to: pathOf(ids.id), said: "Saved." }) : done;
      },
      current: async ({ ctx, ids }) => {
        const found = await verbs.show(ctx, ids.id);
        return found.ok ? ok(found.value.updatedAt) : found;
      },
      again: ({ ctx, ids }, faulty) => editPage(ctx, ids.id, faulty),
    }),
  );
