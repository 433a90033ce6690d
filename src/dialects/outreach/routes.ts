/** Knows the routes that all resources share: a list, one, its writes, its actions, and what it is related to. */
import { type Handler, Hono } from "hono";
import { ok, type Result, refuse } from "../../domain/failure";
import type { Row } from "../../domain/listing";
import { allows, allowsReading } from "../../domain/scope";
import { find, linked, list, typeKey, usualOrder } from "../../engine/collections";
import { contextFor } from "../../engine/context";
import { type Front, type Http, limitsFor } from "../http";
import { danglingIn, jsonOf, writtenOf } from "./body";
import {
  answer,
  badParameter,
  lackingScope,
  NOTHING_HERE,
  notFound,
  type Refusal,
  refusalOf,
  refused,
  WRONG_METHOD,
} from "./errors";
import { filtersOf } from "./filter";
import { pageLinks, pageOf } from "./page";
import { malformedIn, ofFamily, queryOf } from "./query";
import type { Acting, Resource } from "./resource";
import { servedAs, servedAt } from "./resources";
import { lookOf, showMany, showOne } from "./show";
import { ordersOf } from "./sort";
import { otherSide } from "./tables";

export interface Asked {
  c: Http;
  ctx: Acting;
  resource: Resource;
  url: URL;
}

type Deed = "read" | "write" | "delete";

/** Runs a deed on the resource of the path, for whoever may. */
function on(deed: Deed, run: (asked: Asked) => Promise<Response | Refusal>): Handler<Front, "/:plural"> {
  return async (c) => {
    const resource = servedAt(c.req.param("plural"));
    if (!resource) return refused(c, NOTHING_HERE);
    const { caller, doors } = c.var;
    const { read, write } = resource.scopes;
    const may = deed === "read" ? allowsReading(caller.scopes, read) : allows(caller.scopes, write);
    if (!may) return refused(c, lackingScope(`${resource.table.plural}.${deed}`));
    const ctx = { ...contextFor(doors, caller.workspaceId, caller.userId), userId: caller.userId };
    const url = new URL(c.req.url);
    const malformed = malformedIn(url);
    if (malformed !== null) return refused(c, unclosed(malformed));
    const result = await run({ c, ctx, resource, url });
    return result instanceof Response ? result : refused(c, result);
  };
}

function unclosed(parameter: string): Refusal {
  return badParameter("permittedParams.malformed", parameter, `The brackets of '${parameter}' do not close.`);
}

export const resourceRoutes = new Hono<Front>();

resourceRoutes.get("/:plural", on("read", listed));
resourceRoutes.post("/:plural", on("write", created));
resourceRoutes.get(
  "/:plural/:id",
  on("read", (asked) => withRow(asked, async (row) => showOne(asked, await fullRow(asked, row), 200))),
);
resourceRoutes.patch("/:plural/:id", on("write", updated));
resourceRoutes.delete("/:plural/:id", on("delete", removed));
resourceRoutes.post("/:plural/:id/actions/:action", on("write", acted));
resourceRoutes.get("/:plural/:id/:relation", on("read", related));

for (const path of ["/:plural", "/:plural/:id", "/:plural/:id/actions/:action"]) {
  resourceRoutes.all(path, (c) => refused(c, servedAt(c.req.param("plural") ?? "") ? WRONG_METHOD : NOTHING_HERE));
}

async function listed(asked: Asked): Promise<Response | Refusal> {
  const { ctx, resource, url } = asked;
  const query = queryOf(url);
  const where = filtersOf(query, resource.table);
  if (!where.ok) return where.failure;
  const sorted = ordersOf(query, resource.table);
  if (!sorted.ok) return sorted.failure;
  const order = sorted.value.length > 0 ? sorted.value : usualOrder(ctx, resource.table.type);
  const page = pageOf(query, order, limitsFor(asked.c).pageSize);
  if (!page.ok) return page.failure;
  const look = lookOf(asked, query);
  if (!look.ok) return look.failure;
  const result = await list(ctx, resource.table.type, { where: where.value, order, ...page.value });
  if (!result.ok) return refusalOf(result.failure, resource.table);
  const { rows, count } = result.value;
  const meta = count ? { meta: { count: count.n, count_truncated: count.truncated } } : {};
  return showMany(asked, look.value, rows, { ...meta, links: pageLinks(url, query, order, result.value) });
}

/** With the row that the path names. */
async function withRow(asked: Asked, run: (row: Row) => Promise<Response | Refusal>): Promise<Response | Refusal> {
  const { c, ctx, resource } = asked;
  const named = c.req.param("id") ?? "";
  const [row] = /^\d{1,15}$/.test(named) ? await find(ctx, resource.table.type, [Number(named)]) : [];
  return row ? run(row) : notFound(resource.table.type, named);
}

/** A row with what is too much for a list. */
async function fullRow({ ctx, resource }: Asked, row: Row): Promise<Row> {
  return resource.full ? { ...row, ...(await resource.full(ctx, row)) } : row;
}

async function created(asked: Asked): Promise<Response | Refusal> {
  const { ctx, resource } = asked;
  if (!resource.create) return WRONG_METHOD;
  const look = lookOf(asked, queryOf(asked.url));
  if (!look.ok) return look.failure;
  const written = await readWritten(asked, null);
  if (!written.ok) return written.failure;
  const made = await resource.create(ctx, written.value);
  if (!made.ok) return refusalOf(made.failure, resource.table);
  return shownAfresh(asked, made.value, 201);
}

async function updated(asked: Asked): Promise<Response | Refusal> {
  const { ctx, resource } = asked;
  const { update } = resource;
  if (!update) return WRONG_METHOD;
  return withRow(asked, async (row) => {
    const { id } = row;
    const look = lookOf(asked, queryOf(asked.url));
    if (!look.ok) return look.failure;
    const written = await readWritten(asked, id);
    if (!written.ok) return written.failure;
    const done = await update(ctx, id, written.value, row);
    return done.ok ? shownAfresh(asked, id, 200) : refusedWrite(asked, id, done);
  });
}

async function readWritten(asked: Asked, id: number | null) {
  const json = await jsonOf(asked.c);
  if (!json.ok) return json;
  const written = writtenOf(asked.resource, json.value, id);
  if (!written.ok) return written;
  const dangling = await danglingIn(asked.ctx, asked.resource, written.value);
  return dangling ? refuse(dangling) : ok(written.value);
}

async function removed(asked: Asked): Promise<Response | Refusal> {
  const { c, ctx, resource } = asked;
  const { remove } = resource;
  if (!remove) return WRONG_METHOD;
  return withRow(asked, async ({ id }) => {
    const done = await remove(ctx, id);
    return done.ok ? c.body(null, 204) : refusedWrite(asked, id, done);
  });
}

async function acted(asked: Asked): Promise<Response | Refusal> {
  const { c, ctx, resource, url } = asked;
  const { actions = {} } = resource;
  const name = c.req.param("action") ?? "";
  const action = Object.hasOwn(actions, name) ? actions[name] : undefined;
  if (!action) return NOTHING_HERE;
  return withRow(asked, async (row) => {
    const query = queryOf(url);
    const look = lookOf(asked, query);
    if (!look.ok) return look.failure;
    const named = ofFamily(query, "actionParams").map(({ path, values }) => [path.join("."), values[0] ?? ""] as const);
    const done = await action(ctx, { id: row.id, row, params: new Map(named) });
    return done.ok ? shownAfresh(asked, row.id, 200) : refusedWrite(asked, row.id, done);
  });
}

/** What went missing during a write is the row itself. */
function refusedWrite(
  { resource: { table } }: Asked,
  id: number,
  { failure }: Extract<Result<unknown>, { ok: false }>,
): Refusal {
  return failure.kind === "not_found" ? notFound(table.type, String(id)) : refusalOf(failure, table);
}

/** Whoever has given something away by his write hears what came of it all the same. */
async function shownAfresh(asked: Asked, id: number, status: 200 | 201): Promise<Response | Refusal> {
  const [row] = await find({ ...asked.ctx, userId: null }, asked.resource.table.type, [id]);
  return row ? showOne(asked, row, status) : notFound(asked.resource.table.type, String(id));
}

/** What no filter finds: the related rows of one relationship. */
async function related(asked: Asked): Promise<Response | Refusal> {
  const { c, ctx, resource, url } = asked;
  const name = c.req.param("relation") ?? "";
  const relationship = Object.hasOwn(resource.table.relationships, name)
    ? resource.table.relationships[name]
    : undefined;
  if (!relationship) return NOTHING_HERE;
  return withRow(asked, async (row) => {
    // What may lead to several types says with each row which it is.
    const other = servedAs(otherSide(name, relationship)?.type ?? String(row[typeKey(name)] ?? ""));
    if (!other) return answer(c, 200, { data: relationship.kind === "one" ? null : [] });
    if (!allowsReading(c.var.caller.scopes, other.scopes.read)) return lackingScope(`${other.table.plural}.read`);
    const look = lookOf({ ...asked, resource: other }, queryOf(url));
    if (!look.ok) return look.failure;
    const ids =
      relationship.kind === "one"
        ? [row[name]].filter((id) => typeof id === "number")
        : ((await linked(ctx, resource.table.type, name, [row.id])).get(row.id) ?? []);
    const rows = await find(ctx, other.table.type, ids);
    const [only] = rows;
    if (relationship.kind === "many" || relationship.kind === "links")
      return showMany({ ...asked, resource: other }, look.value, rows, {});
    return only ? showOne({ ...asked, resource: other }, only, 200) : answer(c, 200, { data: null });
  });
}
