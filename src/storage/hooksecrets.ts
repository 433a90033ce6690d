/** Knows by which secrets a workspace's providers sign. */
import { and, asc, eq, sql } from "drizzle-orm";
import { integer, sqliteTable, text } from "drizzle-orm/sqlite-core";
import type { Database } from "./database";

const secrets = sqliteTable("hook_secrets", {
  id: integer("id").primaryKey({ autoIncrement: true }),
  workspaceId: integer("workspace_id").notNull(),
  sealed: text("sealed").notNull(),
  createdAt: integer("created_at").notNull(),
});

export type HookSecretRow = typeof secrets.$inferSelect;

export function listHookSecrets(db: Database, workspaceId: number): Promise<HookSecretRow[]> {
  return db.select().from(secrets).where(eq(secrets.workspaceId, workspaceId)).orderBy(asc(secrets.id));
}

/** Null where the workspace has as many as it may. */
export async function insertHookSecret(
  db: Database,
  { workspaceId, sealed, createdAt }: Omit<HookSecretRow, "id">,
  most: number,
): Promise<number | null> {
  const [made] = await db.all<{ id: number }>(sql`
    INSERT INTO hook_secrets (workspace_id, sealed, created_at) SELECT ${workspaceId}, ${sealed}, ${createdAt}
    WHERE (SELECT COUNT(*) FROM hook_secrets WHERE workspace_id = ${workspaceId}) < ${most}
    RETURNING id`);
  return made?.id ?? null;
}

/** Says whether it was there. */
export async function deleteHookSecret(db: Database, workspaceId: number, id: number): Promise<boolean> {
  const gone = await db
    .delete(secrets)
    .where(and(eq(secrets.id, id), eq(secrets.workspaceId, workspaceId)))
    .returning({ id: secrets.id });
  return gone.length > 0;
}
