/** Knows the pages of operations. */
import { Hono } from "hono";
import type { Front } from "../../dialects/http";
import { keys } from "./keys";
import { letters } from "./letters";
import { webhooks } from "./webhooks";

export const operations = new Hono<Front>().route("/", webhooks).route("/", letters).route("/", keys);
