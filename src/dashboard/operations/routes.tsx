/** Knows the pages of operations. */
import { Hono } from "hono";
import type { Front } from "../../dialects/http";
import { webhooks } from "./webhooks";

export const operations = new Hono<Front>().route("/", webhooks);
