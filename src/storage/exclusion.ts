/** Knows how a contact is shut out, blocked or made inactive, with the job that ends his journeys. */
import { type SQL, sql } from "drizzle-orm";
import type { JobKind } from "../domain/sequence";
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

/** His address bounced, or he complained: he is not to be written to any more. The job is returned. */
export function block(db: Database, who: Who): Promise<{ id: number }[]> {
  return shutOut(db, who, {
    kind: "block",
    set: sql`blocked_at = ${who.journey}`,
    unless: sql`blocked_at IS NOT NULL`,
  });
}

/** The job ends those journeys too that an opt-out would leave. It is returned. */
export function deactivate(db: Database, who: Who): Promise<{ id: number }[]> {
  return shutOut(db, who, { kind: "deactivate", set: sql`inactive = 1`, unless: sql`inactive = 1` });
}

/** Coming again it changes nothing. */
async function shutOut(
  db: Database,
  { workspaceId, contactId, journey, wall }: Who,
  { kind, set, unless }: { kind: JobKind; set: SQL; unless: SQL },
): Promise<{ id: number }[]> {
  const nonce = newNonce();
  const [, jobs] = await together(db, [
    db.run(sql`UPDATE contacts SET ${set}, revision = ${nonce}, updated_at = ${journey}
      WHERE id = ${contactId} AND workspace_id = ${workspaceId} AND erased_at IS NULL AND NOT (${unless})`),
    writeJob(db, { workspaceId, kind, subjectId: contactId, journey, wall }, hasWon(contactId, nonce)),
  ]);
  return jobs as { id: number }[];
}
