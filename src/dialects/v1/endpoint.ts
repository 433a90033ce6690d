/** Knows how a v1 route is run: who may, with which ids, query and body, and how what comes of it is answered. */
import { type Handler, Hono } from "hono";
import type { ContentfulStatusCode } from "hono/utils/http-status";
import * as z from "zod";
import type { Result } from "../../domain/failure";
import { sizeInWords } from "../../domain/limits";
import { allows, type Scope } from "../../domain/scope";
import { type Context, contextFor } from "../../engine/context";
import type { KeyHolder } from "../../engine/keys";
import { know } from "../../log";
import { bodyOf, type Front, type Http, isPaged, limitsFor } from "../http";
import { invalid, type Refusal, refusalOf, refuse } from "./errors";
import { once } from "./idempotency";
import { type IdNoun, malformed, read } from "./ids";
import { oneOf, type Parsed, parse } from "./wire/parse";

/** What a request asks, read by what its route takes. */
export interface Asked<Ids extends string, Q, B> {
  ids: Record<Ids, number>;
  /** The path's parameters as they were written, for names that are no ids. */
  params: Record<string, string>;
  query: Q;
  body: B;
}

export interface Input<Ids extends string, Q, B> extends Asked<Ids, Q, B> {
  ctx: Context;
  caller: KeyHolder;
}

/** What a route takes. */
export interface Taken<Ids extends string, Q extends z.ZodType, B extends z.ZodType> {
  /** The path's parameters and what each is an id of. */
  ids?: Record<Ids, IdNoun>;
  query?: Q;
  body?: B;
}

export interface Endpoint<
  Ids extends string,
  Q extends z.ZodType,
  B extends z.ZodType,
  A extends z.ZodType<object, object>,
> extends Taken<Ids, Q, B>,
    Told {
  scope: Scope;
  status?: ContentfulStatusCode;
  answer?: A;
  run: (input: Input<Ids, z.output<Q>, z.output<B>>) => Promise<Result<z.input<A>>>;
}

/** What documents say of a route and nothing goes by. */
export interface Told {
  /** Its name in clients: for ever. */
  operation?: string;
  summary?: string;
  /** The path's parameters that are no ids. */
  params?: Record<string, z.ZodType>;
}

export type Routes = Hono<Front>;

export function routes(): Routes {
  return new Hono<Front>();
}

export const NOTHING = z.object({});

/** The query of a change that can be tried without being made. */
export const DryRun = z.object({
  dryRun: oneOf(["true", "false"])
    .default("false")
    .transform((value) => value === "true")
    .describe("Only tells what the change would do to enrollments under way; nothing is written"),
});

/** What was not made is not answered with 201. */
function isDryRun(query: unknown): boolean {
  return typeof query === "object" && query !== null && "dryRun" in query && query.dryRun === true;
}

export function endpoint<
  Ids extends string = never,
  Q extends z.ZodType = typeof NOTHING,
  B extends z.ZodType = typeof NOTHING,
  A extends z.ZodType<object, object> = z.ZodType<object, object>,
>(spec: Endpoint<Ids, Q, B, A>): Handler<Front> {
  const run = async (c: Http): Promise<Response> => {
    const { caller, doors } = c.var;
    const asked = await readAll(c, spec);
    if (!asked.ok) return refuse(c, asked.refusal);
    const ctx = contextFor(doors, caller.workspaceId, caller.userId);
    const result = await spec.run({ ctx, caller, ...asked.value });
    if (!result.ok) return refuse(c, refusalOf(result.failure));
    return c.json(result.value, isDryRun(asked.value.query) ? 200 : (spec.status ?? 200));
  };
  const handler: Handler<Front> = async (c) =>
    allows(c.var.caller.scopes, spec.scope) ? once(c, () => run(c)) : refuse(c, lacking(spec.scope));
  return described(handler, spec);
}

const specs = new WeakMap<object, Described>();

/** What a route takes and asks for, as far as its description goes. */
export interface Described extends Told {
  /** None where any key will do. */
  scope?: Scope;
  /** All that a key needs besides. */
  scopes?: readonly Scope[];
  ids?: Record<string, IdNoun>;
  query?: z.ZodType;
  body?: z.ZodType;
  /** A body that is no JSON, by its content type. */
  file?: string;
  status?: ContentfulStatusCode;
  answer?: z.ZodType;
}

/** Tells of a handler what it takes and answers. */
export function described(handler: Handler<Front>, spec: Described): Handler<Front> {
  specs.set(handler, spec);
  return handler;
}

/** What is told of a handler that was made here: documents and tests go by it. */
export function specOf(handler: object): Described | null {
  return specs.get(handler) ?? null;
}

export function lacking(scope: Scope): Refusal {
  return { code: "AUTHORIZATION_ERROR", message: `The key lacks the scope ${scope}` };
}

export async function readAll<Ids extends string, Q extends z.ZodType, B extends z.ZodType>(
  c: Http,
  spec: Taken<Ids, Q, B>,
): Promise<Parsed<Asked<Ids, z.output<Q>, z.output<B>>>> {
  const ids = idsOf(c, spec.ids);
  if (!ids.ok) return ids;
  const query = parse(spec.query ?? NOTHING, c.req.query());
  if (!query.ok) return query;
  const tooMany = shorten(c, query.value);
  if (tooMany) return { ok: false, refusal: tooMany };
  const body = await parseBody(c, spec.body);
  if (!body.ok) return body;
  const value = { ids: ids.value, params: c.req.param(), query: query.value, body: body.value };
  // The defaults are what the types of a route without query or body say.
  return { ok: true, value: value as Asked<Ids, z.output<Q>, z.output<B>> };
}

function idsOf<Ids extends string>(c: Http, nouns: Record<Ids, IdNoun> | undefined): Parsed<Record<Ids, number>> {
  const ids: Record<string, number> = {};
  for (const [name, noun] of Object.entries<IdNoun>(nouns ?? {})) {
    const id = read(noun, c.req.param(name) ?? "");
    if (id === null) return { ok: false, refusal: malformed(name, noun) };
    ids[name] = id;
    if (noun === "enrollment") know({ enrollment: id });
  }
  return { ok: true, value: ids as Record<Ids, number> };
}

/** Refuses a page that is longer than the workspace may ask for; where nobody has said how long, it is as long as may be. */
function shorten(c: Http, query: unknown): Refusal | null {
  const { pageSize } = limitsFor(c);
  if (!isPaged(query) || query.limit <= pageSize) return null;
  if (c.req.query("limit") !== undefined) return invalid("limit", `limit must be at most ${pageSize}`);
  query.limit = pageSize;
  return null;
}

export const NO_FORMS = { code: "UNSUPPORTED_MEDIA_TYPE", message: "The body must be JSON, and be called so" } as const;

/** What the pages of others may have a browser send unasked. A client that names no type, or one of its own, sends JSON. */
export function isForm(c: Http): boolean {
  const type = c.req.header("content-type") ?? "";
  return /^\s*(?:application\/x-www-form-urlencoded|multipart\/|text\/)/i.test(type);
}

/** A route without a body reads none; one whose fields are all optional takes none for an empty one. */
async function parseBody(c: Http, schema: z.ZodType | undefined): Promise<Parsed<unknown>> {
  if (schema === undefined) return { ok: true, value: {} };
  const body = await bodyOf(c);
  if (body.kind !== "none" && isForm(c)) return { ok: false, refusal: NO_FORMS };
  switch (body.kind) {
    case "broken":
      return { ok: false, refusal: { code: "BAD_REQUEST", message: "The body is not valid JSON" } };
    case "too_large":
      return {
        ok: false,
        refusal: { code: "BAD_REQUEST", message: `The body is larger than ${sizeInWords(body.most)}` },
      };
    case "none":
      return parse(schema, {});
    case "json":
      return parse(schema, body.value);
  }
}
