/** Knows what is there for somebody of that which rows name: sequences and templates, joined under an alias, and mailboxes. */
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

/** Private templates are there for their owner, and the text that a step alone has for whoever sees that step. */
export function seenTemplate(alias: string, viewer: Viewer): SQL {
  const of = (column: string) => sql.raw(`${alias}.${column}`);
  const { userId } = viewer;
  const open = userId === null ? sql`1` : sql`(${of("share_type")} <> 'private' OR ${of("owner_id")} IS ${userId})`;
  const step = sql`SELECT 1 FROM steps x JOIN sequences y ON y.id = x.sequence_id
    WHERE x.id = ${of("private_step_id")} AND x.deleted_at IS NULL AND ${seenSequence("y", viewer)}`;
  return sql`(${of("id")} IS NOT NULL AND ${of("deleted_at")} IS NULL AND ${open} AND (${of("private_step_id")} IS NULL OR EXISTS (${step})))`;
}

/** The mailbox of that id, unless it was deleted. */
export function mailboxSeen(id: SQL): SQL {
  return ofMailbox(sql`b.id`, id);
}

export function mailboxEmail(id: SQL): SQL {
  return ofMailbox(sql`b.email`, id);
}

function ofMailbox(field: SQL, id: SQL): SQL {
  return sql`(SELECT ${field} FROM mailboxes b WHERE b.id = ${id} AND b.deleted_at IS NULL)`;
}
