/** Knows the enrollments that failed in a job and were set apart, so that they are tried until they are done. */
import { and, asc, eq, lt, sql } from "drizzle-orm";
import type { Database } from "./database";
import { jobItems } from "./work";

export type JobItem = typeof jobItems.$inferSelect;

export async function setApart(db: Database, item: JobItem): Promise<void> {
  await db.insert(jobItems).values(item).onConflictDoNothing();
}

export async function takeBack(db: Database, jobId: number, enrollmentId: number): Promise<void> {
  await db.delete(jobItems).where(and(eq(jobItems.jobId, jobId), eq(jobItems.enrollmentId, enrollmentId)));
}

/** Items that nobody has touched since, the longest forgotten first; they count as touched from now on. */
export async function takeForgottenItems(
  db: Database,
  { before, now, limit }: { before: number; now: number; limit: number },
): Promise<JobItem[]> {
  const forgotten = db
    .select({ jobId: jobItems.jobId, enrollmentId: jobItems.enrollmentId })
    .from(jobItems)
    .where(lt(jobItems.touchedAt, before))
    .orderBy(asc(jobItems.touchedAt))
    .limit(limit);
  return db
    .update(jobItems)
    .set({ touchedAt: now })
    .where(sql`(${jobItems.jobId}, ${jobItems.enrollmentId}) IN ${forgotten}`)
    .returning();
}
