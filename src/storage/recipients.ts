/** Knows whose mail comes to an address: of which workspaces, and whether they have written to whoever wrote it. */
import { sql } from "drizzle-orm";
import type { Database } from "./database";

export interface Home {
  workspaceId: number;
  /** Whether a journey there has written to its sender. */
  hasWritten: boolean;
}

/** More workspaces than this do not share an address. */
const MOST_HOMES = 50;

/** Both addresses as they are compared. */
export async function homesOf(db: Database, { to, from }: { to: string; from: string }): Promise<Home[]> {
  const rows = await db.all<{ workspaceId: number; hasWritten: number }>(sql`
    SELECT h.workspace_id AS workspaceId, EXISTS (
      SELECT 1 FROM addresses a CROSS JOIN enrollments e ON e.contact_id = a.contact_id AND e.last_sent_at IS NOT NULL
      WHERE a.workspace_id = h.workspace_id AND a.platform = 'EMAIL' AND a.key = ${from}) AS hasWritten
    FROM (
      SELECT workspace_id FROM mailboxes WHERE email_key = ${to} AND deleted_at IS NULL
      UNION SELECT workspace_id FROM mailboxes
        WHERE lower(trim(reply_to)) = ${to} AND deleted_at IS NULL AND reply_to IS NOT NULL
      UNION SELECT workspace_id FROM channels
        WHERE lower(json_extract(sender, '$.address')) = ${to} AND sender IS NOT NULL
      UNION SELECT workspace_id FROM channels
        WHERE lower(json_extract(sender, '$.replyTo')) = ${to} AND sender IS NOT NULL) h
    LIMIT ${MOST_HOMES}`);
  return rows.map(({ workspaceId, hasWritten }) => ({ workspaceId, hasWritten: hasWritten === 1 }));
}
