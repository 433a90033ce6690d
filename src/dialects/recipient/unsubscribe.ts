/** Knows the link in a mail that stops the mails: looking at it changes nothing, posting to it does it in one go (RFC 8058). */
import { Hono } from "hono";
import type { Result } from "../../domain/failure";
import type { Context } from "../../engine/context";
import { namedBy } from "../../engine/named";
import { type Named, resubscribe, type Standing, standingOf, unsubscribe } from "../../engine/unsubscribing";
import type { Front, Http } from "../http";
import { type Page, showNothing, showOutage, showPage } from "./page";

export const unsubscribeRoutes = new Hono<Front>();

// Scanners follow links, and programs fetch them ahead: looking must never do it.
unsubscribeRoutes.get("/:token", (c) => look(c, c.req.param("token")));
unsubscribeRoutes.get("/:token/undo", (c) => look(c, c.req.param("token")));

// Whatever its body is, and whatever it is called: programs send what they like, and no cookie.
unsubscribeRoutes.post("/:token", (c) => change(c, c.req.param("token"), unsubscribe));
unsubscribeRoutes.post("/:token/undo", (c) => change(c, c.req.param("token"), resubscribe));

unsubscribeRoutes.all("/:token", refuseMethod);
unsubscribeRoutes.all("/:token/undo", refuseMethod);

async function look(c: Http, token: string): Promise<Response> {
  const named = await namedBy(c.var.doors, token);
  const standing = named && (await standingOf(named.ctx, named));
  return standing ? showPage(c, 200, pageOf(standing, c, token)) : showNothing(c);
}

type Verb = (ctx: Context, named: Named) => Promise<Result<Standing>>;

async function change(c: Http, token: string, verb: Verb): Promise<Response> {
  const named = await namedBy(c.var.doors, token);
  const done = named && (await verb(named.ctx, named));
  if (done?.ok) return showPage(c, 200, pageOf(done.value, c, token));
  return done?.failure.kind === "unavailable" ? showOutage(c) : showNothing(c);
}

function refuseMethod(c: Http): Response {
  c.header("allow", "GET, HEAD, POST, OPTIONS");
  return c.body(null, c.req.method === "OPTIONS" ? 204 : 405);
}

/** Addresses are told from the page's own, for nobody here knows below which path the service is reached. */
function pageOf({ workspace, words, optedOut, undoable }: Standing, c: Http, token: string): Page {
  const link = c.req.path.endsWith("/undo") ? `../${token}` : token;
  if (!optedOut) {
    const lines = [`These mails are from ${workspace}.`, words ?? "To get no more of them, press the button."];
    return { title: "Unsubscribe", lines, button: { words: "Unsubscribe", to: link } };
  }
  const gone = { title: "You are unsubscribed", lines: [`You will get no more mails from ${workspace}.`] };
  return undoable ? { ...gone, button: { words: "It was a mistake: subscribe again", to: `${link}/undo` } } : gone;
}
