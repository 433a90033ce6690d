/** Knows the figures by which an operator tells how the service does: bounded looks at indexes of what is open. */
import { type SQL, sql } from "drizzle-orm";
import type { Database } from "./database";

/** Nothing is counted further: an operator acts long before. */
export const MOST_COUNTED = 10_000;

/** What is written down to be done and is not done, by where it stands; each has an index of what is open. */
const BACKLOGS: Record<string, SQL> = {
  jobs: sql`FROM jobs INDEXED BY jobs_open WHERE done_at IS NULL`,
  job_items: sql`FROM job_items`,
  triggers: sql`FROM triggers INDEXED BY triggers_open WHERE held = 0`,
  triggers_held: sql`FROM triggers INDEXED BY triggers_held WHERE held = 1`,
  replies: sql`FROM replies INDEXED BY replies_open WHERE outcome IS NULL`,
  bulk_jobs: sql`FROM bulk_jobs INDEXED BY bulk_jobs_touched WHERE closed = 0`,
  contact_changes: sql`FROM contact_changes`,
  webhooks: sql`FROM webhooks INDEXED BY webhooks_by_turn
    WHERE next_at IS NOT NULL AND paused_at IS NULL AND deleted_at IS NULL`,
};

const PAUSED: Record<string, SQL> = {
  workspaces: sql`FROM workspaces INDEXED BY workspaces_paused WHERE paused_at IS NOT NULL`,
  channels: sql`FROM channels INDEXED BY channels_paused WHERE paused_at IS NOT NULL`,
  mailboxes: sql`FROM mailboxes INDEXED BY mailboxes_paused WHERE paused_at IS NOT NULL AND deleted_at IS NULL`,
};

const most = sql.raw(String(MOST_COUNTED));

function counted(name: string, from: Record<string, SQL>): SQL[] {
  return Object.entries(from).map(
    ([of, rows]) => sql`(SELECT COUNT(*) FROM (SELECT 1 ${rows} LIMIT ${most})) AS ${sql.identifier(`${name}.${of}`)}`,
  );
}

/** Running sequences whose workspace is not paused: two rows each. */
const RUNNING = sql`(SELECT s.id, s.workspace_id FROM sequences s INDEXED BY sequences_running
  CROSS JOIN workspaces w ON w.id = s.workspace_id WHERE s.status = 'ACTIVE' AND w.paused_at IS NULL LIMIT ${most}) r`;

/**
 * Of those, what was to happen before an instant: only so many are looked at, though what waits for a channel or a mailbox
 * that is paused is not late by itself, and is then not counted.
 */
const dueBy = (at: number) => sql`SELECT e.wake_by, e.why IS 'channel' OR e.why IS 'mailbox' AS barred FROM ${RUNNING}
  CROSS JOIN enrollments e INDEXED BY enrollments_wake ON e.sequence_id = r.id AND e.wake_by IS NOT NULL AND e.wake_by < ${at}
  LIMIT ${most}`;

/** Messages that are looked at for how late they were: as many of each running sequence, the newest. */
const SAMPLED = 1000;
const SAMPLED_OF_EACH = 10;

const sampledSince = (at: number) => sql`SELECT COALESCE(m.late, 0) AS late FROM ${RUNNING}
  CROSS JOIN messages m ON m.id IN (SELECT n.id FROM messages n INDEXED BY messages_by_sequence
    WHERE n.sequence_id = r.id AND n.created_at > ${at} ORDER BY n.created_at DESC
    LIMIT (SELECT MAX(${SAMPLED_OF_EACH}, ${SAMPLED} / COUNT(*)) FROM ${RUNNING}))
  LIMIT ${SAMPLED}`;

interface Instants {
  /** Now, in journey time. */
  journey: number;
  /** What was to happen before is overdue. */
  late: number;
  /** Messages that were begun since are looked at for how late they were. */
  recent: number;
}

/** All of them in one statement. */
export async function readFigures(db: Database, { journey, late, recent }: Instants): Promise<Figures> {
  const figures = [
    sql`(SELECT COALESCE(SUM(c.n), 0) FROM ${RUNNING} CROSS JOIN counts c
      ON c.workspace_id = r.workspace_id AND c.sequence_id = r.id AND c.what = 'ACTIVE') AS live`,
    sql`(SELECT COUNT(*) FROM due WHERE NOT barred) AS due`,
    sql`(SELECT COUNT(*) FROM overdue WHERE NOT barred) AS overdue`,
    sql`(SELECT MIN(wake_by) FROM (SELECT * FROM overdue UNION ALL SELECT * FROM due) WHERE NOT barred) AS oldest`,
    sql`(SELECT COUNT(*) = ${most} FROM due) AS dueIsMore`,
    sql`(SELECT COUNT(*) = ${most} FROM overdue) AS overdueIsMore`,
    sql`(SELECT json_object('n', COUNT(*), 'p50', MIN(CASE WHEN place * 2 >= n THEN late END),
        'p99', MIN(CASE WHEN place * 100 >= n * 99 THEN late END), 'max', MAX(late))
      FROM (SELECT late, ROW_NUMBER() OVER (ORDER BY late) AS place, COUNT(*) OVER () AS n FROM sampled)) AS lateness`,
    sql`(SELECT COALESCE(SUM(waiting), 0) FROM (
      SELECT waiting FROM throttles INDEXED BY throttles_waiting WHERE waiting > 0 LIMIT ${most})) AS throttled`,
    sql`(SELECT json_group_object(queue, n) FROM (SELECT queue, COUNT(*) AS n FROM (SELECT queue FROM dead_letters
      INDEXED BY dead_letters_unsent WHERE resent_at IS NULL LIMIT ${most}) GROUP BY queue)) AS letters`,
    ...counted("backlog", BACKLOGS),
    ...counted("paused", PAUSED),
  ];
  const [row] = await db.all<Read>(sql`
    WITH due AS MATERIALIZED (${dueBy(journey)}), overdue AS MATERIALIZED (${dueBy(late)}),
      sampled AS MATERIALIZED (${sampledSince(recent)})
    SELECT ${sql.join(figures, sql`, `)}`);
  if (!row) throw new Error("the figures cannot be read");
  const { live, due, overdue, oldest, throttled, letters, lateness, dueIsMore, overdueIsMore, ...counts } = row;
  const of = (name: string, keys: object) =>
    Object.fromEntries(Object.keys(keys).map((key) => [key, counts[`${name}.${key}`] ?? 0]));
  return {
    ...{ live, due, overdue, oldest, throttled },
    isMore: { due: dueIsMore, overdue: overdueIsMore },
    lateness: JSON.parse(lateness) as Lateness,
    deadLetters: JSON.parse(letters) as Record<string, number>,
    backlog: of("backlog", BACKLOGS),
    paused: of("paused", PAUSED),
  };
}

interface Alone {
  /** Under way in running sequences; due by now; due for long; by when the oldest of them was; held at a throttle. */
  live: number;
  due: number;
  overdue: number;
  oldest: number | null;
  throttled: number;
}

/** In milliseconds of wall time, of `n` messages; null where there are none. */
export interface Lateness {
  n: number;
  p50: number | null;
  p99: number | null;
  max: number | null;
}

type Read = Alone & { letters: string; lateness: string; dueIsMore: number; overdueIsMore: number } & {
  [count: `${string}.${string}`]: number;
};

export interface Figures extends Alone {
  /** 1 where more may be due, or overdue, than was looked at. */
  isMore: { due: number; overdue: number };
  lateness: Lateness;
  /** By queue, kind and sort. */
  deadLetters: Record<string, number>;
  backlog: Record<string, number>;
  paused: Record<string, number>;
}
