/** Knows whose eyes a query looks through: private sequences, and all that belongs to them, are there for their owner alone. */
import { type SQL, sql } from "drizzle-orm";
import type { UserId } from "../domain/sharing";
import { sequences } from "./schema";

export interface Viewer {
  workspaceId: number;
  /** Null sees everything: queues and the clock. */
  userId: UserId;
}

/** Of a query on `sequences`: those that are there for the viewer, archived ones too. */
export function visibleTo({ workspaceId, userId }: Viewer): SQL {
  return sql`${sequences.workspaceId} = ${workspaceId}
    AND (${sequences.shareType} <> 'private' OR ${userId} IS NULL OR ${sequences.ownerId} = ${userId})`;
}

/** Of a query on what belongs to a sequence, named by this column; what belongs to none is there for all. */
export function belongsToVisible({ userId }: Viewer, sequenceId: SQL): SQL {
  if (userId === null) return sql`true`;
  return sql`NOT EXISTS (
    SELECT 1 FROM sequences hidden
    WHERE hidden.id = ${sequenceId} AND hidden.share_type = 'private' AND hidden.owner_id <> ${userId})`;
}

/** A page of the ids of sequences that are not archived, the newest first. Two indexes are merged, so it costs its own rows. */
export function pageOfVisible({ workspaceId, userId }: Viewer, limit: number, offset: number): SQL {
  const all = sql`SELECT id FROM sequences WHERE workspace_id = ${workspaceId} AND status <> 'ARCHIVED'`;
  const open = sql`${all} AND share_type <> 'private'`;
  const own = sql`${all} AND share_type = 'private' AND owner_id = ${userId}`;
  return sql`SELECT id FROM (${userId === null ? all : sql`${open} UNION ALL ${own}`} ORDER BY id DESC LIMIT ${limit} OFFSET ${offset})`;
}
