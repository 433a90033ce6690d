/** Knows what holds for a whole workspace: the switch that stops all sending, how often one contact is written to, and what is kept. */

import { missing, ok, type Result, refuse } from "../domain/failure";
import type { FrequencyCap } from "../domain/frequency";
import { keptDays } from "../domain/retention";
import { type Statements, together } from "../storage/database";
import { writeWakes } from "../storage/jobs";
import { editWorkspace, findWorkspace, setPaused, type WorkspaceRow } from "../storage/workspaces";
import type { Context } from "./context";
import { nudge } from "./jobs";
import { liveHere } from "./limits";

export type { WorkspaceRow } from "../storage/workspaces";

export async function show(ctx: Context): Promise<Result<WorkspaceRow>> {
  const row = await findWorkspace(ctx.db, ctx.workspaceId);
  return row ? ok(row) : missing("workspace");
}

/** How much it has of what there may be a limit to. */
export async function usageOf(ctx: Context): Promise<{ enrollments: number }> {
  return { enrollments: await liveHere(ctx) };
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

export interface Settings {
  /** How many messages one contact gets in a stretch of time; null: as many as come. */
  cap?: FrequencyCap | null | undefined;
  /** How long what is told of journeys is kept after their end; null: for ever. */
  retentionDays?: number | null | undefined;
}

/**
 * Sets what is told. A cap counts what goes out from then on; who waits for room is woken and asks again, under the new one.
 * What is removed by a shorter retention is gone for good, and what a longer one would have kept may be.
 */
export async function edit(ctx: Context, { cap, retentionDays }: Settings): Promise<Result<WorkspaceRow>> {
  const { freedAfter } = ctx.retention;
  if (typeof retentionDays === "number" && retentionDays <= freedAfter) {
    return refuse({ kind: "bad_value", field: "retentionDays", message: `must be more than ${freedAfter}, or null` });
  }
  const kept = retentionDays === undefined ? {} : { retentionDays: retentionDays ?? 0 };
  const change = editWorkspace(ctx.db, ctx.workspaceId, { cap, ...kept });
  if (cap !== undefined) return changeAndWake(ctx, change);
  const [row] = await change;
  return row ? ok(row) : missing("workspace");
}

/** How many days what is told of journeys is kept after their end; null: for ever. */
export function retentionOf({ retention }: Context, { retentionDays }: WorkspaceRow): number | null {
  return keptDays(retentionDays, retention.kept);
}

/** Makes a change after which somebody may go on who had to wait. */
export async function changeAndWake(ctx: Context, change: Statements[number]): Promise<Result<WorkspaceRow>> {
  const { db, workspaceId, now } = ctx;
  const [[row], jobs] = (await together(db, [
    change,
    writeWakes(db, { workspaceId, journey: now.journey, wall: now.wall }),
  ])) as [WorkspaceRow[], { id: number }[]];
  await nudge(ctx, jobs);
  return row ? ok(row) : missing("workspace");
}
