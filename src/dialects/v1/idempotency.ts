/** Knows how a v1 write that comes again with its Idempotency-Key is answered as it was, and done once. */
import type { ContentfulStatusCode } from "hono/utils/http-status";
import { isIdempotencyKey } from "../../domain/idempotency";
import * as answers from "../../engine/answers";
import { type Context, contextFor } from "../../engine/context";
import { digestOf } from "../../engine/keys";
import { warn } from "../../log";
import { type Http, rawBodyOf } from "../http";
import { KEY_MALFORMED, KEY_REUSED, KEY_UNDER_WAY, OUTCOME_UNKNOWN, refuse } from "./errors";
import { PREFIXES } from "./ids";

/** Runs a write unless it has been done under its key, or may have been. */
export async function once(c: Http, run: () => Promise<Response>): Promise<Response> {
  const key = c.req.header("idempotency-key");
  if (key === undefined || c.req.method === "GET") return run();
  if (!isIdempotencyKey(key)) return refuse(c, KEY_MALFORMED);
  const text = await rawBodyOf(c);
  if (text === null) return run();
  const { caller, doors } = c.var;
  const ctx = contextFor(doors, caller.workspaceId, caller.userId);
  const { pathname, search } = new URL(c.req.url);
  const fingerprint = await digestOf(`${c.req.method} ${pathname}${search}\n${text}`);
  const begun = await answers.begin(ctx, { key, fingerprint });
  switch (begun.kind) {
    case "reused":
      return refuse(c, KEY_REUSED);
    case "under_way":
      return refuse(c, KEY_UNDER_WAY);
    case "answered":
      return replay(c, begun);
    case "lost":
      return refuse(c, OUTCOME_UNKNOWN);
    case "new":
      return toItsEnd(c, keeping(ctx, { key, run: begun.run }, run));
  }
}

function replay(c: Http, { status, body }: { status: number; body: string | null }): Response {
  c.header("idempotency-replayed", "true");
  if (body === null) return refuse(c, { code: "NOT_FOUND", message: "It told of a contact who has been erased since" });
  return c.body(body, status as ContentfulStatusCode, { "content-type": "application/json" });
}

/** Whoever asks may hang up: the platform would cut the write off in the middle, and nobody would know what became of it. */
function toItsEnd(c: Http, answering: Promise<Response>): Promise<Response> {
  c.executionCtx.waitUntil(answering.catch(() => undefined));
  return answering;
}

/**
 * What is refused is told by an answer, and has done nothing: it may be tried again by the same key. What throws may have done
 * all, or a part.
 */
async function keeping(ctx: Context, taken: answers.Taken, run: () => Promise<Response>): Promise<Response> {
  const response = await run().catch(async (error: unknown) => {
    await attempt(answers.lose(ctx, taken));
    throw error;
  });
  if (!response.ok) {
    await attempt(answers.giveBack(ctx, taken));
    return response;
  }
  const body = await response.clone().text();
  await attempt(answers.keep(ctx, taken, { status: response.status, body, contacts: contactsIn(body) }));
  return response;
}

/** The write is done, or refused, whatever becomes of what is kept of it: the key stays taken then. */
async function attempt(keeping: Promise<void>): Promise<void> {
  await keeping.catch((error: unknown) => {
    warn("what became of a write could not be kept", { error });
  });
}

const CONTACT = new RegExp(`"${PREFIXES.contact}_(\\d{1,15})"`, "g");

/** Whom an answer tells of. */
function contactsIn(body: string): number[] {
  return [...new Set([...body.matchAll(CONTACT)].map(([, id]) => Number(id)))];
}
