/** Knows how what the objects tell is written into the mirror: a whole batch at once, each part with its guard. */
import { sql } from "drizzle-orm";
import { mergeTellings, type NewsLine, type Telling } from "../domain/mirror";
import type { Wall } from "../domain/time";
import { type Database, type Statements, together } from "./database";
import { COUNTED_SO, countCourses, NEWER } from "./funnels";
import { writeTasks } from "./tasklines";
import { type DueWebhook, selectDueWebhooks } from "./webhooks";

/**
 * Applies tellings of one workspace in one transaction. Facts are taken only where they join on to what is there, a snapshot only if it is
 * newer; so tellings may be lost, doubled and come in any order. Nothing personal of an erased contact is taken in. Triggers put
 * down what endpoints are to be told of it; the answer says which have something to be told now.
 */
export async function applyTellings(db: Database, tellings: readonly Telling[], wall: Wall): Promise<DueWebhook[]> {
  const [first] = tellings;
  if (!first) return [];
  const statements = [...tellingStatements(db, tellings), selectDueWebhooks(db, first.workspace, wall)];
  const results = await together(db, statements);
  return results.at(-1) as DueWebhook[];
}

/** The same, to be part of a batch. */
export function tellingStatements(db: Database, tellings: readonly Telling[]): Statements {
  const merged = mergeTellings(tellings);
  if (merged.length === 0) return [];
  const told = JSON.stringify(merged);
  const hasLines = merged.some((telling) => telling.messages.length > 0);
  return [
    ...(hasLines ? [writeLines(db, told)] : []),
    ...(merged.some((telling) => telling.tasks) ? [writeTasks(db, told)] : []),
    ...(merged.some((telling) => telling.news) ? [writeNews(db, told)] : []),
    countCourses(db, told),
    writeSnapshots(db, told, { turned: false }),
    writeSnapshots(db, told, { turned: true }),
    ...(merged.some((telling) => telling.to >= telling.from) ? [writeProgress(db, told)] : []),
  ];
}

function writeLines(db: Database, told: string) {
  return db.run(sql`
    INSERT INTO messages (id, workspace_id, sequence_id, contact_id, enrollment_id, step_id, platform, status, attempts,
      subject, excerpt, provider_id, error, at, fact, sequence_template_id, template_id, created_at, updated_at, state_changed_at,
      mail_id, mail_from, mail_tracks, late)
    SELECT m.value->>'id', e.workspace_id, e.sequence_id, e.contact_id, e.id, m.value->>'step', e.platform,
      m.value->>'status', m.value->>'attempts',
      CASE WHEN c.erased_at IS NULL THEN m.value->>'subject' END,
      CASE WHEN c.erased_at IS NULL THEN m.value->>'excerpt' END,
      m.value->>'providerId', CASE WHEN c.erased_at IS NULL THEN m.value->>'error' END, m.value->>'at', m.value->>'n', m.value->>'variant', m.value->>'template',
      COALESCE(m.value->>'createdAt', m.value->>'at'), ${UPDATED}, m.value->>'at',
      m.value->>'$.mail.id', m.value->>'$.mail.from', m.value->>'$.mail.tracks', m.value->>'late'
    FROM json_each(${told}) t
    CROSS JOIN enrollments e ON e.id = t.value->>'enrollment'
    CROSS JOIN contacts c ON c.id = e.contact_id
    CROSS JOIN json_each(t.value, '$.messages') m
    WHERE e.complete_to >= t.value->>'from' - 1 AND e.complete_to < m.value->>'n'
    ON CONFLICT (id) DO UPDATE SET status = excluded.status, attempts = excluded.attempts,
      provider_id = excluded.provider_id, error = excluded.error, at = excluded.at, fact = excluded.fact,
      updated_at = MAX(COALESCE(messages.updated_at, 0), excluded.at),
      state_changed_at = CASE WHEN messages.status <> excluded.status THEN excluded.at ELSE messages.state_changed_at END
    WHERE excluded.fact > messages.fact`);
}

/** One that went out at its first attempt has not changed since it was made: by which no index has to find it again. */
const UPDATED = sql`CASE WHEN m.value->>'status' = 'sent' AND m.value->>'attempts' = 1
  THEN COALESCE(m.value->>'createdAt', m.value->>'at') ELSE m.value->>'at' END`;

/**
 * What was heard of messages: the first time of each fact counts, so it may be told again, and so may be how many links
 * were clicked. An answer comes with how it was meant, and its number puts the first one first.
 */
function writeNews(db: Database, told: string) {
  return db.run(sql`
    UPDATE messages SET ${sql.join(FACTS.map(first), sql`, `)}, reply_sentiment = COALESCE(reply_sentiment, substr(meant, 13)),
      clicks = NULLIF(MAX(COALESCE(clicks, 0), COALESCE(links, 0)), 0), updated_at = MAX(COALESCE(updated_at, 0), heard),
      state_changed_at = CASE WHEN ${fresh("opened")} OR ${fresh("bounced")} OR ${fresh("replied")} THEN heard ELSE state_changed_at END
    FROM (
      SELECT m.value->>'id' AS message, MAX(COALESCE(m.value->>'heardAt', m.value->>'at')) AS heard,
        ${sql.join(FACTS.map(earliest), sql`, `)}, MAX(m.value->>'clicks') AS links,
        MIN(CASE m.value->>'fact' WHEN 'replied' THEN printf('%012d', m.value->>'n') || (m.value->>'sentiment') END) AS meant
      FROM json_each(${told}) t CROSS JOIN json_each(t.value, '$.news') m GROUP BY 1)
    WHERE messages.id = message AND (${sql.join(FACTS.map(fresh), sql` OR `)} OR links > COALESCE(clicks, 0))`);
}

/** What is heard of a message once its journey tells nothing any more; says whether it was news. */
export async function writeLateNews(db: Database, line: NewsLine): Promise<boolean> {
  const { meta } = await writeNews(db, JSON.stringify([{ news: [line] }]));
  return meta.changes > 0;
}

const FACTS = [
  "delivered",
  "opened",
  "clicked",
  "machine_opened",
  "machine_clicked",
  "bounced",
  "complained",
  "replied",
  "unsubscribed",
] as const;
type Fact = (typeof FACTS)[number];

function first(fact: Fact) {
  return sql.raw(`${fact}_at = COALESCE(${fact}_at, ${fact})`);
}

/** Whether this is the first that is heard of it. */
function fresh(fact: Fact) {
  return sql.raw(`(messages.${fact}_at IS NULL AND ${fact} IS NOT NULL)`);
}

function earliest(fact: Fact) {
  const told: NewsLine["fact"] = fact === "unsubscribed" ? "opted_out" : fact;
  return sql.raw(`MIN(CASE m.value->>'fact' WHEN '${told}' THEN m.value->>'at' END) AS ${fact}`);
}

/** What a snapshot that was told by a release before this one lacks stays as it is. */
const COUNTED = sql.join(
  Object.entries({
    schedule_count: "tally.scheduled",
    deliver_count: "tally.delivered",
    open_count: "tally.opened",
    click_count: "tally.clicked",
    bounce_count: "tally.bounced",
    failure_count: "tally.failed",
    positive_reply_count: "tally.positive",
    neutral_reply_count: "tally.neutral",
    negative_reply_count: "tally.negative",
    opt_out_count: "tally.optedOut",
    updated_at: "moments.updatedAt",
    state_changed_at: "moments.stateChangedAt",
    active_at: "moments.activeAt",
    pause_reason: "moments.pauseReason",
  }).map(([column, path]) => sql.raw(`${column} = COALESCE(s.value->>'$.${path}', enrollments.${column})`)),
  sql`, `,
);

/**
 * A newer snapshot replaces what is shown; the facts told with it count as arrived in the same write. Those whose standing has
 * turned are written apart: to name a column is to write its indexes anew, be its value the same, and few steps turn it.
 */
function writeSnapshots(db: Database, told: string, { turned }: { turned: boolean }) {
  return db.run(sql`
    UPDATE enrollments SET ${turned ? sql`standing = s.value->>'standing', ` : sql``}
      version = s.value->>'version', state = s.value->>'state', why = s.value->>'why',
      step_id = s.value->>'step', last_step_id = s.value->>'lastStep', due_at = s.value->>'dueAt',
      wake_by = s.value->>'wakeBy', ended_at = s.value->>'endedAt', replied_at = s.value->>'repliedAt',
      last_sent_at = s.value->>'lastSentAt', last_touch_id = s.value->>'lastTouch',
      call_completed_at = s.value->>'callCompletedAt', error = s.value->>'error', ${COUNTED}, ${COUNTED_SO},
      complete_to = CASE WHEN complete_to >= t.value->>'from' - 1 THEN MAX(complete_to, t.value->>'to') ELSE complete_to END
    FROM json_each(${told}) t CROSS JOIN json_each(t.value, '$') s
    WHERE ${NEWER} AND enrollments.standing ${turned ? sql`<>` : sql`=`} s.value->>'standing'`);
}

/** Facts that filled a gap after a newer snapshot had come. */
function writeProgress(db: Database, told: string) {
  return db.run(sql`
    UPDATE enrollments SET complete_to = t.value->>'to'
    FROM json_each(${told}) t
    WHERE enrollments.id = t.value->>'enrollment' AND enrollments.complete_to >= t.value->>'from' - 1
      AND enrollments.complete_to < t.value->>'to'`);
}
