/** Knows this API as a whole: who may come in, and where each route is. */
import { type ErrorHandler, Hono } from "hono";
import { ok } from "../../domain/failure";
import { allows, type Scope } from "../../domain/scope";
import { report } from "../../log";
import { entrance, type Front, isOutage } from "../http";
import { endpoint } from "./endpoint";
import { NOT_FOUND, refuse, UNAUTHORIZED } from "./errors";
import { enrollmentRoutes } from "./routes/enrollments";
import { sequenceRoutes } from "./routes/sequences";
import { stepRoutes } from "./routes/steps";
import { subscriberRoutes } from "./routes/subscribers";

/** What a token may be permitted here, by the names this API has for it. */
const PERMISSIONS: [permission: string, scope: Scope][] = [
  ["sequences_read", "sequences_read"],
  ["sequences_write", "sequences_write"],
  ["subscribers_read", "contacts_read"],
  ["subscribers_write", "contacts_write"],
];

export const broadcast = new Hono<Front>();

broadcast.use(
  entrance({
    stranger: (c) => refuse(c, UNAUTHORIZED),
    tooMany: (c, limit) => refuse(c, { status: 429, error: `Rate limit exceeded: ${limit} requests a minute` }),
  }),
);

broadcast.get(
  "/whoami",
  endpoint({
    scopes: [],
    run: async ({ caller }) => {
      const { workspaceId: id, workspaceName: name, plan, scopes } = caller;
      const permitted = PERMISSIONS.filter(([, scope]) => allows(scopes, scope));
      return ok({ workspace: { id, name }, plan, permissions: permitted.map(([permission]) => permission) });
    },
  }),
);

broadcast.get("/status", endpoint({ scopes: [], run: async ({ version }) => ok({ status: "ok", version }) }));

broadcast.route("/sequences", sequenceRoutes);
broadcast.route("/sequences", stepRoutes);
broadcast.route("/sequences", enrollmentRoutes);
broadcast.route("/subscribers", subscriberRoutes);

broadcast.all("*", (c) => refuse(c, NOT_FOUND));

export const failed: ErrorHandler<Front> = (error, c) => {
  report("a request failed", { error });
  return isOutage(error)
    ? refuse(c, { status: 503, error: "Try again in a moment" })
    : refuse(c, { status: 500, error: "Internal server error" });
};

broadcast.onError(failed);
