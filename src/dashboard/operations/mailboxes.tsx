/** Knows the pages of mailboxes. */
import { Hono } from "hono";
import type { Child } from "hono/jsx";
import * as z from "zod";
import type { Front } from "../../dialects/http";
import { pageQuery } from "../../dialects/v1/wire/parse";
import { ok, type Result } from "../../domain/failure";
import { allows } from "../../domain/scope";
import type { Context } from "../../engine/context";
import type { KeyHolder } from "../../engine/keys";
import * as verbs from "../../engine/mailboxes";
import { action, type Faulty, page } from "../kit/page";
import type { Page } from "../kit/show";
import { MailboxFields, MailboxForm, NewMailboxFields } from "./mailboxform";
import { MailboxList, MailboxPage } from "./mailboxpages";
import { Sure } from "./parts";
import { MAILBOXES, toMailbox, underMailbox } from "./paths";

const section = "mailboxes";
const ids = { id: "mailbox" } as const;
const mayWrite = ({ scopes }: KeyHolder) => allows(scopes, "channels_write");

/** Shows something of one mailbox, where it is there. */
async function shown(ctx: Context, id: number, title: string, show: (row: verbs.MailboxRow) => Child) {
  const found = await verbs.show(ctx, id);
  return found.ok ? ok<Page>({ title, section, body: show(found.value.row) }) : found;
}

function making(faulty?: Faulty) {
  const title = "Add a mailbox";
  const body = <MailboxForm title={title} crumbs={MAILBOXES} to="/mailboxes" deed="Add it" faulty={faulty} />;
  return ok<Page>({ title, section, body });
}

function editing(ctx: Context, id: number, faulty?: Faulty) {
  const title = "Edit a mailbox";
  return shown(ctx, id, title, (row) => (
    <MailboxForm
      title={title}
      crumbs={underMailbox(row)}
      to={`${toMailbox(id)}/edit`}
      deed="Save"
      row={row}
      faulty={faulty}
    />
  ));
}

const pause = (ctx: Context, id: number) => verbs.pause(ctx, id, "paused by hand");

/** Does something to one mailbox that needs no more than a button. */
function deed(verb: (ctx: Context, id: number) => Promise<Result<unknown>>, said: string, to = toMailbox) {
  return action({
    scope: "channels_write",
    ids,
    run: async ({ ctx, ids }) => {
      const done = await verb(ctx, ids.id);
      return done.ok ? ok({ to: to(ids.id), said }) : done;
    },
  });
}

export const mailboxes = new Hono<Front>()
  .get(
    "/mailboxes",
    page({
      scope: "channels_read",
      query: z.object(pageQuery(25)),
      show: async ({ ctx, caller, query }) => {
        const body = <MailboxList of={await verbs.list(ctx, query)} mayWrite={mayWrite(caller)} />;
        return ok({ title: "Mailboxes", section, body });
      },
    }),
  )
  .get("/mailboxes/new", page({ scope: "channels_write", show: async () => making() }))
  .post(
    "/mailboxes",
    action({
      scope: "channels_write",
      form: NewMailboxFields,
      run: async ({ ctx, form }) => {
        const made = await verbs.create(ctx, { userId: ctx.userId ?? 0, ...form });
        return made.ok ? ok({ to: toMailbox(made.value), said: "The mailbox is added." }) : made;
      },
      again: async (_, faulty) => making(faulty),
    }),
  )
  .get(
    "/mailboxes/:id",
    page({
      scope: "channels_read",
      ids,
      show: async ({ ctx, caller, ids }) => {
        const found = await verbs.show(ctx, ids.id);
        if (!found.ok) return found;
        const free = await verbs.nextFree(ctx, found.value.row);
        const body = <MailboxPage of={found.value} free={free} mayWrite={mayWrite(caller)} />;
        return ok({ title: found.value.row.email, section, body });
      },
    }),
  )
  .get("/mailboxes/:id/edit", page({ scope: "channels_write", ids, show: ({ ctx, ids }) => editing(ctx, ids.id) }))
  .post(
    "/mailboxes/:id/edit",
    action({
      scope: "channels_write",
      ids,
      form: MailboxFields,
      run: async ({ ctx, ids, form }) => {
        const saved = await verbs.update(ctx, ids.id, form);
        return saved.ok ? ok({ to: toMailbox(ids.id), said: "Saved." }) : saved;
      },
      again: ({ ctx, ids }, faulty) => editing(ctx, ids.id, faulty),
    }),
  )
  .post("/mailboxes/:id/pause", deed(pause, "Paused: nothing leaves from it."))
  .post("/mailboxes/:id/resume", deed(verbs.resume, "Resumed: what has waited goes out."))
  .get(
    "/mailboxes/:id/delete",
    page({
      scope: "channels_write",
      ids,
      show: ({ ctx, ids }) =>
        shown(ctx, ids.id, "Delete a mailbox", (row) => (
          <Sure
            title="Delete this mailbox"
            crumbs={underMailbox(row)}
            to={`${toMailbox(row.id)}/delete`}
            deed="Delete it"
          >
            <p>
              Nothing leaves from <strong>{row.email}</strong> any more. Journeys that were to send from it go on from
              another mailbox, or from the address of the workspace where there is none.
            </p>
          </Sure>
        )),
    }),
  )
  .post(
    "/mailboxes/:id/delete",
    deed(verbs.remove, "The mailbox is deleted.", () => "/mailboxes"),
  );
