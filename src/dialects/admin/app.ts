/** Knows the operator's door: who may come in, and where each route is. It speaks in v1's words. */
import { Hono, type MiddlewareHandler } from "hono";
import { isOperator } from "../../engine/operator";
import { report } from "../../log";
import { bearerOf, type Front, isOutage } from "../http";
import { refuse } from "../v1/errors";
import { insightRoutes } from "./insight";
import { keyRoutes } from "./keys";
import { signInRoutes } from "./signin";
import { userRoutes } from "./users";
import { workspaceRoutes } from "./workspaces";

export const BASE = "/admin";

export const admin = new Hono<Front>();

/** Lets the operator alone in. Some answers tell a key once: nothing on the way keeps them. */
export const door: MiddlewareHandler<Front> = async (c, next) => {
  c.header("cache-control", "no-store");
  const { operator = null } = c.var.doors;
  if (operator === null) return refuse(c, { code: "NOT_FOUND", message: "This installation has no operator's token" });
  const token = bearerOf(c);
  if (token !== null && (await isOperator(token, operator))) return next();
  return refuse(c, { code: "UNAUTHORIZED", message: "The operator's token is required" });
};

admin.use(door);

admin.route("/", insightRoutes);
admin.route("/workspaces", workspaceRoutes);
admin.route("/workspaces/:id/users", userRoutes);
admin.route("/workspaces/:id/users/:userId/keys", keyRoutes);
admin.route("/workspaces/:id/users/:userId/sign-in-links", signInRoutes);

admin.all("*", (c) => refuse(c, { code: "NOT_FOUND", message: "There is nothing here" }));

admin.onError((error, c) => {
  report("a request failed", { error });
  return isOutage(error)
    ? refuse(c, { code: "SERVICE_UNAVAILABLE", message: "Try again in a moment" })
    : refuse(c, { code: "INTERNAL_ERROR", message: "Something went wrong on our side" });
});
