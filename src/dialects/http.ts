/** Knows what all dialects share of HTTP: the doors' context, bearer tokens, bodies of a bounded size, and outages. */
import type { Context as HonoContext } from "hono";
import { causeOf } from "../domain/fault";
import type { Doors } from "../engine/context";
import { holderOf, type KeyHolder } from "../engine/keys";

/** What the front door hands every dialect. */
export interface Front {
  Bindings: Env;
  Variables: { doors: Doors; caller: KeyHolder; version: string };
}

export type Http = HonoContext<Front>;

/** Larger bodies are refused unread. */
const LARGEST_BODY = 1024 * 1024;

/** Who sends this request; null without a key, or with one that is not known. */
export async function callerOf(c: Http): Promise<KeyHolder | null> {
  const token = /^Bearer +(\S+) *$/i.exec(c.req.header("authorization") ?? "")?.[1];
  if (!token || token.length > 512) return null;
  return holderOf(c.env.DB, token, c.var.doors.now.wall);
}

export type Body = { kind: "json"; value: unknown } | { kind: "none" } | { kind: "broken" } | { kind: "too_large" };

/** Reads a JSON body, whatever its content type says. */
export async function bodyOf(c: Http): Promise<Body> {
  const text = await rawBodyOf(c);
  if (text === null) return { kind: "too_large" };
  if (text.trim() === "") return { kind: "none" };
  try {
    return { kind: "json", value: JSON.parse(text) as unknown };
  } catch {
    return { kind: "broken" };
  }
}

/** The body as text; null where it is too large. */
export async function rawBodyOf(c: Http): Promise<string | null> {
  const length = Number(c.req.header("content-length") ?? 0);
  return length > LARGEST_BODY ? null : textOf(c.req.raw.body);
}

/** The whole of a stream as text, or null as soon as it is too large, however long it claims to be. */
async function textOf(stream: ReadableStream<Uint8Array> | null): Promise<string | null> {
  if (stream === null) return "";
  const decoder = new TextDecoder();
  let text = "";
  let size = 0;
  for await (const chunk of stream) {
    size += chunk.byteLength;
    if (size > LARGEST_BODY) return null;
    text += decoder.decode(chunk, { stream: true });
  }
  return text + decoder.decode();
}

/** What D1 says when it cannot be reached or is overloaded, and how the platform marks an object that is. */
export function isOutage(error: Error): boolean {
  if ("retryable" in error || "overloaded" in error || "durableObjectReset" in error) return true;
  const text = causeOf(error);
  return (
    /D1_ERROR|D1 DB|overloaded|connection lost|storage caused object/i.test(text) &&
    !/constraint|syntax|too many/i.test(text)
  );
}
