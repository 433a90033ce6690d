/** Knows what time it is, for objects and doors alike; in production both clocks are one and D1 is not asked. */
import { type Epoch, type Reading, readingAt } from "./domain/time";
import type { Settings } from "./env";
import { epochAt } from "./storage/clock";
import type { Database } from "./storage/database";

let known: { speed: number; epoch: Promise<Epoch> } | null = null;

/** One look at both clocks. Fails only while D1 has not yet told this isolate the epoch. */
export async function readClock(db: Database, settings: Settings): Promise<Reading> {
  if (settings.production) return readingAt({ wall: 0, journey: 0, speed: 1 }, Date.now());
  if (known?.speed !== settings.clockSpeed) {
    const epoch = epochAt(db, Date.now(), settings.clockSpeed);
    known = { speed: settings.clockSpeed, epoch };
    epoch.catch(() => {
      known = null;
    });
  }
  return readingAt(await known.epoch, Date.now());
}
