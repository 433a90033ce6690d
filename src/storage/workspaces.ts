/** Knows workspaces and the switch that stops all their sending. */
import { eq } from "drizzle-orm";
import type { Database } from "./database";
import { workspaces } from "./schema";

export type WorkspaceRow = typeof workspaces.$inferSelect;

export async function findWorkspace(db: Database, id: number): Promise<WorkspaceRow | null> {
  const [row] = await db.select().from(workspaces).where(eq(workspaces.id, id));
  return row ?? null;
}

export function setPaused(db: Database, id: number, pausedAt: number | null) {
  return db.update(workspaces).set({ pausedAt }).where(eq(workspaces.id, id)).returning();
}
