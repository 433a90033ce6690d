/** Knows the table of priorities that tasks may have. */
import { and, desc, eq } from "drizzle-orm";
import { integer, sqliteTable, text } from "drizzle-orm/sqlite-core";
import type { Database } from "./database";

const priorities = sqliteTable("priorities", {
  id: integer("id").primaryKey({ autoIncrement: true }),
  workspaceId: integer("workspace_id").notNull(),
  name: text("name").notNull(),
  weight: integer("weight").notNull(),
  color: integer("color").notNull(),
  createdAt: integer("created_at").notNull(),
  updatedAt: integer("updated_at").notNull(),
});

export type PriorityRow = typeof priorities.$inferSelect;

export async function findPriority(db: Database, workspaceId: number, id: number): Promise<PriorityRow | null> {
  const named = and(eq(priorities.id, id), eq(priorities.workspaceId, workspaceId));
  const [row] = await db.select().from(priorities).where(named);
  return row ?? null;
}

export async function findMostUrgent(db: Database, workspaceId: number): Promise<PriorityRow | null> {
  const own = eq(priorities.workspaceId, workspaceId);
  const [row] = await db.select().from(priorities).where(own).orderBy(desc(priorities.weight)).limit(1);
  return row ?? null;
}
