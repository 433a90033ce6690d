/** Knows segments: saved rules, and how far the contacts have been looked at by them. */
import { and, desc, eq, type SQL, sql } from "drizzle-orm";
import { MOST_SEGMENTS, type Segment } from "../domain/segment";
import { type Database, together } from "./database";
import { writeJob } from "./jobs";
import { newNonce } from "./nonce";
import { segments } from "./schema";
import type { Window } from "./window";
import { counts } from "./work";

interface At {
  journey: number;
  wall: number;
}

interface Written {
  id: number;
  /** Of the job that looks at all contacts. */
  jobs: { id: number }[];
}

export function selectSegments(db: Database, workspaceId: number) {
  return db.select().from(segments).where(eq(segments.workspaceId, workspaceId));
}

export async function findSegment(db: Database, workspaceId: number, id: number): Promise<Segment | null> {
  const [row] = await db
    .select()
    .from(segments)
    .where(and(eq(segments.id, id), eq(segments.workspaceId, workspaceId)));
  return row ?? null;
}

/** Holds in a write as long as the segment has not been deleted. */
export function segmentStands(workspaceId: number, id: number): SQL {
  return sql`EXISTS (SELECT 1 FROM segments WHERE id = ${id} AND workspace_id = ${workspaceId})`;
}

/** The newest first. */
export async function listSegments(
  db: Database,
  workspaceId: number,
  { limit, offset }: Window,
): Promise<{ rows: Segment[]; total: number }> {
  const [rows, all] = await db.batch([
    selectSegments(db, workspaceId).orderBy(desc(segments.id)).limit(limit).offset(offset),
    db.select({ n: sql<number>`COUNT(*)` }).from(segments).where(eq(segments.workspaceId, workspaceId)),
  ]);
  return { rows, total: all[0]?.n ?? 0 };
}

/** How many members each segment has. */
export async function membersCounted(
  db: Database,
  workspaceId: number,
  ids: readonly number[],
): Promise<Map<number, number>> {
  const names = ids.map((id) => `segment.${id}`);
  const rows = await db
    .select({ what: counts.what, n: counts.n })
    .from(counts)
    .where(sql`${counts.workspaceId} = ${workspaceId} AND ${counts.sequenceId} = 0
      AND ${counts.what} IN (SELECT value FROM json_each(${JSON.stringify(names)}))`);
  return new Map(rows.map(({ what, n }) => [Number(what.slice("segment.".length)), n]));
}

/** Makes a segment, with the job that looks at all contacts by it; null where there are too many. */
export async function insertSegment(
  db: Database,
  { workspaceId, name, rules }: Pick<Segment, "workspaceId" | "name" | "rules">,
  { journey, wall }: At,
): Promise<Written | null> {
  const nonce = newNonce();
  const newest = sql`(SELECT seq FROM sqlite_sequence WHERE name = 'segments')`;
  const [made, jobs] = (await together(db, [
    db.all<{ id: number }>(sql`
      INSERT INTO segments (workspace_id, name, rules, revision, built, created_at, updated_at)
      SELECT ${workspaceId}, ${name}, ${JSON.stringify(rules)}, ${nonce}, -1, ${journey}, ${journey}
      WHERE (SELECT COUNT(*) FROM segments WHERE workspace_id = ${workspaceId}) < ${MOST_SEGMENTS}
      RETURNING id`),
    writeJob(db, { workspaceId, kind: "segment", subjectId: newest, journey, wall }, isAt(newest, nonce)),
  ])) as { id: number }[][];
  const id = made?.[0]?.id;
  return id === undefined ? null : { id, jobs: jobs ?? [] };
}

function isAt(id: number | SQL, revision: number): SQL {
  return sql`EXISTS (SELECT 1 FROM segments WHERE id = ${id} AND revision = ${revision})`;
}

/** A name changes nothing for the members. */
export async function renameSegment(db: Database, id: number, name: string, at: number): Promise<void> {
  await db.update(segments).set({ name, updatedAt: at }).where(eq(segments.id, id));
}

/** Changes the rules of a segment that still has those that were read, and has all contacts looked at by them. */
export async function reviseSegment(
  db: Database,
  { id, workspaceId, revision }: Segment,
  set: Pick<Segment, "name" | "rules">,
  { journey, wall }: At,
): Promise<Written | null> {
  const nonce = newNonce();
  const [won, jobs] = (await together(db, [
    db
      .update(segments)
      .set({ ...set, updatedAt: journey, revision: nonce })
      .where(and(eq(segments.id, id), eq(segments.revision, revision)))
      .returning({ id: segments.id }),
    writeJob(db, { workspaceId, kind: "segment", subjectId: id, journey, wall }, isAt(id, nonce)),
  ])) as { id: number }[][];
  return (won ?? []).length > 0 ? { id, jobs: jobs ?? [] } : null;
}

/** Notes that all contacts were looked at, unless the job was begun anew meanwhile. */
export async function noteBuilt(db: Database, id: number, job: { id: number; revision: number }): Promise<void> {
  await db.run(sql`UPDATE segments SET built = revision WHERE id = ${id}
    AND EXISTS (SELECT 1 FROM jobs WHERE id = ${job.id} AND revision = ${job.revision})`);
}

/**
 * Deletes a segment that no sequence enrolls from; its members go by the job, and archived sequences forget it. Null where
 * one does.
 */
export async function deleteSegment(
  db: Database,
  { id, workspaceId }: Pick<Segment, "id" | "workspaceId">,
  { journey, wall }: At,
): Promise<Written | null> {
  const isGone = sql`NOT EXISTS (SELECT 1 FROM segments WHERE id = ${id})`;
  const [gone, jobs] = (await together(db, [
    db.all<{ id: number }>(sql`DELETE FROM segments WHERE id = ${id} AND workspace_id = ${workspaceId} AND NOT EXISTS (
      SELECT 1 FROM sequences WHERE init_segment_id = ${id} AND init_segment_id IS NOT NULL AND status <> 'ARCHIVED')
      RETURNING id`),
    writeJob(db, { workspaceId, kind: "segment", subjectId: id, journey, wall }, isGone),
    db.run(sql`UPDATE sequences SET init_segment_id = NULL, revision = revision + 1
      WHERE init_segment_id = ${id} AND init_segment_id IS NOT NULL AND workspace_id = ${workspaceId} AND ${isGone}`),
  ])) as { id: number }[][];
  return (gone ?? []).length > 0 ? { id, jobs: jobs ?? [] } : null;
}
