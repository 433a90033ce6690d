/** Knows v1 as a whole: who may come in, and where each route is. */
import { Hono } from "hono";
import { includes } from "../../domain/plan";
import { report } from "../../log";
import { entrance, type Front, isOutage } from "../http";
import { NEEDS_AGENCY, refuse } from "./errors";
import { analyticsRoutes } from "./routes/analytics";
import { jobRoutes } from "./routes/bulk";
import { contactRoutes } from "./routes/contacts";
import { enrollmentRoutes } from "./routes/enrollments";
import { mailboxRoutes } from "./routes/mailboxes";
import { mailHookRoutes } from "./routes/mailhook";
import { deadLetterRoutes, workspaceRoutes } from "./routes/operations";
import { rulesetRoutes } from "./routes/rulesets";
import { scheduleRoutes } from "./routes/schedules";
import { segmentRoutes } from "./routes/segments";
import { sequenceRoutes } from "./routes/sequences";
import { simulationRoutes } from "./routes/simulation";
import { suppressionRoutes } from "./routes/suppressions";
import { taskRoutes } from "./routes/tasks";
import { channelRoutes, messageRoutes, replyRoutes } from "./routes/traffic";
import { upcomingRoutes } from "./routes/upcoming";
import { userRoutes } from "./routes/users";
import { variantRoutes } from "./routes/variants";
import { webhookRoutes } from "./routes/webhooks";
import { whoami } from "./routes/whoami";

export const v1 = new Hono<Front>();

v1.use(
  entrance({
    stranger: (c) => refuse(c, { code: "UNAUTHORIZED", message: "A valid API key is required" }),
    tooMany: (c, limit) => refuse(c, { code: "RATE_LIMITED", message: `The key may make ${limit} requests a minute` }),
  }),
);

for (const path of ["/sequences", "/sequences/*", "/upcoming"]) {
  v1.use(path, (c, next) =>
    includes(c.var.caller, "dm_sequences") ? next() : Promise.resolve(refuse(c, NEEDS_AGENCY)),
  );
}

v1.get("/auth/me", whoami);

v1.route("/sequences", sequenceRoutes);
v1.route("/sequences", enrollmentRoutes);
v1.route("/sequences", simulationRoutes);
v1.route("/sequences", analyticsRoutes);
v1.route("/sequences", variantRoutes);
v1.route("/jobs", jobRoutes);
v1.route("/contacts", contactRoutes);
v1.route("/segments", segmentRoutes);
v1.route("/schedules", scheduleRoutes);
v1.route("/rulesets", rulesetRoutes);
v1.route("/upcoming", upcomingRoutes);
v1.route("/messages", messageRoutes);
v1.route("/tasks", taskRoutes);
v1.route("/suppressions", suppressionRoutes);
v1.route("/replies", replyRoutes);
v1.route("/channels", channelRoutes);
v1.route("/mail-hook", mailHookRoutes);
v1.route("/mailboxes", mailboxRoutes);
v1.route("/users", userRoutes);
v1.route("/webhooks", webhookRoutes);
v1.route("/workspace", workspaceRoutes);
v1.route("/dead-letters", deadLetterRoutes);

v1.all("*", (c) => refuse(c, { code: "NOT_FOUND", message: "There is nothing here" }));

v1.onError((error, c) => {
  report("a request failed", { error });
  return isOutage(error)
    ? refuse(c, { code: "SERVICE_UNAVAILABLE", message: "Try again in a moment" })
    : refuse(c, { code: "INTERNAL_ERROR", message: "Something went wrong on our side" });
});
