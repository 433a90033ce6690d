/** Knows the pages of contacts. */
import { Hono } from "hono";
import type { Front } from "../../dialects/http";

export const contacts = new Hono<Front>();
