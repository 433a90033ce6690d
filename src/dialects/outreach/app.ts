/** Knows this API as a whole: who may come in, and what is answered when nothing else is. */
import { type ErrorHandler, Hono } from "hono";
import { report } from "../../log";
import { entrance, type Front, isOutage } from "../http";
import { customTypes } from "./customtypes";
import { answer, BROKEN, NOTHING_HERE, OUTAGE, refused, tooManyRequests, UNAUTHORIZED } from "./errors";
import { resourceRoutes } from "./routes";

export const outreach = new Hono<Front>();

outreach.use(
  entrance({
    stranger: (c) => refused(c, UNAUTHORIZED),
    tooMany: (c, limit) => refused(c, tooManyRequests(limit)),
  }),
);

outreach.get("/types", (c) => answer(c, 200, customTypes()));
outreach.route("/", resourceRoutes);
outreach.all("*", (c) => refused(c, NOTHING_HERE));

export const failed: ErrorHandler<Front> = (error, c) => {
  report("a request failed", { error });
  return refused(c, isOutage(error) ? OUTAGE : BROKEN);
};

outreach.onError(failed);
