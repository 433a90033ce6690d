/** Knows how to set up a workspace, call the API, travel in time, and let everything that is due happen. */
import {
  applyD1Migrations,
  createExecutionContext,
  createMessageBatch,
  createScheduledController,
  type D1Migration,
  evictDurableObject,
  getQueueResult,
  reset,
  runDurableObjectAlarm,
  runInDurableObject,
  waitOnExecutionContext,
} from "cloudflare:test";
import { env } from "cloudflare:workers";
import { vi } from "vitest";
import type { Entry, State } from "../../src/domain/enrollment";
import type { Enrollment } from "../../src/enrollment/object";
import { seedSql } from "../../src/local/seed";
import { hear } from "./answers";
import { faults, type Letter, meet, mend } from "./faults";
import worker from "./worker";

const bindings = env as Env & { MIGRATIONS: D1Migration[] };

export const KEY = "vb_live_first_workspace";
export const OTHER_KEY = "vb_live_other_workspace";
export const FREE_KEY = "vb_live_free_workspace";

export const HOUR = 3_600_000;
export const DAY = 24 * HOUR;
/** Far ahead of the real clock, so that the runtime fires no alarm by itself: the tests ring them. */
export const START = Date.UTC(2040, 0, 2, 9, 0, 0);

/** A fresh database with three workspaces, nothing broken, and the clock at START. */
export async function begin(): Promise<void> {
  mend();
  await freshDatabase();
  vi.useFakeTimers({ toFake: ["Date"], now: START });
  const specs = [
    { key: KEY, plan: "AGENCY" },
    { key: OTHER_KEY, plan: "AGENCY" },
    { key: FREE_KEY, plan: "FREE" },
  ];
  const seeds = [...statementsOf(seedSql(specs, START)), ...freshIds()];
  await bindings.DB.batch(seeds.map((sql) => bindings.DB.prepare(sql)));
}

/** All tables, those that triggers write last; null until the schema was made. */
let tables: string[] | null = null;

/**
 * Emptying the tables takes a tenth of the time that making them takes. What migrations have left goes too, also before the
 * first test: a new id costs a row read for each counter of ids in front of its own.
 */
async function freshDatabase(): Promise<void> {
  tables ??= await makeTables();
  const emptied = [...tables, "sqlite_sequence"].map((table) => bindings.DB.prepare(`DELETE FROM ${table}`));
  await bindings.DB.batch(emptied);
}

async function makeTables(): Promise<string[]> {
  await reset();
  await applyD1Migrations(bindings.DB, bindings.MIGRATIONS);
  const kept = await bindings.DB.prepare(
    `SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%' AND name NOT LIKE '_cf%'
       AND name NOT IN ('d1_migrations', 'task_counter') ORDER BY name IN ('counts', 'tallies', 'throttles', 'contact_changes', 'days')`,
  ).all<{ name: string }>();
  return kept.results.map(({ name }) => name);
}

/** Ids are never given out twice, and isolates remember what they read by them: nor are they here. */
let worlds = 0;

function freshIds(): string[] {
  worlds += 1;
  return ["sequences", "enrollments", "contacts", "suppressions", "mailboxes"].map(
    (table) => `INSERT INTO sqlite_sequence (name, seq) VALUES ('${table}', ${worlds * 1000})`,
  );
}

function statementsOf(sql: string): string[] {
  return sql.split(/;\s*(?:\n|$)/).filter((statement) => statement.trim() !== "");
}

export function travel(ms: number): void {
  vi.setSystemTime(Date.now() + ms);
}

// biome-ignore lint/suspicious/noExplicitAny: bodies are looked into freely, and every look is an assertion
export type Json = any;

export interface Answer {
  status: number;
  body: Json;
}

/** A request as a client sends it. A string body is sent as it is. */
export async function api(method: string, path: string, body?: unknown, key: string | null = KEY): Promise<Answer> {
  const headers = { "content-type": "application/json", ...(key === null ? {} : { authorization: `Bearer ${key}` }) };
  const sent = body === undefined ? {} : { body: typeof body === "string" ? body : JSON.stringify(body) };
  const ctx = createExecutionContext();
  const request = new Request<unknown, IncomingRequestCfProperties>(`https://dripline.test${path}`, {
    method,
    headers,
    ...sent,
  });
  const response = await worker.fetch(request, env, ctx);
  const text = await response.text();
  await waitOnExecutionContext(ctx);
  const answer = { status: response.status, body: text === "" ? null : JSON.parse(text) };
  hear(method, path, answer);
  return answer;
}

export async function deliver(letters: Letter[]): Promise<void> {
  for (const [queue, group] of Map.groupBy(letters, (letter) => letter.queue)) {
    const messages = group.map(({ body }, i) => ({ id: `${i}`, timestamp: new Date(), attempts: 1, body }));
    const batch = createMessageBatch(queue, messages);
    const ctx = createExecutionContext();
    await worker.queue(batch, env);
    const result = await getQueueResult(batch, ctx);
    const again = new Set(result.retryMessages.map(({ msgId }: { msgId: string }) => msgId));
    faults.letters.push(...group.filter((_, i) => again.has(`${i}`)));
  }
}

/** Delivers what waits in the queues, and what that sends, until nothing more does. */
export async function drain(): Promise<void> {
  for (let rounds = 0; faults.letters.length > 0 && rounds < 50; rounds++) {
    console.info("letters", faults.letters.length, faults.letters[0]?.queue);
    await deliver(faults.letters.splice(0));
  }
}

export async function sweep(): Promise<void> {
  await worker.scheduled(createScheduledController({ cron: "* * * * *" }), env);
}

const objects = () => bindings.ENROLLMENTS as unknown as DurableObjectNamespace<Enrollment>;

export function objectOf(enrollment: string | number): DurableObjectStub<Enrollment> {
  const id = String(enrollment).replace(/^enroll_/, "");
  return meet(objects(), objects().idFromName(id));
}

export async function alarmOf(stub: DurableObjectStub<Enrollment>): Promise<number | null> {
  return runInDurableObject(stub, (_, state) => state.storage.getAlarm());
}

/** Whether an object has nothing more to do than to be freed, which is weeks away. */
export async function isResting(enrollment: string | number): Promise<boolean> {
  const alarm = await alarmOf(objectOf(enrollment));
  return alarm === null || alarm > Date.now() + 28 * DAY;
}

/** Rings an object's alarm whether it is due or not. */
export async function ring(enrollment: string | number): Promise<boolean> {
  return runDurableObjectAlarm(objectOf(enrollment));
}

/** Ends an object's life in the middle of what it does: the next look at it finds only what it had stored. */
export async function crash(enrollment: string | number): Promise<void> {
  faults.crashes += 1;
  await stateOf(enrollment);
}

/** Drops an object from memory; its storage stays. */
export async function evict(enrollment: string | number): Promise<void> {
  await stateOf(enrollment); // only what runs can be evicted
  await evictDurableObject(objectOf(enrollment));
}

/** Rings every alarm that is due, once; says whether there was one. */
export async function ringDue(): Promise<boolean> {
  let rang = false;
  for (const id of [...faults.met.values()]) {
    const stub = objects().get(id);
    const alarm = await alarmOf(stub);
    if (alarm === null || alarm > Date.now()) continue;
    await runDurableObjectAlarm(stub);
    rang = true;
  }
  return rang;
}

/** Lets everything happen that is due now: alarms, queues, and what follows from them. */
export async function settle(): Promise<void> {
  for (let rounds = 0; rounds < 50; rounds++) {
    await drain();
    travel(20); // an alarm for "at once" stands a little ahead
    const rang = await ringDue();
    if (!rang && faults.letters.length === 0) return;
  }
  throw new Error("it never came to rest");
}

/** Goes ahead in steps, letting everything happen on the way. */
export async function pass(ms: number, step = ms): Promise<void> {
  for (let gone = 0; gone < ms; gone += step) {
    travel(step);
    await settle();
  }
}

/**
 * Counts the rows that an object writes to its own storage while it is rung: a key each, and the alarm. The ring itself
 * takes the alarm off, which the platform does not bill and is not counted.
 */
export async function writesOf<T>(
  enrollment: string | number,
  deed: () => Promise<T>,
): Promise<{ object: number; rang: T }> {
  const tally = { writes: -1 };
  await runInDurableObject(objectOf(enrollment), (_, { storage }) => {
    const { kv } = storage;
    const [put, remove] = [kv.put.bind(kv), kv.delete.bind(kv)];
    const [set, unset] = [storage.setAlarm.bind(storage), storage.deleteAlarm.bind(storage)];
    kv.put = (...args: Parameters<typeof put>) => {
      tally.writes += 1;
      return put(...args);
    };
    kv.delete = (key: string) => {
      tally.writes += 1;
      return remove(key);
    };
    storage.setAlarm = (...args: Parameters<typeof set>) => {
      tally.writes += 1;
      return set(...args);
    };
    storage.deleteAlarm = (...args: Parameters<typeof unset>) => {
      tally.writes += 1;
      return unset(...args);
    };
  });
  const rang = await deed();
  return { object: tally.writes, rang };
}

export async function stateOf(enrollment: string | number): Promise<State> {
  return runInDurableObject(objectOf(enrollment), (_, { storage }) => {
    const state = storage.kv.get<State>("state");
    if (!state) throw new Error("the object has not started");
    return state;
  });
}

export async function historyOf(enrollment: string | number): Promise<Entry[]> {
  return runInDurableObject(objectOf(enrollment), (_, { storage }) =>
    [...storage.kv.list<Entry>({ prefix: "entry/" })].map(([, entry]) => entry),
  );
}

/** The row of the mirror as it stands. */
export async function rowOf(enrollment: string | number): Promise<Json> {
  const id = String(enrollment).replace(/^enroll_/, "");
  return bindings.DB.prepare("SELECT * FROM enrollments WHERE id = ?").bind(id).first();
}

export const db = () => bindings.DB;

/** The number of an id as v1 spells it. */
export function idOf(id: string): number {
  return Number(id.replace(/^[a-z]+_/, ""));
}

let boxes = 0;

/** A mailbox of the first workspace; returns its id. */
export async function makeMailbox(more: Record<string, unknown> = {}): Promise<string> {
  boxes += 1;
  const { status, body } = await api("POST", "/v1/mailboxes", { email: `box${boxes}@sender.example`, ...more });
  if (status !== 201) throw new Error(`no mailbox: ${JSON.stringify(body)}`);
  return body.mailbox.id;
}

let people = 0;

export interface Drip {
  sequence: string;
  steps: string[];
}

/** A sequence of messages with these delays in hours, running unless told otherwise. */
export async function makeDrip(
  delays: number[],
  { status = "ACTIVE", ...more }: Record<string, unknown> = {},
): Promise<Drip> {
  const { body } = await api("POST", "/v1/sequences", { name: "Drip", ...more });
  const sequence: string = body.sequence.id;
  const steps: string[] = [];
  for (const [i, delayHours] of delays.entries()) {
    const added = await api("POST", `/v1/sequences/${sequence}/steps`, {
      messageTemplate: `Message ${i + 1}`,
      delayHours,
    });
    steps.push(added.body.step.id);
  }
  if (status !== "DRAFT") await api("PATCH", `/v1/sequences/${sequence}`, { status });
  await drain();
  return { sequence, steps };
}

export async function makeContact(more: Record<string, unknown> = {}): Promise<string> {
  people += 1;
  const { body } = await api("POST", "/v1/contacts", { platform: "TWITTER", username: `person${people}`, ...more });
  return body.contact.id;
}

/** Enrolls a contact, a new one unless he is named; returns the enrollment's id. */
export async function enroll(sequence: string, contactId?: string, platform = "TWITTER"): Promise<string> {
  const who = contactId ?? (await makeContact());
  const { status, body } = await api("POST", `/v1/sequences/${sequence}/enrollments`, { contactId: who, platform });
  if (status !== 201) throw new Error(`not enrolled: ${JSON.stringify(body)}`);
  return body.enrollment.id;
}

export async function show(sequence: string, enrollment: string): Promise<Json> {
  return (await api("GET", `/v1/sequences/${sequence}/enrollments/${enrollment}`)).body.enrollment;
}

/** What was sent to the contact, in order: the texts of the messages whose fate is `sent`. */
export async function sentTo(enrollment: string): Promise<string[]> {
  const entries = await historyOf(enrollment);
  return entries.flatMap((entry) => (entry.what === "message" && entry.status === "sent" ? [entry.content.body] : []));
}
