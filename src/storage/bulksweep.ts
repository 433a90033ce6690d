/** Knows the jobs of bulk enrollment that were forgotten, and those that are past. */
import { sql } from "drizzle-orm";
import type { Database } from "./database";

interface Forgotten {
  id: number;
  workspaceId: number;
}

/** Open jobs that nobody has touched since, the longest forgotten first; they count as touched from now on. */
export async function takeForgottenBulks(
  db: Database,
  { before, now, limit }: { before: number; now: number; limit: number },
): Promise<Forgotten[]> {
  return db.all<Forgotten>(sql`UPDATE bulk_jobs SET touched_at = ${now} WHERE id IN (
      SELECT id FROM bulk_jobs WHERE closed = 0 AND touched_at < ${before} AND state <> 'staging' ORDER BY touched_at LIMIT ${limit})
    RETURNING id, workspace_id AS workspaceId`);
}

/** Jobs whose requests have died while they came in. */
export async function deadStagings(db: Database, before: number, limit: number): Promise<number[]> {
  const rows = await db.all<{ id: number }>(sql`SELECT id FROM bulk_jobs
    WHERE closed = 0 AND touched_at < ${before} AND state = 'staging' ORDER BY touched_at LIMIT ${limit}`);
  return rows.map(({ id }) => id);
}

/** Removes refusals of the job that is longest past, and the job itself with the last of them; says whether there may be more. */
export async function dropPastBulk(db: Database, before: number, limit: number): Promise<boolean> {
  const [job] = await db.all<{ id: number }>(sql`SELECT id FROM bulk_jobs
    WHERE closed = 1 AND touched_at < ${before} ORDER BY touched_at LIMIT 1`);
  if (!job) return false;
  const gone = await db.all(sql`DELETE FROM bulk_refusals WHERE (job_id, row) IN (
    SELECT job_id, row FROM bulk_refusals WHERE job_id = ${job.id} ORDER BY row LIMIT ${limit}) RETURNING row`);
  if (gone.length < limit) await db.run(sql`DELETE FROM bulk_jobs WHERE id = ${job.id}`);
  return true;
}
