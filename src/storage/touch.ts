/** Knows when contacts were last written to: what the mirror shows of their journeys, so that no message costs a row more. */
import { sql } from "drizzle-orm";
import type { Database } from "./database";

/** Of the row of `contacts` at hand, for lists that are filtered or sorted by it. */
export const TOUCHED_AT = sql`(SELECT MAX(t.last_sent_at) FROM enrollments t WHERE t.contact_id = contacts.id)`;

export function lastTouches(
  db: Database,
  workspaceId: number,
  contactIds: readonly number[],
): Promise<{ contactId: number; at: number }[]> {
  return db.all<{ contactId: number; at: number }>(sql`
    SELECT contacts.id AS contactId, ${TOUCHED_AT} AS at
    FROM json_each(${JSON.stringify(contactIds)}) i CROSS JOIN contacts ON contacts.id = i.value
    WHERE contacts.workspace_id = ${workspaceId} AND at IS NOT NULL`);
}
