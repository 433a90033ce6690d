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

export interface WorkspaceEdit {
  cap?: FrequencyCap | null | undefined;
  /** 0: for ever. */
  retentionDays?: number | undefined;
}

/** Under another retention, what is older is looked for with the next sweep. */
export function editWorkspace(db: Database, id: number, { cap, retentionDays }: WorkspaceEdit) {
  const capped = cap === undefined ? {} : { capMessages: cap?.messages ?? null, capSeconds: cap?.seconds ?? null };
  const kept = retentionDays === undefined ? {} : { retentionDays, tidiedAt: 0 };
  return db
    .update(workspaces)
    .set({ ...capped, ...kept })
    .where(eq(workspaces.id, id))
    .returning();
}

export function setPaused(db: Database, id: number, pausedAt: number | null) {
  return db.update(workspaces).set({ pausedAt }).where(eq(workspaces.id, id)).returning();
}
