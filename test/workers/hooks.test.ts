/** What providers tell of mails: signed, once, and never lost though the ledger is behind. */
import { createExecutionContext } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { Webhook } from "standardwebhooks";
import { beforeEach, describe, expect, test } from "vitest";
import { faults } from "../support/faults";
import { namesOf } from "../support/mailing";
import worker from "../support/worker";
import {
  api,
  begin,
  db,
  enroll,
  historyOf,
  idOf,
  makeContact,
  makeDrip,
  OTHER_KEY,
  rowOf,
  settle,
  travel,
} from "../support/world";

beforeEach(begin);

const RESEND = "56761188-7520-42d8-8898-ff6fc54ce618";

async function underWay() {
  const { sequence } = await makeDrip([0, 24]);
  const contact = await makeContact({ platform: "EMAIL", username: "ada@acme.example" });
  const enrollment = await enroll(sequence, contact, "EMAIL");
  await settle();
  const message = `msg_${(await namesOf(enrollment)).token.split("-")[1]}`;
  await db().prepare("UPDATE messages SET provider_id = ? WHERE id = ?").bind(RESEND, idOf(message)).run();
  return { contact, enrollment, message };
}

async function secretOf(key?: string, body: object = {}): Promise<string> {
  const made = await api("POST", "/v1/mail-hook/secrets", body, key);
  expect(made.status).toBe(201);
  return made.body.mailHookSecret.secret;
}

interface Call {
  secret: string;
  workspace?: string;
  prefix?: "webhook" | "svix";
  /** Of the signature, before now, in milliseconds. */
  ago?: number;
  headers?: Record<string, string>;
}

async function call(body: unknown, { secret, workspace = "ws_1", prefix = "webhook", ago = 0, headers = {} }: Call) {
  const text = typeof body === "string" ? body : JSON.stringify(body);
  const at = new Date(Date.now() - ago);
  const signed = {
    [`${prefix}-id`]: "evt_1",
    [`${prefix}-timestamp`]: String(Math.floor(at.getTime() / 1000)),
    [`${prefix}-signature`]: new Webhook(secret).sign("evt_1", at, text),
  };
  const request = new Request<unknown, IncomingRequestCfProperties>(`https://dripline.test/hooks/mail/${workspace}`, {
    method: "POST",
    headers: { ...signed, ...headers },
    body: text,
  });
  const response = await worker.fetch(request, env, createExecutionContext());
  const answer = { status: response.status, body: await response.json<unknown>() };
  await settle();
  return answer;
}

const told = (type: string, data: object = {}) => ({
  type,
  created_at: new Date(Date.now()).toISOString(),
  data: { email_id: RESEND, from: "bob@sender.example", to: ["ada@acme.example"], subject: "Hi", ...data },
});

const TAKEN = { status: 202, body: { status: "taken" } };
const IGNORED = { status: 202, body: { status: "ignored" } };

describe("what Resend tells", () => {
  test.each([
    ["email.delivered", {}, "deliveredAt"],
    ["email.opened", {}, "openedAt"],
    [
      "email.clicked",
      { click: { link: "https://acme.example/a", timestamp: "2040-01-02T09:00:00.000Z" } },
      "clickedAt",
    ],
    ["email.bounced", { bounce: { type: "Permanent", subType: "General", message: "unknown" } }, "bouncedAt"],
    ["email.bounced", {}, "bouncedAt"],
    ["email.complained", {}, "complainedAt"],
  ])("%s %j", async (type, data, field) => {
    const { message, enrollment } = await underWay();
    const secret = await secretOf();
    for (let i = 0; i < 2; i++) expect(await call(told(type, data), { secret, prefix: "svix" })).toEqual(TAKEN);
    expect((await api("GET", `/v1/messages/${message}`)).body.message[field]).not.toBeNull();
    const noted = (await historyOf(enrollment)).filter(({ what }) => what === "noted");
    expect(noted).toHaveLength(1);
    const ends = field === "bouncedAt" || field === "complainedAt";
    expect((await rowOf(enrollment)).standing).toBe(ends ? "FAILED" : "ACTIVE");
  });

  test("a bounce that may pass is noted once in the history, and blocks nobody", async () => {
    const { enrollment } = await underWay();
    const secret = await secretOf();
    const bounce = { type: "Transient", subType: "MailboxFull", message: "The mailbox is full" };
    for (let i = 0; i < 2; i++) expect(await call(told("email.bounced", { bounce }), { secret })).toEqual(TAKEN);
    expect((await historyOf(enrollment)).filter(({ what }) => what === "reply_ignored")).toMatchObject([
      { reason: "a bounce that may pass: The mailbox is full" },
    ]);
    expect(await rowOf(enrollment)).toMatchObject({ standing: "ACTIVE" });
  });

  test.each(["email.sent", "email.delivery_delayed", "email.failed", "contact.created", "of.tomorrow"])(
    "%s -> ignored",
    async (type) => {
      await underWay();
      expect(await call(told(type), { secret: await secretOf() })).toEqual(IGNORED);
    },
  );

  test("a mail that the ledger does not show yet -> it is to come again; after a while -> it is none of ours", async () => {
    await underWay();
    const secret = await secretOf();
    const other = told("email.delivered", { email_id: "another" });
    expect((await call(other, { secret })).status).toBe(503);
    travel(16 * 60_000);
    expect(await call(other, { secret })).toEqual(IGNORED);
  });
});

describe("what others tell in our own words", () => {
  test.each(["delivered", "opened", "clicked", "bounced", "complained", "soft_bounce"])("%s", async (fact) => {
    const { message } = await underWay();
    const body = { message, fact, at: "2040-01-02T09:00:00Z", url: null, more: "ignored" };
    expect(await call(body, { secret: await secretOf() })).toEqual(TAKEN);
  });

  test("of another workspace's message, or of one that never was -> ignored, and nothing changes", async () => {
    const { message, enrollment } = await underWay();
    const secret = await secretOf(OTHER_KEY);
    for (const one of [message, "msg_4097", "msg_999999999999999"]) {
      for (const fact of ["bounced", "soft_bounce"]) {
        expect(await call({ message: one, fact }, { secret, workspace: "ws_2" })).toEqual(IGNORED);
      }
    }
    expect(await rowOf(enrollment)).toMatchObject({ standing: "ACTIVE" });
    expect((await historyOf(enrollment)).filter(({ what }) => what === "noted")).toEqual([]);
  });
});

describe("who has not signed is refused, in the same words", () => {
  test("whatever is wrong", async () => {
    const { message, enrollment } = await underWay();
    const secret = await secretOf();
    const body = { message, fact: "bounced" };
    const foreign = `whsec_${btoa("x".repeat(24))}`;
    const calls: Call[] = [
      { secret: foreign },
      { secret, workspace: "ws_2" },
      { secret, workspace: "ws_999" },
      { secret, workspace: "1" },
      { secret, workspace: "ws_01" },
      { secret, ago: 6 * 60_000 },
      { secret, ago: -6 * 60_000 },
      { secret, headers: { "webhook-signature": "" } },
      { secret, headers: { "webhook-signature": "v1," } },
      { secret, headers: { "webhook-signature": "v2,abc" } },
      { secret, headers: { "webhook-timestamp": "now" } },
      { secret, headers: { "webhook-id": "evt_2" } },
      { secret, headers: { "webhook-id": "x".repeat(3000) } },
    ];
    for (const one of calls) {
      expect([one, await call(body, one)]).toEqual([
        one,
        { status: 401, body: { error: { message: "The signature is not right" } } },
      ]);
    }
    expect(await rowOf(enrollment)).toMatchObject({ standing: "ACTIVE" });
  });

  test("a workspace without a secret hears nobody", async () => {
    const { message } = await underWay();
    expect((await call({ message, fact: "opened" }, { secret: `whsec_${btoa("x".repeat(24))}` })).status).toBe(401);
  });

  test("of several signatures one is enough; a secret that was taken back counts no more", async () => {
    const { message } = await underWay();
    const [old, fresh] = [await secretOf(), await secretOf()];
    const body = { message, fact: "opened" };
    for (const secret of [old, fresh]) expect((await call(body, { secret })).status).toBe(202);
    const { id } = (await api("GET", "/v1/mail-hook")).body.mailHook.secrets[0];
    expect((await api("DELETE", `/v1/mail-hook/secrets/${id}`)).status).toBe(200);
    expect((await call(body, { secret: old })).status).toBe(401);
    const at = new Date(Date.now());
    const both = [old, fresh].map((secret) => new Webhook(secret).sign("evt_1", at, JSON.stringify(body))).join(" ");
    expect((await call(body, { secret: old, headers: { "webhook-signature": both } })).status).toBe(202);
  });
});

describe("refusals", () => {
  test.each([
    "",
    "{",
    "[]",
    "null",
    "5",
    "{}",
    '{"message":"1","fact":"opened"}',
    '{"message":"msg_1","fact":"vanished"}',
    '{"type":"email.opened"}',
    '{"type":"email.opened","created_at":"yesterday","data":{}}',
    '{"message":"msg_1","fact":"opened","at":"soon"}',
  ])("%s is no news", async (body) => {
    expect((await call(body, { secret: await secretOf() })).status).toBe(400);
  });

  test("too large -> 413, whoever signed it", async () => {
    expect((await call("x".repeat(1024 * 1024 + 1), { secret: await secretOf() })).status).toBe(413);
  });

  test("what is not there -> 404", async () => {
    for (const [method, path] of [
      ["GET", "/hooks/mail/ws_1"],
      ["POST", "/hooks/mail"],
      ["POST", "/hooks/other/ws_1"],
    ]) {
      expect((await api(method ?? "", path ?? "", method === "POST" ? {} : undefined)).status).toBe(404);
    }
  });

  test("D1 or the object is out of reach -> to be sent again", async () => {
    const { message } = await underWay();
    const secret = await secretOf();
    faults.failSql = /./;
    expect((await call({ message, fact: "opened" }, { secret })).status).toBe(503);
    faults.failSql = null;
    faults.objectsDown = true;
    expect((await call({ message, fact: "opened" }, { secret })).status).toBe(503);
    faults.objectsDown = false;
    expect(await call({ message, fact: "opened" }, { secret })).toEqual(TAKEN);
  });
});

describe("secrets", () => {
  test("one that is made is shown once; one that a provider made is taken, and never shown", async () => {
    const told = `whsec_${btoa("y".repeat(24))}`;
    const made = await api("POST", "/v1/mail-hook/secrets");
    expect(made.body.mailHookSecret).toEqual({
      id: expect.stringMatching(/^secret_\d+$/),
      secret: expect.stringMatching(/^whsec_/),
      createdAt: "2040-01-02T09:00:00Z",
    });
    const kept = await api("POST", "/v1/mail-hook/secrets", { secret: told });
    expect(kept.body.mailHookSecret).not.toHaveProperty("secret");
    const listed = (await api("GET", "/v1/mail-hook")).body;
    expect(listed.mailHook).toMatchObject({ path: "/hooks/mail/ws_1", secrets: [{}, {}] });
    const rows = await db().prepare("SELECT * FROM hook_secrets").all();
    for (const text of [JSON.stringify(listed), JSON.stringify(rows.results)]) {
      expect(text).not.toContain(told);
      expect(text).not.toContain(made.body.mailHookSecret.secret);
    }
    const { message } = await underWay();
    expect((await call({ message, fact: "opened" }, { secret: told })).status).toBe(202);
  });

  test.each([
    "",
    "secret",
    "whsec_",
    "whsec_short",
    `whsec_${"!".repeat(32)}`,
    5,
    null,
    `whsec_${"A".repeat(200)}`,
    `whsec_${"A".repeat(25)}`,
  ])("%j is none", async (secret) => {
    expect((await api("POST", "/v1/mail-hook/secrets", { secret })).status).toBe(400);
  });

  test("there are at most five", async () => {
    for (let i = 0; i < 5; i++) await secretOf();
    expect((await api("POST", "/v1/mail-hook/secrets")).status).toBeGreaterThanOrEqual(400);
    expect((await api("GET", "/v1/mail-hook")).body.mailHook.secrets).toHaveLength(5);
  });
});
