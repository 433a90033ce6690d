/** Knows the page of one contact: who he is, whether he may be written to, and all that has passed between him and us. */
import { Hono } from "hono";
import * as z from "zod";
import type { Front } from "../../dialects/http";
import { ok } from "../../domain/failure";
import { allows } from "../../domain/scope";
import * as verbs from "../../engine/contacts";
import { journeysOf, repliesBefore } from "../../engine/journeysof";
import * as messages from "../../engine/messages";
import { tagsInUse } from "../../engine/tags";
import { wholeNumber } from "../kit/form";
import { nameOf } from "../kit/names";
import { page } from "../kit/page";
import { Head } from "../kit/parts";
import { MOST_OFFERED } from "./list";
import { PlaceCard, TagCard, WhoCard } from "./personcards";
import { Journeys, Messages, Replies } from "./persontraffic";
import { pathOf } from "./who";

/** Of each list on the page. */
const ROWS = 10;
const pageNumber = wholeNumber(1, 10_000).default(1);

const Query = z.object({
  journeys: pageNumber,
  messages: pageNumber,
  replies: wholeNumber(1, Number.MAX_SAFE_INTEGER).optional(),
});

export const EXPORTING = ["contacts_read", "messages_read", "replies_read"] as const;

export const person = new Hono<Front>().get(
  "/contacts/:id",
  page({
    scope: "contacts_read",
    ids: { id: "contact" },
    query: Query,
    show: async ({ ctx, caller, ids: { id }, query }) => {
      const found = await verbs.show(ctx, id);
      if (!found.ok) return found;
      const contact = found.value;
      const may = (scope: string) => allows(caller.scopes, scope);
      const mayWrite = may("contacts_write");
      const ofHim = { enrollmentId: null, sequenceId: null, contactId: id, status: null };
      const [journeys, sent, replies, tags] = await Promise.all([
        may("sequences_read") ? journeysOf(ctx, id, { page: query.journeys, limit: ROWS }) : null,
        may("messages_read") ? messages.list(ctx, { ...ofHim, page: query.messages, limit: ROWS }) : null,
        may("replies_read") ? repliesBefore(ctx, contact, { below: query.replies ?? null, limit: ROWS + 1 }) : null,
        mayWrite ? tagsInUse(ctx, MOST_OFFERED) : [],
      ]);
      const name = nameOf(contact);
      const body = (
        <>
          <Head title={name} crumbs={[["Contacts", "/contacts"]]}>
            {may("sequences_write") && (
              <a class="button primary" href={pathOf(id, "/enroll")}>
                Enroll
              </a>
            )}
            {mayWrite && (
              <a class="button" href={pathOf(id, "/edit")}>
                Change
              </a>
            )}
            {EXPORTING.every(may) && (
              <a class="button" href={pathOf(id, "/export")} download>
                Export
              </a>
            )}
            {mayWrite && (
              <a class="button danger" href={pathOf(id, "/delete")}>
                Delete
              </a>
            )}
          </Head>
          <div class="columns">
            <WhoCard of={contact} />
            <div>
              <PlaceCard of={contact} mayWrite={mayWrite} />
              <TagCard of={contact} choices={tags} mayWrite={mayWrite} />
            </div>
          </div>
          {journeys && <Journeys of={journeys} contact={id} query={query} />}
          {sent?.ok && <Messages of={sent.value} contact={id} query={query} />}
          {replies && <Replies of={replies.slice(0, ROWS)} more={replies.length > ROWS} contact={id} query={query} />}
        </>
      );
      return ok({ title: name, section: "contacts", body });
    },
  }),
);
