/** Knows the pages of builder. */
import { Hono } from "hono";
import type { Front } from "../../dialects/http";

export const builder = new Hono<Front>();
