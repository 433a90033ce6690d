/** Knows the doors behind the picture and the links of a mail: both answer at once, and what was seen is noted after. */
import { Hono } from "hono";
import * as z from "zod";
import { agentOf, type Look } from "../../domain/machine";
import { destinationOf, note, type Seen } from "../../engine/traces";
import type { Front, Http } from "../http";

/** The smallest picture that every program shows: one transparent dot. */
const DOT = Uint8Array.fromBase64("R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAICRAEAOw==");

const BARE = {
  "cache-control": "no-store",
  // The token stays between the reader and us.
  "referrer-policy": "no-referrer",
  "x-content-type-options": "nosniff",
  "x-robots-tag": "noindex",
};

const PAGE = `<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>Not a link of ours</title><p>This link is incomplete, or none that we have sent. Open it from the mail once more.</p></html>`;

export const opens = new Hono<Front>().get("/:picture{.+\\.gif}", (c) => {
  noteAfter(c, { token: c.req.param("picture").replace(/\.gif$/, ""), fact: "opened", url: null });
  return c.body(DOT, 200, { ...BARE, "content-type": "image/gif", "content-length": String(DOT.byteLength) });
});

export const clicks = new Hono<Front>().get("/:token/:place", async (c) => {
  const { token, place } = c.req.param();
  const url = await destinationOf(c.var.doors, { token, place, url: c.req.query("u") ?? "" });
  if (url === null) {
    return c.html(PAGE, 404, { ...BARE, "content-security-policy": "default-src 'none'; frame-ancestors 'none'" });
  }
  noteAfter(c, { token, fact: "clicked", url });
  return c.body(null, 302, { ...BARE, location: url });
});

/** Who only asks whether it is there has seen nothing. */
function noteAfter(c: Http, seen: Omit<Seen, "by">): void {
  if (c.req.method === "GET") c.executionCtx.waitUntil(note(c.var.doors, { ...seen, by: agentOf(lookOf(c)) }));
}

/** What the platform tells of a request; how much of it depends on the plan. */
const Told = z.object({
  asOrganization: z.string().nullable().catch(null),
  botManagement: z
    .object({ verifiedBot: z.boolean().catch(false), score: z.number().nullable().catch(null) })
    .nullable()
    .catch(null),
});

const PURPOSES = ["sec-purpose", "purpose", "x-purpose", "x-moz"];

function lookOf(c: Http): Look {
  const told = Told.safeParse(c.req.raw.cf);
  const { asOrganization: network = null, botManagement = null } = told.data ?? {};
  return {
    userAgent: c.req.header("user-agent") ?? null,
    purpose: PURPOSES.map((name) => c.req.header(name) ?? "").join(" "),
    languages: c.req.header("accept-language") ?? null,
    network,
    bot: botManagement && { verified: botManagement.verifiedBot, score: botManagement.score },
  };
}
