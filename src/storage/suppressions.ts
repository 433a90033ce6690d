/** Knows the addresses of a workspace that nobody writes to; triggers keep contacts, their addresses and the totals with it. */
import { and, eq, type SQL, sql } from "drizzle-orm";
import { integer, sqliteTable, text } from "drizzle-orm/sqlite-core";
import { PLATFORMS, type Platform } from "../domain/platform";
import { SUPPRESSION_REASONS, type SuppressionReason } from "../domain/suppression";
import type { Database, Statements } from "./database";
import { NEWEST_ENROLLMENT } from "./enrollments";
import { ANEW } from "./jobs";
import type { Window } from "./window";
import { counts } from "./work";

export const suppressions = sqliteTable("suppressions", {
  id: integer("id").primaryKey({ autoIncrement: true }),
  workspaceId: integer("workspace_id").notNull(),
  platform: text("platform").$type<Platform>(),
  address: text("address"),
  key: text("key"),
  hash: text("hash"),
  reason: text("reason").$type<SuppressionReason>().notNull(),
  contactId: integer("contact_id"),
  messageId: integer("message_id"),
  createdAt: integer("created_at").notNull(),
});

export type SuppressionRow = typeof suppressions.$inferSelect;

/** An address by both its names: the key as long as somebody is known by it, the hash once he was erased. */
export interface Listed {
  platform: Platform;
  address: string;
  key: string;
  hash: string;
}

export interface NewSuppression extends Listed {
  reason: SuppressionReason;
  /** Whom it is about, where nobody has the address any more. */
  contactId: number | null;
  messageId: number | null;
}

interface At {
  workspaceId: number;
  journey: number;
  wall: number;
}

/**
 * Puts addresses on the list, each once for each reason, with the jobs that end the journeys of whoever has them. Nobody who
 * was erased meanwhile is named. Of the last three statements the first returns what is new, and the last the jobs.
 */
export function suppress(
  db: Database,
  { workspaceId, journey, wall }: At,
  list: readonly NewSuppression[],
): Statements {
  const listed = JSON.stringify(list);
  const his = sql`a.workspace_id = ${workspaceId} AND a.platform = v.value->>'platform' AND a.key = v.value->>'key'`;
  return [
    ...unveil(db, workspaceId, list),
    db.all<{ id: number }>(sql`
      INSERT INTO suppressions (workspace_id, platform, address, key, reason, contact_id, message_id, created_at)
      SELECT ${workspaceId}, v.value->>'platform', v.value->>'address', v.value->>'key', v.value->>'reason',
        COALESCE((SELECT a.contact_id FROM addresses a WHERE ${his}), v.value->>'contactId'),
        v.value->>'messageId', ${journey}
      FROM json_each(${listed}) v
      WHERE v.value->>'contactId' IS NULL OR EXISTS (
        SELECT 1 FROM contacts WHERE id = v.value->>'contactId' AND workspace_id = ${workspaceId} AND erased_at IS NULL)
      ON CONFLICT DO NOTHING RETURNING id`),
    db.run(sql`UPDATE contacts SET opted_out_at = ${journey}, opted_out_by = NULL, updated_at = ${journey}, revision = revision + 1
      WHERE id IN (SELECT a.contact_id FROM json_each(${listed}) v CROSS JOIN addresses a ON ${his} WHERE v.value->>'reason' = 'opted_out')
        AND opted_out_at IS NULL`),
    db.all<{ id: number }>(sql`
      INSERT INTO jobs (workspace_id, kind, subject_id, upto, created_at, touched_at)
      SELECT DISTINCT ${workspaceId}, CASE s.reason WHEN 'opted_out' THEN 'opt_out' ELSE 'block' END, a.contact_id,
        ${NEWEST_ENROLLMENT}, ${journey}, ${wall}
      FROM json_each(${listed}) v CROSS JOIN addresses a ON ${his}
      CROSS JOIN suppressions s ON s.workspace_id = ${workspaceId} AND s.platform = a.platform AND s.key = a.key
        AND s.reason = v.value->>'reason' AND s.created_at = ${journey}
      WHERE true ON CONFLICT (kind, subject_id) DO UPDATE SET ${ANEW}
      RETURNING id`),
  ];
}

/** What is heard of only when its sender was erased: of his address there is nothing but the hash. */
export async function suppressHash(
  db: Database,
  workspaceId: number,
  { platform, hash, reason, at }: { platform: Platform; hash: string; reason: SuppressionReason; at: number },
): Promise<void> {
  await db.insert(suppressions).values({ workspaceId, platform, hash, reason, createdAt: at }).onConflictDoNothing();
}

/** Gives what only a hash was left of its address back: somebody has come with it again. */
export function unveil(db: Database, workspaceId: number, list: readonly Listed[], guard: SQL = sql`true`): Statements {
  if (list.length === 0) return [];
  const listed = JSON.stringify(list);
  const hashes = sql`hash IN (SELECT value->>'hash' FROM json_each(${listed}))`;
  const told = (name: string) =>
    sql`(SELECT value->>${name} FROM json_each(${listed}) WHERE value->>'hash' = suppressions.hash)`;
  return [
    db.run(sql`UPDATE OR IGNORE suppressions
      SET platform = ${told("platform")}, address = ${told("address")}, key = ${told("key")}, hash = NULL
      WHERE workspace_id = ${workspaceId} AND ${hashes} AND ${guard}`),
    db.run(sql`DELETE FROM suppressions WHERE workspace_id = ${workspaceId} AND ${hashes} AND ${guard}`),
  ];
}

/** What is listed of these addresses, in the clear or as a hash. */
export async function findListed(
  db: Database,
  workspaceId: number,
  list: readonly Listed[],
): Promise<SuppressionRow[]> {
  const listed = JSON.stringify(list);
  return db
    .select()
    .from(suppressions)
    .where(
      sql`${suppressions.id} IN (
        SELECT s.id FROM json_each(${listed}) v CROSS JOIN suppressions s
          ON s.workspace_id = ${workspaceId} AND s.platform = v.value->>'platform' AND s.key = v.value->>'key'
        UNION ALL SELECT s.id FROM json_each(${listed}) v CROSS JOIN suppressions s
          ON s.workspace_id = ${workspaceId} AND s.hash = v.value->>'hash')`,
    )
    .orderBy(sql`${suppressions.id} DESC`);
}

export async function findSuppression(db: Database, workspaceId: number, id: number): Promise<SuppressionRow | null> {
  const [row] = await db
    .select()
    .from(suppressions)
    .where(and(eq(suppressions.id, id), eq(suppressions.workspaceId, workspaceId)));
  return row ?? null;
}

export interface SuppressionFilter {
  reason: SuppressionReason | null;
  platform: Platform | null;
}

/** A page, the newest first; the indexes of the three reasons are merged, so that it costs its own rows and not the list's. */
export async function listSuppressions(
  db: Database,
  workspaceId: number,
  { reason, platform }: SuppressionFilter,
  { limit, offset }: Window,
): Promise<SuppressionRow[]> {
  const branch = (one: SuppressionReason) => sql`SELECT id FROM suppressions WHERE workspace_id = ${workspaceId}
    AND reason = ${one} AND ${platform === null ? sql`true` : sql`platform = ${platform}`}`;
  const ids = sql.join((reason ? [reason] : [...SUPPRESSION_REASONS]).map(branch), sql` UNION ALL `);
  return db
    .select()
    .from(suppressions)
    .where(sql`${suppressions.id} IN (${ids} ORDER BY id DESC LIMIT ${limit} OFFSET ${offset})`)
    .orderBy(sql`${suppressions.id} DESC`);
}

/** How many there are, by the counts of each reason and platform. */
export async function countSuppressions(
  db: Database,
  workspaceId: number,
  { reason, platform }: SuppressionFilter,
): Promise<number> {
  const platforms = platform ? [platform] : ["", ...PLATFORMS];
  const names = (reason ? [reason] : SUPPRESSION_REASONS).flatMap((one) =>
    platforms.map((on) => `suppressed.${one}.${on}`),
  );
  const [row] = await db
    .select({ n: sql<number>`COALESCE(SUM(${counts.n}), 0)` })
    .from(counts)
    .where(sql`${counts.workspaceId} = ${workspaceId} AND ${counts.sequenceId} = 0
      AND ${counts.what} IN (SELECT value FROM json_each(${JSON.stringify(names)}))`);
  return row?.n ?? 0;
}

/** What is listed of a contact: of the addresses that he has, and of those that he had last. */
export async function suppressionsOf(db: Database, contactId: number): Promise<SuppressionRow[]> {
  return db.select().from(suppressions).where(eq(suppressions.contactId, contactId));
}

export async function dropSuppressions(db: Database, workspaceId: number, ids: readonly number[]): Promise<void> {
  await db.run(sql`DELETE FROM suppressions
    WHERE workspace_id = ${workspaceId} AND id IN (SELECT value FROM json_each(${JSON.stringify(ids)}))`);
}

/** Takes opt-outs from addresses whose new holder says that he agrees. */
export function liftOptOuts(
  db: Database,
  workspaceId: number,
  list: readonly { platform: Platform; key: string }[],
  guard: SQL,
) {
  return db.run(sql`DELETE FROM suppressions WHERE id IN (
    SELECT s.id FROM json_each(${JSON.stringify(list)}) v CROSS JOIN suppressions s
      ON s.workspace_id = ${workspaceId} AND s.platform = v.value->>'platform' AND s.key = v.value->>'key'
    WHERE s.reason = 'opted_out') AND ${guard}`);
}

/** Leaves of what is listed of an erased contact the hashes alone, each once. */
export function veil(db: Database, contactId: number, list: readonly { id: number; hash: string }[]): Statements {
  const listed = JSON.stringify(list);
  const his = sql`contact_id = ${contactId} AND id IN (SELECT value->>'id' FROM json_each(${listed}))`;
  return [
    db.run(sql`UPDATE OR IGNORE suppressions SET address = NULL, key = NULL, contact_id = NULL, message_id = NULL,
        hash = (SELECT value->>'hash' FROM json_each(${listed}) WHERE value->>'id' = suppressions.id)
      WHERE ${his}`),
    db.run(sql`DELETE FROM suppressions WHERE ${his}`),
  ];
}
