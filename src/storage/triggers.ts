/** Knows triggers: enrollments that something asks for by itself, written with what causes them and gone once done. */
import { and, asc, eq, lt, type SQL, sql } from "drizzle-orm";
import type { LimitsByPlan } from "../domain/limits";
import type { TriggerKind } from "../domain/trigger";
import { type Database, together } from "./database";
import { NEWEST_ENROLLMENT } from "./enrollments";
import { mayHaveRoom, roomIn } from "./limits";
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

/**
 * Has it wait until its workspace has room. One cause waits once: where another waits for the same already, this one is done,
 * or somebody would be enrolled again by each of them as soon as he ends.
 */
export async function holdTrigger(db: Database, { id, contactId, sequenceId, kind }: Trigger): Promise<void> {
  const another = sql`SELECT 1 FROM triggers o INDEXED BY triggers_by_contact WHERE o.contact_id = ${contactId}
    AND o.sequence_id = ${sequenceId} AND o.kind = ${kind} AND o.held = 1 AND o.id <> ${id}`;
  await together(db, [
    db.run(sql`DELETE FROM triggers WHERE id = ${id} AND EXISTS (${another})`),
    db.update(triggers).set({ held: true }).where(eq(triggers.id, id)),
  ]);
}

/** The next workspace that has room again for some who wait for it; null where there is none. Asked once, however many are full. */
export async function waitingWorkspace(db: Database, after: number, limits: LimitsByPlan): Promise<number | null> {
  const next = (id: SQL) => sql`(SELECT workspace_id FROM triggers INDEXED BY triggers_held
    WHERE held = 1 AND workspace_id > ${id} ORDER BY workspace_id LIMIT 1)`;
  const [row] = await db.all<{ id: number }>(sql`
    WITH RECURSIVE waiting (id) AS (
      SELECT ${next(sql`${after}`)} UNION ALL SELECT ${next(sql`waiting.id`)} FROM waiting WHERE waiting.id IS NOT NULL)
    SELECT w.id AS id FROM waiting CROSS JOIN workspaces w ON w.id = waiting.id WHERE ${mayHaveRoom(limits)} LIMIT 1`);
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
