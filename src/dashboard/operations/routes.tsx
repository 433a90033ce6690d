/** Knows the pages of operations. */
import { Hono } from "hono";
import type { Front } from "../../dialects/http";
import { channels } from "./channels";
import { keys } from "./keys";
import { letters } from "./letters";
import { mailboxes } from "./mailboxes";
import { webhooks } from "./webhooks";
import { workspace } from "./workspace";

export const operations = new Hono<Front>()
  .route("/", webhooks)
  .route("/", mailboxes)
  .route("/", letters)
  .route("/", keys)
  .route("/", workspace)
  .route("/", channels);
