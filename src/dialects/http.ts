/** Knows what all dialects share of HTTP: the doors' context, bearer tokens, bodies of a bounded size, and outages. */
import type { Context as HonoContext, MiddlewareHandler } from "hono";
import { causeOf } from "../domain/fault";
import { type Limited, type Limits, limitsOf, STANDARD } from "../domain/limits";
import { takeOne } from "../engine/allowances";
import type { Doors } from "../engine/context";
import { holderOf, type KeyHolder } from "../engine/keys";
import { know } from "../log";

/** What the front door hands every dialect. */
export interface Front {
  Bindings: Env;
  /** `text` is the body where it was read: it can be read once. */
  Variables: { doors: Doors; caller: KeyHolder; version: string; text?: string | null };
}

export type Http = HonoContext<Front>;

/** Where nobody has said who he is, as where tokens are asked for: what of this differs by plan does not matter there. */
const NOBODY: Limited = { plan: "FREE", limits: {} };

/** What holds for whoever sends this request. */
export function limitsFor({ var: { doors, caller } }: Http): Limits {
  return limitsOf(doors.limits ?? STANDARD, caller ?? NOBODY);
}

/** How a dialect turns somebody away at its door. */
export interface Doorman {
  stranger: (c: Http) => Response;
  tooMany: (c: Http, limit: number) => Response;
}

/** Lets in whoever has a key and has not asked too often with it, and tells him how often he may. */
export function entrance({ stranger, tooMany }: Doorman): MiddlewareHandler<Front> {
  return async (c, next) => {
    const caller = await callerOf(c);
    if (!caller) return stranger(c);
    c.set("caller", caller);
    know({ workspace: caller.workspaceId, key: caller.keyId });
    const { requestsPerMinute } = limitsFor(c);
    const { limit, remaining, resetAt, retryAfter } = takeOne(caller.keyId, requestsPerMinute, c.var.doors.now.wall);
    c.header("x-ratelimit-limit", String(limit));
    c.header("x-ratelimit-remaining", String(remaining));
    c.header("x-ratelimit-reset", String(resetAt));
    if (retryAfter === null) return next();
    c.header("retry-after", String(retryAfter));
    return tooMany(c, limit);
  };
}

/** Who sends this request; null without a key, or with one that is not known. */
async function callerOf(c: Http): Promise<KeyHolder | null> {
  const token = bearerOf(c);
  return token === null ? null : holderOf(c.env.DB, token, c.var.doors.now.wall);
}

/** The token that comes with a request; none that we give is longer. */
export function bearerOf(c: Http): string | null {
  const token = /^Bearer +(\S+) *$/i.exec(c.req.header("authorization") ?? "")?.[1];
  return token && token.length <= 512 ? token : null;
}

/** Whether a query asks for so many entries of a list. */
export function isPaged(query: unknown): query is { limit: number } {
  return typeof query === "object" && query !== null && "limit" in query && typeof query.limit === "number";
}

export type Body =
  | { kind: "json"; value: unknown }
  | { kind: "none" }
  | { kind: "broken" }
  | { kind: "too_large"; most: number };

/** Reads a JSON body, whatever its content type says. */
export async function bodyOf(c: Http): Promise<Body> {
  const text = await rawBodyOf(c);
  if (text === null) return { kind: "too_large", most: limitsFor(c).bodyBytes };
  if (text.trim() === "") return { kind: "none" };
  try {
    return { kind: "json", value: JSON.parse(text) as unknown };
  } catch {
    return { kind: "broken" };
  }
}

/** The body as text; null where it is too large, of which nothing more is read. */
export async function rawBodyOf(c: Http): Promise<string | null> {
  if (c.var.text !== undefined) return c.var.text;
  const length = Number(c.req.header("content-length") ?? 0);
  const { bodyBytes } = limitsFor(c);
  const text = length > bodyBytes ? null : await textOf(c.req.raw.body, bodyBytes);
  c.set("text", text);
  return text;
}

/** The whole of a stream as text, or null as soon as it is too large, however long it claims to be. */
async function textOf(stream: ReadableStream<Uint8Array> | null, most: number): Promise<string | null> {
  if (stream === null) return "";
  const decoder = new TextDecoder();
  let text = "";
  let size = 0;
  for await (const chunk of stream) {
    size += chunk.byteLength;
    if (size > most) return null;
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
