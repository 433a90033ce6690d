/** Knows what a workspace is limited to, where a verb has to ask, and whether it has room for one more who is under way. */
import type { Failure } from "../domain/failure";
import { type Limits, limitsOf } from "../domain/limits";
import { type Crowd, countLive, crowdIn } from "../storage/limits";
import { findWorkspace } from "../storage/workspaces";
import type { Context } from "./context";

export async function limitsHere({ db, workspaceId, limits }: Context): Promise<Limits> {
  const row = await findWorkspace(db, workspaceId);
  return limitsOf(limits, row ?? { plan: "FREE", limits: {} });
}

/** Why nobody comes in any more; null where somebody may, and it is worth another try. Whoever asks first has them counted. */
export async function crowding(ctx: Context): Promise<Failure | null> {
  const crowd = await crowdIn(ctx.db, ctx.workspaceId, ctx.limits);
  if (crowd.most === null) return null;
  const { most, live } = await counted(ctx, crowd);
  if (most === null || (live ?? 0) < most) return null;
  return { kind: "too_many", what: "live enrollments", max: most };
}

/** How many are under way, for whoever looks: whoever looks first has them counted, limited or not. */
export async function liveHere(ctx: Context): Promise<number> {
  const { live } = await counted(ctx, await crowdIn(ctx.db, ctx.workspaceId, ctx.limits));
  return live ?? 0;
}

async function counted({ db, workspaceId, limits }: Context, crowd: Crowd): Promise<Crowd> {
  if (crowd.live !== null) return crowd;
  await countLive(db, workspaceId);
  return crowdIn(db, workspaceId, limits);
}
