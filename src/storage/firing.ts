/** Knows how a job asks for the members of a segment to be enrolled: with each page it moves on, in the same batch. */
import { sql } from "drizzle-orm";
import { type Database, together } from "./database";
import type { Job } from "./jobs";

export interface Stretch {
  segmentId: number;
  after: number;
  limit: number;
  wall: number;
}

export interface Fired {
  triggers: { id: number }[];
  /** Null when there is no further page. */
  cursor: number | null;
}

/**
 * Has a page of members enrolled who never were. Another run of the job, or the job begun anew, may have moved the cursor
 * from where this page begins: then nothing is done, so that nobody is asked for twice, or passed over.
 */
export async function fireMembers(
  db: Database,
  { id, revision, workspaceId, subjectId }: Job,
  { segmentId, after, limit, wall }: Stretch,
): Promise<Fired | "overtaken"> {
  const page = sql`SELECT contact_id FROM segment_members
    WHERE segment_id = ${segmentId} AND contact_id > ${after} ORDER BY contact_id LIMIT ${limit}`;
  const stands = sql`id = ${id} AND revision = ${revision} AND cursor = ${after} AND done_at IS NULL`;
  const [triggers, moved] = (await together(db, [
    db.all<{ id: number }>(sql`
      INSERT INTO triggers (workspace_id, kind, sequence_id, contact_id, touched_at)
      SELECT ${workspaceId}, 'segment', ${subjectId}, m.contact_id, ${wall} FROM (${page}) m
      WHERE EXISTS (SELECT 1 FROM jobs WHERE ${stands})
        AND NOT EXISTS (SELECT 1 FROM enrollments e WHERE e.contact_id = m.contact_id AND e.sequence_id = ${subjectId})
        AND NOT EXISTS (SELECT 1 FROM triggers t INDEXED BY triggers_by_contact
          WHERE t.contact_id = m.contact_id AND t.sequence_id = ${subjectId} AND t.kind = 'segment' AND t.held = 1)
      RETURNING id`),
    db.all<{ cursor: number }>(sql`
      UPDATE jobs SET cursor = COALESCE((SELECT MAX(contact_id) FROM (${page})), cursor), touched_at = ${wall}
      WHERE ${stands} RETURNING cursor`),
  ])) as [{ id: number }[], { cursor: number }[]];
  const [job] = moved;
  if (!job) return "overtaken";
  return { triggers, cursor: job.cursor > after ? job.cursor : null };
}
