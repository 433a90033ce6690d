/** Knows how the conditions of a listing are written, and which of them leads to the rows by an index. */
import { type SQL, sql } from "drizzle-orm";
import type { Clause, Comparison } from "../../domain/listing";
import {
  type Collection,
  type Field,
  fieldOf,
  type Leading,
  type ToMany,
  type ToOne,
  UNKNOWN,
  type Viewer,
} from "./collection";
import { compare } from "./comparison";
import { collectionOf } from "./registry";

export interface Lead {
  /** The field or the relation. */
  name: string;
  by: Leading;
}

export function scopeOf({ workspace, where }: Collection, viewer: Viewer, by: Lead["by"]): SQL {
  const own = by === "workspace" ? workspace : sql`+${workspace}`;
  return all([sql`${own} = ${viewer.workspaceId}`, ...(where ? [where] : [])]);
}

export function all(conditions: readonly SQL[]): SQL {
  return conditions.length === 0 ? sql`1` : sql.join([...conditions], sql` AND `);
}

/** Every name that an index goes by, those that find the fewest rows first. */
export function leadsOf({ fields, toOne, toMany }: Collection): Lead[] {
  const named = (all: Record<string, Field | ToOne>) =>
    Object.entries(all).flatMap(([name, { lead }]) => (lead ? [{ name, by: lead }] : []));
  const many = Object.keys(toMany).map((name) => ({ name, by: "unsorted" as const }));
  return [{ name: "id", by: "workspace" }, ...named(toOne), ...many, ...named(fields)];
}

/** Whether the index by that name finds the rows of a clause. */
export function isLedBy({ name }: Lead, collection: Collection, viewer: Viewer, clause: Clause): boolean {
  const { relation, field, comparison } = clause;
  if (comparison.is === "null" || comparison.is === "not_null") return false;
  if (relation === null) return field === name;
  if (relation !== name) return false;
  const to = (collection.toOne[relation] ?? collection.toMany[relation])?.to;
  const target = to === undefined ? null : collectionOf(to, viewer);
  return field === "id" || (target !== null && fieldOf(target, field).lead !== undefined);
}

/** The condition as it is written; one that does not lead is kept from the indexes, lest another be taken. */
export function conditionOf(collection: Collection, viewer: Viewer, clause: Clause, leads: boolean): SQL {
  const { relation, field, comparison } = clause;
  if (relation === null) return fieldCondition(fieldOf(collection, field), comparison, leads);
  const [one, many] = [collection.toOne[relation], collection.toMany[relation]];
  if (one) return oneCondition(one, viewer, clause, leads);
  return many ? manyCondition(many, viewer, clause, leads) : compare(UNKNOWN.sql, comparison);
}

function fieldCondition({ sql: what, match }: Field, comparison: Comparison, leads: boolean): SQL {
  return match ? match(comparison) : compare(leads ? what : sql`+(${what})`, comparison);
}

function oneCondition(one: ToOne, viewer: Viewer, { field, comparison }: Clause, leads: boolean): SQL {
  const { id, key = id, match } = one;
  if (field === "id" && (comparison.is === "null" || comparison.is === "not_null")) return compare(id, comparison);
  const what = leads ? key : sql`+(${key})`;
  const asked = { field, comparison, shown: sql`t.id` };
  if (field === "id" && match) return match(comparison);
  const found = field === "id" ? compare(what, comparison) : sql`${what} IN (${rowsOf(one.to, viewer, asked)})`;
  return one.key ? sql`(${found} AND ${id} IS NOT NULL)` : found;
}

function manyCondition({ to, by, only }: ToMany, viewer: Viewer, { field, comparison }: Clause, leads: boolean): SQL {
  const back = collectionOf(to, viewer)?.toOne[by];
  const asked = { field, comparison, shown: back ? (back.key ?? back.id) : UNKNOWN.sql, only };
  return sql`${leads ? sql`t.id` : sql`+t.id`} IN (${rowsOf(to, viewer, asked)})`;
}

interface Asked {
  field: string;
  comparison: Comparison;
  shown: SQL;
  only?: SQL | undefined;
}

/** What is shown of the rows of another collection that meet a condition. */
function rowsOf(to: string, viewer: Viewer, { field, comparison, shown, only }: Asked): SQL {
  const target = collectionOf(to, viewer);
  if (!target) return sql`SELECT NULL WHERE 0`;
  const { match, sql: what, lead = "workspace" } = fieldOf(target, field);
  const condition = match ? match(comparison) : compare(what, comparison);
  const conditions = [scopeOf(target, viewer, field === "id" ? "alone" : lead), condition, ...(only ? [only] : [])];
  return sql`SELECT ${shown} FROM ${target.from} WHERE ${all(conditions)}`;
}
