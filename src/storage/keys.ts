/** Knows keys: which workspace and user a digest stands for. */
import { sql } from "drizzle-orm";
import type { Plan } from "../domain/plan";
import type { Database } from "./database";

export interface KeyHolder {
  workspaceId: number;
  workspaceName: string;
  plan: Plan;
  userId: number;
  scopes: string[];
}

/** The holder of a key that is neither revoked nor expired at this wall time. */
export async function keyHolder(db: Database, digest: string, wall: number): Promise<KeyHolder | null> {
  const [row] = await db.all<Omit<KeyHolder, "scopes"> & { scopes: string }>(sql`
    SELECT k.workspace_id AS workspaceId, w.name AS workspaceName, w.plan AS plan, k.user_id AS userId, k.scopes AS scopes
    FROM keys k JOIN workspaces w ON w.id = k.workspace_id
    WHERE k.digest = ${digest} AND k.revoked_at IS NULL AND (k.expires_at IS NULL OR k.expires_at > ${wall})`);
  return row ? { ...row, scopes: JSON.parse(row.scopes) as string[] } : null;
}
