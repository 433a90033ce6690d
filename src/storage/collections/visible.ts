/** Knows which sequences there are for somebody, where a query has joined their table under an alias. */
import { type SQL, sql } from "drizzle-orm";
import type { Viewer } from "../sight";

/** Private ones, and all that belongs to them, are there for their owner alone. */
export function openSequence(alias: string, { userId }: Viewer): SQL {
  const of = (column: string) => sql.raw(`${alias}.${column}`);
  return userId === null ? sql`1` : sql`(${of("share_type")} <> 'private' OR ${of("owner_id")} = ${userId})`;
}

/** Archived ones are not there, though what belongs to them is. */
export function seenSequence(alias: string, viewer: Viewer): SQL {
  return sql`(${sql.raw(`${alias}.status`)} <> 'ARCHIVED' AND ${openSequence(alias, viewer)})`;
}
