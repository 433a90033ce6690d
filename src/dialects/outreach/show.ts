/** Knows how rows become an answer: as much of them as was asked for, with what is included. */
import { ok, type Result } from "../../domain/failure";
import type { Row } from "../../domain/listing";
import { allows } from "../../domain/scope";
import { type Look, objectOf } from "./document";
import { answer, type Refusal, refused } from "./errors";
import { sparseOf } from "./fields";
import { included, type Loaded, load, type Paths, pathsOf, type Reader } from "./include";
import { BASE } from "./path";
import { type Query, queryOf, said } from "./query";
import type { Resource } from "./resource";
import { servedAs } from "./resources";
import type { Asked } from "./routes";

export interface View {
  look: Look;
  paths: Paths;
}

export function baseOf(url: URL): string {
  return url.origin + BASE;
}

/** What a request asks of the documents it gets. */
export function lookOf({ c, resource, url }: Asked, query: Query): Result<View, Refusal> {
  const { scopes, userId } = c.var.caller;
  const sparse = sparseOf(query);
  if (!sparse.ok) return sparse;
  const paths = pathsOf(query, resource.table, scopes);
  if (!paths.ok) return paths;
  const meta = said(query, "provideAuthorizationMeta") === "true";
  const authorized = meta ? (loaded: Loaded) => rightsOn(loaded, scopes, userId) : null;
  return ok({ look: { base: baseOf(url), sparse: sparse.value, authorized }, paths: paths.value });
}

function rightsOn({ table, row }: Loaded, scopes: readonly string[], userId: number) {
  const resource: Resource | null = servedAs(table.type);
  const may =
    resource !== null && allows(scopes, resource.scopes.write) && (resource.isEditable?.(row, userId) ?? true);
  return { canWrite: may && resource.update !== undefined, canDelete: may && resource.remove !== undefined };
}

export async function showMany(
  { c, ctx, resource }: Asked,
  { look, paths }: View,
  rows: readonly Row[],
  more: object,
): Promise<Response> {
  const loaded = await load(ctx, resource.table, rows);
  const along = await alongside({ ctx, scopes: c.var.caller.scopes }, loaded, paths, look);
  return answer(c, 200, { data: loaded.map((one) => objectOf(one, look)), ...along, ...more });
}

export async function showOne(asked: Asked, row: Row, status: 200 | 201): Promise<Response> {
  const { c, ctx, resource } = asked;
  const view = lookOf(asked, queryOf(asked.url));
  if (!view.ok) return refused(c, view.failure);
  const { look, paths } = view.value;
  const [loaded] = await load(ctx, resource.table, [row]);
  if (!loaded) throw new Error("a row that was there is gone");
  const along = await alongside({ ctx, scopes: c.var.caller.scopes }, [loaded], paths, look);
  return answer(c, status, { data: objectOf(loaded, look), ...along });
}

async function alongside(reader: Reader, from: readonly Loaded[], paths: Paths, look: Look) {
  if (paths.size === 0) return {};
  return { included: (await included(reader, from, paths)).map((loaded) => objectOf(loaded, look)) };
}
