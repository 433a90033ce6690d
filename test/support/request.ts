/** Knows how to send a request with headers of its own, and to keep those of its answer. */
import { createExecutionContext, waitOnExecutionContext } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { hear } from "./answers";
import worker from "./worker";
import { type Json, KEY } from "./world";

export interface Sent {
  body?: unknown;
  headers?: Record<string, string>;
  /** Null sends none. */
  key?: string | null;
}

export interface Heard {
  status: number;
  headers: Headers;
  text: string;
  body: Json;
}

export async function send(method: string, path: string, { body, headers = {}, key = KEY }: Sent = {}): Promise<Heard> {
  const auth = key === null ? {} : { authorization: `Bearer ${key}` };
  const sent = body === undefined ? {} : { body: typeof body === "string" ? body : JSON.stringify(body) };
  const request = new Request<unknown, IncomingRequestCfProperties>(`https://dripline.test${path}`, {
    method,
    headers: { "content-type": "application/json", ...auth, ...headers },
    ...sent,
  });
  const ctx = createExecutionContext();
  const response = await worker.fetch(request, env, ctx);
  const text = await response.text();
  await waitOnExecutionContext(ctx);
  const heard = { status: response.status, headers: response.headers, text, body: jsonIn(text) };
  hear(method, path, heard);
  return heard;
}

function jsonIn(text: string): Json {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
