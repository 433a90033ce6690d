/** Knows the page on which one contact is enrolled in a sequence that is chosen there. */
import { Hono } from "hono";
import * as z from "zod";
import type { Front } from "../../dialects/http";
import { spell } from "../../dialects/v1/ids";
import { idOf, platformName } from "../../dialects/v1/wire/parse";
import type { Contact } from "../../domain/contact";
import { ok, type Result, refuse } from "../../domain/failure";
import { allows } from "../../domain/scope";
import { enroll } from "../../engine/admission";
import * as verbs from "../../engine/contacts";
import type { Context } from "../../engine/context";
import { runningNamed } from "../../engine/journeysof";
import { Trouble } from "../kit/fields";
import { nameOf } from "../kit/names";
import { action, type Faulty, page } from "../kit/page";
import { Empty, Head } from "../kit/parts";
import type { Page } from "../kit/show";
import { journeyPath } from "./persontraffic";
import { EnrollForm, pathOf } from "./who";

const SHOWN = 20;

const of = { id: "contact" } as const;
const query = z.object({ search: z.string().max(255).default("") });

interface Running {
  items: { id: number; name: string }[];
  more: boolean;
}

async function enlistPage(ctx: Context, id: number, search: string, faulty?: Faulty): Promise<Result<Page>> {
  const [found, running] = await Promise.all([verbs.show(ctx, id), runningNamed(ctx, search, SHOWN)]);
  if (!found.ok) return found;
  const contact = found.value;
  const name = nameOf(contact);
  const body = (
    <>
      <Head
        title={`Enroll ${name}`}
        crumbs={[
          ["Contacts", "/contacts"],
          [name, pathOf(id)],
        ]}
      />
      <Trouble faulty={faulty} />
      <form class="filters" data-autosubmit>
        <label>
          Sequence
          <input type="search" name="search" value={search} placeholder="Part of its name" />
        </label>
        <button>Search</button>
      </form>
      <Choice contact={contact} running={running} search={search} />
    </>
  );
  return ok({ title: `Enroll ${name}`, section: "contacts", body });
}

function Choice({ contact, running: { items, more }, search }: { contact: Contact; running: Running; search: string }) {
  if (items.length === 0)
    return (
      <Empty title={search ? "No active sequence has that in its name" : "No sequence is active"}>
        <p>Whoever is enrolled starts at once, so only active sequences are offered here.</p>
        <p>
          <a class="button" href="/">
            To the sequences
          </a>
        </p>
      </Empty>
    );
  return (
    <>
      <ul class="card choices" aria-label="Active sequences">
        {items.map(({ id, name }) => (
          <li>
            <a href={`/sequences/${spell("sequence", id)}`}>{name}</a>
            <EnrollForm
              to={pathOf(contact.id, "/enroll")}
              who={["sequence", spell("sequence", id)]}
              label={`Platform for ${name}`}
              contact={contact}
            />
          </li>
        ))}
      </ul>
      {more && <p class="none">There are more: search for a part of the name.</p>}
    </>
  );
}

export const enlist = new Hono<Front>()
  .get(
    "/contacts/:id/enroll",
    page({
      scope: "sequences_write",
      ids: of,
      query,
      show: async ({ ctx, caller, ids, query: { search } }) =>
        allows(caller.scopes, "contacts_read")
          ? enlistPage(ctx, ids.id, search)
          : refuse({ kind: "beyond_scope", scope: "contacts_read" }),
    }),
  )
  .post(
    "/contacts/:id/enroll",
    action({
      scope: "sequences_write",
      ids: of,
      query,
      form: z.object({ sequence: idOf("sequence"), platform: platformName }),
      run: async ({ ctx, ids: { id: contactId }, form: { sequence: sequenceId, platform } }) => {
        const enrolled = await enroll(ctx, { sequenceId, contactId, platform });
        if (!enrolled.ok) return enrolled;
        const { row, contact, definition } = enrolled.value;
        const said = `${nameOf(contact)} is enrolled in ${definition.sequence.name}.`;
        return ok({ to: journeyPath(sequenceId, row.id), said });
      },
      again: ({ ctx, ids, query: { search } }, faulty) => enlistPage(ctx, ids.id, search, faulty),
    }),
  );
