/** Knows who waits in front of a throttle and who is let in: one guarded statement over counters that triggers keep. */
import { type SQL, sql } from "drizzle-orm";
import { dayOf, type Tally } from "../domain/throttle";
import { DAY, type Journey } from "../domain/time";
import type { Database, Statements } from "./database";
import { together } from "./database";

/** Each user has room of his own in a sequence. */
export interface Place {
  workspaceId: number;
  sequenceId: number;
  userId: number;
}

export interface Opening extends Place {
  at: Journey;
  /** As many at most, whatever the room. */
  limit: number;
  /** Who was admitted in the same batch: his first step's time is known already. */
  fresh?: { contactId: number; dueAt: Journey };
}

/** Where nothing limits it. */
const BOUNDLESS = 1_000_000_000;

/** How many may come in now, of a `sequences` row `s` and a `throttles` row `t`. */
function roomAt(at: Journey): SQL {
  return sql`CASE WHEN s.status = 'ARCHIVED' OR s.throttle_paused_at IS NOT NULL THEN 0 ELSE MIN(
    COALESCE(s.throttle_capacity - t.active, ${BOUNDLESS}),
    COALESCE(s.throttle_max_adds - CASE WHEN t.day >= ${dayOf(at)} THEN t.added ELSE 0 END, ${BOUNDLESS})) END`;
}

/**
 * Lets in those who came first, as many as there is room for; answers their ids. The room is computed in the statement that
 * takes it, so that no two take the same. A statement that comes in after midnight though it was begun before counts for the
 * new day. Whose first step's time is not known is looked at again at once, by the live steps.
 */
export function openGate(db: Database, { workspaceId, sequenceId, userId, at, limit, fresh }: Opening) {
  const who = sql`t.sequence_id = ${sequenceId} AND t.user_id = ${userId}`;
  const due = fresh
    ? sql`CASE WHEN contact_id = ${fresh.contactId} AND enrolled_at = ${at} THEN ${fresh.dueAt} ELSE ${at} END`
    : sql`${at}`;
  return db.all<{ id: number }>(sql`
    UPDATE enrollments SET why = CASE version WHEN 0 THEN 'start' ELSE 'retry' END, wake_by = ${at}, due_at = ${due},
      let_in_at = MAX(${at}, COALESCE((SELECT t.day * ${DAY} FROM throttles t WHERE ${who}), 0))
    WHERE id IN (
      SELECT id FROM enrollments WHERE sequence_id = ${sequenceId} AND user_id = ${userId} AND gate = 'waiting'
      ORDER BY id
      LIMIT COALESCE((
        SELECT MAX(0, MIN(${limit}, ${roomAt(at)})) FROM throttles t JOIN sequences s ON s.id = t.sequence_id
        WHERE ${who} AND s.workspace_id = ${workspaceId}), 0))
    RETURNING id`);
}

/** The same, by itself. What was counted for a throttle that is no longer there goes once nobody waits. */
export async function letThrough(db: Database, opening: Opening): Promise<number[]> {
  const { sequenceId, userId, workspaceId } = opening;
  const [letIn] = (await together(db, [
    openGate(db, opening),
    db.run(sql`DELETE FROM throttles
      WHERE sequence_id = ${sequenceId} AND user_id = ${userId} AND workspace_id = ${workspaceId} AND waiting = 0
        AND EXISTS (SELECT 1 FROM sequences WHERE id = ${sequenceId} AND NOT throttled)`),
  ])) as [{ id: number }[]];
  return letIn.map(({ id }) => id);
}

/** Has somebody who has come by a move wait, where the sequence has a throttle; says whether it has. */
export async function queueUp(db: Database, workspaceId: number, id: number): Promise<boolean> {
  const rows = await db.all(sql`
    UPDATE enrollments SET why = 'throttle', due_at = NULL
    WHERE id = ${id} AND workspace_id = ${workspaceId} AND version = 0 AND standing = 'ACTIVE' AND why = 'move'
      AND EXISTS (SELECT 1 FROM sequences s WHERE s.id = enrollments.sequence_id AND s.throttled)
    RETURNING id`);
  return rows.length > 0;
}

/**
 * Counts who is there, when a sequence comes by its first throttle: with the edit that gives it one, in the same batch. It
 * reads the live enrollments once, by their index; afterwards the triggers keep the figures.
 */
export function countThere(db: Database, { workspaceId, sequenceId, at }: Omit<Place, "userId"> & { at: Journey }) {
  const live = sql`sequence_id = ${sequenceId} AND workspace_id = ${workspaceId} AND standing = 'ACTIVE'`;
  const today = dayOf(at);
  return (guard: SQL): Statements => [
    db.run(sql`UPDATE enrollments SET user_id = (SELECT owner_id FROM sequences WHERE id = ${sequenceId})
      WHERE ${live} AND user_id IS NULL AND ${guard}`),
    db.run(sql`DELETE FROM throttles WHERE sequence_id = ${sequenceId} AND ${guard}`),
    db.run(sql`
      INSERT INTO throttles (sequence_id, user_id, workspace_id, active, waiting, day, added)
      SELECT sequence_id, user_id, workspace_id, SUM(gate = 'in'), SUM(gate = 'waiting'), ${today},
        SUM(gate = 'in' AND COALESCE(let_in_at, enrolled_at) >= ${today * DAY})
      FROM enrollments WHERE ${live} AND gate <> 'none' AND ${guard} GROUP BY user_id`),
  ];
}

export async function tallyOf(db: Database, { workspaceId, sequenceId, userId }: Place): Promise<Tally> {
  const [row] = await db.all<Tally>(sql`SELECT active, day, added FROM throttles
    WHERE sequence_id = ${sequenceId} AND user_id = ${userId} AND workspace_id = ${workspaceId}`);
  return row ?? { active: 0, day: 0, added: 0 };
}

const PLACE = sql`t.workspace_id AS workspaceId, t.sequence_id AS sequenceId, t.user_id AS userId`;

/** The users for whom somebody waits in front of a sequence. */
export async function waitingAt(db: Database, workspaceId: number, sequenceId: number): Promise<Place[]> {
  return db.all<Place>(sql`SELECT ${PLACE} FROM throttles t
    WHERE t.sequence_id = ${sequenceId} AND t.workspace_id = ${workspaceId} AND t.waiting > 0`);
}

/** Where somebody waits for what these enrollments, which have ended, leave free. */
export async function placesOf(db: Database, workspaceId: number, ids: readonly number[]): Promise<Place[]> {
  return db.all<Place>(sql`SELECT DISTINCT ${PLACE} FROM json_each(${JSON.stringify(ids)}) j
    CROSS JOIN enrollments e ON e.id = j.value
    CROSS JOIN throttles t ON t.sequence_id = e.sequence_id AND t.user_id = e.user_id
    WHERE t.workspace_id = ${workspaceId} AND t.waiting > 0`);
}

/** Where somebody waits though there is room: a day has begun, or an end or an edit was not heard of. */
export async function openPlaces(
  db: Database,
  { at, after, limit }: { at: Journey; after: Pick<Place, "sequenceId" | "userId">; limit: number },
): Promise<Place[]> {
  return db.all<Place>(sql`SELECT ${PLACE} FROM throttles t INDEXED BY throttles_waiting
    CROSS JOIN sequences s ON s.id = t.sequence_id
    WHERE t.waiting > 0 AND (t.sequence_id, t.user_id) > (${after.sequenceId}, ${after.userId}) AND ${roomAt(at)} > 0
    ORDER BY t.sequence_id, t.user_id LIMIT ${limit}`);
}

/** Notes that somebody has written while he waits. Says whether he waits still. */
export async function noteReplied(db: Database, workspaceId: number, id: number, at: Journey): Promise<boolean> {
  const rows = await db.all(sql`UPDATE enrollments SET replied_at = COALESCE(replied_at, ${at})
    WHERE id = ${id} AND workspace_id = ${workspaceId} AND gate = 'waiting' RETURNING id`);
  return rows.length > 0;
}

/** Takes back the retry of somebody who waits to be taken up again. Says whether he waited still. */
export async function takeBackRetry(
  db: Database,
  workspaceId: number,
  { id, endedAt, error }: { id: number; endedAt: Journey | null; error: string | null },
): Promise<boolean> {
  const rows = await db.all(sql`
    UPDATE enrollments SET state = 'ended', why = 'failed', standing = 'FAILED', ended_at = ${endedAt}, error = ${error}
    WHERE id = ${id} AND workspace_id = ${workspaceId} AND gate = 'waiting' AND version > 0 RETURNING id`);
  return rows.length > 0;
}
