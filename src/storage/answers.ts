/** Knows the answers that are kept for writes that may come again. */
import { sql } from "drizzle-orm";
import { KEPT, LEASE } from "../domain/idempotency";
import type { Database } from "./database";

/** One user's write. */
export interface AnswerKey {
  workspaceId: number;
  userId: number;
  key: string;
}

/** Stands in place of a status where a run has broken off, and may have done what it was to do. */
const LOST = 0;

export interface AnswerRow {
  fingerprint: string;
  run: string;
  /** Null while the run is at work, and where it died. */
  status: number | null;
  body: string | null;
  /** Whether nobody will know what became of it. */
  lost: boolean;
}

/**
 * Takes the key for this run where nobody has it, or only one that is past; gives whoever has it then. Coming again it changes
 * nothing. Two rows are written where it is taken, none where it is not.
 */
export async function takeAnswerKey(
  db: Database,
  { workspaceId, userId, key }: AnswerKey,
  { fingerprint, run, wall }: { fingerprint: string; run: string; wall: number },
): Promise<AnswerRow | null> {
  const named = sql`workspace_id = ${workspaceId} AND user_id = ${userId} AND key = ${key}`;
  const [, , rows] = await db.batch([
    db.run(sql`DELETE FROM answers WHERE ${named} AND begun_at <= ${wall - KEPT}`),
    db.run(sql`INSERT INTO answers (workspace_id, user_id, key, fingerprint, run, begun_at)
      VALUES (${workspaceId}, ${userId}, ${key}, ${fingerprint}, ${run}, ${wall}) ON CONFLICT DO NOTHING`),
    db.all<Omit<AnswerRow, "lost"> & { begunAt: number }>(sql`
      SELECT fingerprint, run, status, body, begun_at AS begunAt FROM answers WHERE ${named}`),
  ]);
  const [row] = rows;
  if (!row) return null;
  const { begunAt, ...told } = row;
  return { ...told, lost: row.status === LOST || (row.status === null && begunAt <= wall - LEASE) };
}

/** Keeps what was answered; nothing of somebody who was erased meanwhile, and nothing where another run has taken the key. */
export async function keepAnswer(
  db: Database,
  { workspaceId, userId, key }: AnswerKey,
  { run, status, body, contacts }: { run: string; status: number; body: string; contacts: readonly number[] },
): Promise<void> {
  const about = JSON.stringify(contacts);
  const mine = sql`answers.workspace_id = ${workspaceId} AND answers.user_id = ${userId} AND answers.key = ${key} AND run = ${run}`;
  const erased = sql`EXISTS (SELECT 1 FROM json_each(${about}) i CROSS JOIN contacts c ON c.id = i.value
    WHERE c.erased_at IS NOT NULL)`;
  await db.batch([
    db.run(sql`UPDATE answers SET status = ${status}, contacts = ${about},
      body = CASE WHEN ${erased} THEN NULL ELSE ${body} END WHERE ${mine}`),
    db.run(sql`INSERT INTO answers_about (contact_id, workspace_id, user_id, key)
      SELECT i.value, answers.workspace_id, answers.user_id, answers.key FROM answers CROSS JOIN json_each(${about}) i WHERE ${mine}
      ON CONFLICT DO NOTHING`),
  ]);
}

/** Notes that nobody knows what became of a run. */
export async function loseAnswer(db: Database, { workspaceId, userId, key }: AnswerKey, run: string): Promise<void> {
  await db.run(sql`UPDATE answers SET status = ${LOST} WHERE workspace_id = ${workspaceId} AND user_id = ${userId}
    AND key = ${key} AND run = ${run}`);
}

/** Gives a key back whose write did nothing. */
export async function dropAnswer(db: Database, { workspaceId, userId, key }: AnswerKey, run: string): Promise<void> {
  await db.run(sql`DELETE FROM answers WHERE workspace_id = ${workspaceId} AND user_id = ${userId} AND key = ${key}
    AND run = ${run}`);
}

/** Empties what was answered of a contact. */
export function eraseAnswers(db: Database, contactId: number) {
  return db.run(sql`UPDATE answers SET body = NULL WHERE (workspace_id, user_id, key) IN (
    SELECT workspace_id, user_id, key FROM answers_about WHERE contact_id = ${contactId})`);
}

/** Forgets answers from before a wall time; says how many. */
export async function dropPastAnswers(db: Database, before: number, limit: number): Promise<number> {
  const rows = await db.all(sql`DELETE FROM answers WHERE (workspace_id, user_id, key) IN (
    SELECT workspace_id, user_id, key FROM answers WHERE begun_at < ${before} ORDER BY begun_at LIMIT ${limit}) RETURNING 1`);
  return rows.length;
}
