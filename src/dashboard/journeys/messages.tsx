/** Knows the pages of one message. */
import { Hono } from "hono";
import type { Front } from "../../dialects/http";
import { missing, ok } from "../../domain/failure";
import { allows } from "../../domain/scope";
import * as contacts from "../../engine/contacts";
import * as verbs from "../../engine/messages";
import { page } from "../kit/page";
import { isLive } from "../kit/show";
import { HEADERS, inert } from "./inert";
import { Fate, MessagePage, titleOf } from "./message";

const ids = { id: "message" } as const;

export const messages = new Hono<Front>()
  .get(
    "/messages/:id",
    page({
      scope: "messages_read",
      ids,
      show: async ({ c, ctx, caller, ids: { id } }) => {
        // What changes is in the ledger: whoever looks on does not ask the object again for what it said.
        const line = isLive(c) ? await verbs.lineOf(ctx, id) : null;
        if (line?.ok) return ok({ title: titleOf(line.value), section: "sequences", body: <Fate of={line.value} /> });
        const found = await verbs.show(ctx, id);
        if (!found.ok) return found;
        const { row } = found.value;
        const known = allows(caller.scopes, "contacts_read") ? await contacts.show(ctx, row.contactId) : null;
        const body = <MessagePage of={found.value} contact={known?.ok ? known.value : null} />;
        return ok({ title: titleOf(row), section: "sequences", body });
      },
    }),
  )
  .get(
    "/messages/:id/html",
    page({
      scope: "messages_read",
      ids,
      show: async ({ c, ctx, ids: { id } }) => {
        const found = await verbs.show(ctx, id);
        if (!found.ok) return found;
        const { content } = found.value;
        if (content?.format !== "html") return missing("message");
        return ok(await c.html(await inert(content.body, content.mail?.unsubscribeUrl ?? null), 200, HEADERS));
      },
    }),
  );
