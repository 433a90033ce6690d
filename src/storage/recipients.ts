/** Knows whose mail comes to an address: of which workspaces, and whether they know who wrote it. */
import { sql } from "drizzle-orm";
import type { Database } from "./database";

export interface Home {
  workspaceId: number;
  /** Whether its sender is a contact there. */
  known: boolean;
}

/** More workspaces than this do not share an address. */
const MOST_HOMES = 50;

/** Both addresses as they are compared. */
export async function homesOf(db: Database, { to, from }: { to: string; from: string }): Promise<Home[]> {
  const rows = await db.all<{ workspaceId: number; known: number }>(sql`
    SELECT h.workspace_id AS workspaceId, EXISTS (
      SELECT 1 FROM addresses WHERE workspace_id = h.workspace_id AND platform = 'EMAIL' AND key = ${from}) AS known
    FROM (
      SELECT workspace_id FROM mailboxes WHERE email_key = ${to} AND deleted_at IS NULL
      UNION SELECT workspace_id FROM mailboxes
        WHERE lower(trim(reply_to)) = ${to} AND deleted_at IS NULL AND reply_to IS NOT NULL
      UNION SELECT workspace_id FROM channels
        WHERE lower(json_extract(sender, '$.address')) = ${to} AND sender IS NOT NULL
      UNION SELECT workspace_id FROM channels
        WHERE lower(json_extract(sender, '$.replyTo')) = ${to} AND sender IS NOT NULL) h
    LIMIT ${MOST_HOMES}`);
  return rows.map(({ workspaceId, known }) => ({ workspaceId, known: known === 1 }));
}
