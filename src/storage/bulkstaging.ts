/** Knows how the rows of a bulk enrollment come in: staged chunk by chunk until they are there whole. */
import { and, eq, sql } from "drizzle-orm";
import { type BulkJob, MOST_UNFINISHED } from "../domain/bulk";
import { bulkJobs, chunkId } from "./bulk";
import { type Database, together } from "./database";
import { NEWEST_ENROLLMENT } from "./enrollments";

type NewJob = Pick<
  BulkJob,
  "workspaceId" | "sequenceId" | "userId" | "platform" | "mailboxId" | "updateExisting" | "createdAt" | "begunAt"
>;

/** Null where the workspace has as many unfinished ones as it may, those that come in among them. */
export async function beginStaging(db: Database, job: NewJob): Promise<number | null> {
  const { workspaceId, sequenceId, userId, platform, mailboxId, updateExisting, createdAt, begunAt } = job;
  const [made] = await db.all<{ id: number }>(sql`
    INSERT INTO bulk_jobs (workspace_id, sequence_id, user_id, platform, mailbox_id, update_existing, state, created_at, begun_at, touched_at)
    SELECT ${workspaceId}, ${sequenceId}, ${userId}, ${platform}, ${mailboxId}, ${updateExisting ? 1 : 0}, 'staging', ${createdAt}, ${begunAt}, ${begunAt}
    WHERE (SELECT COUNT(*) FROM bulk_jobs INDEXED BY bulk_jobs_unfinished
      WHERE workspace_id = ${workspaceId} AND state IN ('staging', 'queued', 'running')) < ${MOST_UNFINISHED}
    RETURNING id`);
  return made?.id ?? null;
}

/** Says whether the job is still there: a sweep takes one away whose request seems to have died. */
export async function stageChunk(db: Database, job: number, chunk: number, entries: string): Promise<boolean> {
  const rows = await db.all(sql`INSERT INTO bulk_chunks (id, entries) SELECT ${chunkId(job, chunk)}, ${entries}
    WHERE EXISTS (SELECT 1 FROM bulk_jobs WHERE id = ${job} AND state = 'staging') RETURNING id`);
  return rows.length > 0;
}

export interface Staged {
  job: number;
  total: number;
  chunks: number;
  key: string | null;
  fingerprint: string;
  wall: number;
}

/**
 * What is staged becomes work. Fails where the key is another job's by now. `mark` is the newest enrollment so far, so that
 * those of this job are all newer.
 */
export async function finishStaging(db: Database, staged: Staged): Promise<BulkJob | null> {
  const { job, total, chunks, key, fingerprint, wall } = staged;
  const [row] = await db
    .update(bulkJobs)
    .set({
      state: "queued",
      total,
      chunks,
      idempotencyKey: key,
      fingerprint,
      mark: NEWEST_ENROLLMENT,
      startedTo: NEWEST_ENROLLMENT,
      touchedAt: wall,
    })
    .where(and(eq(bulkJobs.id, job), eq(bulkJobs.state, "staging")))
    .returning();
  return row ?? null;
}

/** Leaves nothing of a job that never came to be one. */
export async function dropStaging(db: Database, job: number): Promise<void> {
  await together(db, [
    db.run(sql`DELETE FROM bulk_chunks WHERE id >= ${chunkId(job, 0)} AND id < ${chunkId(job + 1, 0)}
      AND EXISTS (SELECT 1 FROM bulk_jobs WHERE id = ${job} AND state = 'staging')`),
    db.run(sql`DELETE FROM bulk_jobs WHERE id = ${job} AND state = 'staging'`),
  ]);
}
