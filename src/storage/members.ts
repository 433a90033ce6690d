/** Knows who is in which segment, and how members come and go: as sets, and only as seen at the newest revisions. */
import { and, asc, eq, type SQL, sql } from "drizzle-orm";
import type { Moves } from "../domain/membership";
import { selectAfter, selectAmong } from "./contacts";
import { type Database, type Statements, together } from "./database";
import { segmentMembers } from "./schema";
import { selectSegments } from "./segments";
import type { Window } from "./window";
import { contactChanges } from "./work";

export async function memberIds(db: Database, segmentId: number, { limit, offset }: Window): Promise<number[]> {
  const rows = await db
    .select({ id: segmentMembers.contactId })
    .from(segmentMembers)
    .where(eq(segmentMembers.segmentId, segmentId))
    .orderBy(asc(segmentMembers.contactId))
    .limit(limit)
    .offset(offset);
  return rows.map(({ id }) => id);
}

export async function isMember(db: Database, segmentId: number, contactId: number): Promise<boolean> {
  const [row] = await db
    .select({ id: segmentMembers.contactId })
    .from(segmentMembers)
    .where(and(eq(segmentMembers.segmentId, segmentId), eq(segmentMembers.contactId, contactId)));
  return row !== undefined;
}

function membershipsAmong(db: Database, ids: SQL) {
  return db
    .select({ segmentId: segmentMembers.segmentId, contactId: segmentMembers.contactId })
    .from(segmentMembers)
    .where(sql`${segmentMembers.contactId} IN (${ids})`);
}

/** The contacts that changed first, with all segments and where they are members; nothing else is read. */
export async function readChanges(db: Database, workspaceId: number, limit: number) {
  const page = sql`SELECT contact_id FROM contact_changes WHERE workspace_id = ${workspaceId} ORDER BY id LIMIT ${limit}`;
  const [changes, segments, contacts, members] = await db.batch([
    db
      .select({ id: contactChanges.id })
      .from(contactChanges)
      .where(eq(contactChanges.workspaceId, workspaceId))
      .orderBy(asc(contactChanges.id))
      .limit(limit),
    selectSegments(db, workspaceId),
    selectAmong(db, workspaceId, page),
    membershipsAmong(db, page),
  ]);
  return { changes: changes.map(({ id }) => id), segments, contacts, members };
}

/** A page of all contacts, and which of them are members of one segment. */
export async function readPage(
  db: Database,
  workspaceId: number,
  { segmentId, after, limit }: { segmentId: number; after: number; limit: number },
) {
  const contacts = await selectAfter(db, workspaceId, after, limit);
  const ids = JSON.stringify(contacts.map(({ id }) => id));
  const members = await membershipsAmong(db, sql`SELECT value FROM json_each(${ids})`);
  return { contacts, members: members.filter((member) => member.segmentId === segmentId) };
}

/** A workspace behind this one in which contacts have changed; asking when there is none reads one row. */
export async function changedWorkspace(db: Database, after: number): Promise<number | null> {
  const [row] = await db.all<{ id: number | null }>(sql`
    SELECT MIN(workspace_id) AS id FROM contact_changes WHERE workspace_id > ${after}`);
  return row?.id ?? null;
}

/**
 * Writes who joins and who leaves, the triggers of those who join, and that the changes were seen to. A contact or
 * segment that changed since it was looked at is passed over: the change has noted him, or begun the job, anew.
 */
export async function writeMoves(
  db: Database,
  { workspaceId, wall, moves, changes }: { workspaceId: number; wall: number; moves: Moves; changes: number[] },
): Promise<{ id: number }[]> {
  const joining = sql`json_each(${JSON.stringify(moves.joins)}) j
    CROSS JOIN segments g ON g.id = j.value->>'segment' AND g.revision = j.value->>'rules'
    CROSS JOIN contacts c ON c.id = j.value->>'contact' AND c.revision = j.value->>'revision'`;
  const leaving = sql`json_each(${JSON.stringify(moves.leaves)}) l
    CROSS JOIN segments g ON g.id = l.value->>'segment' AND g.revision = l.value->>'rules'
    CROSS JOIN contacts c ON c.id = l.value->>'contact' AND c.revision = l.value->>'revision'`;
  const joins: Statements = [
    db.all<{ id: number }>(sql`
      INSERT INTO triggers (workspace_id, kind, sequence_id, contact_id, touched_at)
      SELECT ${workspaceId}, 'segment', s.id, c.id, ${wall} FROM ${joining}
      CROSS JOIN sequences s ON s.init_segment_id = g.id AND s.init_segment_id IS NOT NULL AND s.status <> 'ARCHIVED'
      WHERE s.workspace_id = ${workspaceId} AND NOT EXISTS (
        SELECT 1 FROM segment_members m WHERE m.segment_id = g.id AND m.contact_id = c.id)
      RETURNING id`),
    db.run(sql`INSERT INTO segment_members (segment_id, contact_id, workspace_id)
      SELECT g.id, c.id, ${workspaceId} FROM ${joining} WHERE true ON CONFLICT DO NOTHING`),
  ];
  const results = await together(db, [
    ...(moves.joins.length > 0 ? joins : []),
    ...(moves.leaves.length > 0
      ? [db.run(sql`DELETE FROM segment_members WHERE (segment_id, contact_id) IN (SELECT g.id, c.id FROM ${leaving})`)]
      : []),
    ...(changes.length > 0
      ? [db.run(sql`DELETE FROM contact_changes WHERE id IN (SELECT value FROM json_each(${JSON.stringify(changes)}))`)]
      : []),
  ]);
  return moves.joins.length > 0 ? (results[0] as { id: number }[]) : [];
}

/** Takes members out of a segment that was deleted; says whether there may be more. */
export async function purgeMembers(
  db: Database,
  workspaceId: number,
  segmentId: number,
  limit: number,
): Promise<boolean> {
  const gone = await db.all<{ id: number }>(sql`
    DELETE FROM segment_members WHERE segment_id = ${segmentId} AND contact_id IN (
      SELECT contact_id FROM segment_members WHERE segment_id = ${segmentId} ORDER BY contact_id LIMIT ${limit})
    RETURNING contact_id AS id`);
  if (gone.length === limit) return true;
  await db.run(sql`DELETE FROM counts
    WHERE workspace_id = ${workspaceId} AND sequence_id = 0 AND what = ${`segment.${segmentId}`}`);
  return false;
}
