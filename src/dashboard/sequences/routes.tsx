/** Knows the pages of sequences: the list, how one is made, and where the pages of one stand. */
import { Hono } from "hono";
import * as z from "zod";
import type { Front } from "../../dialects/http";
import { spell } from "../../dialects/v1/ids";
import { oneOf, pageQuery } from "../../dialects/v1/wire/parse";
import { NO_RULES } from "../../domain/condition";
import { ok } from "../../domain/failure";
import { allows } from "../../domain/scope";
import { SEQUENCE_STATUSES } from "../../domain/sequence";
import { listOverviews } from "../../engine/overviews";
import { plantSample } from "../../engine/sample";
import * as verbs from "../../engine/sequences";
import { action, type Faulty, page } from "../kit/page";
import { SequenceList } from "./list";
import { NewSequence } from "./new";
import { oneSequence } from "./one";
import { NewSequenceForm } from "./settingsform";

const PAGE = 25;

function newPage(faulty?: Faulty) {
  return ok({ title: "New sequence", section: "sequences" as const, body: <NewSequence faulty={faulty} /> });
}

export const sequences = new Hono<Front>()
  .get(
    "/",
    page({
      scope: "sequences_read",
      query: z.object({ ...pageQuery(PAGE), status: oneOf(SEQUENCE_STATUSES).optional() }),
      show: async ({ ctx, caller, query: { status = null, ...query } }) => {
        const of = await listOverviews(ctx, { ...query, status });
        const body = <SequenceList of={of} status={status} mayWrite={allows(caller.scopes, "sequences_write")} />;
        return ok({ title: "Sequences", section: "sequences", body });
      },
    }),
  )
  .get("/sequences", (c) => c.redirect("/", 303))
  .get("/sequences/new", page({ scope: "sequences_write", show: async () => newPage() }))
  .post(
    "/sequences",
    action({
      scope: "sequences_write",
      form: NewSequenceForm,
      again: async (_, faulty) => newPage(faulty),
      run: async ({ ctx, caller, form: { name, description } }) => {
        const draft = {
          rules: NO_RULES,
          primaryReplyAction: "finish",
          status: "DRAFT",
          userId: caller.userId,
        } as const;
        const made = await verbs.create(ctx, { ...draft, name: name.trim(), description });
        if (!made.ok) return made;
        const said = "Your sequence is there, as a draft. Add what it sends.";
        return ok({ to: `/sequences/${spell("sequence", made.value.sequence.id)}/build`, said });
      },
    }),
  )
  .post(
    "/sequences/sample",
    action({
      scope: "sequences_write",
      run: async ({ ctx, caller }) => {
        const id = await plantSample(ctx, caller.userId);
        if (!id.ok) return id;
        const said = "This is a draft: read it, change it, enroll somebody, and activate it when you like it.";
        return ok({ to: `/sequences/${spell("sequence", id.value)}`, said });
      },
    }),
  )
  .route("/sequences/:id", oneSequence);
