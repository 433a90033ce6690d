/** Knows how to stand in for customers' endpoints: each believes only what is signed for it, and answers as the test wishes. */
import { Webhook } from "standardwebhooks";
import { vi } from "vitest";
import { api, drain, type Json, sweep, travel } from "./world";

export interface Heard {
  id: string;
  type: string;
  number: number;
  /** As it was signed for. */
  body: Json;
  headers: Headers;
}

export interface Listener {
  /** The endpoint's id. */
  id: string;
  url: string;
  secret: string;
  /** What was signed by its secret, and answered well. */
  heard: Heard[];
  /** Every call, whatever came of it. */
  calls: { headers: Headers; text: string; init: RequestInit }[];
  /** How the next calls are answered; by default 204. */
  answer: (body: Json) => Response | Promise<Response>;
  forged: string[];
}

const listeners = new Map<string, Listener>();
let named = 0;

/** An endpoint of the workspace whose key it is, that hears everything unless it is said. */
export async function listen(more: Record<string, unknown> = {}, key?: string): Promise<Listener> {
  if (!vi.isMockFunction(globalThis.fetch)) vi.spyOn(globalThis, "fetch").mockImplementation(ring);
  named += 1;
  const url = `https://listener${named}.test/events`;
  const { status, body } = await api("POST", "/v1/webhooks", { url, ...more }, key);
  if (status !== 201) throw new Error(`no webhook: ${JSON.stringify(body)}`);
  const { id, secret } = body.webhook;
  const answer = () => new Response(null, { status: 204 });
  const listener: Listener = { id, url, secret, heard: [], calls: [], answer, forged: [] };
  listeners.set(url, listener);
  return listener;
}

async function ring(input: RequestInfo | URL, init: RequestInit = {}): Promise<Response> {
  const listener = listeners.get(String(input));
  if (!listener) throw new Error(`nobody is at ${String(input)}`);
  const [headers, text] = [new Headers(init.headers), String(init.body)];
  const body = JSON.parse(text);
  listener.calls.push({ headers, text, init });
  const answer = await listener.answer(body);
  if (!answer.ok) return answer;
  try {
    if (headers.has("webhook-signature")) new Webhook(listener.secret).verify(text, Object.fromEntries(headers));
  } catch (error) {
    listener.forged.push(String(error));
  }
  const id = headers.get("webhook-id") ?? "";
  listener.heard.push({ id, type: body.type, number: Number(headers.get("dripline-number")), body, headers });
  return answer;
}

export const typesOf = ({ heard }: Listener): string[] => heard.map(({ type }) => type);

/** The only delivery of an endpoint, or the one of a number. */
export async function deliveryTo({ id }: Listener, number = 1): Promise<Json> {
  const delivery = `delivery_${Number(id.replace("hook_", "")) * 1_000_000_000 + number}`;
  return (await api("GET", `/v1/webhooks/${id}/deliveries/${delivery}`)).body.delivery;
}

/** Lets time go by as cron would see it: a sweep, and what it brings up, at every step. */
export async function letPass(ms: number, step: number): Promise<void> {
  for (let gone = 0; gone < ms; gone += step) {
    travel(step);
    await sweep();
    await drain();
  }
}

export async function deliveriesOf({ id }: Listener, query = ""): Promise<Json> {
  return (await api("GET", `/v1/webhooks/${id}/deliveries${query}`)).body;
}
