/** Knows how past deliveries are removed, the oldest of an endpoint first, and an endpoint that was deleted with the last of its own. */
import { sql } from "drizzle-orm";
import type { Journey, Wall } from "../domain/time";
import { type Database, together } from "./database";

export interface Untidied {
  id: number;
  deletedAt: Journey | null;
}

/** Endpoints that nobody has tidied since. */
export function untidiedWebhooks(db: Database, before: Wall, limit: number): Promise<Untidied[]> {
  return db.all<Untidied>(sql`SELECT id, deleted_at AS deletedAt FROM webhooks
    WHERE tidied_at < ${before} ORDER BY tidied_at LIMIT ${limit}`);
}

interface Old {
  before: Journey;
  wall: Wall;
  limit: number;
}

/** Says how many; they are counted no more. One at which somebody is at work is left alone. */
export async function removeDeliveries(db: Database, { id }: Untidied, { before, wall, limit }: Old): Promise<number> {
  const old = sql`webhook_id = ${id} AND at < ${before} AND number IN (
    SELECT number FROM webhook_deliveries WHERE webhook_id = ${id} ORDER BY number LIMIT ${limit})
    AND EXISTS (SELECT 1 FROM webhooks WHERE id = ${id} AND lease_until <= ${wall})`;
  const [, gone] = (await together(db, [
    db.run(sql`UPDATE webhooks SET waiting = webhooks.waiting - n.waiting, delivered = webhooks.delivered - n.delivered,
      failed = webhooks.failed - n.failed
      FROM (SELECT COALESCE(SUM(status = 'waiting'), 0) AS waiting, COALESCE(SUM(status = 'delivered'), 0) AS delivered,
        COALESCE(SUM(status = 'failed'), 0) AS failed FROM webhook_deliveries WHERE ${old}) n
      WHERE id = ${id} AND n.waiting + n.delivered + n.failed > 0`),
    db.all(sql`DELETE FROM webhook_deliveries WHERE ${old} RETURNING number`),
  ])) as [unknown, unknown[]];
  return gone.length;
}

export async function noteTidiedWebhook(db: Database, { id }: Untidied, wall: Wall): Promise<void> {
  await db.run(sql`UPDATE webhooks SET tidied_at = ${wall} WHERE id = ${id}`);
}

/** Nothing is left of one that was deleted. */
export async function removeWebhook(db: Database, { id }: Untidied): Promise<void> {
  await db.run(sql`DELETE FROM webhooks WHERE id = ${id} AND deleted_at IS NOT NULL
    AND NOT EXISTS (SELECT 1 FROM webhook_deliveries WHERE webhook_id = ${id})`);
}
