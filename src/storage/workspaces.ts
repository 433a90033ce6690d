/** Knows workspaces and the switch that stops all their sending. */
import { eq } from "drizzle-orm";
import type { FrequencyCap } from "../domain/frequency";
import type { Database } from "./database";
import { workspaces } from "./schema";

export type WorkspaceRow = typeof workspaces.$inferSelect;

export async function findWorkspace(db: Database, id: number): Promise<WorkspaceRow | null> {
  const [row] = await db.select().from(workspaces).where(eq(workspaces.id, id));
  return row ?? null;
}

export function setCap(db: Database, id: number, cap: FrequencyCap | null) {
  const set = { capMessages: cap?.messages ?? null, capSeconds: cap?.seconds ?? null };
  return db.update(workspaces).set(set).where(eq(workspaces.id, id)).returning();
}

export function setPaused(db: Database, id: number, pausedAt: number | null) {
  return db.update(workspaces).set({ pausedAt }).where(eq(workspaces.id, id)).returning();
}
