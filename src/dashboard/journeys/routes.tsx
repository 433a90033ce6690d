/** Knows the pages of journeys. */
import { Hono } from "hono";
import type { Front } from "../../dialects/http";

export const journeys = new Hono<Front>();
