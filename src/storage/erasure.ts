/** Knows how a contact's own rows forget him, and whose words are not kept any more though they come late. */
import { eq, type SQL, sql } from "drizzle-orm";
import type { Contact } from "../domain/contact";
import type { Reading } from "../domain/time";
import type { Database, Statements } from "./database";
import { addresses, contacts, contactTerms, enrollments, segmentMembers } from "./schema";
import { contactChanges } from "./work";

/** Takes all that tells who he is out of the contact's own rows. */
export function eraseContact(
  db: Database,
  { id, revision }: Contact,
  { journey: at }: Pick<Reading, "journey">,
): Statements {
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
        lastSeenAt: null,
        erasedAt: at,
        updatedAt: at,
        revision: revision + 1,
      })
      .where(eq(contacts.id, id)),
    db.delete(addresses).where(eq(addresses.contactId, id)),
    db.delete(contactTerms).where(eq(contactTerms.contactId, id)),
    db.delete(segmentMembers).where(eq(segmentMembers.contactId, id)),
    db.delete(contactChanges).where(eq(contactChanges.contactId, id)),
    db.run(sql`DELETE FROM triggers WHERE contact_id = ${id}`),
  ];
}

/** Takes away what a journey of his failed by, which may name him. */
export function eraseError(db: Database, enrollmentId: number) {
  return db.update(enrollments).set({ error: null }).where(eq(enrollments.id, enrollmentId));
}

/** Words about a contact as they are to be written: null where he was erased while they were on their way. */
export function unlessErased(contactId: number | SQL, words: unknown): SQL<null> {
  return sql`(SELECT ${words} FROM contacts c WHERE c.id = ${contactId} AND c.erased_at IS NULL)`;
}

/** Notes of whose addresses nothing is kept that was written before, and by hash alone. */
export function noteErased(db: Database, workspaceId: number, hashes: readonly string[], wall: number) {
  return db.run(sql`INSERT INTO erasures (workspace_id, hash, erased_at)
    SELECT ${workspaceId}, value, ${wall} FROM json_each(${JSON.stringify(hashes)}) WHERE true
    ON CONFLICT DO UPDATE SET erased_at = excluded.erased_at`);
}

/** Whether whoever had that address was erased since. */
export async function wasErasedSince(
  db: Database,
  workspaceId: number,
  { hash, wall }: { hash: string; wall: number },
): Promise<boolean> {
  const [row] = await db.all<{ at: number }>(
    sql`SELECT erased_at AS at FROM erasures WHERE workspace_id = ${workspaceId} AND hash = ${hash}`,
  );
  return row !== undefined && row.at >= wall;
}

/** Forgets erasures that nothing can be under way of any more; says how many. */
export async function dropPastErasures(db: Database, before: number, limit: number): Promise<number> {
  const rows = await db.all(sql`DELETE FROM erasures WHERE (workspace_id, hash) IN (
    SELECT workspace_id, hash FROM erasures WHERE erased_at < ${before} ORDER BY erased_at LIMIT ${limit}) RETURNING 1`);
  return rows.length;
}
