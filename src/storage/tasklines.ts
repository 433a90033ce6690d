/** Knows how what the objects tell of their tasks is written down; what people wrote into a task stays as they wrote it. */
import { sql } from "drizzle-orm";
import type { Database } from "./database";

/** A new task takes its note and its priority from its step, and belongs to whoever enrolled the contact. */
export function writeTasks(db: Database, told: string) {
  return db.run(sql`
    INSERT INTO tasks (id, workspace_id, sequence_id, step_id, enrollment_id, contact_id, owner_id, creator_id, action,
      task_type, state, result, due_at, scheduled_at, autoskip_at, note, priority_id, completed_at, completer_id,
      state_changed_at, created_at, updated_at, fact)
    SELECT m.value->>'id', e.workspace_id, e.sequence_id, m.value->>'step', e.id, e.contact_id,
      COALESCE(e.user_id, q.owner_id), COALESCE(e.user_id, q.owner_id), m.value->>'action', m.value->>'taskType',
      m.value->>'state', m.value->>'result', m.value->>'dueAt', m.value->>'scheduledAt', m.value->>'skipAt',
      s.settings->>'note', s.settings->>'priorityId', m.value->>'completedAt', m.value->>'by', m.value->>'at',
      m.value->>'madeAt', m.value->>'at', m.value->>'n'
    FROM json_each(${told}) t
    CROSS JOIN enrollments e ON e.id = t.value->>'enrollment'
    CROSS JOIN sequences q ON q.id = e.sequence_id
    CROSS JOIN json_each(t.value, '$.tasks') m
    LEFT JOIN steps s ON s.id = m.value->>'step'
    WHERE e.complete_to >= t.value->>'from' - 1 AND e.complete_to < m.value->>'n'
    ON CONFLICT (id) DO UPDATE SET state = excluded.state, result = excluded.result, due_at = excluded.due_at,
      scheduled_at = excluded.scheduled_at, autoskip_at = excluded.autoskip_at, completed_at = excluded.completed_at,
      completer_id = excluded.completer_id, updated_at = excluded.updated_at, fact = excluded.fact,
      state_changed_at = CASE tasks.state WHEN excluded.state THEN tasks.state_changed_at ELSE excluded.state_changed_at END
    WHERE excluded.fact > tasks.fact`);
}
