/** Knows what is there for somebody of that which rows name: sequences and templates, joined under an alias, and mailboxes. */
import { type SQL, sql } from "drizzle-orm";
import { belongsToVisible, type Viewer } from "../sight";

/** Private ones, and all that belongs to them, are there for their owner alone. */
export function openSequence(alias: string, { userId }: Viewer): SQL {
  const of = (column: string) => sql.raw(`${alias}.${column}`);
  return userId === null ? sql`1` : sql`(${of("share_type")} <> 'private' OR ${of("owner_id")} = ${userId})`;
}

/** Archived ones are not there, though what belongs to them is. */
export function seenSequence(alias: string, viewer: Viewer): SQL {
  return sql`(${sql.raw(`${alias}.status`)} <> 'ARCHIVED' AND ${openSequence(alias, viewer)})`;
}

/** Those that are not archived: of others all but private ones, and a step's own text where its sequence is there. */
export function seenTemplate(alias: string, viewer: Viewer): SQL {
  const of = (column: string) => sql.raw(`${alias}.${column}`);
  const open =
    viewer.userId === null ? sql`1` : sql`(${of("share_type")} <> 'private' OR ${of("owner_id")} IS ${viewer.userId})`;
  const step = sql`(SELECT p.sequence_id FROM steps p WHERE p.id = ${of("private_step_id")})`;
  return sql`(${of("id")} IS NOT NULL AND ${of("archived_at")} IS NULL AND ${open} AND ${belongsToVisible(viewer, step)})`;
}

/** The mailbox of that id, unless it was deleted. */
export function mailboxSeen(id: SQL): SQL {
  return sql`(SELECT b.id FROM mailboxes b WHERE b.id = ${id} AND b.deleted_at IS NULL)`;
}
