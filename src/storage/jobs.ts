/** Knows jobs: work for many journeys that is written down with the change that causes it. */
import { and, asc, eq, isNull, lt, type SQL, sql } from "drizzle-orm";
import type { JobKind } from "../domain/sequence";
import type { Database } from "./database";
import { NEWEST_ENROLLMENT } from "./enrollments";
import { jobs } from "./work";

export type Job = typeof jobs.$inferSelect;

export interface NewJob {
  workspaceId: number;
  kind: JobKind;
  /** A sequence, a segment, or a contact, as the kind says. */
  subjectId: number | SQL;
  journey: number;
  wall: number;
}

/** Writes a job, or begins the one of that kind and subject anew; only where the guard holds. */
export function writeJob(db: Database, job: NewJob, guard: SQL = sql`true`) {
  return db.all<{ id: number }>(sql`
    INSERT INTO jobs (workspace_id, kind, subject_id, upto, created_at, touched_at)
    SELECT ${job.workspaceId}, ${job.kind}, ${job.subjectId}, ${NEWEST_ENROLLMENT}, ${job.journey}, ${job.wall}
    WHERE ${guard}
    ON CONFLICT (kind, subject_id) DO UPDATE SET ${ANEW}
    RETURNING id`);
}

/** Has the journeys of a contact who changed look at him again; no job where none of them waits at a condition. */
export function writeLook(
  db: Database,
  { contactId, ...job }: Omit<NewJob, "kind" | "subjectId"> & { contactId: number },
  guard: SQL,
) {
  const { workspaceId, journey, wall } = job;
  const waits = sql`EXISTS (
    SELECT 1 FROM enrollments WHERE contact_id = ${contactId} AND standing = 'ACTIVE' AND why = 'condition')`;
  return writeJob(db, { workspaceId, kind: "look", subjectId: contactId, journey, wall }, sql`${guard} AND ${waits}`);
}

/** A `wake` for every running sequence of a workspace, as when a kill switch is released. */
export function writeWakes(db: Database, job: Omit<NewJob, "kind" | "subjectId">, guard: SQL = sql`true`) {
  return db.all<{ id: number }>(sql`
    INSERT INTO jobs (workspace_id, kind, subject_id, upto, created_at, touched_at)
    SELECT ${job.workspaceId}, 'wake', id, ${NEWEST_ENROLLMENT}, ${job.journey}, ${job.wall}
    FROM sequences WHERE workspace_id = ${job.workspaceId} AND status = 'ACTIVE' AND ${guard}
    ON CONFLICT (kind, subject_id) DO UPDATE SET ${ANEW}
    RETURNING id`);
}

/** A `reschedule` for every sequence of a workspace that meets a condition and has journeys under way. */
export function writeReschedules(db: Database, job: Omit<NewJob, "kind" | "subjectId">, condition: SQL) {
  return db.all<{ id: number }>(sql`
    INSERT INTO jobs (workspace_id, kind, subject_id, upto, created_at, touched_at)
    SELECT ${job.workspaceId}, 'reschedule', id, ${NEWEST_ENROLLMENT}, ${job.journey}, ${job.wall}
    FROM sequences WHERE +workspace_id = ${job.workspaceId} AND ${condition} AND EXISTS (
      SELECT 1 FROM counts WHERE workspace_id = ${job.workspaceId} AND sequence_id = sequences.id
        AND what = 'ACTIVE' AND n > 0)
    ON CONFLICT (kind, subject_id) DO UPDATE SET ${ANEW}
    RETURNING id`);
}

export const ANEW = sql`revision = jobs.revision + 1, cursor = 0, upto = excluded.upto, touched_at = excluded.touched_at, done_at = NULL`;

export async function findJob(db: Database, id: number): Promise<Job | null> {
  const [job] = await db.select().from(jobs).where(eq(jobs.id, id));
  return job ?? null;
}

/** Notes how far a job has come, unless it was begun anew or another run is ahead; says whether this one may go on. */
export async function progress(db: Database, job: Job, cursor: number, wall: number): Promise<boolean> {
  const moved = await db
    .update(jobs)
    .set({ cursor, touchedAt: wall })
    .where(and(eq(jobs.id, job.id), eq(jobs.revision, job.revision), lt(jobs.cursor, cursor)))
    .returning({ id: jobs.id });
  return moved.length > 0;
}

export async function finishJob(db: Database, job: Job, journey: number): Promise<void> {
  await db
    .update(jobs)
    .set({ doneAt: journey })
    .where(and(eq(jobs.id, job.id), eq(jobs.revision, job.revision)));
}

/** Open jobs that nobody has touched since, the longest forgotten first. */
export async function forgottenJobs(db: Database, before: number, limit: number): Promise<Job[]> {
  return db
    .select()
    .from(jobs)
    .where(and(isNull(jobs.doneAt), lt(jobs.touchedAt, before)))
    .orderBy(asc(jobs.touchedAt))
    .limit(limit);
}

export async function touchJobs(db: Database, ids: readonly number[], wall: number): Promise<void> {
  await db.run(sql`UPDATE jobs SET touched_at = ${wall}
    WHERE done_at IS NULL AND id IN (SELECT value FROM json_each(${JSON.stringify(ids)}))`);
}
