/** Knows keys: which workspace and user a digest stands for, and which keys a user has. */
import { and, asc, eq, isNull, type SQL, sql } from "drizzle-orm";
import { integer, sqliteTable, text } from "drizzle-orm/sqlite-core";
import type { OwnLimits } from "../domain/limits";
import type { Features, Plan } from "../domain/plan";
import { HOUR } from "../domain/time";
import { MOST_KEYS } from "../domain/user";
import { type Database, together } from "./database";

const keys = sqliteTable("keys", {
  id: integer("id").primaryKey({ autoIncrement: true }),
  digest: text("digest").notNull(),
  workspaceId: integer("workspace_id").notNull(),
  userId: integer("user_id").notNull(),
  name: text("name"),
  prefix: text("prefix").notNull(),
  scopes: text("scopes", { mode: "json" }).$type<string[]>().notNull(),
  createdAt: integer("created_at").notNull(),
  expiresAt: integer("expires_at"),
  revokedAt: integer("revoked_at"),
  lastUsedAt: integer("last_used_at"),
  successorId: integer("successor_id"),
});

export type KeyRow = Omit<typeof keys.$inferSelect, "digest">;
export type NewKey = Omit<typeof keys.$inferSelect, "id" | "revokedAt" | "lastUsedAt" | "successorId">;

export interface KeyHolder {
  workspaceId: number;
  workspaceName: string;
  plan: Plan;
  /** What it has of its own, besides what its plan says. */
  features: Features;
  limits: OwnLimits;
  userId: number;
  scopes: string[];
  /** The key itself, or the one that a token acts for. */
  keyId: number;
  /** When it is refused from, in wall time; null: never by itself. */
  expiresAt: number | null;
}

/** How exactly it is kept when a key was last used, in wall time. */
const USED_TO_THE = HOUR;

/** A key of somebody who is not locked, nor is his workspace, neither revoked nor expired at this wall time. */
function stands(wall: number) {
  return sql`k.revoked_at IS NULL AND (k.expires_at IS NULL OR k.expires_at > ${wall})
    AND EXISTS (SELECT 1 FROM users u WHERE u.id = k.user_id AND u.workspace_id = k.workspace_id AND u.locked = 0)
    AND EXISTS (SELECT 1 FROM workspaces o WHERE o.id = k.workspace_id AND o.locked_at IS NULL)`;
}

type Written = "scopes" | "features" | "limits";
type KeyHolderRow = Omit<KeyHolder, Written> & Record<Written, string> & { lastUsedAt: number | null };

/** The holder of a key, or of an access token that acts for one. */
export async function keyHolder(db: Database, digest: string, wall: number): Promise<KeyHolder | null> {
  const [row] = await db.all<KeyHolderRow>(sql`
    SELECT k.workspace_id AS workspaceId, w.name AS workspaceName, w.plan AS plan,
      w.features AS features, w.limits AS limits, k.user_id AS userId, k.scopes AS scopes,
      k.id AS keyId, MIN(COALESCE(g.until, k.expires_at), COALESCE(k.expires_at, g.until)) AS expiresAt,
      k.last_used_at AS lastUsedAt
    FROM (
      SELECT id, NULL AS until FROM keys WHERE digest = ${digest}
      UNION ALL
      SELECT key_id, expires_at FROM tokens WHERE digest = ${digest} AND kind = 'access' AND expires_at > ${wall}) g
    CROSS JOIN keys k ON k.id = g.id JOIN workspaces w ON w.id = k.workspace_id
    WHERE ${stands(wall)}`);
  if (!row) return null;
  const { lastUsedAt, scopes, features, limits, ...holder } = row;
  if (lastUsedAt === null || lastUsedAt <= wall - USED_TO_THE) await noteUse(db, row.keyId, wall);
  return {
    ...holder,
    scopes: JSON.parse(scopes) as string[],
    features: JSON.parse(features) as Features,
    limits: JSON.parse(limits) as OwnLimits,
  };
}

/** That this cannot be written down keeps nobody out. */
async function noteUse(db: Database, id: number, wall: number): Promise<void> {
  const before = wall - USED_TO_THE;
  await db
    .run(sql`UPDATE keys SET last_used_at = ${wall}
      WHERE id = ${id} AND (last_used_at IS NULL OR last_used_at <= ${before})`)
    .catch(() => undefined);
}

export interface Grantor {
  id: number;
  workspaceId: number;
  scopes: string[];
}

/** The key of a digest, or of an id, if it stands: what tokens are given for. */
export async function standingKey(
  db: Database,
  by: { digest: string } | { id: number },
  wall: number,
): Promise<Grantor | null> {
  const named = "id" in by ? sql`k.id = ${by.id}` : sql`k.digest = ${by.digest}`;
  const [row] = await db.all<{ id: number; workspaceId: number; scopes: string }>(sql`
    SELECT k.id AS id, k.workspace_id AS workspaceId, k.scopes AS scopes FROM keys k WHERE ${named} AND ${stands(wall)}`);
  return row ? { ...row, scopes: JSON.parse(row.scopes) as string[] } : null;
}

const SHOWN = {
  id: keys.id,
  workspaceId: keys.workspaceId,
  userId: keys.userId,
  name: keys.name,
  prefix: keys.prefix,
  scopes: keys.scopes,
  createdAt: keys.createdAt,
  expiresAt: keys.expiresAt,
  revokedAt: keys.revokedAt,
  lastUsedAt: keys.lastUsedAt,
  successorId: keys.successorId,
};

/** The keys of a user that are not revoked, the oldest first; there is a limit to them. */
export async function keysOf(db: Database, workspaceId: number, userId: number): Promise<KeyRow[]> {
  return db
    .select(SHOWN)
    .from(keys)
    .where(and(eq(keys.userId, userId), eq(keys.workspaceId, workspaceId), isNull(keys.revokedAt)))
    .orderBy(asc(keys.id));
}

/** Null where the user has too many. */
export async function insertKey(db: Database, key: NewKey): Promise<KeyRow | null> {
  const [, [made]] = (await together(db, [
    putAwayExpired(db, key),
    writeKey(db, key, { most: MOST_KEYS, guard: sql`true` }),
  ])) as [unknown, { id: number }[]];
  return made ? shownOf(key, made.id) : null;
}

/** They open nothing any more, and are not to fill the list of those that do. */
function putAwayExpired(db: Database, { workspaceId, userId, createdAt: wall }: NewKey) {
  return db.run(sql`UPDATE keys SET revoked_at = expires_at
    WHERE user_id = ${userId} AND workspace_id = ${workspaceId} AND revoked_at IS NULL AND expires_at <= ${wall}`);
}

function writeKey(db: Database, key: NewKey, { most, guard }: { most: number; guard: SQL }) {
  const { digest, workspaceId, userId, name, prefix, scopes, createdAt, expiresAt } = key;
  return db.all<{ id: number }>(sql`
    INSERT INTO keys (digest, workspace_id, user_id, name, prefix, scopes, created_at, expires_at)
    SELECT ${digest}, ${workspaceId}, ${userId}, ${name}, ${prefix}, ${JSON.stringify(scopes)}, ${createdAt}, ${expiresAt}
    WHERE (SELECT COUNT(*) FROM keys WHERE user_id = ${userId} AND revoked_at IS NULL) < ${most} AND ${guard}
    RETURNING id`);
}

function shownOf({ digest: _, ...key }: NewKey, id: number): KeyRow {
  return { ...key, id, revokedAt: null, lastUsedAt: null, successorId: null };
}

export interface Replaced {
  made: KeyRow;
  /** The other one, with the end that it has now. */
  before: KeyRow;
}

/**
 * Makes a key in place of another, which ends at `until` unless it does so before. Null where that was revoked or replaced
 * meanwhile, or the user has too many even so: those that are on their way out may be as many again.
 */
export async function replaceKey(db: Database, old: KeyRow, key: NewKey, until: number): Promise<Replaced | null> {
  const successor = sql`(SELECT n.id FROM keys n WHERE n.digest = ${key.digest})`;
  const guard = sql`EXISTS (SELECT 1 FROM keys o WHERE o.id = ${old.id} AND o.workspace_id = ${old.workspaceId}
    AND o.revoked_at IS NULL AND o.successor_id IS NULL)`;
  const [, [made], [before]] = (await together(db, [
    putAwayExpired(db, key),
    writeKey(db, key, { most: 2 * MOST_KEYS, guard }),
    db
      .update(keys)
      .set({ successorId: successor, expiresAt: sql`MIN(COALESCE(${keys.expiresAt}, ${until}), ${until})` })
      .where(and(eq(keys.id, old.id), eq(keys.workspaceId, old.workspaceId), sql`${successor} IS NOT NULL`))
      .returning(SHOWN),
  ])) as [unknown, { id: number }[], KeyRow[]];
  return made && before ? { made: shownOf(key, made.id), before } : null;
}

/** One that is not revoked. */
export async function findKey(
  db: Database,
  { workspaceId, userId, id }: Pick<KeyRow, "workspaceId" | "userId" | "id">,
): Promise<KeyRow | null> {
  const [row] = await db
    .select(SHOWN)
    .from(keys)
    .where(and(eq(keys.id, id), eq(keys.userId, userId), eq(keys.workspaceId, workspaceId), isNull(keys.revokedAt)));
  return row ?? null;
}

/** Says whether there was one to revoke. */
export async function revokeKey(
  db: Database,
  { workspaceId, userId, id }: Pick<KeyRow, "workspaceId" | "userId" | "id">,
  wall: number,
): Promise<boolean> {
  const rows = await db
    .update(keys)
    .set({ revokedAt: wall })
    .where(and(eq(keys.id, id), eq(keys.userId, userId), eq(keys.workspaceId, workspaceId), isNull(keys.revokedAt)))
    .returning({ id: keys.id });
  return rows.length > 0;
}
