/** Knows how a contact's own rows forget him, and the hashes that stay of addresses not to be written to. */
import { eq, sql } from "drizzle-orm";
import type { Contact } from "../domain/contact";
import type { Database, Statements } from "./database";
import { addresses, contacts, contactTerms, enrollments, segmentMembers } from "./schema";
import { contactChanges } from "./work";

/** Takes all that tells who he is out of the contact's own rows. Of addresses not to be written to, the hashes stay. */
export function eraseContact(db: Database, contact: Contact, at: number, hashes: readonly string[]): Statements {
  const { id, workspaceId } = contact;
  const suppresses = contact.optedOutAt !== null || contact.blockedAt !== null;
  const listed = JSON.stringify(hashes);
  return [
    db
      .update(contacts)
      .set({
        displayName: null,
        firstName: null,
        lastName: null,
        avatarUrl: null,
        timezone: null,
        tags: [],
        customFields: {},
        source: null,
        ipAddress: null,
        subscribedAt: null,
        erasedAt: at,
        updatedAt: at,
        revision: contact.revision + 1,
      })
      .where(eq(contacts.id, id)),
    db.delete(addresses).where(eq(addresses.contactId, id)),
    db.delete(contactTerms).where(eq(contactTerms.contactId, id)),
    db.delete(segmentMembers).where(eq(segmentMembers.contactId, id)),
    db.delete(contactChanges).where(eq(contactChanges.contactId, id)),
    db.run(sql`DELETE FROM triggers WHERE contact_id = ${id}`),
    suppresses
      ? db.run(sql`INSERT INTO suppressions (workspace_id, hash, created_at)
          SELECT ${workspaceId}, value, ${at} FROM json_each(${listed}) WHERE true ON CONFLICT DO NOTHING`)
      : db.run(sql`DELETE FROM suppressions
          WHERE workspace_id = ${workspaceId} AND hash IN (SELECT value FROM json_each(${listed}))`),
  ];
}

/** Takes away what a journey of his failed by, which may name him. */
export function eraseError(db: Database, enrollmentId: number) {
  return db.update(enrollments).set({ error: null }).where(eq(enrollments.id, enrollmentId));
}

export async function isSuppressed(db: Database, workspaceId: number, hashes: readonly string[]): Promise<boolean> {
  const [row] = await db.all<{ n: number }>(sql`
    SELECT COUNT(*) AS n FROM suppressions
    WHERE workspace_id = ${workspaceId} AND hash IN (SELECT value FROM json_each(${JSON.stringify(hashes)}))`);
  return (row?.n ?? 0) > 0;
}
