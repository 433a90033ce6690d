/** Knows what a workspace is limited to, where a verb has to ask, and whether it has room for one more who is under way. */
import type { Failure } from "../domain/failure";
import { type Limits, limitsOf } from "../domain/limits";
import { countLive, crowdIn } from "../storage/limits";
import { findWorkspace } from "../storage/workspaces";
import type { Context } from "./context";

export async function limitsHere({ db, workspaceId, limits }: Context): Promise<Limits> {
  const row = await findWorkspace(db, workspaceId);
  return limitsOf(limits, row ?? { plan: "FREE", limits: {} });
}

/** Why nobody comes in any more; null where somebody may, and it is worth another try. Whoever asks first has them counted. */
export async function crowding({ db, workspaceId, limits }: Context): Promise<Failure | null> {
  const crowd = await crowdIn(db, workspaceId, limits);
  if (crowd.most === null) return null;
  if (crowd.live === null) await countLive(db, workspaceId);
  const { most, live } = crowd.live === null ? await crowdIn(db, workspaceId, limits) : crowd;
  if (most === null || (live ?? 0) < most) return null;
  return { kind: "too_many", what: "live enrollments", max: most };
}
