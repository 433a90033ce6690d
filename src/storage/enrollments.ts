/** Knows the mirror's rows of enrollments: how one is found, listed and stepped through. */
import { and, asc, desc, eq, gt, lte, or, type SQL, sql } from "drizzle-orm";
import type { LimitsByPlan } from "../domain/limits";
import { STANDINGS, type Standing } from "../domain/mirror";
import type { Database } from "./database";
import { MAY_LIVE } from "./exclusivity";
import { HAS_OBJECT } from "./histories";
import { roomIn } from "./limits";
import { remembered } from "./remembered";
import { channels, enrollments, sequences, workspaces } from "./schema";
import { belongsToVisible, type Viewer } from "./sight";
import type { Window } from "./window";

export type EnrollmentRow = typeof enrollments.$inferSelect;

/** The highest id given out so far, in whichever sequence. */
export const NEWEST_ENROLLMENT = sql`COALESCE((SELECT seq FROM sqlite_sequence WHERE name = 'enrollments'), 0)`;

/**
 * Lets a failed enrollment live again, and stand in the lists again, unless its object was freed, its sequence is archived, or the contact has
 * another live one, or one that shuts it out, or the workspace has no room. The object is told afterwards; where a throttle stands, once that has let him
 * in again.
 */
export async function readmit(
  db: Database,
  { id, workspaceId }: Pick<EnrollmentRow, "id" | "workspaceId">,
  { at, limits }: { at: number; limits: LimitsByPlan },
): Promise<"retry" | "throttle" | null> {
  const [row] = await db.all<{ why: "retry" | "throttle" }>(sql`
    UPDATE OR IGNORE enrollments SET state = 'pending', standing = 'ACTIVE', ended_at = NULL, deleted_at = NULL,
      why = CASE WHEN s.throttled THEN 'throttle' ELSE 'retry' END,
      wake_by = CASE WHEN s.throttled THEN NULL ELSE ${at} END, user_id = COALESCE(user_id, s.owner_id)
    FROM sequences s
    WHERE s.id = enrollments.sequence_id AND s.status <> 'ARCHIVED' AND enrollments.id = ${id}
      AND standing = 'FAILED' AND state = 'ended' AND why = 'failed' AND ${HAS_OBJECT} AND ${MAY_LIVE}
      AND enrollments.workspace_id = ${workspaceId} AND ${roomIn(workspaceId, limits)} > 0
    RETURNING why`);
  return row?.why ?? null;
}

const enrollmentSeen = remembered((db, { id, workspaceId, userId }: Viewer & { id: number }) =>
  db
    .select()
    .from(enrollments)
    .where(
      and(
        eq(enrollments.id, id),
        eq(enrollments.workspaceId, workspaceId),
        sql`(${userId} IS NULL OR ${belongsToVisible({ workspaceId, userId }, sql`${enrollments.sequenceId}`)})`,
      ),
    ),
);

/** Only whoever may see its sequence finds it. */
export async function findEnrollment(
  db: Database,
  { workspaceId, userId }: Viewer,
  id: number,
): Promise<EnrollmentRow | null> {
  const [row] = await enrollmentSeen(db, { id, workspaceId, userId });
  return row ?? null;
}

/** Those of the ids that are in sequences which are not there for the viewer. */
export async function hiddenEnrollments(db: Database, viewer: Viewer, ids: readonly number[]): Promise<Set<number>> {
  if (viewer.userId === null || ids.length === 0) return new Set();
  const rows = await db
    .select({ id: enrollments.id })
    .from(enrollments)
    .where(sql`${enrollments.id} IN (SELECT value FROM json_each(${JSON.stringify(ids)}))
      AND NOT ${belongsToVisible(viewer, sql`${enrollments.sequenceId}`)}`);
  return new Set(rows.map(({ id }) => id));
}

/** Takes it out of collections; its row stays for what its object still tells. */
export async function deleteEnrollment(db: Database, workspaceId: number, id: number, at: number): Promise<void> {
  await db.run(sql`UPDATE enrollments SET deleted_at = ${at} WHERE id = ${id} AND workspace_id = ${workspaceId}`);
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

/** Whether a mail went out to him since. */
export async function wasWrittenTo(
  db: Database,
  workspaceId: number,
  contactId: number,
  since: number,
): Promise<boolean> {
  const [row] = await db.all<{ id: number }>(sql`SELECT id FROM enrollments
    WHERE contact_id = ${contactId} AND workspace_id = ${workspaceId} AND platform = 'EMAIL' AND last_sent_at >= ${since}
    LIMIT 1`);
  return row !== undefined;
}

/** Those of his journeys that wait at a condition. */
export async function watchingOf(db: Database, workspaceId: number, contactId: number): Promise<EnrollmentRow[]> {
  return (await liveOf(db, workspaceId, contactId)).filter((row) => row.why === "condition");
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

export interface Listed {
  sequenceId: number;
  standing: Standing | null;
  /** Which come first; the newest unless told otherwise. */
  order?: "newest" | "oldest";
}

/**
 * A page, the newest or the oldest first. Without a standing, the four standings' indexes are merged, so that the page costs its own
 * rows and not the table's.
 */
export async function listEnrollments(
  db: Database,
  { sequenceId, standing, order = "newest" }: Listed,
  { limit, offset }: Window,
): Promise<EnrollmentRow[]> {
  return (order === "newest" ? newestIn : oldestIn)(db, { sequenceId, standing, limit, offset });
}

const newestIn = remembered(pageIn(sql`DESC`));
const oldestIn = remembered(pageIn(sql`ASC`));

function pageIn(direction: SQL) {
  return (db: Database, { sequenceId, standing, limit, offset }: Omit<Listed, "order"> & Window) => {
    const branch = (one: Standing) =>
      sql`SELECT id FROM enrollments WHERE sequence_id = ${sequenceId} AND standing = ${one}`;
    const ids = sql.join((standing ? [standing] : [...STANDINGS]).map(branch), sql` UNION ALL `);
    return db
      .select()
      .from(enrollments)
      .where(sql`${enrollments.id} IN (${ids} ORDER BY id ${direction} LIMIT ${limit} OFFSET ${offset})`)
      .orderBy(sql`${enrollments.id} ${direction}`);
  };
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
  /** Only those that nobody has taken out of the lists. */
  listed?: true;
}

/** Enrollments of a sequence behind a cursor, for the jobs that go through them all. */
export async function pageThrough(
  db: Database,
  { sequenceId, standing, after, upto, limit, dueBy, listed }: Stretch,
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
        listed ? sql`deleted_at IS NULL` : undefined,
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
      AND ${workspaces.pausedAt} IS NULL AND NOT (${enrollments.why} IS 'channel' AND ${channels.pausedAt} IS NOT NULL)
      AND ${enrollments.sequenceId} = ${sequences.id}
      AND ${enrollments.wakeBy} IS NOT NULL AND ${enrollments.wakeBy} < ${before}
      AND NOT (${enrollments.why} IS 'mailbox' AND EXISTS (SELECT 1 FROM mailboxes b
        WHERE b.workspace_id = ${enrollments.workspaceId} AND b.paused_at IS NOT NULL AND b.deleted_at IS NULL))
      AND (${enrollments.sequenceId}, ${enrollments.wakeBy}, ${enrollments.id})
        > (${after.sequenceId}, ${after.wakeBy}, ${after.id})`)
    .orderBy(asc(sequences.id), asc(enrollments.wakeBy), asc(enrollments.id))
    .limit(limit)
    .then((rows) => rows.map(({ row }) => row));
}
