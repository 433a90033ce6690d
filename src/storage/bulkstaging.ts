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

/**
 * Null where the workspace has as many unfinished ones as it may. Each that comes in has the key of a place meanwhile, which no
 * request can name, so that the index lets no two have the same.
 */
export async function beginStaging(db: Database, job: NewJob): Promise<number | null> {
  const { workspaceId, begunAt } = job;
  const places = JSON.stringify(Array.from({ length: MOST_UNFINISHED }, (_, i) => `place ${i + 1}`));
  const free = sql`(SELECT value FROM json_each(${places})
    WHERE NOT EXISTS (SELECT 1 FROM bulk_jobs
        WHERE workspace_id = ${workspaceId} AND idempotency_key = value AND idempotency_key IS NOT NULL)
      AND (SELECT TOTAL(state IN ('queued', 'running')) FROM (SELECT state FROM bulk_jobs
        WHERE workspace_id = ${workspaceId} AND state <> 'staging' ORDER BY id DESC LIMIT ${MOST_UNFINISHED})) < ${MOST_UNFINISHED}
    LIMIT 1)`;
  const [made] = await db
    .insert(bulkJobs)
    .values({ ...job, state: "staging", touchedAt: begunAt, idempotencyKey: free })
    .returning();
  if (made?.idempotencyKey) return made.id;
  if (made) await dropStaging(db, made.id);
  return null;
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
