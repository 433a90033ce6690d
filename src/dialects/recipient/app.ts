/** Knows the doors of those who get mails: the links in them lead here, and nobody signs in. */
import { Hono } from "hono";
import { report } from "../../log";
import type { Front, Http } from "../http";
import { showNothing, showOutage } from "./page";
import { clicks, opens } from "./traces";
import { unsubscribeRoutes } from "./unsubscribe";

export const BASE = "/t";

export const recipient = new Hono<Front>();

recipient.route("/o", opens);
recipient.route("/c", clicks);
recipient.route("/u", unsubscribeRoutes);

recipient.all("*", (c) => showNothing(c));

recipient.onError(failed);

/** Whatever it was, whoever followed the link may try it again. */
export function failed(error: Error, c: Http) {
  report("a link failed", { error });
  return showOutage(c);
}
