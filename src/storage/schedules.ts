/** Knows schedules, and which sequences keep to one: by themselves or by a step. */
import { and, desc, eq, type SQL, sql } from "drizzle-orm";
import { integer, sqliteTable, text } from "drizzle-orm/sqlite-core";
import { MOST_SCHEDULES } from "../domain/openings";
import type { Timing } from "../domain/schedule";
import type { Sequence } from "../domain/sequence";
import type { Step } from "../domain/step";
import type { Opening } from "../domain/window";
import { type Database, together } from "./database";
import { writeReschedules } from "./jobs";
import type { Window } from "./window";

export const schedules = sqliteTable("schedules", {
  id: integer("id").primaryKey({ autoIncrement: true }),
  workspaceId: integer("workspace_id").notNull(),
  name: text("name").notNull(),
  zone: text("zone"),
  openings: text("openings", { mode: "json" }).$type<Opening[]>().notNull(),
  holidays: text("holidays", { mode: "json" }).$type<string[]>().notNull(),
  creatorId: integer("creator_id"),
  updaterId: integer("updater_id"),
  createdAt: integer("created_at").notNull(),
  updatedAt: integer("updated_at").notNull(),
});

export type ScheduleRow = typeof schedules.$inferSelect;
export type NewSchedule = typeof schedules.$inferInsert;
type ScheduleOf = Pick<ScheduleRow, "id" | "workspaceId">;

/** Sequences that may keep to a schedule when it is changed: all of them get a new revision in one batch. */
export const MOST_KEEPERS = 2000;

const isSchedule = ({ id, workspaceId }: ScheduleOf) =>
  and(eq(schedules.id, id), eq(schedules.workspaceId, workspaceId));

export async function findSchedule(db: Database, workspaceId: number, id: number): Promise<ScheduleRow | null> {
  const [row] = await db.select().from(schedules).where(isSchedule({ id, workspaceId }));
  return row ?? null;
}

/** Holds in a write as long as the schedule has not been deleted. */
export function scheduleStands(workspaceId: number, id: number): SQL {
  return sql`EXISTS (SELECT 1 FROM schedules WHERE id = ${id} AND workspace_id = ${workspaceId})`;
}

/** The newest first. */
export async function listSchedules(
  db: Database,
  workspaceId: number,
  { limit, offset }: Window,
): Promise<{ rows: ScheduleRow[]; total: number }> {
  const own = eq(schedules.workspaceId, workspaceId);
  const [rows, all] = await db.batch([
    db.select().from(schedules).where(own).orderBy(desc(schedules.id)).limit(limit).offset(offset),
    db.select({ n: sql<number>`COUNT(*)` }).from(schedules).where(own),
  ]);
  return { rows, total: all[0]?.n ?? 0 };
}

/** The id of what was made; null where there are too many. */
export async function insertSchedule(db: Database, schedule: NewSchedule): Promise<number | null> {
  const { workspaceId, name, zone, openings, holidays, creatorId, updaterId, createdAt, updatedAt } = schedule;
  const [made] = await db.all<{ id: number }>(sql`
    INSERT INTO schedules (workspace_id, name, zone, openings, holidays, creator_id, updater_id, created_at, updated_at)
    SELECT ${workspaceId}, ${name}, ${zone ?? null}, ${JSON.stringify(openings)}, ${JSON.stringify(holidays)},
      ${creatorId ?? null}, ${updaterId ?? null}, ${createdAt}, ${updatedAt}
    WHERE (SELECT COUNT(*) FROM schedules WHERE workspace_id = ${workspaceId}) < ${MOST_SCHEDULES}
    RETURNING id`);
  return made?.id ?? null;
}

/** The ids of the sequences that keep to a schedule; the plus keeps the index of the whole workspace out of it. */
function keepers({ id, workspaceId }: ScheduleOf): SQL {
  return sql`
    SELECT id FROM sequences
    WHERE schedule_id = ${id} AND schedule_id IS NOT NULL AND +workspace_id = ${workspaceId} AND status <> 'ARCHIVED'
    UNION SELECT q.id FROM steps t CROSS JOIN sequences q ON q.id = t.sequence_id
    WHERE t.schedule_id = ${id} AND t.schedule_id IS NOT NULL AND t.deleted_at IS NULL
      AND q.workspace_id = ${workspaceId} AND q.status <> 'ARCHIVED'`;
}

/** Changes what says nothing of time. */
export async function renameSchedule(db: Database, of: ScheduleOf, set: Partial<NewSchedule>): Promise<void> {
  await db.update(schedules).set(set).where(isSchedule(of));
}

/**
 * Changes a schedule: whatever keeps to it gets a new revision, and where journeys are under way they look again when they
 * are due. The jobs for that; null where the schedule is gone, or too many sequences keep to it.
 */
export async function reviseSchedule(
  db: Database,
  of: ScheduleOf,
  set: Partial<NewSchedule>,
  at: { journey: number; wall: number },
): Promise<{ id: number }[] | null> {
  const few = sql`(SELECT COUNT(*) FROM (${keepers(of)} LIMIT ${MOST_KEEPERS + 1})) <= ${MOST_KEEPERS}`;
  const [won, , jobs] = (await together(db, [
    db
      .update(schedules)
      .set(set)
      .where(and(isSchedule(of), few))
      .returning({ id: schedules.id }),
    db.run(sql`UPDATE sequences SET revision = revision + 1 WHERE id IN (${keepers(of)}) AND ${few}`),
    writeReschedules(db, { workspaceId: of.workspaceId, ...at }, sql`id IN (${keepers(of)}) AND ${few}`),
  ])) as { id: number }[][];
  return won?.length ? (jobs ?? []) : null;
}

/** Deletes a schedule that nothing keeps to; archived sequences and deleted steps forget it. Says whether it did. */
export async function deleteSchedule(db: Database, of: ScheduleOf): Promise<boolean> {
  const { id, workspaceId } = of;
  const isGone = sql`NOT EXISTS (SELECT 1 FROM schedules WHERE id = ${id})`;
  const [gone] = (await together(db, [
    db.all<{ id: number }>(sql`
      DELETE FROM schedules WHERE id = ${id} AND workspace_id = ${workspaceId} AND NOT EXISTS (${keepers(of)})
      RETURNING id`),
    db.run(sql`UPDATE sequences SET schedule_id = NULL, revision = revision + 1
      WHERE schedule_id = ${id} AND schedule_id IS NOT NULL AND +workspace_id = ${workspaceId} AND ${isGone}`),
    db.run(sql`UPDATE steps SET schedule_id = NULL
      WHERE schedule_id = ${id} AND schedule_id IS NOT NULL AND ${isGone}`),
  ])) as { id: number }[][];
  return (gone ?? []).length > 0;
}

export type Times = Pick<Sequence, "workspaceId" | "sequenceType" | "scheduleIntervalType" | "scheduleId">;

/** What a sequence says of time. Nothing is read where neither it nor a step of it keeps to a schedule. */
export async function readTiming(db: Database, times: Times, steps: readonly Step[]): Promise<Timing> {
  const { workspaceId, sequenceType: type, scheduleIntervalType: intervals, scheduleId } = times;
  const own = steps.filter(({ deletedAt }) => deletedAt === null).map((step) => step.scheduleId);
  const ids = [...new Set([scheduleId, ...own])].filter((id) => id !== null);
  const named = sql`${schedules.id} IN (SELECT value FROM json_each(${JSON.stringify(ids)}))`;
  const rows =
    ids.length === 0
      ? []
      : await db
          .select()
          .from(schedules)
          .where(and(named, eq(schedules.workspaceId, workspaceId)));
  const known = rows.map(({ id, zone, openings, holidays }) => [id, { zone, openings, holidays }] as const);
  return { type, intervals, scheduleId, schedules: new Map(known) };
}
