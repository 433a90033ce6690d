/** Knows the endpoints that a workspace wants to be told at, and whose turn it is. */
import { and, asc, eq, isNull, lte, sql } from "drizzle-orm";
import { integer, sqliteTable, text } from "drizzle-orm/sqlite-core";
import type { WebhookDialect } from "../domain/envelope";
import type { HappeningType, Pattern } from "../domain/happening";
import type { Journey, Wall } from "../domain/time";
import type { Database } from "./database";

export const webhooks = sqliteTable("webhooks", {
  id: integer("id").primaryKey({ autoIncrement: true }),
  workspaceId: integer("workspace_id").notNull(),
  url: text("url").notNull(),
  description: text("description"),
  dialect: text("dialect").$type<WebhookDialect>().notNull(),
  events: text("events", { mode: "json" }).$type<Pattern[]>().notNull(),
  wants: text("wants", { mode: "json" }).$type<HappeningType[]>().notNull(),
  sealed: text("sealed").notNull(),
  previousSealed: text("previous_sealed"),
  previousUntil: integer("previous_until"),
  pausedAt: integer("paused_at"),
  pauseReason: text("pause_reason"),
  lastNumber: integer("last_number").notNull().default(0),
  waiting: integer("waiting").notNull().default(0),
  delivered: integer("delivered").notNull().default(0),
  failed: integer("failed").notNull().default(0),
  missed: integer("missed").notNull().default(0),
  failures: integer("failures").notNull().default(0),
  failingSince: integer("failing_since"),
  nextAt: integer("next_at"),
  leaseUntil: integer("lease_until").notNull().default(0),
  createdAt: integer("created_at").notNull(),
  updatedAt: integer("updated_at").notNull(),
  deletedAt: integer("deleted_at"),
});

export type WebhookRow = typeof webhooks.$inferSelect;

/** One of a workspace's, as long as it is there. */
const at = (workspaceId: number, id: number) =>
  and(eq(webhooks.id, id), eq(webhooks.workspaceId, workspaceId), isNull(webhooks.deletedAt));

export async function findWebhook(db: Database, workspaceId: number, id: number): Promise<WebhookRow | null> {
  const [row] = await db.select().from(webhooks).where(at(workspaceId, id));
  return row ?? null;
}

/** All of a workspace; there are never many. */
export function listWebhooks(db: Database, workspaceId: number): Promise<WebhookRow[]> {
  return db
    .select()
    .from(webhooks)
    .where(and(eq(webhooks.workspaceId, workspaceId), isNull(webhooks.deletedAt)))
    .orderBy(asc(webhooks.id));
}

type Draft = Pick<
  WebhookRow,
  "workspaceId" | "url" | "description" | "dialect" | "events" | "wants" | "sealed" | "createdAt"
>;

/** Null where the workspace has as many as it may. */
export async function insertWebhook(db: Database, draft: Draft, most: number): Promise<WebhookRow | null> {
  const { workspaceId, url, description, dialect, events, wants, sealed, createdAt } = draft;
  const [made] = await db.all<{ id: number }>(sql`
    INSERT INTO webhooks (workspace_id, url, description, dialect, events, wants, sealed, created_at, updated_at)
    SELECT ${workspaceId}, ${url}, ${description}, ${dialect}, ${JSON.stringify(events)}, ${JSON.stringify(wants)}, ${sealed},
      ${createdAt}, ${createdAt}
    WHERE (SELECT COUNT(*) FROM webhooks WHERE workspace_id = ${workspaceId} AND deleted_at IS NULL) < ${most}
    RETURNING id`);
  return made ? findWebhook(db, workspaceId, made.id) : null;
}

export async function updateWebhook(
  db: Database,
  workspaceId: number,
  id: number,
  set: { [column in keyof WebhookRow]?: WebhookRow[column] | undefined },
): Promise<WebhookRow | null> {
  const [row] = await db.update(webhooks).set(set).where(at(workspaceId, id)).returning();
  return row ?? null;
}

/** Pauses one, unless it is paused already, so that the first reason stays. */
export async function pauseWebhook(
  db: Database,
  { workspaceId, id, reason, now }: { workspaceId: number; id: number; reason: string; now: Journey },
): Promise<void> {
  await db
    .update(webhooks)
    .set({ pausedAt: now, pauseReason: reason, updatedAt: now })
    .where(and(at(workspaceId, id), isNull(webhooks.pausedAt)));
}

/** Whether it is the secret named that is replaced: of two who rotate at a time one only has made the newest. */
export async function replaceSecret(
  db: Database,
  { workspaceId, id, sealed: previousSealed }: WebhookRow,
  set: Pick<WebhookRow, "sealed" | "previousUntil" | "updatedAt">,
): Promise<WebhookRow | null> {
  const [row] = await db
    .update(webhooks)
    .set({ ...set, previousSealed })
    .where(and(at(workspaceId, id), eq(webhooks.sealed, previousSealed)))
    .returning();
  return row ?? null;
}

/** Those of a workspace at which something is due, for whoever has just made it so. Where there are none it reads no row. */
export function selectDueWebhooks(db: Database, workspaceId: number, wall: Wall) {
  return db.all<DueWebhook>(sql`
    SELECT id, workspace_id AS workspaceId FROM webhooks WHERE workspace_id = ${workspaceId} AND deleted_at IS NULL
      AND next_at <= ${wall} AND paused_at IS NULL AND lease_until <= ${wall}`);
}

export interface DueWebhook {
  id: number;
  workspaceId: number;
}

/** The same of all workspaces, by the index of turns; `after` the last of the page before. */
export function forgottenWebhooks(
  db: Database,
  { wall, after, limit }: { wall: Wall; after: { nextAt: number; id: number }; limit: number },
) {
  return db.all<DueWebhook & { nextAt: number }>(sql`
    SELECT id, workspace_id AS workspaceId, next_at AS nextAt FROM webhooks INDEXED BY webhooks_by_turn
    WHERE next_at <= ${wall} AND (next_at, id) > (${after.nextAt}, ${after.id})
      AND next_at IS NOT NULL AND paused_at IS NULL AND deleted_at IS NULL AND lease_until <= ${wall}
    ORDER BY next_at, id LIMIT ${limit}`);
}

/** Takes the turn of one at which something is due; null where there is nothing to do, or somebody is at it. */
export async function takeTurn(
  db: Database,
  { workspaceId, id }: DueWebhook,
  { wall, lease }: { wall: Wall; lease: Wall },
): Promise<WebhookRow | null> {
  const free = and(isNull(webhooks.pausedAt), lte(webhooks.nextAt, wall), lte(webhooks.leaseUntil, wall));
  const [row] = await db
    .update(webhooks)
    .set({ leaseUntil: wall + lease })
    .where(and(at(workspaceId, id), free))
    .returning();
  return row ?? null;
}
