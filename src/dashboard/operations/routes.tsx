/** Knows the pages of operations. */
import { Hono } from "hono";
import type { Front } from "../../dialects/http";

export const operations = new Hono<Front>();
