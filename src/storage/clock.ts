/** Knows the epoch of journey time in D1: a restart, at whatever speed, goes on from where time had come. */
import { sql } from "drizzle-orm";
import type { Epoch } from "../domain/time";
import type { Database } from "./database";

/** Reads the epoch, making it at first, and starting a new one where the speed has changed since. */
export async function epochAt(db: Database, wall: number, speed: number): Promise<Epoch> {
  const [, read] = await db.batch([
    db.run(sql`
      INSERT INTO clock (id, wall, journey, speed) VALUES (1, ${wall}, ${wall}, ${speed})
      ON CONFLICT DO UPDATE SET
        journey = clock.journey + CAST((excluded.wall - clock.wall) * clock.speed AS INTEGER),
        wall = excluded.wall,
        speed = excluded.speed
      WHERE clock.speed <> excluded.speed`),
    db.all<Epoch>(sql`SELECT wall, journey, speed FROM clock`),
  ]);
  const epoch = read[0];
  if (!epoch) throw new Error("the clock has no epoch");
  return epoch;
}
