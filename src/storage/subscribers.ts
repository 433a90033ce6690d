/** Knows contacts as subscribers: those with an EMAIL address, and when they were last written to. */
import { asc, sql } from "drizzle-orm";
import type { Contact } from "../domain/contact";
import { contactsOf, selectAmong } from "./contacts";
import type { Database } from "./database";
import { contacts, enrollments } from "./schema";
import type { Window } from "./window";

/** The oldest first. */
export async function listSubscribers(
  db: Database,
  workspaceId: number,
  { limit, offset }: Window,
): Promise<Contact[]> {
  const page = sql`SELECT contact_id FROM contact_terms
    WHERE workspace_id = ${workspaceId} AND kind = 'platform' AND term = 'EMAIL'
    ORDER BY contact_id LIMIT ${limit} OFFSET ${offset}`;
  return contactsOf(await selectAmong(db, workspaceId, page).orderBy(asc(contacts.id)));
}

/** When each was last sent a mail; who never was is left out. */
export async function lastMailed(db: Database, contactIds: readonly number[]): Promise<Map<number, number>> {
  const rows = await db
    .select({ id: enrollments.contactId, at: sql<number | null>`MAX(${enrollments.lastSentAt})` })
    .from(enrollments)
    .where(
      sql`${enrollments.contactId} IN (SELECT value FROM json_each(${JSON.stringify(contactIds)}))
        AND ${enrollments.platform} = 'EMAIL'`,
    )
    .groupBy(enrollments.contactId);
  return new Map(rows.flatMap(({ id, at }) => (at === null ? [] : [[id, at] as const])));
}
