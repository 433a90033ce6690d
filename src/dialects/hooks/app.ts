/** Knows the door for providers, who tell what became of mails and sign what they tell. */
import { Hono } from "hono";
import type { ContentfulStatusCode } from "hono/utils/http-status";
import type { Signed } from "../../domain/hook";
import { sizeInWords } from "../../domain/limits";
import { contextFor } from "../../engine/context";
import { isGenuine } from "../../engine/hooks";
import { takeNews } from "../../engine/providernews";
import { report } from "../../log";
import { type Front, type Http, limitsFor, rawBodyOf } from "../http";
import { newsIn } from "./wire";

export const BASE = "/hooks";

export const hooks = new Hono<Front>();

/** What is answered with success is not sent again: so is what is none of ours. */
hooks.post("/mail/:workspace", async (c) => {
  const body = await rawBodyOf(c);
  if (body === null) return refuse(c, 413, `The body is larger than ${sizeInWords(limitsFor(c).bodyBytes)}`);
  const workspace = /^ws_([1-9]\d{0,14})$/.exec(c.req.param("workspace"))?.[1];
  const signed = signedIn(c, body);
  // Whether there is such a workspace, only who can sign for it learns.
  if (workspace === undefined || signed === null) return refuse(c, 401, UNSIGNED);
  const ctx = contextFor(c.var.doors, Number(workspace));
  if (!(await isGenuine(ctx, signed))) return refuse(c, 401, UNSIGNED);
  const news = newsIn(jsonOf(body), { id: signed.id, now: ctx.now.wall });
  if (news === null) return refuse(c, 400, "The body is no news of a message");
  if (news === "nothing") return c.json({ status: "ignored" }, 202);
  const taken = await takeNews(ctx, news);
  return taken.ok ? c.json({ status: taken.value }, 202) : refuse(c, 503, "Send it again in a moment");
});

hooks.all("*", (c) => refuse(c, 404, "There is nothing here"));

hooks.onError((error, c) => {
  report("a provider's news failed", { error });
  return refuse(c, 503, "Send it again in a moment");
});

const UNSIGNED = "The signature is not right";
const LONGEST = 2000;

/** The headers of Standard Webhooks, or those of Svix, from which they come. */
function signedIn(c: Http, body: string): Signed | null {
  const header = (name: string) => c.req.header(`webhook-${name}`) ?? c.req.header(`svix-${name}`);
  const [id, timestamp, signature] = [header("id"), header("timestamp"), header("signature")];
  if (!id || !timestamp || !signature || id.length + signature.length > LONGEST) return null;
  return { id, timestamp, signature, body };
}

function jsonOf(body: string): unknown {
  try {
    return JSON.parse(body) as unknown;
  } catch {
    return null;
  }
}

function refuse(c: Http, status: ContentfulStatusCode, message: string): Response {
  return c.json({ error: { message } }, status);
}
