/** Knows the switch that stops all sending of a workspace. */
import { missing, ok, type Result } from "../domain/failure";
import { together } from "../storage/database";
import { writeWakes } from "../storage/jobs";
import { findWorkspace, setPaused, type WorkspaceRow } from "../storage/workspaces";
import type { Context } from "./context";
import { nudge } from "./jobs";

export type { WorkspaceRow } from "../storage/workspaces";

export async function show(ctx: Context): Promise<Result<WorkspaceRow>> {
  const row = await findWorkspace(ctx.db, ctx.workspaceId);
  return row ? ok(row) : missing("workspace");
}

/** Nothing is begun from here on; what falls due waits. */
export async function pause(ctx: Context): Promise<Result<WorkspaceRow>> {
  const [row] = await setPaused(ctx.db, ctx.workspaceId, ctx.now.journey);
  return row ? ok(row) : missing("workspace");
}

/** What fell due meanwhile goes out; the jobs that see to it are written with the change. */
export async function resume(ctx: Context): Promise<Result<WorkspaceRow>> {
  const { db, workspaceId, now } = ctx;
  const [[row], jobs] = (await together(db, [
    setPaused(db, workspaceId, null),
    writeWakes(db, { workspaceId, journey: now.journey, wall: now.wall }),
  ])) as [WorkspaceRow[], { id: number }[]];
  await nudge(ctx, jobs);
  return row ? ok(row) : missing("workspace");
}
