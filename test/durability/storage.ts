/** Knows how to read what a server has stored: the rows of D1, and each object's own state, history and alarm. */
import { cpSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { deserialize } from "node:v8";
import type { Entry, State } from "../../src/domain/enrollment";

const OBJECTS = "v3/do/dripline-Enrollment";
const DATABASE = "v3/d1/miniflare-D1DatabaseObject";
/** Where the platform keeps the alarms of a class of objects. */
const ALARMS = "metadata.sqlite";

export interface Stored {
  state: State;
  entries: Entry[];
  /** Wall time by the platform's clock at which it rings. */
  alarm: number | null;
}

export type Row = Record<string, string | number | null>;
export type Query = (sql: string) => Row[];

/** Works on a copy, so that what is looked at stays as it was. */
function onCopy<T>(folder: string, look: (copy: string) => T): T {
  const copy = mkdtempSync(join(tmpdir(), "dripline-look-"));
  try {
    cpSync(folder, copy, { recursive: true });
    return look(copy);
  } finally {
    rmSync(copy, { recursive: true, force: true });
  }
}

/** The objects that have started, by their enrollment. The server must be dead. */
export function readObjects(state: string): Map<number, Stored> {
  return onCopy(join(state, OBJECTS), (copy) => {
    const alarms = alarmsIn(join(copy, ALARMS));
    const files = readdirSync(copy).filter((file) => file.endsWith(".sqlite") && file !== ALARMS);
    const stored = files.flatMap((file) => storedIn(join(copy, file), alarms.get(file.replace(".sqlite", "")) ?? null));
    return new Map(stored.map((one) => [one.state.trip.id, one]));
  });
}

const NANOSECONDS = 1_000_000;

function alarmsIn(file: string): Map<string, number> {
  const db = new DatabaseSync(file);
  const rows = db.prepare(`SELECT actor_id, scheduled_time / ${NANOSECONDS} AS at FROM _cf_ALARM`).all();
  db.close();
  return new Map(rows.map(({ actor_id, at }) => [String(actor_id), Number(at)]));
}

function storedIn(file: string, alarm: number | null): Stored[] {
  const db = new DatabaseSync(file);
  try {
    const known = db.prepare("SELECT 1 FROM sqlite_master WHERE name = '_cf_KV'").get();
    const rows = known ? db.prepare("SELECT key, value FROM _cf_KV ORDER BY key").all() : [];
    const values = rows.map(({ key, value }) => ({
      key: String(key),
      value: deserialize(value as Uint8Array) as unknown,
    }));
    const state = values.find(({ key }) => key === "state")?.value as State | undefined;
    const entries = values.filter(({ key }) => key.startsWith("entry/")).map(({ value }) => value as Entry);
    return state ? [{ state, entries, alarm }] : [];
  } finally {
    db.close();
  }
}

/** Nothing that a run comes to lies so far ahead; that what has ended is freed does. */
const FAR = 86_400_000;

/** How many objects still wait for something; the server may be at work. */
export function alarmsAhead(state: string): number {
  const db = new DatabaseSync(join(state, OBJECTS, ALARMS), { readOnly: true });
  try {
    const asked = db.prepare(`SELECT COUNT(*) AS n FROM _cf_ALARM WHERE scheduled_time / ${NANOSECONDS} < ?`);
    return Number(asked.get(Date.now() + FAR)?.n);
  } finally {
    db.close();
  }
}

/** Asks D1's own file; the server may be at work, or be dead. */
export function askDatabase<T>(state: string, look: (query: Query) => T): T {
  const file = readdirSync(join(state, DATABASE)).find((name) => name.endsWith(".sqlite") && name !== ALARMS);
  const db = new DatabaseSync(join(state, DATABASE, file ?? ""), { readOnly: true });
  try {
    return look((sql) => db.prepare(sql).all() as Row[]);
  } finally {
    db.close();
  }
}
