/** Knows how the conditions of a listing are written, and which of them leads to the rows by an index. */
import { type SQL, sql } from "drizzle-orm";
import type { Clause, Comparison } from "../../domain/listing";
import type { Viewer } from "../sight";
import {
  type Collection,
  type Field,
  fieldOf,
  halvesBy,
  type Leading,
  type ToMany,
  type ToOne,
  UNKNOWN,
} from "./collection";
import { compare } from "./comparison";
import { collectionOf } from "./registry";

export interface Lead {
  /** The field or the relation. */
  name: string;
  by: Leading;
  along?: string | undefined;
}

export function scopeOf({ workspace, where }: Collection, viewer: Viewer, by: Lead["by"]): SQL {
  const own = by === "workspace" ? workspace : sql`+${workspace}`;
  return all([sql`${own} = ${viewer.workspaceId}`, ...(where ? [where] : [])]);
}

export function all(conditions: readonly SQL[]): SQL {
  return conditions.length === 0 ? sql`1` : sql.join([...conditions], sql` AND `);
}

/** Every name that an index goes by, those that find the fewest rows first. */
export function leadsOf(collection: Collection): Lead[] {
  const { fields, toOne, toMany } = collection;
  const named = (all: Record<string, Field | ToOne>) =>
    Object.entries(all).flatMap(([name, one]): Lead[] =>
      one.lead ? [{ name, by: one.lead, along: "along" in one ? one.along : undefined }] : [],
    );
  const many = Object.keys(toMany).map((name) => ({ name, by: "unsorted" as const }));
  return [
    { name: "id", by: fieldOf(collection, "id").lead ?? "workspace" },
    ...named(toOne),
    ...many,
    ...named(fields),
  ];
}

/** Whether the index by that name finds the rows of a clause. */
export function isLedBy({ name }: Lead, collection: Collection, viewer: Viewer, clause: Clause): boolean {
  const { relation, field, comparison } = clause;
  if (comparison.is === "null" || comparison.is === "not_null") return false;
  // No index has a range of ids of the workspace alone, where ids are not what its rows come by.
  if (relation === null && field === "id" && collection.usual && comparison.is === "range") return false;
  if (relation === null) return field === name;
  if (relation !== name) return false;
  const to = (collection.toOne[relation] ?? collection.toMany[relation])?.to;
  const target = to === undefined ? null : collectionOf(to, viewer);
  return field === "id" || (target !== null && fieldOf(target, field).lead !== undefined);
}

/** Whether a clause narrows what the index by that name finds, along with those that lead. */
export function isAlong({ along }: Lead, { relation, field, comparison }: Clause): boolean {
  const isAsked = comparison.is === "in" || comparison.is === "range";
  return relation === null && field === along && isAsked;
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
  if (field === "id" && match) return match((other) => compare(other, comparison));
  const asked = { to: one.to, field, comparison, from: key, at: sql`t.id` };
  const found =
    field === "id"
      ? compare(leads ? key : sql`+(${key})`, comparison)
      : match && leads
        ? match((other) => related(viewer, { ...asked, from: other }, true))
        : related(viewer, asked, leads);
  return one.key ? sql`(${found} AND ${id} IS NOT NULL)` : found;
}

function manyCondition(
  { to, by, of, only }: ToMany,
  viewer: Viewer,
  { field, comparison }: Clause,
  leads: boolean,
): SQL {
  const back = collectionOf(to, viewer)?.toOne[by];
  const at = back ? (back.key ?? back.id) : UNKNOWN.sql;
  const from = of ? sql.raw(`t.${of.column}`) : sql`t.id`;
  return related(viewer, { to, field, comparison, from, at, match: back?.match, only }, leads);
}

interface Asked {
  to: string;
  field: string;
  comparison: Comparison;
  /** What of this side meets what of the other. */
  from: SQL;
  at: SQL;
  match?: ToOne["match"] | undefined;
  only?: SQL | undefined;
}

/**
 * Whether a row is related to one that meets a condition. Where that leads, the other side's rows are found first; where
 * it does not, each row looks for its own, for those that meet it might be all there are.
 */
function related(viewer: Viewer, { to, field, comparison, from, at, match: meets, only }: Asked, leads: boolean): SQL {
  const target = collectionOf(to, viewer);
  if (!target) return sql`0`;
  const limits = only ? [only] : [];
  if (leads) {
    const found = halvesBy(target, field).map((half) => {
      const { match, sql: what, lead = "workspace" } = fieldOf(half, field);
      const met = match ? match(comparison) : compare(what, comparison);
      const scope = scopeOf(half, viewer, field === "id" ? "alone" : lead);
      return sql`SELECT ${at} FROM ${half.from} WHERE ${all([scope, met, ...limits])}`;
    });
    return sql`${from} IN (${sql.join(found, sql` UNION ALL `)})`;
  }
  const { match, sql: what } = fieldOf(target, field);
  const met = match ? match(comparison) : compare(sql`+(${what})`, comparison);
  // The aliases of the other side hide those of this one from all but the innermost.
  const own = sql`(SELECT ${from} AS id) own CROSS JOIN ${target.from}`;
  const scope = scopeOf(target, viewer, "alone");
  const joined = meets ? meets((id) => sql`${id} = own.id`) : sql`${at} = own.id`;
  return sql`EXISTS (SELECT 1 FROM ${own} WHERE ${all([joined, scope, met, ...limits])})`;
}
