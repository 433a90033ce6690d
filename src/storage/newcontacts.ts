/** Knows how many contacts are made at a time, by whose addresses they are told from those who are there. */
import { type SQL, sql } from "drizzle-orm";
import type { Candidate } from "../domain/candidate";
import { termsOf } from "../domain/terms";
import { NEWEST_CONTACT } from "./contacts";
import { type Database, type Statements, together } from "./database";
import { NEWEST_ENROLLMENT } from "./enrollments";
import { type Listed, unveil } from "./suppressions";

/** Whose an address is. */
export interface Holder {
  platform: string;
  key: string;
  contact: number;
}

/** Who has these addresses, and whether anything is known of addresses by their hashes alone. */
export async function findHolders(
  db: Database,
  workspaceId: number,
  addresses: readonly { platform: string; key: string }[],
): Promise<{ holders: Holder[]; hasVeiled: boolean }> {
  const listed = JSON.stringify(addresses.map(({ platform, key }) => [platform, key]));
  const [holders, [veiled]] = (await together(db, [
    db.all(sql`SELECT a.platform, a.key, a.contact_id AS contact FROM json_each(${listed}) v CROSS JOIN addresses a
      ON a.workspace_id = ${workspaceId} AND a.platform = v.value->>0 AND a.key = v.value->>1`),
    db.all(sql`SELECT EXISTS (SELECT 1 FROM suppressions WHERE workspace_id = ${workspaceId} AND hash IS NOT NULL)
      OR EXISTS (SELECT 1 FROM erasures WHERE workspace_id = ${workspaceId}) AS found`),
  ])) as [Holder[], { found: number }[]];
  return { holders, hasVeiled: veiled?.found === 1 };
}

/** Of these hashes, those whose addresses opted out or were blocked, and those of who was erased since. */
export async function findHashes(
  db: Database,
  workspaceId: number,
  { hashes, since }: { hashes: readonly string[]; since: number },
): Promise<{ suppressed: Set<string>; erased: Set<string> }> {
  const listed = JSON.stringify(hashes);
  const [suppressed, erased] = (await together(db, [
    db.all(sql`SELECT s.hash FROM json_each(${listed}) v CROSS JOIN suppressions s
      ON s.workspace_id = ${workspaceId} AND s.hash = v.value AND s.hash IS NOT NULL`),
    db.all(sql`SELECT e.hash FROM json_each(${listed}) v CROSS JOIN erasures e
      ON e.workspace_id = ${workspaceId} AND e.hash = v.value WHERE e.erased_at >= ${since}`),
  ])) as [{ hash: string }[], { hash: string }[]];
  return { suppressed: new Set(suppressed.map(({ hash }) => hash)), erased: new Set(erased.map(({ hash }) => hash)) };
}

export interface NewContacts {
  workspaceId: number;
  userId: number | null;
  candidates: readonly Candidate[];
  /** Their addresses of which only a hash was left. */
  veiled: readonly Listed[];
  journey: number;
  wall: number;
}

/**
 * Makes contacts in one batch, with the triggers that their tags pull: all of them, or none where somebody has one of their
 * addresses by now. Their ids follow each other, so that of the nth the batch knows which it is.
 */
export async function insertContacts(
  db: Database,
  { workspaceId, userId, candidates, veiled, journey, wall }: NewContacts,
): Promise<{ ids: number[]; triggers: { id: number }[] }> {
  if (candidates.length === 0) return { ids: [], triggers: [] };
  const first = sql`${NEWEST_CONTACT} - ${candidates.length - 1}`;
  const results = await together(db, [
    db.all<{ id: number }>(sql`
      INSERT INTO contacts (id, workspace_id, platform, display_name, first_name, last_name, avatar_url, timezone, tags,
        custom_fields, creator_id, updater_id, created_at, updated_at)
      SELECT COALESCE(${NEWEST_CONTACT}, 0) + 1 + key, ${workspaceId}, value->>0, value->>1, value->>2, value->>3, value->>4,
        value->>5, value->>6, value->>7, ${userId}, ${userId}, ${journey}, ${journey}
      FROM json_each(${rowsOf(candidates)}) RETURNING id`),
    ...unveil(db, workspaceId, veiled),
    ...belongings(db, workspaceId, candidates, first),
    ...tagTriggers(db, { workspaceId, candidates, first, wall }),
  ]);
  const [made] = results as [{ id: number }[]];
  const hasTags = candidates.some(({ tags }) => tags.length > 0);
  return {
    ids: made.map(({ id }) => id).sort((a, b) => a - b),
    triggers: hasTags ? (results.at(-1) as { id: number }[]) : [],
  };
}

function rowsOf(candidates: readonly Candidate[]): string {
  return JSON.stringify(
    candidates.map((one) => [
      ...[one.platform, one.displayName, one.firstName, one.lastName, one.avatarUrl, one.timezone],
      ...[one.tags, one.customFields],
    ]),
  );
}

function belongings(db: Database, workspaceId: number, candidates: readonly Candidate[], first: SQL): Statements {
  const addresses = candidates.flatMap((one, nth) =>
    one.addresses.map((at, position) => [nth, at.platform, at.key, at.address, at.platformId, position]),
  );
  const terms = candidates.flatMap((one, nth) => termsOf(one).map(({ kind, term }) => [nth, kind, term]));
  return [
    db.run(sql`
      INSERT INTO addresses (workspace_id, platform, key, contact_id, address, platform_id, position)
      SELECT ${workspaceId}, value->>1, value->>2, ${first} + (value->>0), value->>3, value->>4, value->>5
      FROM json_each(${JSON.stringify(addresses)})`),
    db.run(sql`
      INSERT INTO contact_terms (workspace_id, kind, term, contact_id)
      SELECT ${workspaceId}, value->>1, value->>2, ${first} + (value->>0) FROM json_each(${JSON.stringify(terms)})
      WHERE true ON CONFLICT DO NOTHING`),
  ];
}

type Tagged = Pick<NewContacts, "workspaceId" | "candidates" | "wall"> & { first: SQL };

function tagTriggers(db: Database, { workspaceId, candidates, first, wall }: Tagged): Statements {
  const tags = candidates.flatMap((one, nth) => one.tags.map((tag) => [nth, tag]));
  if (tags.length === 0) return [];
  return [
    db.all<{ id: number }>(sql`
      INSERT INTO triggers (workspace_id, kind, sequence_id, contact_id, tag, enrollment_id, touched_at)
      SELECT ${workspaceId}, 'tag_added', s.id, ${first} + (t.value->>0), s.init_tag,
        ${NEWEST_ENROLLMENT}, ${wall}
      FROM json_each(${JSON.stringify(tags)}) t CROSS JOIN sequences s
        ON s.workspace_id = ${workspaceId} AND s.init_tag = t.value->>1 AND s.init_tag IS NOT NULL AND s.status <> 'ARCHIVED'
      RETURNING id`),
  ];
}
