/** Knows how a contact is admitted to a sequence: one row, all whose conditions stand in the statement that writes it. */
import { and, eq, sql } from "drizzle-orm";
import type { Platform } from "../domain/platform";
import type { Sequence } from "../domain/sequence";
import type { Database } from "./database";
import type { EnrollmentRow } from "./enrollments";
import { enrollments } from "./schema";

export interface Admission {
  sequence: Pick<Sequence, "id" | "workspaceId" | "revision">;
  contact: { id: number; revision: number };
  platform: Platform;
  /** On whose behalf. */
  userId: number;
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

/**
 * Admits a contact: every condition stands in this one statement, so nothing can slip between check and insert. The
 * rules were looked at by the caller, for the revisions named. Null when a condition, or an index, refuses.
 */
export async function admit(db: Database, admission: Admission): Promise<EnrollmentRow | null> {
  const { sequence, contact, platform, userId, stepId, dueAt, at, origin, once, trail, from, memberOf } = admission;
  const { why, wakeBy } = begunBy(admission);
  const rows = await db.all<{ id: number }>(sql`
    INSERT INTO enrollments (workspace_id, sequence_id, contact_id, platform, state, why, standing, step_id, due_at, wake_by,
      enrolled_at, origin, trail, user_id)
    SELECT s.workspace_id, s.id, c.id, ${platform}, 'pending', ${why}, 'ACTIVE', ${stepId}, ${dueAt}, ${wakeBy},
      ${at}, ${origin}, ${JSON.stringify(trail)}, ${userId}
    FROM sequences s JOIN contacts c ON c.workspace_id = s.workspace_id
    WHERE s.id = ${sequence.id} AND s.workspace_id = ${sequence.workspaceId} AND s.revision = ${sequence.revision}
      AND s.status <> 'ARCHIVED' AND s.locked = 0
      AND c.id = ${contact.id} AND c.revision = ${contact.revision} AND c.erased_at IS NULL AND c.inactive = 0
      AND c.blocked_at IS NULL AND (c.opted_out_at IS NULL OR s.transactional)
      AND EXISTS (SELECT 1 FROM addresses a WHERE a.contact_id = c.id AND a.platform = ${platform})
      AND ((s.reenroll = 'after_exit' AND ${once ? 0 : 1}) OR NOT EXISTS (
        SELECT 1 FROM enrollments e WHERE e.contact_id = c.id AND e.sequence_id = s.id))
      AND (${from} IS NULL OR EXISTS (SELECT 1 FROM enrollments f WHERE f.id = ${from} AND f.standing = 'ACTIVE' AND f.state <> 'paused'))
      AND (${memberOf} IS NULL OR EXISTS (
        SELECT 1 FROM segment_members m WHERE m.segment_id = ${memberOf} AND m.contact_id = c.id))
    ON CONFLICT DO NOTHING
    RETURNING id`);
  const id = rows[0]?.id;
  return id === undefined ? null : rowOf(admission, id);
}

/** What the sweep and the jobs know it by: who is to be started, or else who awaits the end of his move. */
function begunBy({ from, at }: Admission): Pick<EnrollmentRow, "why" | "wakeBy"> {
  return from === null ? { why: "start", wakeBy: at } : { why: "move", wakeBy: null };
}

function rowOf(admission: Admission, id: number): EnrollmentRow {
  const { sequence, contact, platform, userId, stepId, dueAt, at, origin, trail } = admission;
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
    dueAt,
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
    mailboxId: null,
    lastTouchId: null,
    callCompletedAt: null,
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
