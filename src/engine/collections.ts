/** Knows how collections are read: a page of one, rows by their ids, and what they are related to. */
import { ok, type Result, refuse } from "../domain/failure";
import { type Listed, type Listing, MOST_CANDIDATES, type Order, type Row } from "../domain/listing";
import { leadsOf } from "../storage/collections/clause";
import { linkedTo } from "../storage/collections/linked";
import { listOf } from "../storage/collections/list";
import { collectionOf } from "../storage/collections/registry";
import { findAll } from "../storage/collections/rows";
import type { Context } from "./context";

const NONE: Listed = { rows: [], count: { n: 0, truncated: false }, next: null, prev: null };

/** A collection that is kept nowhere is empty. */
export async function list(ctx: Context, name: string, listing: Listing): Promise<Result<Listed>> {
  const collection = collectionOf(name, ctx);
  if (!collection) return ok(listing.count ? NONE : { ...NONE, count: null });
  const listed = await listOf(ctx.db, ctx, collection, listing);
  if (listed) return ok(listed);
  const by = leadsOf(collection).map((lead) => lead.name);
  return refuse({ kind: "too_broad", max: MOST_CANDIDATES, by });
}

/** The order in which rows come where none is asked for. */
export function usualOrder(ctx: Context, name: string): Order[] {
  const field = collectionOf(name, ctx)?.usual;
  return field === undefined ? [] : [{ field, descending: false }];
}

/** Those that are there, in the order of the ids. */
export async function find(ctx: Context, name: string, ids: readonly number[]): Promise<Row[]> {
  const collection = collectionOf(name, ctx);
  if (!collection) return [];
  const found = await findAll(ctx.db, ctx, collection, ids);
  const rows = new Map(found.map((row) => [row.id, row]));
  return ids.flatMap((id) => rows.get(id) ?? []);
}

/** By the row, the ids of the many that it is related to; a row without any is left out. */
export async function linked(
  ctx: Context,
  name: string,
  relation: string,
  ids: readonly number[],
): Promise<ReadonlyMap<number, number[]>> {
  const many = collectionOf(name, ctx)?.toMany[relation];
  return many ? linkedTo(ctx.db, ctx, many, ids) : new Map();
}

/** Whether there can be any such rows. */
export function isKept(ctx: Context, name: string): boolean {
  return collectionOf(name, ctx) !== null;
}

/** Which type a row's relation leads to, where that differs from row to row. */
export { typeKey } from "../storage/collections/rows";
