/** Knows how a contact is admitted to a sequence: one row, all whose conditions stand in the statement that writes it. */
import { and, eq, sql } from "drizzle-orm";
import type { Platform } from "../domain/platform";
import type { Sequence } from "../domain/sequence";
import { isThrottled, type Throttle } from "../domain/throttle";
import { uncounted } from "./counted";
import { type Database, together } from "./database";
import type { EnrollmentRow } from "./enrollments";
import { rivalsOf, TAKES_AGAIN, touchesOf } from "./exclusivity";
import { departedOf } from "./retention";
import { enrollments } from "./schema";
import { openGate } from "./throttles";

export interface Admission {
  sequence: Pick<Sequence, "id" | "workspaceId" | "revision"> & Throttle;
  contact: { id: number; revision: number };
  platform: Platform;
  /** On whose behalf. */
  userId: number;
  mailboxId: number | null;
  stepId: number | null;
  dueAt: number;
  at: number;
  /** Names the one trigger or move that enrolls. */
  origin: string | null;
  /** Only who was never here before. */
  once: boolean;
  trail: number[];
  /** The enrollment it moves from, which must be going on. Who moves is started by his move, and by nothing else. */
  from: number | null;
  /** The segment in which he must still be. */
  memberOf: number | null;
}

export interface Admitted {
  /** Null when a condition, or an index, refuses. */
  row: EnrollmentRow | null;
  /** Who waited at the throttle before him and was let in now. */
  others: number[];
}

/** Let in by one admission at most, so that no request has to start a crowd. */
const MOST_AT_ONCE = 20;

/** A date sequence takes only so many, and those count that have ended, also those whose rows were removed since. */
const HAS_PLACES = sql`(s.sequence_type <> 'date' OR s.max_activations > (
  SELECT COALESCE(SUM(n), 0) FROM counts t WHERE t.workspace_id = s.workspace_id AND t.sequence_id = s.id
    AND t.what IN ('ACTIVE', 'COMPLETED', 'EXITED', 'FAILED', 'past.COMPLETED', 'past.EXITED', 'past.FAILED')))`;

/** Admits a contact, and where a throttle stands, lets in whoever it has room for in the same batch. */
export async function admit(db: Database, admission: Admission): Promise<Admitted> {
  const { sequence, contact, userId, at, dueAt } = admission;
  const { workspaceId, id: sequenceId } = sequence;
  const fresh = { contactId: contact.id, dueAt };
  const results = await together(db, [
    insert(db, admission),
    ...(isHeldBack(admission)
      ? [openGate(db, { workspaceId, sequenceId, userId, at, limit: MOST_AT_ONCE, fresh })]
      : []),
  ]);
  const [inserted, letIn = []] = results as [{ id: number }[], { id: number }[]?];
  const id = inserted[0]?.id;
  const others = letIn.map((one) => one.id).filter((one) => one !== id);
  const row = id === undefined ? null : rowOf(admission, id);
  if (row === null || others.length === letIn.length) return { row, others };
  return { row: { ...row, why: "start", dueAt, wakeBy: at, letInAt: at }, others };
}

/**
 * The row: every condition stands in this one statement, so nothing can slip between check and insert. The
 * rules were looked at by the caller, for the revisions named.
 */
function insert(db: Database, admission: Admission) {
  const { sequence, contact, platform, userId, mailboxId, stepId, at, origin, once, trail, from, memberOf } = admission;
  const { why, wakeBy, dueAt } = begunBy(admission);
  return db.all<{ id: number }>(sql`
    INSERT INTO enrollments (workspace_id, sequence_id, contact_id, platform, state, why, standing, step_id, due_at, wake_by,
      enrolled_at, origin, trail, user_id, mailbox_id, updated_at, state_changed_at)
    SELECT s.workspace_id, s.id, c.id, ${platform}, 'pending', ${why}, 'ACTIVE', ${stepId}, ${dueAt}, ${wakeBy},
      ${at}, ${origin}, ${JSON.stringify(trail)}, ${userId}, ${mailboxId}, ${at}, ${at}
    FROM sequences s JOIN contacts c ON c.workspace_id = s.workspace_id
    LEFT JOIN rulesets r ON r.id = s.ruleset_id AND r.workspace_id = s.workspace_id
    WHERE s.id = ${sequence.id} AND s.workspace_id = ${sequence.workspaceId} AND s.revision = ${sequence.revision}
      AND s.status <> 'ARCHIVED' AND s.locked = 0
      AND c.id = ${contact.id} AND c.revision = ${contact.revision} AND c.erased_at IS NULL AND c.inactive = 0
      AND (c.opted_out_at IS NULL OR s.transactional OR r.email_opt_out_action = 'allow')
      AND (SELECT a.blocked IS NULL FROM addresses a
        WHERE a.contact_id = c.id AND a.platform = ${platform} ORDER BY a.position LIMIT 1)
      AND ((${TAKES_AGAIN} AND ${once ? 0 : 1}) OR NOT EXISTS (
        SELECT 1 FROM enrollments e WHERE e.contact_id = c.id AND e.sequence_id = s.id))
      AND NOT EXISTS (SELECT 1 ${departedOf(sql`c.id`, sql`s.id`)} AND (${once ? 1 : 0} OR NOT (${TAKES_AGAIN})))
      AND NOT EXISTS (SELECT 1 ${rivalsOf(contact.id, from)})
      AND NOT EXISTS (SELECT 1 ${touchesOf(contact.id, at)})
      AND (${from} IS NULL OR EXISTS (SELECT 1 FROM enrollments f WHERE f.id = ${from} AND f.standing = 'ACTIVE' AND f.state <> 'paused'))
      AND (${memberOf} IS NULL OR EXISTS (
        SELECT 1 FROM segment_members m WHERE m.segment_id = ${memberOf} AND m.contact_id = c.id))
      AND ${HAS_PLACES}
    ON CONFLICT DO NOTHING
    RETURNING id`);
}

/** Who moves comes to the throttle when he has left the sequence that he comes from. */
function isHeldBack({ from, sequence }: Admission): boolean {
  return from === null && isThrottled(sequence);
}

/** What the sweep and the jobs know it by: who is to be started, or else who awaits his turn, or the end of his move. */
function begunBy(admission: Admission): Pick<EnrollmentRow, "why" | "wakeBy" | "dueAt"> {
  const { from, at, dueAt } = admission;
  if (from !== null) return { why: "move", wakeBy: null, dueAt };
  return isHeldBack(admission) ? { why: "throttle", wakeBy: null, dueAt: null } : { why: "start", wakeBy: at, dueAt };
}

function rowOf(admission: Admission, id: number): EnrollmentRow {
  const { sequence, contact, platform, userId, mailboxId, stepId, at, origin, trail } = admission;
  return {
    id,
    workspaceId: sequence.workspaceId,
    sequenceId: sequence.id,
    contactId: contact.id,
    platform,
    state: "pending",
    ...begunBy(admission),
    standing: "ACTIVE",
    stepId,
    lastStepId: null,
    enrolledAt: at,
    endedAt: null,
    repliedAt: null,
    error: null,
    version: 0,
    completeTo: 0,
    origin,
    trail,
    lastSentAt: null,
    userId,
    mailboxId,
    letInAt: null,
    lastTouchId: null,
    callCompletedAt: null,
    ...uncounted(at),
  };
}

export async function findByOrigin(db: Database, origin: string): Promise<EnrollmentRow | null> {
  const [row] = await db.select().from(enrollments).where(eq(enrollments.origin, origin));
  return row ?? null;
}

/** Takes back an admission whose move came to nothing, as if it had never been; who has started is left alone. */
export async function withdraw(db: Database, id: number): Promise<void> {
  await db
    .delete(enrollments)
    .where(and(eq(enrollments.id, id), eq(enrollments.version, 0), eq(enrollments.why, "move")));
}
