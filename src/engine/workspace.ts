/** Knows what holds for a whole workspace: the switch that stops all sending, and how often one contact is written to. */

import { missing, ok, type Result } from "../domain/failure";
import type { FrequencyCap } from "../domain/frequency";
import { type Statements, together } from "../storage/database";
import { writeWakes } from "../storage/jobs";
import { findWorkspace, setCap, setPaused, type WorkspaceRow } from "../storage/workspaces";
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
  return changeAndWake(ctx, setPaused(ctx.db, ctx.workspaceId, null));
}

/**
 * Sets how many messages one contact gets in a stretch of time, or takes the cap away. It counts what goes out from then
 * on; who waits for room is woken and asks again, under the new one.
 */
export async function cap(ctx: Context, to: FrequencyCap | null): Promise<Result<WorkspaceRow>> {
  return changeAndWake(ctx, setCap(ctx.db, ctx.workspaceId, to));
}

async function changeAndWake(ctx: Context, change: Statements[number]): Promise<Result<WorkspaceRow>> {
  const { db, workspaceId, now } = ctx;
  const [[row], jobs] = (await together(db, [
    change,
    writeWakes(db, { workspaceId, journey: now.journey, wall: now.wall }),
  ])) as [WorkspaceRow[], { id: number }[]];
  await nudge(ctx, jobs);
  return row ? ok(row) : missing("workspace");
}
