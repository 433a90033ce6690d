/** Knows how the mirror is gone through row by row, and how a journey's part of it is written anew. */
import { sql } from "drizzle-orm";
import type { Kept } from "../domain/audit";
import { messageId, ORDINALS } from "../domain/message";
import type { Telling } from "../domain/mirror";
import { type Database, together } from "./database";
import type { EnrollmentRow } from "./enrollments";
import { tellingStatements } from "./mirror";
import { enrollments } from "./schema";
import { messages } from "./traffic";

/** The rows of all workspaces behind an id. */
export async function rowsAfter(db: Database, after: number, limit: number): Promise<EnrollmentRow[]> {
  return db.select().from(enrollments).where(sql`id > ${after}`).orderBy(sql`id`).limit(limit);
}

/** The ledger's lines of journeys, by the journey: their ids are next to each other. */
export async function ledgerOf(db: Database, ids: readonly number[]): Promise<Map<number, Kept[]>> {
  const rows = await db.all<Kept & { enrollment: number }>(sql`
    SELECT m.id AS id, m.status AS status, m.fact AS fact, e.value AS enrollment FROM json_each(${JSON.stringify(ids)}) e
    CROSS JOIN messages m ON m.id >= e.value * ${ORDINALS} AND m.id < (e.value + 1) * ${ORDINALS}`);
  return Map.groupBy(rows, ({ enrollment }) => enrollment);
}

/**
 * Writes a row, and its ledger, as its object tells them from its first fact on. Unless the row was written since it was
 * read: then only what is newer is taken in, as ever.
 */
export async function restore(db: Database, row: EnrollmentRow, telling: Telling): Promise<void> {
  const { id, workspaceId, version, completeTo } = row;
  const [first, end] = [messageId(id, 0), messageId(id + 1, 0)];
  const asRead = sql`id = ${id} AND workspace_id = ${workspaceId} AND version = ${version} AND complete_to = ${completeTo}`;
  await together(db, [
    db
      .update(messages)
      .set({ fact: 0 })
      .where(sql`id >= ${first} AND id < ${end}
      AND EXISTS (SELECT 1 FROM enrollments WHERE ${asRead})`),
    db.update(enrollments).set({ version: -1, completeTo: 0 }).where(asRead),
    ...tellingStatements(db, [telling]),
  ]);
}
