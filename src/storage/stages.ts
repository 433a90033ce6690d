/** Knows stages: how far somebody has come with whoever sells to him. */
import { and, eq, sql } from "drizzle-orm";
import { integer, sqliteTable, text } from "drizzle-orm/sqlite-core";
import type { Database } from "./database";

const stages = sqliteTable("stages", {
  id: integer("id").primaryKey({ autoIncrement: true }),
  workspaceId: integer("workspace_id").notNull(),
  name: text("name").notNull(),
  color: text("color"),
  order: integer("place").notNull(),
  creatorId: integer("creator_id"),
  updaterId: integer("updater_id"),
  createdAt: integer("created_at").notNull(),
  updatedAt: integer("updated_at").notNull(),
});

export type NewStage = typeof stages.$inferInsert;

interface Of {
  id: number;
  workspaceId: number;
}

const isStage = ({ id, workspaceId }: Of) => and(eq(stages.id, id), eq(stages.workspaceId, workspaceId));

/** The id of what was made; one that names no place comes last. */
export async function insertStage(db: Database, stage: Omit<NewStage, "order"> & { order: number | null }) {
  const last = sql<number>`(SELECT COALESCE(MAX(place), 0) + 1 FROM stages WHERE workspace_id = ${stage.workspaceId})`;
  const [made] = await db
    .insert(stages)
    .values({ ...stage, order: stage.order ?? last })
    .returning({ id: stages.id });
  return made?.id ?? null;
}

/** Says whether it is there. */
export async function updateStage(db: Database, of: Of, set: Partial<NewStage>): Promise<boolean> {
  const changed = await db.update(stages).set(set).where(isStage(of)).returning({ id: stages.id });
  return changed.length > 0;
}

/** Whoever is in it is in none from then on. Says whether it was there. */
export async function deleteStage(db: Database, of: Of): Promise<boolean> {
  const gone = await db.delete(stages).where(isStage(of)).returning({ id: stages.id });
  return gone.length > 0;
}
