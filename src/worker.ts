/** The front door: requests, queue messages and the clock come in here. It wires, and decides nothing. */

import { Hono } from "hono";
import { version } from "../package.json";
import { callerIn } from "./channels/endpoint";
import { channelOf, MAIL_CHANNEL } from "./channels/registry";
import { readClock } from "./clock";
import { takeMail } from "./consumers/mail";
import { consume } from "./consumers/queue";
import { replySchema } from "./consumers/replyschema";
import { sweep } from "./consumers/sweep";
import { dashboard, showFailure, showNothing, wantsPage } from "./dashboard/app";
import { BASE as ADMIN, admin, door } from "./dialects/admin/app";
import { metrics } from "./dialects/admin/insight";
import { broadcast, failed } from "./dialects/broadcast/app";
import { BASE as BROADCAST, isOurs, pathOf } from "./dialects/broadcast/path";
import { escort } from "./dialects/escort";
import { BASE as HOOKS, hooks } from "./dialects/hooks/app";
import type { Front } from "./dialects/http";
import { oauth } from "./dialects/oauth";
import { outreach, failed as outreachFailed } from "./dialects/outreach/app";
import { isOurs as isOutreach, BASE as OUTREACH } from "./dialects/outreach/path";
import { BASE as RECIPIENT, recipient, failed as recipientFailed } from "./dialects/recipient/app";
import { replicas } from "./dialects/replicas";
import { v1 } from "./dialects/v1/app";
import { documents } from "./dialects/v1/documents";
import type { Doors, Post } from "./engine/context";
import { settingsOf } from "./env";
import { report, timed, writeFrom } from "./log";
import { sharedDatabase } from "./storage/database";

export { Enrollment } from "./enrollment/object";
export { Sender } from "./sender/object";

/** Every door begins alike: the settings are parsed, the clock is read once, and passed down. */
async function open(env: Env): Promise<Doors> {
  const settings = settingsOf(env);
  writeFrom(settings.logLevel);
  const now = await readClock(sharedDatabase(env.DB), settings);
  const { secret, production, installed, retention, limits, retryBase, operator, replicas } = settings;
  const told = { secret, production, installed, retention, limits, retryBase, operator, replicas };
  return { bindings: env, ...told, post: postBy(env), call: callerIn(settings), now };
}

/** What is set wrong is told by what needs it: an answer to a request leaves all the same. */
function isProduction(env: Env): boolean {
  try {
    const { production, logLevel } = settingsOf(env);
    writeFrom(logLevel);
    return production;
  } catch {
    return true;
  }
}

/** Mails that belong to no journey leave by the same channel as all others; whoever gets one has asked for it. */
function postBy(env: Env): Post {
  const ids = { id: 0, sequenceId: 0, stepId: 0, enrollmentId: 0, contactId: 0, transactional: true };
  return (content, { workspaceId, ...by }) =>
    channelOf(MAIL_CHANNEL).deliver(
      { ...ids, workspaceId, content },
      { url: null, ...by },
      { ...settingsOf(env), mailer: env.MAIL ?? null },
    );
}

const app = new Hono<Front>({ getPath: pathOf });

app.use((c, next) => escort(c, next, isProduction(c.env)));

app.get("/health", async (c) => {
  try {
    await c.env.DB.prepare("SELECT 1 FROM clock").all();
    await open(c.env);
    return c.json({ status: "ok", version });
  } catch (error) {
    report("not healthy", { error });
    return c.json({ status: "unavailable", version }, 503);
  }
});

app.use(async (c, next) => {
  c.set("doors", await open(c.env));
  c.set("version", version);
  return next();
});

for (const base of ["/v1", BROADCAST, OUTREACH]) app.use(`${base}/*`, replicas);

app.get("/metrics", door, metrics);
app.route("/oauth", oauth);
app.route(ADMIN, admin);
app.get("/v1/schemas/reply.json", (c) => c.json(replySchema()));
app.route("/", documents);
app.route("/v1", v1);
app.route(BROADCAST, broadcast);
app.route(OUTREACH, outreach);
app.route(RECIPIENT, recipient);
app.route(HOOKS, hooks);
app.route("/", dashboard);

app.notFound((c) =>
  wantsPage(c) ? showNothing(c) : c.json({ error: { code: "NOT_FOUND", message: "There is nothing here" } }, 404),
);

app.onError((error, c) => {
  if (isOurs(c.req.path)) return failed(error, c);
  if (isOutreach(c.req.path)) return outreachFailed(error, c);
  if (c.req.path.startsWith(`${RECIPIENT}/`)) return recipientFailed(error, c);
  if (wantsPage(c) && c.var.doors !== undefined) return showFailure(error, c);
  report("a request failed", { error });
  return c.json({ error: { code: "SERVICE_UNAVAILABLE", message: "Try again in a moment" } }, 503);
});

export default {
  fetch: app.fetch,
  queue: async (batch, env) =>
    timed("a batch was taken", { queue: batch.queue, messages: batch.messages.length }, async () =>
      consume(batch, await open(env)),
    ),
  email: async (message, env) =>
    timed("a mail was taken", { bytes: message.rawSize }, async () =>
      takeMail(message, await open(env), settingsOf(env).replyDomain),
    ),
  scheduled: async (_controller, env) => timed("a sweep was made", {}, async () => sweep(await open(env))),
} satisfies ExportedHandler<Env>;
