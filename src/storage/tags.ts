/** Knows how a contact's tags change, in one batch that needs no look before. */
import { type SQL, sql } from "drizzle-orm";
import { MOST_TAGS } from "../domain/tag";
import { hasWon } from "./contacts";
import { type Database, together } from "./database";
import { writeLook } from "./jobs";
import { newNonce } from "./nonce";
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
  /** The enrollment whose step it is. */
  source?: number;
}

export interface Aftermath {
  /** False where there was nothing to change, or no such contact, or no room for so many tags. */
  changed: boolean;
  /** Whether there was no room for so many tags. */
  full: boolean;
  triggers: { id: number }[];
  jobs: { id: number }[];
}

/**
 * Adds tags and takes others away. Coming again it changes nothing, and writes nothing. The terms tell which tags he had
 * before, so what they set off is written ahead of them.
 */
export async function changeTags(db: Database, change: TagChange): Promise<Aftermath> {
  const { workspaceId, contactId, wall, source = null } = change;
  const add = JSON.stringify([...new Set(change.add)]);
  const remove = JSON.stringify(change.remove);
  const nonce = newNonce();
  const won = hasWon(contactId, nonce);
  const hadTag = sql`EXISTS (SELECT 1 FROM contact_terms t WHERE t.workspace_id = ${workspaceId} AND t.kind = 'tag'
    AND t.term = sequences.init_tag AND t.contact_id = ${contactId})`;
  const [changed, added, removed, jobs, lacking] = (await together(db, [
    updateTags(db, change, { add, remove, nonce }),
    writeTagTriggers(
      db,
      { workspaceId, contactId, kind: "tag_added", tags: change.add, source, wall },
      sql`${won} AND NOT ${hadTag}`,
    ),
    writeTagTriggers(
      db,
      { workspaceId, contactId, kind: "tag_removed", tags: change.remove, source, wall },
      sql`${won} AND ${hadTag}`,
    ),
    writeLook(db, change, won),
    selectLacking(db, change, add),
    db.run(sql`DELETE FROM contact_terms WHERE workspace_id = ${workspaceId} AND kind = 'tag'
      AND term IN (SELECT value FROM json_each(${remove})) AND contact_id = ${contactId} AND ${won}`),
    db.run(sql`INSERT INTO contact_terms (workspace_id, kind, term, contact_id)
      SELECT ${workspaceId}, 'tag', value, ${contactId} FROM json_each(${add}) WHERE ${won} ON CONFLICT DO NOTHING`),
  ])) as { id: number }[][];
  return {
    changed: (changed ?? []).length > 0,
    full: (lacking ?? []).length > 0,
    triggers: [...(added ?? []), ...(removed ?? [])],
    jobs: jobs ?? [],
  };
}

/** The contact himself once for each tag that was to be added and is not there after all. */
function selectLacking(db: Database, { workspaceId, contactId }: Who, add: string) {
  return db.all<{ id: number }>(sql`
    SELECT contacts.id FROM contacts, json_each(${add}) wanted
    WHERE contacts.id = ${contactId} AND workspace_id = ${workspaceId} AND erased_at IS NULL
      AND wanted.value NOT IN (SELECT value FROM json_each(contacts.tags))`);
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

/** The first of the tags that anybody has, by their letters. Each is one look into the index, however many have it. */
export async function firstTags(db: Database, workspaceId: number, limit: number): Promise<string[]> {
  const next = (bound: SQL) => sql`(SELECT MIN(term) FROM contact_terms
    WHERE workspace_id = ${workspaceId} AND kind = 'tag' AND ${bound})`;
  const rows = await db.all<{ tag: string }>(sql`
    WITH RECURSIVE tags (tag) AS (
      SELECT ${next(sql`true`)} UNION ALL SELECT ${next(sql`term > tags.tag`)} FROM tags WHERE tags.tag IS NOT NULL)
    SELECT tag FROM tags WHERE tag IS NOT NULL LIMIT ${limit}`);
  return rows.map(({ tag }) => tag);
}
