/** Knows how a route of the operator is run: read as v1 reads, on behalf of a workspace that the path names. */
import type { Handler } from "hono";
import type { ContentfulStatusCode } from "hono/utils/http-status";
import type * as z from "zod";
import { ok, type Result } from "../../domain/failure";
import { type Context, contextFor, type Doors } from "../../engine/context";
import * as workspace from "../../engine/workspace";
import type { Front, Http } from "../http";
import { type Asked, type NOTHING, readAll } from "../v1/endpoint";
import { refusalOf, refuse } from "../v1/errors";
import type { IdNoun } from "../v1/ids";

interface Spec<I, Ids extends string, Q extends z.ZodType, B extends z.ZodType> {
  ids?: Record<Ids, IdNoun>;
  query?: Q;
  body?: B;
  status?: ContentfulStatusCode;
  /** `origin` is where the operator has reached this server. */
  run: (input: I & Asked<Ids, z.output<Q>, z.output<B>> & { origin: string }) => Promise<Result<object>>;
}

type Nothing = typeof NOTHING;

/** A route on the installation as a whole. */
export function operation<Q extends z.ZodType = Nothing, B extends z.ZodType = Nothing>(
  spec: Spec<{ doors: Doors }, never, Q, B>,
): Handler<Front> {
  return answering(spec, async (c) => ok({ doors: c.var.doors }));
}

/** A route within the workspace that `:id` names, which must be there. */
export function within<Ids extends string = "id", Q extends z.ZodType = Nothing, B extends z.ZodType = Nothing>(
  spec: Spec<{ ctx: Context }, Ids | "id", Q, B>,
): Handler<Front> {
  return answering(spec, async (c, ids) => {
    const ctx = contextFor(c.var.doors, ids.id);
    const found = await workspace.show(ctx);
    return found.ok ? ok({ ctx }) : found;
  });
}

function answering<I, Ids extends string, Q extends z.ZodType, B extends z.ZodType>(
  spec: Spec<I, Ids, Q, B>,
  standing: (c: Http, ids: Record<Ids, number>) => Promise<Result<I>>,
): Handler<Front> {
  return async (c) => {
    const asked = await readAll(c, spec);
    if (!asked.ok) return refuse(c, asked.refusal);
    const place = await standing(c, asked.value.ids);
    if (!place.ok) return refuse(c, refusalOf(place.failure));
    const result = await spec.run({ ...place.value, ...asked.value, origin: new URL(c.req.url).origin });
    return result.ok ? c.json(result.value, spec.status ?? 200) : refuse(c, refusalOf(result.failure));
  };
}
