/** Knows how to speak `/api/v1`: the published commands, keys with some permissions, and subscribers in sequences. */
import { createExecutionContext, waitOnExecutionContext } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { digestOf } from "../../src/engine/keys";
import worker from "./worker";
import { type Answer, api, db, type Json, KEY, START } from "./world";

export interface Plain {
  status: number;
  text: string;
  length: string | null;
}

/** A request whose answer is looked at as it came. */
export async function plain(method: string, path: string, body?: unknown, key: string = KEY): Promise<Plain> {
  const ctx = createExecutionContext();
  const headers = { "content-type": "application/json", authorization: `Bearer ${key}` };
  const sent = body === undefined ? {} : { body: typeof body === "string" ? body : JSON.stringify(body) };
  const url = `https://dripline.test/api/v1${path}`;
  const response = await worker.fetch(
    new Request<unknown, IncomingRequestCfProperties>(url, { method, headers, ...sent }),
    env,
    ctx,
  );
  const text = await response.text();
  await waitOnExecutionContext(ctx);
  return { status: response.status, text, length: response.headers.get("content-length") };
}

/** A request to an isolate that does not know what time it is, and must ask the database. */
export async function early(path: string): Promise<Answer> {
  const request = new Request<unknown, IncomingRequestCfProperties>(`https://dripline.test${path}`);
  const response = await worker.fetch(request, { ...env, CLOCK_SPEED: "2" } as Env, createExecutionContext());
  return { status: response.status, body: await response.json() };
}

export const NOTHING = (status: number): Plain => ({ status, text: "", length: "0" });

export function call(method: string, path: string, body?: unknown, key?: string | null): Promise<Answer> {
  return api(method, `/api/v1${path}`, body, key);
}

/** A command of the published pages, sent with our key, and with our sequence for theirs. */
export function curl(command: string, sequence: number): Promise<Plain> {
  const method = /-X (\w+)/.exec(command)?.[1] ?? "GET";
  const path = /https:\/\/[\w.-]+\/api\/v1([^"'\s]+)/.exec(command)?.[1] ?? "";
  const body = /-d '([\s\S]*)'/.exec(command)?.[1];
  return plain(method, path.replace(/\/sequences\/\d+/, `/sequences/${sequence}`), body);
}

let keys = 0;

/** A new key of the first workspace that may do only this. */
export async function keyFor(scopes: string[], workspace = 1): Promise<string> {
  keys += 1;
  const key = `vb_live_scoped_${keys}`;
  await db()
    .prepare(
      `INSERT INTO keys (digest, workspace_id, user_id, prefix, scopes, created_at) VALUES (?, ?, ${workspace}, 'vb_live_', ?, ?)`,
    )
    .bind(await digestOf(key), workspace, JSON.stringify(scopes), START)
    .run();
  return key;
}

export async function makeSequence(more: Record<string, unknown> = {}, key?: string): Promise<number> {
  const { status, body } = await call("POST", "/sequences", { label: "Welcome Series", ...more }, key);
  if (status !== 201) throw new Error(`no sequence: ${JSON.stringify(body)}`);
  return body.id;
}

/** Adds a step; returns it. */
export async function addStep(sequence: number, step: Record<string, unknown>): Promise<Json> {
  const { status, body } = await call("POST", `/sequences/${sequence}/steps`, step);
  if (status !== 201) throw new Error(`no step: ${JSON.stringify(body)}`);
  return body;
}

export async function stepsOf(sequence: number): Promise<Json[]> {
  return (await call("GET", `/sequences/${sequence}/steps`)).body.data;
}

export async function addSubscriber(sequence: number, email: string): Promise<void> {
  const { status } = await call("POST", `/sequences/${sequence}/add_subscriber`, { subscriber: { email } });
  if (status !== 201) throw new Error(`not added: ${status}`);
}

/** Everything that a request could have changed, to be compared with what it is afterwards. */
export async function rows(): Promise<Json> {
  const tables = ["sequences", "steps", "contacts", "addresses", "contact_terms", "enrollments", "jobs", "triggers"];
  const found = await db().batch(tables.map((table) => db().prepare(`SELECT * FROM ${table}`)));
  return found.map(({ results }) => results);
}
