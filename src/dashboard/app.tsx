/** Knows the pages for people: where each stands, and what is shown where none does. */
import { Hono } from "hono";
import type { Front, Http } from "../dialects/http";
import { isOutage } from "../dialects/http";
import { report } from "../log";
import { builder } from "./builder/routes";
import { contacts } from "./contacts/routes";
import { journeys } from "./journeys/routes";
import { sessionOf } from "./kit/session";
import { showRefusal } from "./kit/show";
import { operations } from "./operations/routes";
import { sequences } from "./sequences/routes";
import { signInRoutes } from "./signin";

export const dashboard = new Hono<Front>()
  .route("/", signInRoutes)
  .route("/", sequences)
  .route("/", builder)
  .route("/", journeys)
  .route("/", contacts)
  .route("/", operations);

/** Whether a browser asks for a page, rather than a program for data. */
export function wantsPage(c: Http): boolean {
  return /\btext\/html\b/.test(c.req.header("accept") ?? "");
}

export async function showNothing(c: Http): Promise<Response> {
  const session = await sessionOf(c).catch(() => null);
  return showRefusal(c, session, {
    code: "NOT_FOUND",
    message: "The address may be mistyped, or what stood here is gone.",
  });
}

/** What failed is said as it is: nothing was lost that had been answered. */
export async function showFailure(error: Error, c: Http): Promise<Response> {
  report("a page failed", { error });
  c.header("retry-after", "2");
  const message = isOutage(error) ? "The database did not answer." : "This is our fault, and it has been noted.";
  return showRefusal(c, null, { code: "SERVICE_UNAVAILABLE", message: `${message} Try again in a moment.` });
}
