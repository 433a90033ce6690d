/** Knows details: attributes of a row that are only kept and shown, as one JSON object. */
import { type SQL, sql } from "drizzle-orm";
import type { SQLiteColumn } from "drizzle-orm/sqlite-core";

export type Details = Readonly<Record<string, unknown>>;

/** Sets what is named, each whole, and takes away what is null. */
export function withDetails(column: SQLiteColumn, changes: Details): SQL {
  const none = Object.fromEntries(Object.keys(changes).map((name) => [name, null]));
  return sql`json_patch(json_patch(${column}, ${JSON.stringify(none)}), ${JSON.stringify(changes)})`;
}
