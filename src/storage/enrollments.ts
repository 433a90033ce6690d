/** Knows the mirror's rows of enrollments: how one is admitted, found, listed and stepped through. */
import { and, asc, desc, eq, gt, lte, or, sql } from "drizzle-orm";
import { STANDINGS, type Standing } from "../domain/mirror";
import type { Platform } from "../domain/platform";
import type { Sequence } from "../domain/sequence";
import type { Database } from "./database";
import { channels, enrollments, sequences, workspaces } from "./schema";
import type { Window } from "./window";

export type EnrollmentRow = typeof enrollments.$inferSelect;

export interface Admission {
  sequence: Pick<Sequence, "id" | "workspaceId" | "revision">;
  contact: { id: number; revision: number };
  platform: Platform;
  stepId: number | null;
  dueAt: number;
  at: number;
}

/**
 * Admits a contact: every condition stands in this one statement, so nothing can slip between check and insert. The
 * rules were looked at by the caller, for the revisions named. Null when a condition, or the index of live ones, refuses.
 */
export async function admit(db: Database, admission: Admission): Promise<EnrollmentRow | null> {
  const { sequence, contact, platform, stepId, dueAt, at } = admission;
  const rows = await db.all<{ id: number }>(sql`
    INSERT INTO enrollments (workspace_id, sequence_id, contact_id, platform, state, why, standing, step_id, due_at, wake_by, enrolled_at)
    SELECT s.workspace_id, s.id, c.id, ${platform}, 'pending', 'start', 'ACTIVE', ${stepId}, ${dueAt}, ${at}, ${at}
    FROM sequences s JOIN contacts c ON c.workspace_id = s.workspace_id
    WHERE s.id = ${sequence.id} AND s.workspace_id = ${sequence.workspaceId} AND s.revision = ${sequence.revision}
      AND s.status <> 'ARCHIVED' AND s.locked = 0
      AND c.id = ${contact.id} AND c.revision = ${contact.revision} AND c.erased_at IS NULL AND c.inactive = 0
      AND c.blocked_at IS NULL AND (c.opted_out_at IS NULL OR s.transactional)
      AND EXISTS (SELECT 1 FROM addresses a WHERE a.contact_id = c.id AND a.platform = ${platform})
      AND (s.reenroll = 'after_exit' OR NOT EXISTS (
        SELECT 1 FROM enrollments e WHERE e.contact_id = c.id AND e.sequence_id = s.id))
    ON CONFLICT DO NOTHING
    RETURNING id`);
  const id = rows[0]?.id;
  if (id === undefined) return null;
  return {
    id,
    workspaceId: sequence.workspaceId,
    sequenceId: sequence.id,
    contactId: contact.id,
    platform,
    state: "pending",
    why: "start",
    standing: "ACTIVE",
    stepId,
    lastStepId: null,
    dueAt,
    wakeBy: at,
    enrolledAt: at,
    endedAt: null,
    repliedAt: null,
    error: null,
    version: 0,
    completeTo: 0,
  };
}

/** Lets a failed enrollment live again, unless the contact has another live one. The object is told afterwards. */
export async function readmit(db: Database, id: number, at: number): Promise<boolean> {
  const rows = await db.all(sql`
    UPDATE OR IGNORE enrollments SET state = 'pending', why = 'retry', standing = 'ACTIVE', ended_at = NULL, wake_by = ${at}
    WHERE id = ${id} AND standing = 'FAILED' AND state = 'ended' AND why = 'failed'
    RETURNING id`);
  return rows.length > 0;
}

export async function findEnrollment(db: Database, workspaceId: number, id: number): Promise<EnrollmentRow | null> {
  const [row] = await db
    .select()
    .from(enrollments)
    .where(and(eq(enrollments.id, id), eq(enrollments.workspaceId, workspaceId)));
  return row ?? null;
}

export async function findRows(db: Database, ids: readonly number[]): Promise<EnrollmentRow[]> {
  return db
    .select()
    .from(enrollments)
    .where(sql`${enrollments.id} IN (SELECT value FROM json_each(${JSON.stringify(ids)}))`);
}

/** The live enrollments of a contact, at most one a sequence. */
export async function liveOf(db: Database, workspaceId: number, contactId: number): Promise<EnrollmentRow[]> {
  return db
    .select()
    .from(enrollments)
    .where(
      and(
        eq(enrollments.contactId, contactId),
        eq(enrollments.standing, "ACTIVE"),
        eq(enrollments.workspaceId, workspaceId),
      ),
    );
}

/** What stands between a contact and a sequence: his live enrollment in it, or else his latest one. */
export async function latestIn(db: Database, contactId: number, sequenceId: number): Promise<EnrollmentRow | null> {
  const [row] = await db
    .select()
    .from(enrollments)
    .where(and(eq(enrollments.contactId, contactId), eq(enrollments.sequenceId, sequenceId)))
    .orderBy(sql`${enrollments.standing} = 'ACTIVE' DESC`, desc(enrollments.id))
    .limit(1);
  return row ?? null;
}

export async function enrollmentsOf(
  db: Database,
  contactId: number,
  after: number,
  limit: number,
): Promise<EnrollmentRow[]> {
  return db
    .select()
    .from(enrollments)
    .where(and(eq(enrollments.contactId, contactId), gt(enrollments.id, after)))
    .orderBy(asc(enrollments.id))
    .limit(limit);
}

/**
 * A page, the newest first. Without a standing, the four standings' indexes are merged, so that the page costs its own
 * rows and not the table's.
 */
export async function listEnrollments(
  db: Database,
  sequenceId: number,
  standing: Standing | null,
  { limit, offset }: Window,
): Promise<EnrollmentRow[]> {
  const branch = (one: Standing) =>
    sql`SELECT id FROM enrollments WHERE sequence_id = ${sequenceId} AND standing = ${one}`;
  const ids = sql.join((standing ? [standing] : [...STANDINGS]).map(branch), sql` UNION ALL `);
  return db
    .select()
    .from(enrollments)
    .where(sql`${enrollments.id} IN (${ids} ORDER BY id DESC LIMIT ${limit} OFFSET ${offset})`)
    .orderBy(desc(enrollments.id));
}

export interface Stretch {
  sequenceId: number;
  standing: Standing;
  /** Behind this id, and up to that one. */
  after: number;
  upto: number;
  limit: number;
  /** Only those due by this time, and those that never started. */
  dueBy?: number;
}

/** Enrollments of a sequence behind a cursor, for the jobs that go through them all. */
export async function pageThrough(
  db: Database,
  { sequenceId, standing, after, upto, limit, dueBy }: Stretch,
): Promise<EnrollmentRow[]> {
  const due = dueBy === undefined ? undefined : or(lte(enrollments.dueAt, dueBy), eq(enrollments.version, 0));
  return db
    .select()
    .from(enrollments)
    .where(
      and(
        eq(enrollments.sequenceId, sequenceId),
        eq(enrollments.standing, standing),
        gt(enrollments.id, after),
        lte(enrollments.id, upto),
        due,
      ),
    )
    .orderBy(asc(enrollments.id))
    .limit(limit);
}

/** Where a sweep stands: it goes through the running sequences, and in each through what is overdue, by its time. */
export interface SweepCursor {
  sequenceId: number;
  wakeBy: number;
  id: number;
}

/** Live enrollments of running sequences in which something should have happened before this journey time. */
export async function overdue(
  db: Database,
  before: number,
  after: SweepCursor,
  limit: number,
): Promise<EnrollmentRow[]> {
  return db
    .select({ row: enrollments })
    .from(sequences)
    .innerJoin(workspaces, eq(workspaces.id, sequences.workspaceId))
    .crossJoin(enrollments)
    .leftJoin(
      channels,
      and(eq(channels.workspaceId, enrollments.workspaceId), eq(channels.platform, enrollments.platform)),
    )
    .where(sql`${sequences.status} = 'ACTIVE' AND ${sequences.id} >= ${after.sequenceId}
      AND ${workspaces.pausedAt} IS NULL AND ${channels.pausedAt} IS NULL
      AND ${enrollments.sequenceId} = ${sequences.id}
      AND ${enrollments.wakeBy} IS NOT NULL AND ${enrollments.wakeBy} < ${before}
      AND (${enrollments.sequenceId}, ${enrollments.wakeBy}, ${enrollments.id})
        > (${after.sequenceId}, ${after.wakeBy}, ${after.id})`)
    .orderBy(asc(sequences.id), asc(enrollments.wakeBy), asc(enrollments.id))
    .limit(limit)
    .then((rows) => rows.map(({ row }) => row));
}
