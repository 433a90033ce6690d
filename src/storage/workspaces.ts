/** Knows workspaces: what the operator and they themselves set, and the switch that stops all their sending. */
import { desc, eq, sql } from "drizzle-orm";
import type { FrequencyCap } from "../domain/frequency";
import { type Database, together } from "./database";
import { workspaces } from "./schema";
import type { Window } from "./window";

export type WorkspaceRow = typeof workspaces.$inferSelect;

export async function findWorkspace(db: Database, id: number): Promise<WorkspaceRow | null> {
  const [row] = await db.select().from(workspaces).where(eq(workspaces.id, id));
  return row ?? null;
}

/** The newest first. */
export async function listWorkspaces(db: Database, { limit, offset }: Window): Promise<WorkspaceRow[]> {
  return db.select().from(workspaces).orderBy(desc(workspaces.id)).limit(limit).offset(offset);
}

export type NewWorkspace = Pick<WorkspaceRow, "name" | "plan" | "features" | "limits" | "createdAt">;

/** With its first user, who owns what nobody else does. */
export async function insertWorkspace(db: Database, workspace: NewWorkspace): Promise<WorkspaceRow | null> {
  const [[row]] = (await together(db, [
    db.insert(workspaces).values(workspace).returning(),
    db.run(sql`INSERT INTO users (workspace_id, name, created_at)
      SELECT MAX(id), 'Owner', ${workspace.createdAt} FROM workspaces`),
  ])) as [WorkspaceRow[]];
  return row ?? null;
}

export type WorkspacePatch = Partial<Omit<WorkspaceRow, "id" | "createdAt">>;

export function patchWorkspace(db: Database, id: number, patch: WorkspacePatch) {
  return db.update(workspaces).set(patch).where(eq(workspaces.id, id)).returning();
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
