/** Knows the doors of those who get mails: the links in them lead here, and nobody signs in. */
import { Hono } from "hono";
import { causeOf } from "../../domain/fault";
import type { Front } from "../http";
import { clicks, opens } from "./traces";

export const BASE = "/t";

export const recipient = new Hono<Front>();

recipient.route("/o", opens);
recipient.route("/c", clicks);

recipient.all("*", (c) => c.text("There is nothing here.", 404));

recipient.onError((error, c) => {
  console.error("a link failed", { error: causeOf(error) });
  return c.text("Something went wrong on our side. Try again in a moment.", 503);
});
