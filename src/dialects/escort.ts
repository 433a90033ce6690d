/** Knows what every request is given on its way, whoever answers it: an id, a line in the log, and headers that browsers heed. */
import { routePath } from "hono/route";
import { about, note } from "../log";
import type { Http } from "./http";

/** Ids that a proxy or a client may give a request: short, and nothing that could break a line or a header. */
const REQUEST_ID = /^[\w.:-]{8,128}$/;
const RAY = /^[0-9a-f]{16}(-[A-Z]{3})?$/;

/** What is answered is for whoever asked, and no page of ours is framed, sniffed or told of to others. A page may say more. */
const HEADERS = {
  "x-content-type-options": "nosniff",
  "x-frame-options": "DENY",
  "referrer-policy": "no-referrer",
  "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
  "cache-control": "no-store",
};
const A_YEAR = "max-age=31536000";

/** Goes along with a request from the first look at it until its answer leaves. */
export async function escort(c: Http, next: () => Promise<void>, production: boolean): Promise<void> {
  const request = requestId(c);
  const began = Date.now();
  await about({ request }, async () => {
    await next();
    const { headers, status } = c.res;
    headers.set("x-request-id", request);
    if (production) headers.set("strict-transport-security", A_YEAR);
    for (const [name, value] of Object.entries(HEADERS)) if (!headers.has(name)) headers.set(name, value);
    // The pattern of the path: the path itself may be an address, or as good as a password.
    note("a request was answered", { method: c.req.method, route: routePath(c), status, ms: Date.now() - began });
  });
}

function requestId(c: Http): string {
  const [given, ray] = [c.req.header("x-request-id"), c.req.header("cf-ray")];
  if (given !== undefined && REQUEST_ID.test(given)) return given;
  return ray !== undefined && RAY.test(ray) ? ray : crypto.randomUUID();
}
