/** Knows how rows are sorted, and which of them lie beyond another one, however many came in between. */
import { type SQL, sql } from "drizzle-orm";
import type { Cursor, Order } from "../../domain/listing";
import { type Collection, fieldOf } from "./collection";
import { bound } from "./comparison";

export interface Term {
  sql: SQL;
  descending: boolean;
  /** Never null, and found by an index. */
  leads: boolean;
}

/** The last is always the id, so that no two rows are alike. Backwards, all is the other way round. */
export function termsOf(collection: Collection, order: readonly Order[], backwards: boolean): Term[] {
  const upToId = order.findIndex(({ field }) => field === "id");
  const asked = upToId < 0 ? order : order.slice(0, upToId + 1);
  const complete = upToId < 0 ? [...asked, { field: "id", descending: asked.at(-1)?.descending ?? false }] : asked;
  return complete.map(({ field, descending }) => {
    const { sql, lead } = fieldOf(collection, field);
    return { sql, descending: descending !== backwards, leads: lead !== undefined };
  });
}

export function sorted(terms: readonly Term[]): SQL {
  const parts = terms.map((term) => (term.descending ? sql`${term.sql} DESC` : sql`${term.sql} ASC`));
  return sql.join(parts, sql`, `);
}

/** Nulls come first, as SQLite sorts them, and last where it is descending. */
export function beyond(terms: readonly Term[], cursor: Cursor): SQL {
  const [term, ...rest] = terms;
  if (!term) return sql`0`;
  const value = bound(cursor[0] ?? null);
  const past = pastOf(term, value);
  if (rest.length === 0) return past;
  const either = sql`(${past} OR (${term.sql} IS ${value} AND ${beyond(rest, cursor.slice(1))}))`;
  // What an index can begin from: it makes nothing of the OR.
  if (!term.leads || value === null) return either;
  return term.descending ? sql`(${term.sql} <= ${value} AND ${either})` : sql`(${term.sql} >= ${value} AND ${either})`;
}

function pastOf({ sql: what, descending, leads }: Term, value: string | number | null): SQL {
  if (value === null) return descending ? sql`0` : sql`${what} IS NOT NULL`;
  if (!descending) return sql`${what} > ${value}`;
  return leads ? sql`${what} < ${value}` : sql`(${what} < ${value} OR ${what} IS NULL)`;
}
