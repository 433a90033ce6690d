/** Knows where v1 is described, for machines and for people; what is described is no secret, and told without a key. */
import { Hono } from "hono";
import type { Front, Http } from "../http";
import { v1 } from "./app";
import { documentOf, type OpenApi } from "./openapi";
import { type Page, pageOf } from "./reference";

let made: OpenApi | null = null;
let shown: Page | null = null;

/** Made for whoever asks first. */
function documentFor(c: Http): OpenApi {
  made ??= documentOf(v1.routes, c.var.version);
  return made;
}

/** The same for everybody until the next release. */
const CACHED = { "cache-control": "public, max-age=300" };

export const documents = new Hono<Front>()
  .get("/v1/openapi.json", (c) => c.json(documentFor(c), 200, CACHED))
  .get("/docs", async (c) => {
    shown ??= await pageOf(documentFor(c));
    const { page, policy } = shown;
    return c.html(page, 200, { ...CACHED, "content-security-policy": policy });
  });
