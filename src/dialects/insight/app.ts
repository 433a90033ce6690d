/** Knows the doors by which an operator looks into the service: figures, dead letters, and the doctor. */
import { type Handler, Hono } from "hono";
import * as z from "zod";
import * as deadLetters from "../../engine/deadletters";
import * as doctor from "../../engine/doctor";
import { figures } from "../../engine/figures";
import type { Front, Http } from "../http";
import { isOperator } from "../operator";
import { Digging, expose, Redriving, Round, showLetter } from "./wire";

const ENDS = { stranger: { status: 401, code: "UNAUTHORIZED", message: "The operator's token is required" } } as const;

/** Runs it for the operator, with what the query says. */
function forOperator<Q extends z.ZodType>(
  query: Q,
  run: (c: Http, asked: z.output<Q>) => Promise<Response>,
): Handler<Front> {
  return async (c) => {
    const { status, code, message } = ENDS.stranger;
    if (!(await isOperator(c))) return c.json({ error: { code, message } }, status);
    const asked = query.safeParse(c.req.query());
    if (asked.success) return run(c, asked.data);
    return c.json({ error: { code: "BAD_REQUEST", message: z.prettifyError(asked.error) } }, 400);
  };
}

const NOTHING = z.object({});

export const insight = new Hono<Front>();

insight.get(
  "/metrics",
  forOperator(NOTHING, async (c) =>
    c.body(expose(await figures(c.var.doors)), 200, { "content-type": "text/plain; version=0.0.4; charset=utf-8" }),
  ),
);

insight.get(
  "/admin/figures",
  forOperator(NOTHING, async (c) => c.json({ figures: await figures(c.var.doors) })),
);

insight.get(
  "/admin/dead-letters",
  forOperator(Digging, async (c, { workspace: workspaceId, body, ...asked }) => {
    const { items, next } = await deadLetters.dig(c.var.doors, { ...asked, workspaceId });
    return c.json({ deadLetters: items.map((letter) => showLetter(letter, body)), next });
  }),
);

insight.post(
  "/admin/dead-letters/resend",
  forOperator(Redriving, async (c, { workspace: workspaceId, ...asked }) =>
    c.json(await deadLetters.redrive(c.var.doors, { ...asked, workspaceId })),
  ),
);

insight.post(
  "/admin/doctor",
  forOperator(Round, async (c, { workspace: workspaceId, ...round }) =>
    c.json(await doctor.examine(c.var.doors, { ...round, workspaceId })),
  ),
);
