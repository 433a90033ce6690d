/** Knows triggers: enrollments that something asks for by itself, written with what causes them and gone once done. */
import { and, asc, eq, lt, type SQL, sql } from "drizzle-orm";
import type { LimitsByPlan } from "../domain/limits";
import type { TriggerKind } from "../domain/trigger";
import type { Database } from "./database";
import { NEWEST_ENROLLMENT } from "./enrollments";
import { roomIn } from "./limits";
import { triggers } from "./work";

export type Trigger = typeof triggers.$inferSelect;

export interface Tagging {
  workspaceId: number;
  contactId: number | SQL;
  kind: Extract<TriggerKind, "tag_added" | "tag_removed">;
  tags: readonly string[];
  /** The enrollment whose step gives or takes them. */
  source?: number | null;
  wall: number;
}

/** One for each sequence that these tags are for; the guard may name the `sequences` row. Usually there is none. */
export function writeTagTriggers(
  db: Database,
  { workspaceId, contactId, kind, tags, source = null, wall }: Tagging,
  guard: SQL = sql`true`,
) {
  return db.all<{ id: number }>(sql`
    INSERT INTO triggers (workspace_id, kind, sequence_id, contact_id, tag, enrollment_id, source_id, touched_at)
    SELECT ${workspaceId}, ${kind}, id, ${contactId}, init_tag, ${NEWEST_ENROLLMENT}, ${source}, ${wall} FROM sequences
    WHERE workspace_id = ${workspaceId} AND init_tag IN (SELECT value FROM json_each(${JSON.stringify(tags)}))
      AND init_tag IS NOT NULL AND status <> 'ARCHIVED' AND ${guard}
    RETURNING id`);
}

export interface Move {
  workspaceId: number;
  /** Where it leads. */
  sequenceId: number;
  contactId: number;
  /** The enrollment that it comes from. */
  enrollmentId: number;
  /** The id of that visit of the step that moves. */
  messageId: number;
  wall: number;
}

/** A move that is asked for again is the same one. */
export async function writeMove(db: Database, move: Move): Promise<number | null> {
  const { workspaceId, sequenceId, contactId, enrollmentId, messageId, wall } = move;
  const [row] = await db.all<{ id: number }>(sql`
    INSERT INTO triggers (workspace_id, kind, sequence_id, contact_id, enrollment_id, message_id, touched_at)
    VALUES (${workspaceId}, 'move', ${sequenceId}, ${contactId}, ${enrollmentId}, ${messageId}, ${wall})
    ON CONFLICT (message_id) WHERE message_id IS NOT NULL DO UPDATE SET touched_at = excluded.touched_at
    RETURNING id`);
  return row?.id ?? null;
}

export async function findTriggers(db: Database, ids: readonly number[]): Promise<Trigger[]> {
  return db
    .select()
    .from(triggers)
    .where(sql`${triggers.id} IN (SELECT value FROM json_each(${JSON.stringify(ids)}))`)
    .orderBy(asc(triggers.id));
}

/** What a removal of the same contact's tag, written before this, still has to do with the same sequence. */
export async function removalsBefore(db: Database, { id, contactId, sequenceId }: Trigger): Promise<Trigger[]> {
  const same = and(eq(triggers.contactId, contactId), eq(triggers.sequenceId, sequenceId));
  return db
    .select()
    .from(triggers)
    .where(and(same, eq(triggers.kind, "tag_removed"), lt(triggers.id, id)));
}

export async function dropTrigger(db: Database, id: number): Promise<void> {
  await db.delete(triggers).where(eq(triggers.id, id));
}

/** Has it wait until its workspace has room. */
export async function holdTrigger(db: Database, id: number): Promise<void> {
  await db.update(triggers).set({ held: true }).where(eq(triggers.id, id));
}

/** The next workspace of which some wait for room; null where there is none. */
export async function waitingWorkspace(db: Database, after: number): Promise<number | null> {
  const [row] = await db.all<{ id: number }>(sql`SELECT workspace_id AS id FROM triggers INDEXED BY triggers_held
    WHERE held = 1 AND workspace_id > ${after} ORDER BY workspace_id LIMIT 1`);
  return row?.id ?? null;
}

/** As many as there is room for, and no more than the limit; who has waited longest comes first. */
export async function releaseTriggers(
  db: Database,
  { workspaceId, limits, now, limit }: { workspaceId: number; limits: LimitsByPlan; now: number; limit: number },
): Promise<{ id: number }[]> {
  return db.all<{ id: number }>(sql`UPDATE triggers SET held = 0, touched_at = ${now} WHERE id IN (
      SELECT id FROM triggers INDEXED BY triggers_held WHERE held = 1 AND workspace_id = ${workspaceId}
      ORDER BY id LIMIT MIN(${limit}, ${roomIn(workspaceId, limits)}))
    RETURNING id`);
}

/** Triggers that nobody has touched since, the longest forgotten first; they count as touched from now on. */
export async function takeForgottenTriggers(
  db: Database,
  { before, now, limit }: { before: number; now: number; limit: number },
): Promise<Pick<Trigger, "id" | "workspaceId">[]> {
  const forgotten = db
    .select({ id: triggers.id })
    .from(triggers)
    .where(and(sql`held = 0`, lt(triggers.touchedAt, before)))
    .orderBy(asc(triggers.touchedAt))
    .limit(limit);
  return db
    .update(triggers)
    .set({ touchedAt: now })
    .where(sql`${triggers.id} IN ${forgotten}`)
    .returning({ id: triggers.id, workspaceId: triggers.workspaceId });
}
