/** Knows the pages of contacts. */
import { Hono } from "hono";
import type { Front } from "../../dialects/http";
import { deeds } from "./deeds";
import { edit } from "./edit";
import { enlist } from "./enlist";
import { intake } from "./intake";
import { jobs } from "./jobs";
import { list } from "./list";
import { person } from "./person";

/** Those of somebody new stand first: `new` is nobody's id. */
export const contacts = new Hono<Front>()
  .route("/", list)
  .route("/", edit)
  .route("/", person)
  .route("/", deeds)
  .route("/", enlist)
  .route("/", intake)
  .route("/", jobs);
