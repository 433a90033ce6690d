/** Knows how what the objects tell is written into the mirror: a whole batch at once, each part with its guard. */
import { sql } from "drizzle-orm";
import { mergeTellings, type Telling } from "../domain/mirror";
import type { Database } from "./database";
import { writeTasks } from "./tasklines";

/**
 * Applies tellings in one transaction. Facts are taken only where they join on to what is there, a snapshot only if it is
 * newer; so tellings may be lost, doubled and come in any order. Nothing personal of an erased contact is taken in.
 */
export async function applyTellings(db: Database, tellings: readonly Telling[]): Promise<void> {
  const merged = mergeTellings(tellings);
  if (merged.length === 0) return;
  const told = JSON.stringify(merged);
  const hasLines = merged.some((telling) => telling.messages.length > 0);
  await db.batch([
    ...(hasLines ? [writeLines(db, told)] : []),
    ...(merged.some((telling) => telling.tasks) ? [writeTasks(db, told)] : []),
    ...(merged.some((telling) => telling.news) ? [writeNews(db, told)] : []),
    writeSnapshots(db, told),
    ...(merged.some((telling) => telling.to >= telling.from) ? [writeProgress(db, told)] : []),
  ] as [ReturnType<typeof writeSnapshots>]);
}

function writeLines(db: Database, told: string) {
  return db.run(sql`
    INSERT INTO messages (id, workspace_id, sequence_id, contact_id, enrollment_id, step_id, platform, status, attempts,
      subject, excerpt, provider_id, error, at, fact)
    SELECT m.value->>'id', e.workspace_id, e.sequence_id, e.contact_id, e.id, m.value->>'step', e.platform,
      m.value->>'status', m.value->>'attempts',
      CASE WHEN c.erased_at IS NULL THEN m.value->>'subject' END,
      CASE WHEN c.erased_at IS NULL THEN m.value->>'excerpt' END,
      m.value->>'providerId', m.value->>'error', m.value->>'at', m.value->>'n'
    FROM json_each(${told}) t
    CROSS JOIN enrollments e ON e.id = t.value->>'enrollment'
    CROSS JOIN contacts c ON c.id = e.contact_id
    CROSS JOIN json_each(t.value, '$.messages') m
    WHERE e.complete_to >= t.value->>'from' - 1 AND e.complete_to < m.value->>'n'
    ON CONFLICT (id) DO UPDATE SET status = excluded.status, attempts = excluded.attempts,
      provider_id = excluded.provider_id, error = excluded.error, at = excluded.at, fact = excluded.fact
    WHERE excluded.fact > messages.fact`);
}

/** What was heard of messages: the first time of each fact counts, so it may be told again. */
function writeNews(db: Database, told: string) {
  return db.run(sql`
    UPDATE messages SET delivered_at = COALESCE(delivered_at, delivered), opened_at = COALESCE(opened_at, opened),
      clicked_at = COALESCE(clicked_at, clicked)
    FROM (
      SELECT m.value->>'id' AS message,
        MIN(CASE m.value->>'fact' WHEN 'delivered' THEN m.value->>'at' END) AS delivered,
        MIN(CASE m.value->>'fact' WHEN 'opened' THEN m.value->>'at' END) AS opened,
        MIN(CASE m.value->>'fact' WHEN 'clicked' THEN m.value->>'at' END) AS clicked
      FROM json_each(${told}) t CROSS JOIN json_each(t.value, '$.news') m GROUP BY 1)
    WHERE messages.id = message`);
}

/**
 * A newer snapshot replaces what is shown; the facts told with it count as arrived in the same write. Of a failed journey that
 * waits at a throttle to be taken up again, the object still says that it has failed.
 */
function writeSnapshots(db: Database, told: string) {
  return db.run(sql`
    UPDATE enrollments SET
      version = s.value->>'version', state = s.value->>'state', why = s.value->>'why', standing = s.value->>'standing',
      step_id = s.value->>'step', last_step_id = s.value->>'lastStep', due_at = s.value->>'dueAt',
      wake_by = s.value->>'wakeBy', ended_at = s.value->>'endedAt', replied_at = s.value->>'repliedAt',
      last_sent_at = s.value->>'lastSentAt', last_touch_id = s.value->>'lastTouch',
      call_completed_at = s.value->>'callCompletedAt', error = s.value->>'error',
      complete_to = CASE WHEN complete_to >= t.value->>'from' - 1 THEN MAX(complete_to, t.value->>'to') ELSE complete_to END
    FROM json_each(${told}) t CROSS JOIN json_each(t.value, '$') s
    WHERE s.key = 'snapshot' AND enrollments.id = t.value->>'enrollment' AND enrollments.version < s.value->>'version'
      AND NOT (gate = 'waiting' AND s.value->>'why' = 'failed')`);
}

/** Facts that filled a gap after a newer snapshot had come. */
function writeProgress(db: Database, told: string) {
  return db.run(sql`
    UPDATE enrollments SET complete_to = t.value->>'to'
    FROM json_each(${told}) t
    WHERE enrollments.id = t.value->>'enrollment' AND enrollments.complete_to >= t.value->>'from' - 1
      AND enrollments.complete_to < t.value->>'to'`);
}
