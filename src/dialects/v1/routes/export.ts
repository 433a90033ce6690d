/** Knows v1's route by which somebody takes out all that is known of a contact: one document, sent as it is read. */
import type { Handler } from "hono";
import * as z from "zod";
import { allows } from "../../../domain/scope";
import { contextFor } from "../../../engine/context";
import { dossierOf } from "../../../engine/dossier";
import { report } from "../../../log";
import type { Front } from "../../http";
import { described, lacking } from "../endpoint";
import { refusalOf, refuse } from "../errors";
import { malformed, read, spell } from "../ids";
import { documentOf } from "../wire/dossier";
import { ShownDossier } from "../wire/dossiershape";
import { idOf, parse } from "../wire/parse";

/** It tells what all three of them tell. */
const SCOPES = ["contacts_read", "messages_read", "replies_read"] as const;

const Query = z.object({ after: idOf("enrollment").optional() });

const send: Handler<Front> = async (c) => {
  const { caller, doors } = c.var;
  const lacks = SCOPES.find((scope) => !allows(caller.scopes, scope));
  if (lacks) return refuse(c, lacking(lacks));
  const id = read("contact", c.req.param("id") ?? "");
  if (id === null) return refuse(c, malformed("id", "contact"));
  const query = parse(Query, c.req.query());
  if (!query.ok) return refuse(c, query.refusal);
  const { after } = query.value;
  const ctx = contextFor(doors, caller.workspaceId, caller.userId);
  const dossier = await dossierOf(ctx, id, after ?? 0);
  if (!dossier.ok) return refuse(c, refusalOf(dossier.failure));
  const texts = documentOf(dossier.value, { at: ctx.now.journey, goesOn: after !== undefined });
  return c.body(streamOf(texts), 200, {
    "content-type": "application/json",
    "content-disposition": `attachment; filename="${spell("contact", id)}.json"`,
  });
};

export const exportContact = described(send, {
  operation: "exportContact",
  summary: "All that is known of a contact; next, where it is not null, is the after of the document that goes on",
  scope: "contacts_read",
  scopes: SCOPES,
  ids: { id: "contact" },
  query: Query,
  answer: ShownDossier,
});

/** Reads on only as fast as it is taken. Where reading fails the answer is cut off, and is no whole document. */
function streamOf(texts: AsyncGenerator<string>): ReadableStream<Uint8Array> {
  const bytes = new TextEncoder();
  return new ReadableStream({
    async pull(controller) {
      try {
        const { value, done } = await texts.next();
        if (done) controller.close();
        else controller.enqueue(bytes.encode(value));
      } catch (error) {
        report("an export was cut off", { error });
        controller.error(error);
      }
    },
    async cancel() {
      await texts.return(undefined);
    },
  });
}
