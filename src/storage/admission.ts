/** Knows how a contact is admitted to a sequence: one row, all whose conditions stand in the statement that writes it. */
import { and, eq, type SQL, sql } from "drizzle-orm";
import type { LimitsByPlan } from "../domain/limits";
import type { Platform } from "../domain/platform";
import { BEGUN } from "../domain/record";
import type { Sequence } from "../domain/sequence";
import { isThrottled, type Throttle } from "../domain/throttle";
import type { Wall } from "../domain/time";
import { uncounted } from "./counted";
import { type Database, together } from "./database";
import type { EnrollmentRow } from "./enrollments";
import { rivalsOf, TAKES_AGAIN, touchesOf } from "./exclusivity";
import { roomIn } from "./limits";
import { departedOf } from "./retention";
import { enrollments } from "./schema";
import { openGate } from "./throttles";
import { type DueWebhook, selectDueWebhooks } from "./webhooks";

/** How contacts are let into a sequence: what is the same for all who come by one cause. */
export interface Entrance {
  /** Of workspaces by their plan: how many may be under way. */
  limits: LimitsByPlan;
  sequence: Pick<Sequence, "id" | "workspaceId" | "revision" | "sequenceType" | "maxActivations"> & Throttle;
  /** On whose behalf. */
  userId: number;
  mailboxId: number | null;
  stepId: number | null;
  at: number;
  /** Only who was never here before. */
  once: boolean;
  trail: number[];
  /** The enrollment it moves from, which must be going on. Who moves is started by his move, and by nothing else. */
  from: number | null;
  /** The segment in which he must still be. */
  memberOf: number | null;
  /** Where they come by a bulk enrollment: the chunk of it that must not have been crossed out. */
  chunk?: { job: number; cursor: number };
}

export interface Newcomer {
  contact: { id: number; revision: number };
  platform: Platform;
  dueAt: number;
  /** When the last of those who are due with him has his turn: by that his own is told, and he is overdue only then. */
  lastAt: number;
  /** Names the one trigger, move or row that enrolls. */
  origin: string | null;
}

export type Admission = Entrance & Newcomer;

export interface Admitted {
  /** Null when a condition, or an index, refuses. */
  row: EnrollmentRow | null;
  /** Who waited at the throttle before him and was let in now. */
  others: number[];
  /** Endpoints that have something to be told. */
  due: DueWebhook[];
}

/** Let in by one admission at most, so that no request has to start a crowd. */
const MOST_AT_ONCE = 20;

/** Of a date sequence: it takes only so many, and those count that have ended, also those whose rows were removed since. */
function placesIn({ id, workspaceId, maxActivations }: Entrance["sequence"]): SQL {
  return sql`MAX(0, ${maxActivations} - (
    SELECT COALESCE(SUM(n), 0) FROM counts t WHERE t.workspace_id = ${workspaceId} AND t.sequence_id = ${id}
      AND t.what IN ('ACTIVE', 'COMPLETED', 'EXITED', 'FAILED', 'past.COMPLETED', 'past.EXITED', 'past.FAILED')))`;
}

/** Who moves leaves a place for the one that he takes: the workspace has room for him. */
function limitOf({ sequence, from, limits }: Entrance): SQL {
  const bounds = [
    ...(sequence.sequenceType === "date" ? [placesIn(sequence)] : []),
    ...(from === null ? [roomIn(sequence.workspaceId, limits)] : []),
  ];
  if (bounds.length === 0) return sql``;
  return bounds.length === 1 ? sql`LIMIT ${bounds[0]}` : sql`LIMIT MIN(${sql.join(bounds, sql`, `)})`;
}

/** Admits a contact, and where a throttle stands, lets in whoever it has room for in the same batch. */
export async function admit(db: Database, admission: Admission, wall: Wall): Promise<Admitted> {
  const { sequence, contact, userId, at, dueAt } = admission;
  const { workspaceId, id: sequenceId } = sequence;
  const fresh = { contactId: contact.id, dueAt };
  const results = await together(db, [
    insertAll(db, admission, [admission]),
    ...(isHeldBack(admission)
      ? [openGate(db, { workspaceId, sequenceId, userId, at, limit: MOST_AT_ONCE, fresh })]
      : []),
    selectDueWebhooks(db, workspaceId, wall),
  ]);
  const due = results.pop() as DueWebhook[];
  const [inserted, letIn = []] = results as [{ id: number }[], { id: number }[]?];
  const id = inserted[0]?.id;
  const others = letIn.map((one) => one.id).filter((one) => one !== id);
  const row = id === undefined ? null : rowOf(admission, id);
  if (row === null || others.length === letIn.length) return { row, others, due };
  return { row: { ...row, why: "start", dueAt, wakeBy: at, letInAt: at }, others, due };
}

/**
 * The rows: every condition stands in this one statement, so nothing can slip between check and insert. The rules were looked
 * at by the caller, for the revisions named. No contact may be named twice.
 */
export function insertAll(db: Database, entrance: Entrance, newcomers: readonly Newcomer[]) {
  const { sequence, userId, mailboxId, stepId, at, once, trail, from, memberOf, chunk } = entrance;
  const { state, why, activeAt, version, completeTo, dueAt, wakeBy } = begunBy(entrance, { dueAt: at, lastAt: at });
  const listed = JSON.stringify(
    newcomers.map(({ contact, platform, dueAt, origin, lastAt }) => [
      contact.id,
      contact.revision,
      platform,
      dueAt,
      origin,
      lastAt,
    ]),
  );
  return db.all<{ id: number; contact: number }>(sql`
    INSERT INTO enrollments (workspace_id, sequence_id, contact_id, platform, state, why, standing, step_id, due_at, wake_by,
      enrolled_at, origin, trail, user_id, mailbox_id, updated_at, state_changed_at, active_at, version, complete_to)
    SELECT s.workspace_id, s.id, c.id, n.value->>2, ${state}, ${why}, 'ACTIVE', ${stepId},
      ${dueAt === null ? null : sql`n.value->>3`}, ${wakeBy === null ? null : sql`n.value->>5`},
      ${at}, n.value->>4, ${JSON.stringify(trail)}, ${userId}, ${mailboxId}, ${at}, ${at}, ${activeAt}, ${version}, ${completeTo}
    FROM json_each(${listed}) n CROSS JOIN contacts c ON c.id = n.value->>0 AND c.revision = n.value->>1
    CROSS JOIN sequences s ON s.id = ${sequence.id} AND s.workspace_id = c.workspace_id
    LEFT JOIN rulesets r ON r.id = s.ruleset_id AND r.workspace_id = s.workspace_id
    WHERE s.workspace_id = ${sequence.workspaceId} AND s.revision = ${sequence.revision}
      AND s.status <> 'ARCHIVED' AND s.locked = 0
      AND c.erased_at IS NULL AND c.inactive = 0
      AND (c.opted_out_at IS NULL OR s.transactional OR r.email_opt_out_action = 'allow')
      AND (SELECT a.blocked IS NULL FROM addresses a
        WHERE a.contact_id = c.id AND a.platform = n.value->>2 ORDER BY a.position LIMIT 1)
      AND NOT EXISTS (SELECT 1 FROM enrollments e WHERE e.contact_id = c.id AND e.sequence_id = s.id
        AND (e.standing = 'ACTIVE' OR e.origin = n.value->>4 OR ${once ? 1 : 0} OR NOT (${TAKES_AGAIN})))
      AND NOT EXISTS (SELECT 1 ${departedOf(sql`c.id`, sql`s.id`)} AND (${once ? 1 : 0} OR NOT (${TAKES_AGAIN})))
      AND NOT EXISTS (SELECT 1 ${rivalsOf(sql`c.id`, from)})
      AND NOT EXISTS (SELECT 1 ${touchesOf(sql`c.id`, at)})
      AND (${from} IS NULL OR EXISTS (SELECT 1 FROM enrollments f WHERE f.id = ${from} AND f.standing = 'ACTIVE' AND f.state <> 'paused'))
      AND (${memberOf} IS NULL OR EXISTS (
        SELECT 1 FROM segment_members m WHERE m.segment_id = ${memberOf} AND m.contact_id = c.id))
      ${chunk ? sql`AND EXISTS (SELECT 1 FROM bulk_jobs WHERE id = ${chunk.job} AND cursor = ${chunk.cursor})` : sql``}
    ${limitOf(entrance)}
    ON CONFLICT DO NOTHING
    RETURNING id, contact_id AS contact`);
}

/** Who moves comes to the throttle when he has left the sequence that he comes from. */
function isHeldBack({ from, sequence }: Entrance): boolean {
  return from === null && isThrottled(sequence);
}

type Begun = Pick<EnrollmentRow, "state" | "why" | "wakeBy" | "dueAt" | "activeAt" | "version" | "completeTo">;

/**
 * Who awaits his turn, or the end of his move, is pending. Whoever else comes in is shown as he will be once his object has
 * started, so that nothing need be told of that; a start that came to nothing is made up for when his first step is due, and
 * the last of those who are due with him has had his turn.
 */
function begunBy(entrance: Entrance, { dueAt, lastAt }: Pick<Newcomer, "dueAt" | "lastAt">): Begun {
  const pending = { state: "pending", wakeBy: null, activeAt: null, version: 0, completeTo: 0 } as const;
  if (entrance.from !== null) return { ...pending, why: "move", dueAt };
  if (isHeldBack(entrance)) return { ...pending, why: "throttle", dueAt: null };
  return {
    state: "waiting",
    why: null,
    wakeBy: lastAt,
    dueAt,
    activeAt: entrance.at,
    version: BEGUN,
    completeTo: BEGUN,
  };
}

/** The sweep is to start it soon, and not only when its first step is due. */
export async function leaveToSweep(db: Database, id: number, at: number): Promise<void> {
  await db.run(sql`
    UPDATE enrollments SET state = 'pending', why = 'start', wake_by = ${at}, version = 0
    WHERE id = ${id} AND version = ${BEGUN} AND state = 'waiting'`);
}

function rowOf(admission: Admission, id: number): EnrollmentRow {
  const { sequence, contact, platform, userId, mailboxId, stepId, at, origin, trail } = admission;
  return {
    id,
    workspaceId: sequence.workspaceId,
    sequenceId: sequence.id,
    contactId: contact.id,
    platform,
    standing: "ACTIVE",
    stepId,
    lastStepId: null,
    enrolledAt: at,
    endedAt: null,
    repliedAt: null,
    error: null,
    origin,
    trail,
    lastSentAt: null,
    userId,
    mailboxId,
    letInAt: null,
    lastTouchId: null,
    callCompletedAt: null,
    ...uncounted(at),
    ...begunBy(admission, admission),
  };
}

export async function findByOrigin(db: Database, origin: string): Promise<EnrollmentRow | null> {
  const [row] = await db.select().from(enrollments).where(eq(enrollments.origin, origin));
  return row ?? null;
}

/** The rows that a cause has made, of those that it names; in the batch that makes them, they are among them. */
export function selectByOrigins(db: Database, origins: readonly string[]) {
  return db.all<{ id: number; contact: number }>(sql`
    SELECT e.id, e.contact_id AS contact FROM json_each(${JSON.stringify(origins)}) o
    CROSS JOIN enrollments e ON e.origin = o.value AND e.origin IS NOT NULL`);
}

/** Takes back an admission whose move came to nothing, as if it had never been; who has started is left alone. */
export async function withdraw(db: Database, id: number): Promise<void> {
  await db
    .delete(enrollments)
    .where(and(eq(enrollments.id, id), eq(enrollments.version, 0), eq(enrollments.why, "move")));
}
