/** Knows how journeys are counted by step: what their snapshots have changed, added up, and written as one row a sequence. */
import { sql } from "drizzle-orm";
import type { Database } from "./database";

/**
 * Of the snapshots `s` that are told, those that are newer than what an enrollment's row shows. Of a failed journey that waits
 * at a throttle to be taken up again, or is about to be, the object still says that it failed before.
 */
export const NEWER = sql`s.key = 'snapshot' AND enrollments.id = t.value->>'enrollment'
  AND enrollments.version < s.value->>'version' AND NOT (s.value->>'why' IS 'failed' AND (
    gate = 'waiting' OR (state = 'pending' AND why = 'retry' AND s.value->>'endedAt' < wake_by)))`;

/** Who has told nothing before still stands where he came in. */
const PLACE = sql`COALESCE(s.value->>'place', CASE WHEN enrollments.placed_as IS NULL THEN enrollments.step_id END, 0)`;

/** What the row remembers of it, written with the snapshot; a release before this one told neither. */
export const COUNTED_SO = sql`ran = COALESCE(json_array_length(s.value, '$.ran'), ran),
  placed_at = CASE WHEN ${tells()} THEN ${PLACE} ELSE placed_at END,
  placed_as = CASE WHEN ${tells()} THEN s.value->>'standing' ELSE placed_as END`;

function tells() {
  return sql`json_type(s.value, '$.ran') IS NOT NULL`;
}

/**
 * To be written before the snapshots are, in the same transaction: by what the rows say until then each change counts once.
 * However many are told, a sequence costs one row.
 */
export function countCourses(db: Database, told: string) {
  return db.run(sql`
    WITH turned AS MATERIALIZED (
      SELECT enrollments.workspace_id, enrollments.sequence_id, ran AS known, placed_at, placed_as, s.value AS snapshot, ${PLACE} AS place
      FROM json_each(${told}) t CROSS JOIN json_each(t.value, '$') s CROSS JOIN enrollments WHERE ${NEWER} AND ${tells()}),
    changes (workspace_id, sequence_id, name, n) AS (
      SELECT workspace_id, sequence_id, r.value || '/ran', 1 FROM turned CROSS JOIN json_each(snapshot, '$.ran') r WHERE r.key >= known
      UNION ALL SELECT workspace_id, sequence_id, placed_at || '/' || placed_as, -1 FROM turned WHERE placed_as IS NOT NULL
      UNION ALL SELECT workspace_id, sequence_id, place || '/' || (snapshot->>'standing'), 1 FROM turned)
    INSERT INTO funnels (workspace_id, sequence_id, counted)
    SELECT workspace_id, sequence_id, json_group_object(name, n) FROM (
      SELECT workspace_id, sequence_id, name, SUM(n) AS n FROM changes GROUP BY 1, 2, 3 HAVING SUM(n) <> 0)
    GROUP BY 1, 2
    ON CONFLICT DO UPDATE SET counted = (
      SELECT json_group_object(key, n) FROM (
        SELECT key, SUM(value) AS n FROM (
          SELECT key, value FROM json_each(funnels.counted) UNION ALL SELECT key, value FROM json_each(excluded.counted))
        GROUP BY key HAVING SUM(value) <> 0))`);
}
