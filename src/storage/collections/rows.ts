/** Knows how rows of a collection are read by their ids, and made of what the database gives. */
import { type SQL, sql } from "drizzle-orm";
import { SQLiteAsyncDialect } from "drizzle-orm/sqlite-core";
import type { Row } from "../../domain/listing";
import type { Database } from "../database";
import type { Viewer } from "../sight";
import { all, scopeOf } from "./clause";
import { type Collection, ID } from "./collection";

const written = new WeakMap<Collection["fields"], SQL>();

/** Written once for each collection, as one text: it is by far the most of what a query consists of. */
export function columnsOf(collection: Collection): SQL {
  const columns = written.get(collection.fields) ?? inOne(columnsIn(collection));
  written.set(collection.fields, columns);
  return columns;
}

const dialect = new SQLiteAsyncDialect();

/** The same as few pieces as it has parameters. */
function inOne(pieces: SQL): SQL {
  const { sql: text, params } = dialect.sqlToQuery(pieces);
  const [first = "", ...rest] = text.split("?");
  if (rest.length !== params.length) return pieces;
  return sql.join([sql.raw(first), ...rest.flatMap((part, i) => [sql`${params[i]}`, sql.raw(part)])]);
}

function columnsIn({ fields, toOne }: Collection): SQL {
  const ones = Object.entries(toOne).flatMap(([name, { id, type }]): [string, SQL][] => [
    [name, id],
    ...(type ? [[typeKey(name), type] as [string, SQL]] : []),
  ]);
  const own = Object.entries(fields).filter(([, { unread }]) => !unread);
  const read = [["id", ID.sql] as const, ...own.map(([name, field]) => [name, field.sql] as const), ...ones];
  return sql.join(
    read.map(([name, what]) => sql`${what} AS ${sql.identifier(name)}`),
    sql`, `,
  );
}

/** Under which a row says what type a relation leads to, where that differs. */
export function typeKey(relation: string): string {
  return `${relation} type`;
}

export async function completed(db: Database, collection: Collection, found: Row[]): Promise<Row[]> {
  const converted = Object.entries(collection.fields).filter(([, { kind }]) => kind !== undefined);
  const rows = found.map((row) => {
    const values = converted.map(([name, { kind }]) => [name, kind === "flag" ? flagOf(row[name]) : jsonOf(row[name])]);
    return { ...row, ...Object.fromEntries(values) } as Row;
  });
  return collection.complete && rows.length > 0 ? collection.complete(db, rows) : rows;
}

function flagOf(value: unknown): boolean | null {
  return value === null ? null : Boolean(value);
}

function jsonOf(value: unknown): unknown {
  return typeof value === "string" ? JSON.parse(value) : null;
}

/** Those of the rows that are there to see. */
export async function findAll(
  db: Database,
  viewer: Viewer,
  collection: Collection,
  ids: readonly number[],
): Promise<Row[]> {
  if (ids.length === 0) return [];
  const rows = await db.all<Row>(sql`
    SELECT ${columnsOf(collection)} FROM ${collection.from}
    WHERE t.id IN (SELECT value FROM json_each(${JSON.stringify(ids)})) AND ${all([scopeOf(collection, viewer, "alone")])}`);
  return completed(db, collection, rows);
}
