/** Knows how the stage is set: sequences made by the API, and crowds planted into the mirror by the database itself. */
import type { Starting } from "./bare.ts";
import type { Client } from "./load.ts";
import type { Runtime } from "./runtime.ts";

export interface Drip {
  sequence: number;
  steps: number[];
  delays: number[];
}

export async function call<T>(client: Client, method: string, path: string, body?: object): Promise<T> {
  const sent = body === undefined ? {} : { body: JSON.stringify(body) };
  return JSON.parse(await client.send({ method, path, ...sent })) as T;
}

export function numberIn(id: string): number {
  return Number(id.replace(/^[a-z]+_/, ""));
}

/** A running sequence of messages with these seconds before each. */
export async function makeDrip({ db }: Runtime, client: Client, delays: number[], name = "Bench"): Promise<Drip> {
  const { sequence } = await call<{ sequence: { id: string } }>(client, "POST", "/v1/sequences", { name });
  const id = numberIn(sequence.id);
  const steps: number[] = [];
  for (const [i, delay] of delays.entries()) {
    const draft = { messageTemplate: `Message ${i + 1} to {{ contact.firstName }}, step by step`, delayHours: 0 };
    const { step } = await call<{ step: { id: string } }>(client, "POST", `/v1/sequences/${sequence.id}/steps`, draft);
    steps.push(numberIn(step.id));
    // By the API they are whole hours.
    await db.prepare("UPDATE steps SET delay = ? WHERE id = ?").bind(delay, numberIn(step.id)).run();
  }
  await call(client, "PATCH", `/v1/sequences/${sequence.id}`, { status: "ACTIVE" });
  return { sequence: id, steps, delays };
}

/** Whatever the messages of a platform are sent to. */
export async function setChannel(client: Client, url: string): Promise<void> {
  await call(client, "PUT", "/v1/channels/WEBHOOK", { kind: "webhook", url });
}

/** Rows planted by one statement. */
const CHUNK = 5000;

/** Contacts as the API would have made them; the id of the first. */
export async function plantContacts({ db }: Runtime, count: number): Promise<number> {
  const first = await newest(db, "contacts");
  for (let done = 0; done < count; done += CHUNK) {
    const [from, size] = [first + done, Math.min(CHUNK, count - done)];
    const counter = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?2)";
    await db.batch([
      db
        .prepare(
          `${counter} INSERT INTO contacts (id, workspace_id, platform, first_name, created_at, updated_at)
           SELECT ?1 + i, 1, 'WEBHOOK', 'P' || (?1 + i), ?3, ?3 FROM n`,
        )
        .bind(from, size, Date.now()),
      db
        .prepare(
          `${counter} INSERT INTO addresses (workspace_id, platform, key, contact_id, address, position)
           SELECT 1, 'WEBHOOK', 'p' || (?1 + i), ?1 + i, 'p' || (?1 + i), 0 FROM n`,
        )
        .bind(from, size),
    ]);
  }
  return first + 1;
}

/** Enrollments in the mirror, waiting for long; every fourth has completed. Their objects are not there. */
export async function plantEnrollments({ db }: Runtime, drip: Drip, count: number): Promise<void> {
  for (let done = 0; done < count; done += CHUNK) {
    const size = Math.min(CHUNK, count - done);
    await db
      .prepare(
        `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?2)
         INSERT INTO enrollments (workspace_id, sequence_id, contact_id, platform, state, standing, step_id, due_at, wake_by,
           enrolled_at, updated_at, state_changed_at, version)
         SELECT 1, ?1, 10000000 + ?3 + i, 'WEBHOOK', CASE WHEN i % 4 THEN 'waiting' ELSE 'ended' END,
           CASE WHEN i % 4 THEN 'ACTIVE' ELSE 'COMPLETED' END, ?4, 9e12, 9e12, ?5, ?5, ?5, 1 FROM n`,
      )
      .bind(drip.sequence, size, done, drip.steps[0] ?? 0, Date.now())
      .run();
  }
}

export interface Planted {
  /** Wall time at which each is due, by the number of the enrollment. */
  due: Map<number, number>;
}

/** Journeys that wait for the first message of a drip, each due at its own time; their objects are started. */
export async function plantJourneys(runtime: Runtime, client: Client, drip: Drip, due: number[]): Promise<Planted> {
  const { db } = runtime;
  const contact = await plantContacts(runtime, due.length);
  const first = await newest(db, "enrollments");
  const delay = (drip.delays[0] ?? 0) * 1000;
  const rows = due.map((at, i) => ({ id: first + 1 + i, contactId: contact + i, dueAt: at, enrolledAt: at - delay }));
  for (let done = 0; done < rows.length; done += CHUNK) {
    await db
      .prepare(
        `INSERT INTO enrollments (id, workspace_id, sequence_id, contact_id, platform, state, why, standing, step_id, due_at,
           wake_by, enrolled_at, updated_at, state_changed_at, user_id)
         SELECT value->>'id', 1, ?1, value->>'contactId', 'WEBHOOK', 'pending', 'start', 'ACTIVE', ?2, value->>'dueAt',
           value->>'dueAt', value->>'enrolledAt', value->>'enrolledAt', value->>'enrolledAt', 1 FROM json_each(?3)`,
      )
      .bind(drip.sequence, drip.steps[0] ?? 0, JSON.stringify(rows.slice(done, done + CHUNK)))
      .run();
  }
  await startAll(client, drip, rows);
  return { due: new Map(rows.map(({ id, dueAt }) => [id, dueAt])) };
}

interface Row {
  id: number;
  contactId: number;
  dueAt: number;
  enrolledAt: number;
}

/** Objects that one request starts. */
const PAGE = 50;

async function startAll(client: Client, { sequence, steps }: Drip, rows: readonly Row[]): Promise<void> {
  for (let done = 0; done < rows.length; done += PAGE) {
    const starting: Starting[] = rows.slice(done, done + PAGE).map(({ id, contactId, dueAt, enrolledAt }) => ({
      trip: { id, workspaceId: 1, sequenceId: sequence, contactId, platform: "WEBHOOK", enrolledAt },
      event: { kind: "start", step: steps[0] ?? null, dueAt, anchorAt: enrolledAt, repliedAt: null },
    }));
    const wall = Date.now();
    await call(client, "POST", "/bare/start", { starting, now: { wall, journey: wall, speed: 1 } });
  }
}

async function newest(db: D1Database, table: "contacts" | "enrollments"): Promise<number> {
  const row = await db.prepare("SELECT seq FROM sqlite_sequence WHERE name = ?").bind(table).first<{ seq: number }>();
  return row?.seq ?? 0;
}
