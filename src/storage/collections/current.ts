/** Knows at which message or task a journey stands, for dialects that show both. */
import { type SQL, sql } from "drizzle-orm";

const SHOWN = sql.raw("('message', 'task')");

/** What hangs on a step; of a condition, what comes after its branches. */
const CHILD = sql`(SELECT c.id FROM steps c WHERE c.parent_id = way.id AND c.kind <> 'condition_branch')`;

/**
 * The message or task that a journey awaits, or the next one on the way to it as far as that can be told; where none is
 * ahead, the last that ran. The way goes down from step to step; where a branch ends it goes up (1), and on from the
 * condition that it belongs to (2).
 */
export function currentStep(awaited: SQL, last: SQL): SQL {
  return sql`COALESCE((
    WITH RECURSIVE way (id, kind, gone, parent, up) AS (
      SELECT a.id, a.kind, a.deleted_at, a.parent_id, 0 FROM steps a WHERE a.id = ${awaited}
      UNION ALL
      SELECT n.id, n.kind, n.deleted_at, n.parent_id,
        CASE WHEN way.up = 1 THEN 1 + (way.kind = 'condition_branch') ELSE ${CHILD} IS NULL END
      FROM way CROSS JOIN steps n ON n.id = CASE WHEN way.up = 1 THEN way.parent ELSE COALESCE(${CHILD}, way.parent) END
      WHERE way.up > 0 OR (way.kind <> 'condition' AND NOT (way.kind IN ${SHOWN} AND way.gone IS NULL)))
    SELECT id FROM way WHERE up = 0 AND kind IN ${SHOWN} AND gone IS NULL LIMIT 1), ${last})`;
}
