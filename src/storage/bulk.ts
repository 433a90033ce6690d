/** Knows the jobs of bulk enrollment: how one is staged, found, and moved on. */
import { and, desc, eq, ne, sql } from "drizzle-orm";
import { integer, sqliteTable, text } from "drizzle-orm/sqlite-core";
import { type BulkJob, type BulkState, bulkOrigin, MOST_CHUNKS, type RowRefusal } from "../domain/bulk";
import type { Entry } from "../domain/candidate";
import type { Failure } from "../domain/failure";
import type { Platform } from "../domain/platform";
import { type Database, together } from "./database";
import { NEWEST_ENROLLMENT } from "./enrollments";
import { belongsToVisible, type Viewer } from "./sight";
import type { Window } from "./window";

export const bulkJobs = sqliteTable("bulk_jobs", {
  id: integer("id").primaryKey({ autoIncrement: true }),
  workspaceId: integer("workspace_id").notNull(),
  sequenceId: integer("sequence_id").notNull(),
  userId: integer("user_id"),
  platform: text("platform").$type<Platform>(),
  mailboxId: integer("mailbox_id"),
  updateExisting: integer("update_existing", { mode: "boolean" }).notNull().default(false),
  state: text("state").$type<BulkState>().notNull(),
  idempotencyKey: text("idempotency_key"),
  fingerprint: text("fingerprint"),
  total: integer("total").notNull().default(0),
  chunks: integer("chunks").notNull().default(0),
  cursor: integer("cursor").notNull().default(0),
  enrolled: integer("enrolled").notNull().default(0),
  refused: integer("refused").notNull().default(0),
  mark: integer("mark").notNull().default(0),
  startedTo: integer("started_to").notNull().default(0),
  createdAt: integer("created_at").notNull(),
  finishedAt: integer("finished_at"),
  begunAt: integer("begun_at").notNull(),
  touchedAt: integer("touched_at").notNull(),
  closed: integer("closed", { mode: "boolean" }).notNull().default(false),
});

/** Where a chunk of a job stands. */
export const chunkId = (job: number, chunk: number) => job * MOST_CHUNKS + chunk;

/** Keys are each user's own. */
export async function findByKey(db: Database, { workspaceId, userId }: Viewer, key: string): Promise<BulkJob | null> {
  const own = sql`COALESCE(${bulkJobs.userId}, 0) = ${userId ?? 0}`;
  const [job] = await db
    .select()
    .from(bulkJobs)
    .where(and(eq(bulkJobs.workspaceId, workspaceId), own, eq(bulkJobs.idempotencyKey, key)));
  return job ?? null;
}

function shownTo(viewer: Viewer) {
  const own = and(eq(bulkJobs.workspaceId, viewer.workspaceId), ne(bulkJobs.state, "staging"));
  return and(own, belongsToVisible(viewer, sql`${bulkJobs.sequenceId}`));
}

/** Only whoever may see its sequence finds it. */
export async function findBulkJob(db: Database, viewer: Viewer, id: number): Promise<BulkJob | null> {
  const [job] = await db
    .select()
    .from(bulkJobs)
    .where(and(eq(bulkJobs.id, id), shownTo(viewer)));
  return job ?? null;
}

/** The newest first. */
export async function listBulkJobs(db: Database, viewer: Viewer, { limit, offset }: Window): Promise<BulkJob[]> {
  return db.select().from(bulkJobs).where(shownTo(viewer)).orderBy(desc(bulkJobs.id)).limit(limit).offset(offset);
}

/** They are kept for a month, so that there are never many. */
export async function countBulkJobs(db: Database, viewer: Viewer): Promise<number> {
  return db.$count(bulkJobs, shownTo(viewer));
}

/** Where there is a contact, the address is the one that he has now, and none once he was erased. */
export async function listRefusals(
  db: Database,
  { id, workspaceId }: Pick<BulkJob, "id" | "workspaceId">,
  { limit, offset }: Window,
): Promise<RowRefusal[]> {
  const rows = await db.all<Omit<RowRefusal, "failure"> & { failure: string }>(sql`
    SELECT r.row, r.contact_id AS contactId, r.failure, COALESCE(r.address, (
      SELECT a.address FROM addresses a
      WHERE a.contact_id = r.contact_id AND +a.workspace_id = ${workspaceId} ORDER BY a.position LIMIT 1)) AS address
    FROM bulk_refusals r WHERE r.job_id = ${id} ORDER BY r.row LIMIT ${limit} OFFSET ${offset}`);
  return rows.map(({ failure, ...row }) => ({ ...row, failure: JSON.parse(failure) as Failure }));
}

export async function readChunk(db: Database, { id, cursor }: BulkJob): Promise<Entry[] | null> {
  const [row] = await db.all<{ entries: string }>(
    sql`SELECT entries FROM bulk_chunks WHERE id = ${chunkId(id, cursor)}`,
  );
  return row ? (JSON.parse(row.entries) as Entry[]) : null;
}

export interface ChunkDone {
  job: BulkJob;
  /** Those that were not refused have been enrolled. */
  rows: number;
  refusals: readonly RowRefusal[];
  journey: number;
  wall: number;
}

/**
 * Crosses a chunk out, with what became of it; null where another run of the job is ahead. One that works on the same chunk may
 * have let somebody in who was refused here: then he is, and nobody comes in after this.
 */
export async function crossOut(db: Database, { job, rows, refusals, journey, wall }: ChunkDone) {
  const { id, cursor, chunks } = job;
  const isLast = cursor + 1 === chunks;
  const listed = JSON.stringify(
    refusals.map(({ row, contactId, address, failure }) => {
      const origin = contactId && failure.kind !== "repeated_row" ? bulkOrigin(id, contactId) : null;
      return [row, contactId, address, JSON.stringify(failure), origin];
    }),
  );
  const letIn = sql`EXISTS (SELECT 1 FROM enrollments e WHERE e.origin = value->>4 AND e.origin IS NOT NULL)`;
  const anew = sql`(SELECT COUNT(*) FROM json_each(${listed}) WHERE NOT ${letIn})`;
  const [, moved] = (await together(db, [
    db.run(sql`INSERT INTO bulk_refusals (job_id, row, contact_id, address, failure)
      SELECT ${id}, value->>0, value->>1, value->>2, value->>3 FROM json_each(${listed})
      WHERE EXISTS (SELECT 1 FROM bulk_jobs WHERE id = ${id} AND cursor = ${cursor}) AND NOT ${letIn} ON CONFLICT DO NOTHING`),
    db
      .update(bulkJobs)
      .set({
        cursor: cursor + 1,
        enrolled: sql`enrolled + ${rows} - ${anew}`,
        refused: sql`refused + ${anew}`,
        mark: NEWEST_ENROLLMENT,
        state: isLast ? "done" : "running",
        finishedAt: isLast ? journey : null,
        touchedAt: wall,
      })
      .where(and(eq(bulkJobs.id, id), eq(bulkJobs.cursor, cursor)))
      .returning(),
    db.run(sql`DELETE FROM bulk_chunks WHERE id = ${chunkId(id, cursor)}`),
  ])) as [unknown, BulkJob[]];
  return moved[0] ?? null;
}

/** Notes up to which enrollment it has started them; null where another run of the job is ahead. */
export async function noteStarted(db: Database, job: BulkJob, to: number, wall: number): Promise<BulkJob | null> {
  const [moved] = await db
    .update(bulkJobs)
    .set({ startedTo: to, touchedAt: wall })
    .where(and(eq(bulkJobs.id, job.id), eq(bulkJobs.startedTo, job.startedTo)))
    .returning();
  return moved ?? null;
}

/** Notes that it is being seen to; false where another run of the job has done so. */
export async function touchJob(db: Database, job: BulkJob, wall: number): Promise<boolean> {
  const touched = await db.all(sql`UPDATE bulk_jobs SET touched_at = ${wall}
    WHERE id = ${job.id} AND touched_at = ${job.touchedAt} RETURNING id`);
  return touched.length > 0;
}

export async function closeJob(db: Database, job: BulkJob, wall: number): Promise<void> {
  await db.update(bulkJobs).set({ closed: true, touchedAt: wall }).where(eq(bulkJobs.id, job.id));
}

/** What was staged is not there: the rest of the rows cannot be known any more. */
export async function failJob(db: Database, job: BulkJob, journey: number): Promise<void> {
  await db
    .update(bulkJobs)
    .set({ state: "failed", finishedAt: journey, chunks: job.cursor })
    .where(and(eq(bulkJobs.id, job.id), eq(bulkJobs.cursor, job.cursor)));
}
