/** Knows the pages of journeys: made, under way, and thought of. */
import { Hono } from "hono";
import type { Front } from "../../dialects/http";
import { enrollments } from "./enrollments";
import { messages } from "./messages";
import { simulations } from "./simulations";

export const journeys = new Hono<Front>().route("/", enrollments).route("/", messages).route("/", simulations);
