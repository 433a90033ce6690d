/** Knows sign-in links by their digests: one is kept until it is followed, or its time is over. */
import { sql } from "drizzle-orm";
import { nameOf } from "../domain/user";
import type { Database } from "./database";

export interface KeptLink {
  digest: string;
  workspaceId: number;
  userId: number;
  /** Wall time. */
  expiresAt: number;
}

/** Whom a link signs in. */
export interface Invited {
  workspaceId: number;
  workspaceName: string;
  userId: number;
  name: string;
}

export async function insertLink(db: Database, { digest, workspaceId, userId, expiresAt }: KeptLink): Promise<void> {
  await db.run(sql`INSERT INTO sign_in_links (digest, workspace_id, user_id, expires_at)
    VALUES (${digest}, ${workspaceId}, ${userId}, ${expiresAt})`);
}

type InvitedRow = Omit<Invited, "name"> & Parameters<typeof nameOf>[0];

/** Null where it is not there, or is over, or who is meant is kept out. */
export async function findLink(db: Database, digest: string, wall: number): Promise<Invited | null> {
  const [row] = await db.all<InvitedRow>(sql`
    SELECT l.workspace_id AS workspaceId, w.name AS workspaceName, l.user_id AS userId,
      u.name AS name, u.email AS email, u.first_name AS firstName, u.last_name AS lastName
    FROM sign_in_links l JOIN users u ON u.id = l.user_id AND u.workspace_id = l.workspace_id AND u.locked = 0
      JOIN workspaces w ON w.id = l.workspace_id AND w.locked_at IS NULL
    WHERE l.digest = ${digest} AND l.expires_at > ${wall}`);
  if (!row) return null;
  const { workspaceId, workspaceName, userId } = row;
  return { workspaceId, workspaceName, userId, name: nameOf(row) };
}

/** Says whether it was there: of several who follow one link at the same time, one alone takes it. */
export async function takeLink(db: Database, digest: string, wall: number): Promise<boolean> {
  const taken = await db.all(
    sql`DELETE FROM sign_in_links WHERE digest = ${digest} AND expires_at > ${wall} RETURNING 1`,
  );
  return taken.length > 0;
}

/** Removes some of those whose time is over; says whether there may be more. */
export async function removeExpiredLinks(db: Database, wall: number, limit: number): Promise<boolean> {
  const removed = await db.all(sql`DELETE FROM sign_in_links WHERE digest IN (
    SELECT digest FROM sign_in_links WHERE expires_at <= ${wall} ORDER BY expires_at LIMIT ${limit}) RETURNING 1`);
  return removed.length === limit;
}
