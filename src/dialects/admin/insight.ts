/** Knows the operator's routes on the service as a whole: figures, dead letters, and the doctor. */
import { type Handler, Hono } from "hono";
import * as z from "zod";
import * as deadLetters from "../../engine/deadletters";
import * as doctor from "../../engine/doctor";
import { figures } from "../../engine/figures";
import type { Front, Http } from "../http";
import { refuse } from "../v1/errors";
import { Digging, expose, Redriving, Round, showLetter } from "./insightwire";

/** Runs it with what the query says. */
function asking<Q extends z.ZodType>(
  query: Q,
  run: (c: Http, asked: z.output<Q>) => Promise<Response>,
): Handler<Front> {
  return async (c) => {
    const asked = query.safeParse(c.req.query());
    if (asked.success) return run(c, asked.data);
    return refuse(c, { code: "BAD_REQUEST", message: z.prettifyError(asked.error) });
  };
}

/** For Prometheus. */
export const metrics: Handler<Front> = async (c) =>
  c.body(expose(await figures(c.var.doors)), 200, { "content-type": "text/plain; version=0.0.4; charset=utf-8" });

export const insightRoutes = new Hono<Front>();

insightRoutes.get("/figures", async (c) => c.json({ figures: await figures(c.var.doors) }));

insightRoutes.get(
  "/dead-letters",
  asking(Digging, async (c, { workspace: workspaceId, body, ...asked }) => {
    const { items, next } = await deadLetters.dig(c.var.doors, { ...asked, workspaceId });
    return c.json({ deadLetters: items.map((letter) => showLetter(letter, body)), next });
  }),
);

insightRoutes.post(
  "/dead-letters/resend",
  asking(Redriving, async (c, { workspace: workspaceId, ...asked }) =>
    c.json(await deadLetters.redrive(c.var.doors, { ...asked, workspaceId })),
  ),
);

insightRoutes.post(
  "/doctor",
  asking(Round, async (c, { workspace: workspaceId, ...round }) =>
    c.json(await doctor.examine(c.var.doors, { ...round, workspaceId })),
  ),
);
