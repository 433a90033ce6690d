/** Knows how what lies ahead of the journeys of several sequences is found in the order of its time. */
import { type SQL, sql } from "drizzle-orm";
import type { Platform } from "../domain/platform";
import type { StepKind } from "../domain/step";
import type { Database } from "./database";
import { type Viewer, visibleTo } from "./sight";

/** Behind which row a page begins. */
export interface Place {
  wakeBy: number;
  id: number;
}

export interface Range {
  from: number;
  to: number;
  after: Place | null;
  limit: number;
}

/** A journey with what it goes on to, and by when. */
export interface UpcomingRow {
  id: number;
  sequenceId: number;
  contactId: number;
  platform: Platform;
  displayName: string | null;
  state: string;
  why: string | null;
  stepId: number | null;
  kind: StepKind | null;
  label: string | null;
  dueAt: number | null;
  wakeBy: number;
  running: number;
}

/** Ids of the active sequences that are there for the viewer, no more than may be asked for at a time. */
export async function activeSequences(db: Database, viewer: Viewer, limit: number): Promise<number[]> {
  const rows = await db.all<{ id: number }>(sql`SELECT id FROM sequences
    WHERE ${visibleTo(viewer)} AND status = 'ACTIVE' LIMIT ${limit}`);
  return rows.map(({ id }) => id);
}

/**
 * A page over these sequences. Each brings no more of its own than the page holds, read along the sweep's index alone; only
 * the rows of the page itself are looked up.
 */
export function upcomingIn(db: Database, sequences: readonly number[], range: Range): Promise<UpcomingRow[]> {
  const { from, to, after, limit } = range;
  const behind: SQL = after ? sql`AND (y.wake_by, y.id) > (${after.wakeBy}, ${after.id})` : sql``;
  const first = sql`SELECT y.wake_by, y.id FROM enrollments y
    WHERE y.sequence_id = s.value AND y.wake_by IS NOT NULL AND y.wake_by >= ${Math.max(from, after?.wakeBy ?? from)}
      AND y.wake_by <= ${to} ${behind}
    ORDER BY y.wake_by, y.id LIMIT ${limit}`;
  return db.all<UpcomingRow>(sql`
    SELECT e.id, e.sequence_id AS sequenceId, e.contact_id AS contactId, e.platform, c.display_name AS displayName, e.state,
      e.why, e.step_id AS stepId, t.kind, t.label, e.due_at AS dueAt, e.wake_by AS wakeBy, q.status = 'ACTIVE' AS running
    FROM (SELECT j.value->>1 AS id
      FROM json_each(${JSON.stringify(sequences)}) s
      CROSS JOIN json_each((SELECT json_group_array(json_array(wake_by, id)) FROM (${first}))) j
      ORDER BY j.value->>0, j.value->>1 LIMIT ${limit}) page
    CROSS JOIN enrollments e ON e.id = page.id
    JOIN sequences q ON q.id = e.sequence_id
    LEFT JOIN steps t ON t.id = e.step_id
    LEFT JOIN contacts c ON c.id = e.contact_id
    ORDER BY e.wake_by, e.id`);
}
