/** Knows how a journey is brought past its end and freed, and what is left of it in its object and in D1. */
import { runInDurableObject } from "cloudflare:test";
import { alarmOf, DAY, db, idOf, type Json, objectOf, pass } from "./world";

/** Longer than objects are kept, and than they are spread over. */
export const LONG = 31 * DAY + 60_000;

export interface Stored {
  keys: string[];
  alarm: number | null;
}

export async function storedIn(enrollment: string): Promise<Stored> {
  const keys = await runInDurableObject(objectOf(enrollment), (_, { storage }) =>
    [...storage.kv.list()].map(([key]) => key),
  );
  return { keys, alarm: await alarmOf(objectOf(enrollment)) };
}

export const NOTHING: Stored = { keys: [], alarm: null };

export async function sizeOf(enrollment: string): Promise<number> {
  return runInDurableObject(objectOf(enrollment), (_, { storage }) => storage.sql.databaseSize);
}

/** Waits until the objects of all that has ended are freed. */
export const retire = () => pass(LONG, LONG / 2);

export async function rowsIn(table: string, where = "1"): Promise<Json[]> {
  return (await db().prepare(`SELECT * FROM ${table} WHERE ${where}`).all()).results;
}

/** Of an enrollment, how many bytes D1 keeps of its history. */
export async function keptBytes(enrollment: string): Promise<number> {
  const [row] = await rowsIn("histories", `enrollment_id = ${idOf(enrollment)}`);
  return row?.entries.length ?? 0;
}
