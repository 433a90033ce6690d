/** Knows which related rows a request wants along, and how they are found, each once. */
import { ok, type Result, refuse } from "../../domain/failure";
import type { Row } from "../../domain/listing";
import { allowsReading } from "../../domain/scope";
import { find, linked, typeKey } from "../../engine/collections";
import type { Context } from "../../engine/context";
import { badParameter, lackingScope, type Refusal } from "./errors";
import { namesIn, type Query, said } from "./query";
import { servedAs } from "./resources";
import type { Relationship, Table } from "./table";
import { tableOf } from "./tables";

/** Relationships, and those wanted of what they lead to. */
export type Paths = Map<string, Paths>;

const DEEPEST = 5;

export function pathsOf(query: Query, table: Table, scopes: readonly string[]): Result<Paths, Refusal> {
  const paths: Paths = new Map();
  for (const path of namesIn(said(query, "include") ?? "")) {
    const refusal = plant(paths, path, table, scopes);
    if (refusal) return refuse(refusal);
  }
  return ok(paths);
}

function plant(paths: Paths, path: string, table: Table, scopes: readonly string[]): Refusal | null {
  const names = path.split(".");
  if (names.length > DEEPEST) return wrong(path, `goes deeper than ${DEEPEST}`);
  let [at, from]: [Paths, Table | null] = [paths, table];
  for (const name of names) {
    const relationship: Relationship | undefined =
      from && Object.hasOwn(from.relationships, name) ? from.relationships[name] : undefined;
    if (!relationship) return wrong(path, `names no relationship: '${name}'`);
    if (relationship.kind === "links") return wrong(path, `cannot be included: '${name}' is only linked to`);
    const served = servedAs(relationship.to);
    if (served && !allowsReading(scopes, served.scopes.read)) return lackingScope(`${served.table.plural}.read`);
    const next: Paths = at.get(name) ?? new Map();
    at.set(name, next);
    [at, from] = [next, tableOf(relationship.to)];
  }
  return null;
}

function wrong(path: string, message: string): Refusal {
  return badParameter("includeParameter.unknownRelationship", "include", `'${path}' ${message}.`);
}

/** A row with the ids of all that it is related to. */
export interface Loaded {
  table: Table;
  row: Row;
  many: ReadonlyMap<string, readonly number[]>;
}

export async function load(ctx: Context, table: Table, rows: readonly Row[]): Promise<Loaded[]> {
  const ids = rows.map(({ id }) => id);
  const names = Object.keys(table.relationships).filter((name) => table.relationships[name]?.kind === "many");
  const found = await Promise.all(names.map((name) => linked(ctx, table.type, name, ids)));
  return rows.map((row) => ({
    table,
    row,
    many: new Map(names.map((name, i) => [name, found[i]?.get(row.id) ?? []])),
  }));
}

/** Who asks, and what he may read. */
export interface Reader {
  ctx: Context;
  scopes: readonly string[];
}

/** What the paths lead to from these rows, without the rows themselves. */
export async function included(reader: Reader, from: readonly Loaded[], paths: Paths): Promise<Loaded[]> {
  const known = new Map(from.map((loaded) => [keyOf(loaded.table.type, loaded.row.id), loaded]));
  await follow(reader, from, paths, known);
  return [...known.values()].filter((loaded) => !from.includes(loaded));
}

async function follow(
  reader: Reader,
  from: readonly Loaded[],
  paths: Paths,
  known: Map<string, Loaded>,
): Promise<void> {
  for (const [name, further] of paths) {
    const targets = from.flatMap((loaded) => targetsOf(loaded, name));
    const reached: Loaded[] = [];
    for (const [type, of] of Map.groupBy(targets, (target) => target.type)) {
      reached.push(...(await fetched(reader, type, [...new Set(of.map(({ id }) => id))], known)));
    }
    await follow(reader, reached, further, known);
  }
}

async function fetched(
  { ctx, scopes }: Reader,
  type: string,
  ids: number[],
  known: Map<string, Loaded>,
): Promise<Loaded[]> {
  const resource = servedAs(type);
  // Where a relationship leads to several types, its path alone did not tell that this may not be read.
  if (!resource || !allowsReading(scopes, resource.scopes.read)) return [];
  const { table } = resource;
  const lacking = ids.filter((id) => !known.has(keyOf(type, id)));
  const rows = await find(ctx, type, lacking);
  for (const loaded of await load(ctx, table, rows)) known.set(keyOf(type, loaded.row.id), loaded);
  return ids.flatMap((id) => known.get(keyOf(type, id)) ?? []);
}

export interface Identifier {
  type: string;
  id: number;
}

/** Whom one relationship of a row leads to. */
export function targetsOf({ table, row, many }: Loaded, name: string): Identifier[] {
  const to = table.relationships[name]?.to ?? "";
  const listed = many.get(name);
  if (listed) return listed.map((id) => ({ type: to, id }));
  const [id, type] = [row[name], to === "" ? row[typeKey(name)] : to];
  return typeof id === "number" && typeof type === "string" ? [{ type, id }] : [];
}

function keyOf(type: string, id: number): string {
  return `${type}:${id}`;
}
