/** Knows the channel that each workspace has set for each platform. */
import { and, eq, isNull } from "drizzle-orm";
import type { Platform } from "../domain/platform";
import type { Database } from "./database";
import { channels } from "./schema";

export type ChannelRow = typeof channels.$inferSelect;

const at = (workspaceId: number, platform: Platform) =>
  and(eq(channels.workspaceId, workspaceId), eq(channels.platform, platform));

export async function findChannel(db: Database, workspaceId: number, platform: Platform): Promise<ChannelRow | null> {
  const [row] = await db.select().from(channels).where(at(workspaceId, platform));
  return row ?? null;
}

export async function listChannels(db: Database, workspaceId: number): Promise<ChannelRow[]> {
  return db.select().from(channels).where(eq(channels.workspaceId, workspaceId)).orderBy(channels.platform);
}

/** Sets a platform's channel, lifting a pause of the one before. */
export function putChannel(db: Database, row: typeof channels.$inferInsert) {
  const { workspaceId, platform, createdAt, ...set } = row;
  return db
    .insert(channels)
    .values(row)
    .onConflictDoUpdate({ target: [channels.workspaceId, channels.platform], set })
    .returning();
}

export function removeChannel(db: Database, workspaceId: number, platform: Platform) {
  return db.delete(channels).where(at(workspaceId, platform)).returning();
}

interface Pause {
  workspaceId: number;
  platform: Platform;
  reason: string;
  now: number;
  /** Only the channel as it was last set then is meant; one that was mended since is left alone. */
  asOf?: number;
}

/** Pauses a channel, unless it is paused already, so that the first reason stays. */
export async function pauseChannel(db: Database, { workspaceId, platform, reason, now, asOf }: Pause): Promise<void> {
  const meant = asOf === undefined ? undefined : eq(channels.updatedAt, asOf);
  await db
    .update(channels)
    .set({ pausedAt: now, pauseReason: reason, updatedAt: now })
    .where(and(at(workspaceId, platform), isNull(channels.pausedAt), meant));
}

/** Writes down that a channel which nobody has set is paused; one that somebody has set meanwhile is left alone. */
export async function pauseUnset(
  db: Database,
  kind: string,
  { workspaceId, platform, reason, now }: Pause,
): Promise<void> {
  const paused = { pausedAt: now, pauseReason: reason, createdAt: now, updatedAt: now };
  await db
    .insert(channels)
    .values({ workspaceId, platform, kind, isSet: false, ...paused })
    .onConflictDoNothing();
}

export function resumeChannel(db: Database, workspaceId: number, platform: Platform, now: number) {
  return db
    .update(channels)
    .set({ pausedAt: null, pauseReason: null, updatedAt: now })
    .where(at(workspaceId, platform))
    .returning();
}
