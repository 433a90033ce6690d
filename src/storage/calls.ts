/** Knows the table of calls. */
import { and, eq, lt, type SQL, sql } from "drizzle-orm";
import { integer, sqliteTable, text } from "drizzle-orm/sqlite-core";
import type { CallDirection, CallOutcome } from "../domain/call";
import type { Database } from "./database";
import { unlessErased } from "./erasure";
import { belongsToVisible, type Viewer } from "./sight";
import type { Below } from "./tasks";

export const calls = sqliteTable("calls", {
  id: integer("id").primaryKey({ autoIncrement: true }),
  workspaceId: integer("workspace_id").notNull(),
  contactId: integer("contact_id").notNull(),
  userId: integer("user_id"),
  taskId: integer("task_id"),
  enrollmentId: integer("enrollment_id"),
  sequenceId: integer("sequence_id"),
  stepId: integer("step_id"),
  direction: text("direction").$type<CallDirection>(),
  outcome: text("outcome").$type<CallOutcome>(),
  note: text("note"),
  state: text("state").notNull(),
  dialedAt: integer("dialed_at"),
  answeredAt: integer("answered_at"),
  completedAt: integer("completed_at"),
  details: text("details", { mode: "json" }).$type<Record<string, unknown>>().notNull(),
  createdAt: integer("created_at").notNull(),
  updatedAt: integer("updated_at").notNull(),
});

export type CallRow = typeof calls.$inferSelect;

export interface CallFilter {
  contactId?: number | null;
  taskId?: number | null;
  enrollmentId?: number | null;
  sequenceId?: number | null;
}

/** The same call of the same task, that was written down before. */
export async function findSame(db: Database, call: typeof calls.$inferInsert): Promise<CallRow | null> {
  const named = ["userId", "direction", "outcome", "note", "dialedAt", "answeredAt", "completedAt"] as const;
  const same = named.map((name) => sql`${calls[name]} IS ${call[name] ?? null}`);
  const [row] = await db
    .select()
    .from(calls)
    .where(
      and(
        eq(calls.taskId, call.taskId ?? 0),
        sql`+${calls.workspaceId} = ${call.workspaceId}`,
        ...same,
        eq(calls.details, call.details),
      ),
    )
    .limit(1);
  return row ?? null;
}

export async function insertCall(db: Database, call: typeof calls.$inferInsert): Promise<CallRow | null> {
  const { contactId, note = null, details = {} } = call;
  const words = {
    note: unlessErased(contactId, note),
    details: sql`COALESCE(${unlessErased(contactId, JSON.stringify(details))}, '{}')`,
  };
  const [row] = await db
    .insert(calls)
    .values({ ...call, ...words })
    .returning();
  return row ?? null;
}

/** A call of a journey is there for whoever may see its sequence. */
function seenBy(viewer: Viewer): SQL | undefined {
  return and(eq(calls.workspaceId, viewer.workspaceId), belongsToVisible(viewer, sql`${calls.sequenceId}`));
}

export async function findCall(db: Database, viewer: Viewer, id: number): Promise<CallRow | null> {
  const [row] = await db
    .select()
    .from(calls)
    .where(and(eq(calls.id, id), seenBy(viewer)));
  return row ?? null;
}

/** The newest first. */
export async function listCalls(
  db: Database,
  viewer: Viewer,
  { contactId, taskId, enrollmentId, sequenceId }: CallFilter,
  { below, limit }: Below,
): Promise<CallRow[]> {
  return db
    .select()
    .from(calls)
    .where(
      and(
        seenBy(viewer),
        typeof contactId === "number" ? eq(calls.contactId, contactId) : undefined,
        typeof taskId === "number" ? eq(calls.taskId, taskId) : undefined,
        typeof enrollmentId === "number" ? eq(calls.enrollmentId, enrollmentId) : undefined,
        typeof sequenceId === "number" ? eq(calls.sequenceId, sequenceId) : undefined,
        below === null ? undefined : lt(calls.id, below),
      ),
    )
    .orderBy(sql`${calls.id} DESC`)
    .limit(limit);
}

export async function deleteCall(db: Database, viewer: Viewer, id: number): Promise<boolean> {
  const rows = await db
    .delete(calls)
    .where(and(eq(calls.id, id), seenBy(viewer)))
    .returning({ id: calls.id });
  return rows.length > 0;
}

/** Takes what was said, and the numbers that were dialed, out of the calls with a contact. */
export function eraseCalls(db: Database, contactId: number) {
  return db.update(calls).set({ note: null, details: {} }).where(eq(calls.contactId, contactId));
}
