/** Knows the pages of sequences. */
import { Hono } from "hono";
import * as z from "zod";
import type { Front } from "../../dialects/http";
import { pageQuery } from "../../dialects/v1/wire/parse";
import { ok } from "../../domain/failure";
import { windowOf } from "../../engine/page";
import * as verbs from "../../engine/sequences";
import { page } from "../kit/page";
import { SequenceList } from "./list";

export const sequences = new Hono<Front>().get(
  "/",
  page({
    scope: "sequences_read",
    query: z.object(pageQuery(25)),
    show: async ({ ctx, query }) => {
      const listed = { ...query, ...(await verbs.listCounted(ctx, windowOf(query))) };
      return ok({ title: "Sequences", section: "sequences", body: <SequenceList of={listed} /> });
    },
  }),
);
