/** Knows the table of tasks: how one is found and listed, and what people write into it. */
import { and, eq, gte, lt, ne, type SQL, sql } from "drizzle-orm";
import { integer, sqliteTable, text } from "drizzle-orm/sqlite-core";
import { ORDINALS } from "../domain/message";
import type { OpportunityAssociation, TaskAction, TaskResult, TaskState } from "../domain/task";
import { type Database, together } from "./database";
import { unlessErased } from "./erasure";
import { enrollments } from "./schema";
import { belongsToVisible, type Viewer } from "./sight";

export const tasks = sqliteTable("tasks", {
  id: integer("id").primaryKey(),
  workspaceId: integer("workspace_id").notNull(),
  sequenceId: integer("sequence_id"),
  stepId: integer("step_id"),
  enrollmentId: integer("enrollment_id"),
  contactId: integer("contact_id").notNull(),
  ownerId: integer("owner_id").notNull(),
  creatorId: integer("creator_id").notNull(),
  action: text("action").$type<TaskAction>().notNull(),
  taskType: text("task_type").notNull(),
  state: text("state").$type<TaskState>().notNull(),
  result: text("result").$type<TaskResult>(),
  dueAt: integer("due_at"),
  scheduledAt: integer("scheduled_at"),
  autoskipAt: integer("autoskip_at"),
  note: text("note"),
  priorityId: integer("priority_id"),
  opportunityAssociation: text("opportunity_association").$type<OpportunityAssociation>(),
  completedAt: integer("completed_at"),
  completerId: integer("completer_id"),
  stateChangedAt: integer("state_changed_at").notNull(),
  createdAt: integer("created_at").notNull(),
  updatedAt: integer("updated_at").notNull(),
  deletedAt: integer("deleted_at"),
  fact: integer("fact").notNull(),
});

export type TaskRow = typeof tasks.$inferSelect;

export interface TaskFilter {
  sequenceId?: number | null;
  enrollmentId?: number | null;
  contactId?: number | null;
  ownerId?: number | null;
  state?: TaskState | null;
}

/** Where a list goes on: below this id, or at the newest. */
export interface Below {
  below: number | null;
  limit: number;
}

/** Only whoever may see its sequence finds it; so it is with the lists. */
export async function findTask(db: Database, viewer: Viewer, id: number): Promise<TaskRow | null> {
  const [row] = await db
    .select()
    .from(tasks)
    .where(and(eq(tasks.id, id), seenBy(viewer)));
  return row ?? null;
}

function seenBy(viewer: Viewer): SQL | undefined {
  return and(eq(tasks.workspaceId, viewer.workspaceId), belongsToVisible(viewer, sql`${tasks.sequenceId}`));
}

/** The task that a journey waits at, as far as the mirror knows. */
export async function openTaskOf(db: Database, enrollmentId: number): Promise<TaskRow | null> {
  const [row] = await db
    .select()
    .from(tasks)
    .where(and(ofEnrollment(enrollmentId), ne(tasks.state, "complete")));
  return row ?? null;
}

/** Tasks of one enrollment are a range of ids. */
function ofEnrollment(id: number): SQL | undefined {
  return and(gte(tasks.id, id * ORDINALS), lt(tasks.id, (id + 1) * ORDINALS), eq(tasks.enrollmentId, id));
}

function ofContact(id: number): SQL {
  const ordinals = sql.raw(String(ORDINALS));
  return sql`${tasks.id} IN (
    SELECT t.id FROM ${enrollments} e CROSS JOIN ${tasks} t ON t.id >= e.id * ${ordinals} AND t.id < (e.id + 1) * ${ordinals}
    WHERE e.contact_id = ${id}
    UNION ALL SELECT t.id FROM ${tasks} t WHERE t.contact_id = ${id} AND t.enrollment_id IS NULL)
    AND ${tasks.contactId} = ${id}`;
}

function matching(viewer: Viewer, filter: TaskFilter): SQL | undefined {
  const { sequenceId, enrollmentId, contactId, ownerId, state } = filter;
  return and(
    seenBy(viewer),
    typeof sequenceId === "number" ? eq(tasks.sequenceId, sequenceId) : undefined,
    typeof enrollmentId === "number" ? ofEnrollment(enrollmentId) : undefined,
    typeof contactId === "number" ? ofContact(contactId) : undefined,
    typeof ownerId === "number" ? eq(tasks.ownerId, ownerId) : undefined,
    state ? eq(tasks.state, state) : undefined,
  );
}

/** By id, the highest first. */
export async function listTasks(
  db: Database,
  viewer: Viewer,
  filter: TaskFilter,
  { below, limit }: Below,
): Promise<TaskRow[]> {
  return db
    .select()
    .from(tasks)
    .where(and(matching(viewer, filter), below === null ? undefined : lt(tasks.id, below)))
    .orderBy(sql`${tasks.id} DESC`)
    .limit(limit);
}

export type NewTask = Omit<typeof tasks.$inferInsert, "id" | "fact" | "sequenceId" | "stepId" | "enrollmentId">;

/** A task that stands alone, with an id that no journey's act has. */
export async function insertTask(db: Database, task: NewTask): Promise<TaskRow | null> {
  const id = sql<number>`(SELECT n * ${sql.raw(String(ORDINALS))} FROM task_counter)`;
  const [, rows] = await together(db, [
    db.run(sql`UPDATE task_counter SET n = n + 1`),
    db
      .insert(tasks)
      .values({ ...task, id, fact: 0, note: unlessErased(task.contactId, task.note ?? null) })
      .returning(),
  ]);
  return (rows as TaskRow[])[0] ?? null;
}

export type TaskChange = Partial<Omit<TaskRow, "id" | "workspaceId" | "fact">>;

/** Null where there is none, or, if only an open one may be changed, where it is complete. */
export async function changeTask(
  db: Database,
  { workspaceId, id }: Pick<TaskRow, "workspaceId" | "id">,
  change: TaskChange,
  { open }: { open: boolean },
): Promise<TaskRow | null> {
  const named = and(eq(tasks.id, id), eq(tasks.workspaceId, workspaceId));
  const guard = open ? ne(tasks.state, "complete") : undefined;
  const words = change.note ? { note: unlessErased(sql`${tasks.contactId}`, change.note) } : {};
  const [row] = await db
    .update(tasks)
    .set({ ...change, ...words })
    .where(and(named, guard))
    .returning();
  return row ?? null;
}

/** Only one that stands alone goes for good. */
export async function deleteTask(db: Database, workspaceId: number, id: number): Promise<boolean> {
  const alone = and(eq(tasks.id, id), eq(tasks.workspaceId, workspaceId), sql`${tasks.enrollmentId} IS NULL`);
  const rows = await db.delete(tasks).where(alone).returning({ id: tasks.id });
  return rows.length > 0;
}

/** Skips those that stand alone and were to be skipped by now; those of journeys skip themselves. */
export async function skipOverdueTasks(db: Database, now: number): Promise<void> {
  await db.run(sql`
    UPDATE tasks SET state = 'complete', result = 'skipped', completed_at = autoskip_at, state_changed_at = ${now},
      updated_at = ${now}
    WHERE enrollment_id IS NULL AND autoskip_at IS NOT NULL AND state <> 'complete' AND autoskip_at <= ${now}`);
}

/** Takes the words out of a contact's tasks that stand alone; nobody must do them any more. */
export function eraseTasksAlone(db: Database, contactId: number, at: number) {
  return db.run(sql`
    UPDATE tasks SET note = NULL, updated_at = ${at},
      result = CASE state WHEN 'complete' THEN result ELSE 'cancelled' END,
      state_changed_at = CASE state WHEN 'complete' THEN state_changed_at ELSE ${at} END,
      state = 'complete'
    WHERE contact_id = ${contactId} AND enrollment_id IS NULL`);
}

export function eraseTasksOf(db: Database, enrollmentId: number) {
  return db.update(tasks).set({ note: null }).where(ofEnrollment(enrollmentId));
}
