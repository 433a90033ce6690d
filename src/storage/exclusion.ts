/** Knows how a contact is made inactive by a step, with the job that ends his journeys. */
import { sql } from "drizzle-orm";
import { hasWon } from "./contacts";
import { type Database, together } from "./database";
import { writeJob } from "./jobs";
import { newNonce } from "./nonce";

interface Who {
  workspaceId: number;
  contactId: number;
  journey: number;
  wall: number;
}

/** The job ends those journeys too that an opt-out would leave. It is returned. Coming again it changes nothing. */
export async function deactivate(
  db: Database,
  { workspaceId, contactId, journey, wall }: Who,
): Promise<{ id: number }[]> {
  const nonce = newNonce();
  const [, jobs] = await together(db, [
    db.run(sql`UPDATE contacts SET inactive = 1, revision = ${nonce}, updated_at = ${journey}
      WHERE id = ${contactId} AND workspace_id = ${workspaceId} AND erased_at IS NULL AND inactive = 0`),
    writeJob(db, { workspaceId, kind: "deactivate", subjectId: contactId, journey, wall }, hasWon(contactId, nonce)),
  ]);
  return jobs as { id: number }[];
}
