/** Knows how a Broadcast route is run: who may, on what, with which query and body, and how what comes of it is answered. */
import { type Handler, Hono } from "hono";
import * as z from "zod";
import { ok, type Result } from "../../domain/failure";
import { allows, type Scope } from "../../domain/scope";
import { type Context, contextFor } from "../../engine/context";
import type { KeyHolder } from "../../engine/keys";
import { bodyOf, type Front, type Http, isPaged, limitsFor } from "../http";
import { BLANK, empty, refusalOf, refuse, UNAUTHORIZED, wrong } from "./errors";
import { flat, type Reader } from "./wire/body";
import { type Fields, type Form, type Parsed, parse, warningsOn } from "./wire/parse";

export interface Input<F, Q, B> {
  ctx: Context;
  caller: KeyHolder;
  version: string;
  /** What the path names. */
  found: F;
  query: Q;
  body: B;
}

export interface Endpoint<F, Q extends z.ZodObject, B extends z.ZodObject> {
  scopes: readonly Scope[];
  /** What the path names is looked for before anything else is read. */
  find?: (ctx: Context, ids: Ids) => Promise<Result<F>>;
  query?: Q;
  body?: B;
  read?: Reader;
  /** All fields of the body unless told otherwise. */
  form?: (fields: Fields, found: F) => Parsed<Form>;
  status?: 200 | 201;
  /** Whether a refusal by 422 has an empty body. */
  silent?: boolean;
  /** Null is answered by an empty body. */
  run: (input: Input<F, z.output<Q>, z.output<B>>) => Promise<Result<object | null>>;
}

/** Anything but digits is no id, and finds nothing. */
export interface Ids {
  id: number;
  stepId: number;
}

/** What each handler was made of. */
const specs = new WeakMap<object, { query?: z.ZodObject; body?: z.ZodObject }>();

/** What a handler that was made here takes: tests go by it. */
export function specOf(handler: object): { query?: z.ZodObject; body?: z.ZodObject } | null {
  return specs.get(handler) ?? null;
}

const NOBODY = 0;
const NOTHING = z.object({});

export function routes(): Hono<Front> {
  return new Hono<Front>();
}

export function endpoint<F = undefined, Q extends z.ZodObject = typeof NOTHING, B extends z.ZodObject = typeof NOTHING>(
  spec: Endpoint<F, Q, B>,
): Handler<Front> {
  const { silent = false, status = 200 } = spec;
  const handler: Handler<Front> = async (c) => {
    const { caller, doors, version } = c.var;
    if (!spec.scopes.every((scope) => allows(caller.scopes, scope))) return refuse(c, UNAUTHORIZED);
    const ctx = contextFor(doors, caller.workspaceId, caller.userId);
    const found = spec.find ? await spec.find(ctx, idsOf(c)) : ok(undefined as F);
    if (!found.ok) return refuse(c, refusalOf(found.failure));
    const read = await readAll(c, spec, found.value);
    if (!read.ok) return silent && read.refusal.status === 422 ? empty(c, 422) : refuse(c, read.refusal);
    const { query, body, unknown } = read.value;
    if (isPaged(query)) query.limit = Math.min(query.limit, limitsFor(c).pageSize);
    const result = await spec.run({ ctx, caller, version, found: found.value, query, body });
    if (!result.ok) {
      const refusal = refusalOf(result.failure);
      return silent && refusal.status === 422 ? empty(c, 422) : refuse(c, refusal);
    }
    if (result.value === null) return empty(c, status);
    const warnings = warningsOn(unknown);
    return c.json(warnings.length === 0 ? result.value : { ...result.value, warnings }, status);
  };
  specs.set(handler, spec);
  return handler;
}

function idsOf(c: Http): Ids {
  return { id: numberOf(c.req.param("id")), stepId: numberOf(c.req.param("stepId")) };
}

function numberOf(text = ""): number {
  return /^\d{1,15}$/.test(text) ? Number(text) : NOBODY;
}

interface Read<Q, B> {
  query: Q;
  body: B;
  /** Names of parameters that nobody asks for. */
  unknown: string[];
}

async function readAll<F, Q extends z.ZodObject, B extends z.ZodObject>(
  c: Http,
  spec: Endpoint<F, Q, B>,
  found: F,
): Promise<Parsed<Read<z.output<Q>, z.output<B>>>> {
  // The defaults are what the types of a route without query or body say.
  const [ofQuery, ofBody] = [spec.query ?? NOTHING, spec.body ?? NOTHING] as [Q, B];
  const asked = split(c.req.query(), Object.keys(ofQuery.shape));
  const query = parse(ofQuery, asked.known);
  if (!query.ok) return query;
  const reader = spec.read ?? flat;
  const fields = spec.body ? reader(await bodyOf(c), c.req.query()) : ({ ok: true, value: {} } as const);
  if (!fields.ok) return fields;
  const form = spec.form?.(fields.value, found) ?? formOf(ofBody);
  if (!form.ok) return form;
  const said = split(fields.value, form.value.fields);
  const lacking = form.value.needed.find((name) => (said.known[name] ?? null) === null);
  if (lacking) return { ok: false, refusal: wrong(lacking, BLANK) };
  const body = parse(ofBody, said.known);
  if (!body.ok) return body;
  return { ok: true, value: { query: query.value, body: body.value, unknown: [...asked.unknown, ...said.unknown] } };
}

function formOf(schema: z.ZodObject): Parsed<Form> {
  return { ok: true, value: { fields: Object.keys(schema.shape), needed: [] } };
}

function split(fields: Fields, names: readonly string[]): { known: Fields; unknown: string[] } {
  const known = Object.entries(fields).filter(([name]) => names.includes(name));
  const unknown = Object.keys(fields).filter((name) => !names.includes(name));
  return { known: Object.fromEntries(known), unknown };
}
