/** Knows what is there for somebody of that which rows name: sequences, joined under an alias, and mailboxes. */
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

/** The mailbox of that id, unless it was deleted. */
export function mailboxSeen(id: SQL): SQL {
  return sql`(SELECT b.id FROM mailboxes b WHERE b.id = ${id} AND b.deleted_at IS NULL)`;
}
