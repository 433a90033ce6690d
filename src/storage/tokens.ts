/** Knows tokens: a pair is written at a time, and a refresh token is spent in the batch that writes what it is spent for. */
import { asc, eq, lte, sql } from "drizzle-orm";
import { integer, sqliteTable, text } from "drizzle-orm/sqlite-core";
import { type Database, type Statements, together } from "./database";

const tokens = sqliteTable("tokens", {
  digest: text("digest").primaryKey(),
  workspaceId: integer("workspace_id").notNull(),
  family: text("family").notNull(),
  kind: text("kind").$type<"access" | "refresh">().notNull(),
  keyId: integer("key_id").notNull(),
  createdAt: integer("created_at").notNull(),
  expiresAt: integer("expires_at").notNull(),
  spentAt: integer("spent_at"),
  successor: text("successor"),
});

export type Token = typeof tokens.$inferSelect;

/** All times are wall time. */
export interface NewPair {
  workspaceId: number;
  family: string;
  keyId: number;
  access: { digest: string; expiresAt: number };
  refresh: { digest: string; expiresAt: number };
  at: number;
}

export async function findToken(db: Database, digest: string): Promise<Token | null> {
  const [row] = await db.select().from(tokens).where(eq(tokens.digest, digest));
  return row ?? null;
}

export async function insertPair(db: Database, pair: NewPair): Promise<void> {
  await together(db, writePair(db, pair));
}

function writePair(db: Database, pair: NewPair, guard = sql`true`): Statements {
  const { workspaceId, family, keyId, at } = pair;
  return (["access", "refresh"] as const).map((kind) =>
    db.run(sql`
      INSERT INTO tokens (digest, workspace_id, family, kind, key_id, created_at, expires_at)
      SELECT ${pair[kind].digest}, ${workspaceId}, ${family}, ${kind}, ${keyId}, ${at}, ${pair[kind].expiresAt}
      WHERE ${guard}`),
  );
}

/**
 * Spends a refresh token as it was read for a new pair; says whether nobody was quicker. One that was spent before is
 * spent again only while nobody has used what it was spent for, and that is worth nothing from then on.
 */
export async function spend(db: Database, token: Token, pair: NewPair): Promise<boolean> {
  const { digest, successor } = token;
  const unused = sql`(${successor} IS NULL OR EXISTS (
    SELECT 1 FROM tokens n WHERE n.digest = ${successor} AND n.spent_at IS NULL))`;
  const won = sql`EXISTS (SELECT 1 FROM tokens WHERE digest = ${digest} AND successor = ${pair.refresh.digest})`;
  const [spent] = (await together(db, [
    db.all<{ digest: string }>(sql`
      UPDATE tokens SET spent_at = COALESCE(spent_at, ${pair.at}), successor = ${pair.refresh.digest}
      WHERE digest = ${digest} AND successor IS ${successor} AND ${unused} RETURNING digest`),
    db.run(sql`UPDATE tokens SET spent_at = 0 WHERE digest = ${successor} AND ${won}`),
    ...writePair(db, pair, won),
  ])) as { digest: string }[][];
  return (spent ?? []).length > 0;
}

export async function removeFamily(db: Database, family: string): Promise<void> {
  await db.delete(tokens).where(eq(tokens.family, family));
}

/** Removes some of what has expired; says whether there may be more. */
export async function removeExpired(db: Database, before: number, limit: number): Promise<boolean> {
  const expired = await db
    .select({ digest: tokens.digest })
    .from(tokens)
    .where(lte(tokens.expiresAt, before))
    .orderBy(asc(tokens.expiresAt))
    .limit(limit);
  if (expired.length === 0) return false;
  const digests = JSON.stringify(expired.map(({ digest }) => digest));
  await db.delete(tokens).where(sql`${tokens.digest} IN (SELECT value FROM json_each(${digests}))`);
  return expired.length === limit;
}
