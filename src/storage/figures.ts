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

/** What waits for a channel or a mailbox that is paused is not late by itself. */
const AWAITED = sql`e.sequence_id = r.id AND e.wake_by IS NOT NULL AND e.why IS NOT 'channel' AND e.why IS NOT 'mailbox'`;

/** All of them in one statement; `journey` is now, and what was to happen before `late` is overdue. */
export async function readFigures(
  db: Database,
  { journey, late }: { journey: number; late: number },
): Promise<Figures> {
  const dueBy = (at: number) => sql`(SELECT COUNT(*) FROM (SELECT 1 FROM ${RUNNING}
    CROSS JOIN enrollments e INDEXED BY enrollments_wake ON ${AWAITED} AND e.wake_by < ${at} LIMIT ${most}))`;
  const figures = [
    sql`(SELECT COALESCE(SUM(c.n), 0) FROM ${RUNNING} CROSS JOIN counts c
      ON c.workspace_id = r.workspace_id AND c.sequence_id = r.id AND c.what = 'ACTIVE') AS live`,
    sql`${dueBy(journey)} AS due`,
    sql`${dueBy(late)} AS overdue`,
    sql`(SELECT MIN((SELECT e.wake_by FROM enrollments e INDEXED BY enrollments_wake
      WHERE ${AWAITED} AND e.wake_by < ${journey} ORDER BY e.wake_by LIMIT 1)) FROM ${RUNNING}) AS oldest`,
    sql`(SELECT COALESCE(SUM(waiting), 0) FROM (
      SELECT waiting FROM throttles INDEXED BY throttles_waiting WHERE waiting > 0 LIMIT ${most})) AS throttled`,
    sql`(SELECT json_group_object(queue, n) FROM (SELECT queue, COUNT(*) AS n FROM (SELECT queue FROM dead_letters
      INDEXED BY dead_letters_unsent WHERE resent_at IS NULL LIMIT ${most}) GROUP BY queue)) AS letters`,
    ...counted("backlog", BACKLOGS),
    ...counted("paused", PAUSED),
  ];
  const [row] = await db.all<Read>(sql`SELECT ${sql.join(figures, sql`, `)}`);
  if (!row) throw new Error("the figures cannot be read");
  const { live, due, overdue, oldest, throttled, letters, ...counts } = row;
  const of = (name: string, keys: object) =>
    Object.fromEntries(Object.keys(keys).map((key) => [key, counts[`${name}.${key}`] ?? 0]));
  return {
    ...{ live, due, overdue, oldest, throttled },
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

type Read = Alone & { letters: string } & { [count: `${string}.${string}`]: number };

export interface Figures extends Alone {
  /** By queue, kind and sort. */
  deadLetters: Record<string, number>;
  backlog: Record<string, number>;
  paused: Record<string, number>;
}
