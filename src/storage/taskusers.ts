/** Knows whether a task may be given to somebody: to a user of its workspace. */
import { sql } from "drizzle-orm";
import type { Database } from "./database";

export async function isUser(db: Database, workspaceId: number, id: number): Promise<boolean> {
  const rows = await db.all(sql`SELECT id FROM users WHERE id = ${id} AND workspace_id = ${workspaceId}`);
  return rows.length > 0;
}
