/** Knows how a contact's tags change, or he is made inactive, in one batch that needs no look before. */
import { type SQL, sql } from "drizzle-orm";
import { hasWon } from "./contacts";
import { type Database, together } from "./database";
import { writeJob, writeLook } from "./jobs";
import { writeTagTriggers } from "./triggers";

interface Who {
  workspaceId: number;
  contactId: number;
  journey: number;
  wall: number;
}

export interface TagChange extends Who {
  add: readonly string[];
  remove: readonly string[];
}

export interface Aftermath {
  /** False where there was nothing to change, or no such contact, or no room for so many tags. */
  changed: boolean;
  triggers: { id: number }[];
  jobs: { id: number }[];
}

export const MOST_TAGS = 100;

/**
 * Adds tags and takes others away. Coming again it changes nothing, and writes nothing. The terms tell which tags he had
 * before, so what they set off is written ahead of them.
 */
export async function changeTags(db: Database, change: TagChange): Promise<Aftermath> {
  const { workspaceId, contactId, wall } = change;
  const add = JSON.stringify([...new Set(change.add)]);
  const remove = JSON.stringify(change.remove);
  const nonce = newNonce();
  const won = hasWon(contactId, nonce);
  const hadTag = sql`EXISTS (SELECT 1 FROM contact_terms t WHERE t.workspace_id = ${workspaceId} AND t.kind = 'tag'
    AND t.term = sequences.init_tag AND t.contact_id = ${contactId})`;
  const [changed, added, removed, jobs] = (await together(db, [
    updateTags(db, change, { add, remove, nonce }),
    writeTagTriggers(
      db,
      { workspaceId, contactId, kind: "tag_added", tags: change.add, wall },
      sql`${won} AND NOT ${hadTag}`,
    ),
    writeTagTriggers(
      db,
      { workspaceId, contactId, kind: "tag_removed", tags: change.remove, wall },
      sql`${won} AND ${hadTag}`,
    ),
    writeLook(db, change, won),
    db.run(sql`DELETE FROM contact_terms WHERE workspace_id = ${workspaceId} AND kind = 'tag'
      AND term IN (SELECT value FROM json_each(${remove})) AND contact_id = ${contactId} AND ${won}`),
    db.run(sql`INSERT INTO contact_terms (workspace_id, kind, term, contact_id)
      SELECT ${workspaceId}, 'tag', value, ${contactId} FROM json_each(${add}) WHERE ${won} ON CONFLICT DO NOTHING`),
  ])) as { id: number }[][];
  return { changed: (changed ?? []).length > 0, triggers: [...(added ?? []), ...(removed ?? [])], jobs: jobs ?? [] };
}

interface Tags {
  /** Lists as JSON. */
  add: string;
  remove: string;
  nonce: number;
}

function updateTags(db: Database, { workspaceId, contactId, journey }: Who, { add, remove, nonce }: Tags) {
  const fresh = sql`SELECT value FROM json_each(${add}) WHERE value NOT IN (SELECT value FROM json_each(contacts.tags))`;
  const kept = (not: SQL) =>
    sql`SELECT value FROM json_each(contacts.tags) WHERE value ${not} IN (SELECT value FROM json_each(${remove}))`;
  const after = sql`SELECT value FROM (${kept(sql`NOT`)} UNION ALL ${fresh})`;
  return db.all<{ id: number }>(sql`
    UPDATE contacts SET tags = (SELECT json_group_array(value) FROM (${after})), revision = ${nonce}, updated_at = ${journey}
    WHERE id = ${contactId} AND workspace_id = ${workspaceId} AND erased_at IS NULL
      AND (EXISTS (${fresh}) OR EXISTS (${kept(sql``)}))
      AND (NOT EXISTS (${fresh}) OR (SELECT COUNT(*) FROM (${after})) <= ${MOST_TAGS})
    RETURNING id`);
}

/** Makes a contact inactive; a job ends all his journeys, those too that an opt-out would leave. */
export async function deactivate(db: Database, who: Who): Promise<Pick<Aftermath, "changed" | "jobs">> {
  const { workspaceId, contactId, journey, wall } = who;
  const nonce = newNonce();
  const [changed, jobs] = (await together(db, [
    db.all<{ id: number }>(sql`UPDATE contacts SET inactive = 1, revision = ${nonce}, updated_at = ${journey}
      WHERE id = ${contactId} AND workspace_id = ${workspaceId} AND erased_at IS NULL AND inactive = 0 RETURNING id`),
    writeJob(db, { workspaceId, kind: "deactivate", subjectId: contactId, journey, wall }, hasWon(contactId, nonce)),
  ])) as { id: number }[][];
  return { changed: (changed ?? []).length > 0, jobs: jobs ?? [] };
}

/** A revision that no other edit chooses. */
export function newNonce(): number {
  return crypto.getRandomValues(new Uint32Array(1))[0] ?? 0;
}
