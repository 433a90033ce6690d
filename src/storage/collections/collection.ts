/** Knows how a table is told of as a collection: its fields, its relations, and whom it is shown to. */
import { type SQL, sql } from "drizzle-orm";
import type { Comparison, Row } from "../../domain/listing";
import type { Database } from "../database";

/**
 * How an index leads to rows: it begins with the field (alone), or with the workspace and then the field, and goes on by
 * id, so that rows come sorted; or it finds them in no order that helps. What leads is never null, save in a relation.
 * Of several, the one declared first is taken to find the fewest rows.
 */
export type Leading = "alone" | "workspace" | "unsorted";

export interface Field {
  sql: SQL;
  kind?: "flag" | "json";
  lead?: Leading;
  /** Where it is not compared as it is shown. */
  match?: (comparison: Comparison) => SQL;
  /** Only asked by; `complete` tells it of the rows that are shown. */
  unread?: true;
}

export interface ToOne {
  to: string;
  /** The id that is shown, null where the other side is not. */
  id: SQL;
  /** The column with the index, if it is not what is shown. */
  key?: SQL;
  lead?: Leading;
  /** A field of this side by which the index goes on; it leads along, where it is asked for. */
  along?: string;
  /** Where it is found in another way than by a column: given what is asked of the other side's id. */
  match?: (asked: (id: SQL) => SQL) => SQL;
  /** Of one that leads to several types: which, of this row. */
  type?: SQL;
}

export interface ToMany {
  to: string;
  /** The relation of the other side that leads back here, by an index. */
  by: string;
  /** What of this side leads there, if not its id. */
  of?: { table: string; column: string };
  /** Of the other side, as `t`. */
  only?: SQL;
}

export interface Twin {
  field: string;
  /** The other one, which leads too. */
  of: string;
  same: SQL;
  apart: SQL;
}

export interface Collection {
  /** The table is `t`. Further ones are joined by CROSS or LEFT JOIN, which leave it the first that is read. */
  from: SQL;
  workspace: SQL;
  /** Which of the workspace's rows are there to see. */
  where?: SQL;
  /** The field by which its indexes go on instead of the id, and by which rows come where no order is asked for. */
  usual?: string;
  /** A field that in most rows is the same as another. Its own index finds those alone in which it is not. */
  twin?: Twin;
  /** What leads `by` a relation goes on by something else, and by the id only within each of these parts. */
  parts?: { by: string; each: SQL[] };
  fields: Record<string, Field>;
  toOne: Record<string, ToOne>;
  toMany: Record<string, ToMany>;
  /** Adds what no single row can tell. */
  complete?: (db: Database, rows: Row[]) => Promise<Row[]>;
}

/** The collection by halves, in each of which an index leads by the field; whole, where one index finds all its rows. */
export function halvesBy(collection: Collection, field: string): Collection[] {
  const { twin, where = sql`1`, fields } = collection;
  if (twin?.field !== field) return [collection];
  const other = { ...fieldOf(collection, field), sql: fieldOf(collection, twin.of).sql };
  return [
    { ...collection, where: sql`${where} AND ${twin.apart}` },
    { ...collection, where: sql`${where} AND ${twin.same}`, fields: { ...fields, [field]: other } },
  ];
}

/** The same where rows are to come in the order of the index: in each of what this gives they do. */
export function sortedBy(collection: Collection, field: string): Collection[] {
  const { parts, where = sql`1` } = collection;
  if (parts?.by !== field) return halvesBy(collection, field);
  return parts.each.map((part) => ({ ...collection, where: sql`${where} AND ${part}` }));
}

export const ID: Field = { sql: sql`t.id`, lead: "workspace" };

/** What nobody knows here compares as null. */
export const UNKNOWN: Field = { sql: sql`NULL` };

export function fieldOf(collection: Collection, name: string): Field {
  if (name !== "id") return collection.fields[name] ?? UNKNOWN;
  return collection.usual === undefined ? ID : { sql: ID.sql, lead: "unsorted" };
}

/** Fields that are kept as they are: their names, and the columns they are read from. */
export function plain(columns: Record<string, string>): Record<string, Field> {
  return Object.fromEntries(Object.entries(columns).map(([name, column]) => [name, { sql: sql.raw(`t.${column}`) }]));
}

export function flags(columns: Record<string, string>): Record<string, Field> {
  const fields = Object.entries(plain(columns));
  return Object.fromEntries(fields.map(([name, field]) => [name, { ...field, kind: "flag" as const }]));
}
