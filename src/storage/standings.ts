/** Knows how the live journeys of a sequence are looked through, no more of them than may be read for one answer. */
import { sql } from "drizzle-orm";
import type { Standing } from "../domain/effect";
import type { Database } from "./database";

interface Looked {
  workspaceId: number;
  sequenceId: number;
  limit: number;
}

const COLUMNS = sql`e.state, e.step_id AS stepId, e.due_at AS dueAt, COALESCE(e.let_in_at, e.enrolled_at) AS enrolledAt,
  e.last_sent_at AS lastSentAt, e.last_touch_id AS lastTouchId, c.timezone`;

/** Two rows each, and an entry of the standings' index. */
export function liveStandings(db: Database, { workspaceId, sequenceId, limit }: Looked): Promise<Standing[]> {
  return db.all<Standing>(sql`SELECT ${COLUMNS}
    FROM (SELECT * FROM enrollments WHERE sequence_id = ${sequenceId} AND standing = 'ACTIVE' LIMIT ${limit}) e
    LEFT JOIN contacts c ON c.id = e.contact_id
    WHERE e.workspace_id = ${workspaceId}`);
}

/** Those that should have done something by a time: two rows each, and an entry of the sweep's index. */
export function overdueStandings(
  db: Database,
  { workspaceId, sequenceId, limit }: Looked,
  by: number,
): Promise<Standing[]> {
  return db.all<Standing>(sql`SELECT ${COLUMNS}
    FROM (SELECT * FROM enrollments WHERE sequence_id = ${sequenceId} AND wake_by IS NOT NULL AND wake_by <= ${by}
      ORDER BY wake_by LIMIT ${limit}) e
    LEFT JOIN contacts c ON c.id = e.contact_id
    WHERE e.workspace_id = ${workspaceId}`);
}
