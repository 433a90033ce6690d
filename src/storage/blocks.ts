/** Knows how a contact is marked as not to be written to any more, because his address bounced or he complained. */
import { sql } from "drizzle-orm";
import { hasWon } from "./contacts";
import { type Database, together } from "./database";
import { writeJob } from "./jobs";
import { newNonce } from "./tags";

/** The job that ends his journeys is written with it. Coming again it changes nothing. */
export async function block(
  db: Database,
  { workspaceId, contactId, journey, wall }: { workspaceId: number; contactId: number; journey: number; wall: number },
): Promise<{ id: number }[]> {
  const nonce = newNonce();
  const [, jobs] = await together(db, [
    db.run(sql`UPDATE contacts SET blocked_at = ${journey}, revision = ${nonce}, updated_at = ${journey}
      WHERE id = ${contactId} AND workspace_id = ${workspaceId} AND erased_at IS NULL AND blocked_at IS NULL`),
    writeJob(db, { workspaceId, kind: "block", subjectId: contactId, journey, wall }, hasWon(contactId, nonce)),
  ]);
  return jobs as { id: number }[];
}
