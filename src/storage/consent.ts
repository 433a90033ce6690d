/** Knows whether somebody takes what is written to him, what made him stop it, and what he is shown where he does. */
import { type SQL, sql } from "drizzle-orm";
import type { Database } from "./database";

interface Stop {
  workspaceId: number;
  contactId: number;
  /** The message that made him; null where nobody knows. */
  by: number | null;
  at: number;
}

/** Who has opted out before stays as he is. */
export function optOut(db: Database, { workspaceId, contactId, by, at }: Stop) {
  return db.run(sql`
    UPDATE contacts SET opted_out_at = ${at}, opted_out_by = ${by}, updated_at = ${at}, revision = revision + 1
    WHERE id = ${contactId} AND workspace_id = ${workspaceId} AND opted_out_at IS NULL AND erased_at IS NULL`);
}

/** Notes it on the message's line, once; of whoever had stopped before, on none. */
export function noteStop(db: Database, { workspaceId, contactId, by, at }: Stop) {
  return db.run(sql`UPDATE messages SET unsubscribed_at = ${at}, updated_at = MAX(COALESCE(updated_at, 0), ${at})
    WHERE id = ${by} AND workspace_id = ${workspaceId} AND contact_id = ${contactId} AND unsubscribed_at IS NULL
      AND EXISTS (SELECT 1 FROM contacts WHERE id = ${contactId} AND opted_out_by = ${by})`);
}

/** The message that made him stop; null where he has not, or nobody knows. */
export function selectStopper(db: Database, workspaceId: number, contactId: number) {
  return db.all<{ message: number | null }>(sql`
    SELECT opted_out_by AS message FROM contacts WHERE id = ${contactId} AND workspace_id = ${workspaceId}`);
}

export interface Consent {
  contactId: number;
  workspace: string;
  /** What the mailbox says to those who want to stop. */
  words: string | null;
  optedOut: boolean;
  optedOutBy: number | null;
}

/** Of the contact of a journey, whether its row is there or was removed; null once he was erased. Reads four rows, or five. */
export async function readConsent(db: Database, workspaceId: number, enrollment: number): Promise<Consent | null> {
  const [row] = await db.all<Omit<Consent, "optedOut"> & { optedOut: number }>(consentOf(workspaceId, enrollment));
  return row ? { ...row, optedOut: row.optedOut === 1 } : null;
}

function consentOf(workspaceId: number, enrollment: number): SQL {
  return sql`
    SELECT c.id AS contactId, w.name AS workspace, b.details->>'optOutMessage' AS words,
      c.opted_out_at IS NOT NULL AS optedOut, c.opted_out_by AS optedOutBy
    FROM (
      SELECT workspace_id, contact_id, mailbox_id FROM enrollments WHERE id = ${enrollment}
      UNION ALL SELECT workspace_id, contact_id, NULL FROM departed WHERE id = ${enrollment}) e
    JOIN contacts c ON c.id = e.contact_id AND c.erased_at IS NULL
    JOIN workspaces w ON w.id = e.workspace_id
    LEFT JOIN mailboxes b ON b.id = e.mailbox_id AND b.deleted_at IS NULL
    WHERE e.workspace_id = ${workspaceId}`;
}
