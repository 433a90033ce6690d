/** Knows the pages of building a sequence: its steps, their texts, and when they may go out. */
import { Hono } from "hono";
import type { Front } from "../../dialects/http";
import { scheduleRoutes } from "./scheduleroutes";
import { stepRoutes } from "./steproutes";
import { variantRoutes } from "./variantroutes";

export const builder = new Hono<Front>().route("/", variantRoutes).route("/", stepRoutes).route("/", scheduleRoutes);
