import { Webhook } from "standardwebhooks";
import { afterEach, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import {
  type Answer,
  api,
  begin,
  enroll,
  HOUR,
  makeContact,
  makeDrip,
  OTHER_KEY,
  pass,
  settle,
  show,
  travel,
} from "../support/world";

interface Call {
  url: string;
  method: string;
  headers: Record<string, string>;
  body: string;
}

let calls: Call[] = [];
/** What the endpoint answers, the last one again and again. */
let answers: number[] = [];

beforeAll(begin);
beforeEach(() => {
  calls = [];
  answers = [200];
  vi.spyOn(globalThis, "fetch").mockImplementation(async (input, init) => {
    const request = new Request(input, init);
    const { url, method } = request;
    calls.push({ url, method, headers: Object.fromEntries(request.headers), body: await request.text() });
    const status = answers.length > 1 ? answers.shift() : answers[0];
    return new Response(null, { status: status ?? 200 });
  });
});
afterEach(async () => {
  vi.restoreAllMocks();
  for (const platform of ["TWITTER", "LINKEDIN", "EMAIL"]) await api("DELETE", `/v1/channels/${platform}`);
});

const channel = (method: string, path: string, body?: object, key?: string): Promise<Answer> =>
  api(method, `/v1/channels${path}`, body, key);
const HOOK = { kind: "webhook", url: "https://example.com/hook?a=b" };
const hooked = async (): Promise<string> => (await channel("PUT", "/TWITTER", HOOK)).body.channel.secret;
const now = () => `${new Date(Date.now()).toISOString().slice(0, 19)}Z`;
const MISSING = { status: 404, body: { error: { code: "NOT_FOUND", message: "Channel not found" } } };

const shown = (more: object = {}) => ({
  platform: "TWITTER",
  kind: "webhook",
  url: "https://example.com/hook?a=b",
  status: "ACTIVE",
  pausedAt: null,
  pauseReason: null,
  createdAt: now(),
  updatedAt: now(),
  ...more,
});

describe("setting a channel", () => {
  test("a webhook's secret is in the answer that makes it, and in no other", async () => {
    const put = await channel("PUT", "/TWITTER", HOOK);
    const secret = expect.stringMatching(/^whsec_[A-Za-z0-9+/]{32}$/);
    expect(put).toEqual({ status: 200, body: { channel: shown({ secret }) } });
    const paused = { status: "PAUSED", pausedAt: now(), pauseReason: "paused by hand" };
    expect(await channel("GET", "/TWITTER")).toEqual({ status: 200, body: { channel: shown() } });
    expect(await channel("GET", "")).toEqual({ status: 200, body: { channels: [shown()] } });
    expect((await channel("POST", "/TWITTER/pause")).body).toEqual({ channel: shown(paused) });
    expect((await channel("POST", "/TWITTER/resume")).body).toEqual({ channel: shown() });
  });

  test("set again, it has a new secret and the new URL, and is no longer paused", async () => {
    const first = await hooked();
    await channel("POST", "/TWITTER/pause");
    const again = await channel("PUT", "/TWITTER", { ...HOOK, url: "https://example.com/other" });
    expect(again.body.channel).toMatchObject({ url: "https://example.com/other", status: "ACTIVE", pauseReason: null });
    expect(again.body.channel.secret).not.toBe(first);
  });

  test("an outbox has neither a URL nor a secret", async () => {
    await hooked();
    const { status, body } = await channel("PUT", "/TWITTER", { kind: "outbox" });
    expect([status, body.channel]).toEqual([200, shown({ kind: "outbox", url: null })]);
  });

  test("there is one for each platform, each workspace has its own, and they are listed by platform", async () => {
    expect((await channel("GET", "")).body).toEqual({ channels: [] });
    await channel("PUT", "/TWITTER", { kind: "outbox" });
    await channel("PUT", "/EMAIL", HOOK);
    const { channels } = (await channel("GET", "")).body;
    expect(channels).toEqual([shown({ platform: "EMAIL" }), shown({ kind: "outbox", url: null })]);
    expect((await channel("GET", "", undefined, OTHER_KEY)).body).toEqual({ channels: [] });
    expect(await channel("GET", "/EMAIL", undefined, OTHER_KEY)).toEqual(MISSING);
    expect(await channel("DELETE", "/EMAIL", undefined, OTHER_KEY)).toEqual(MISSING);
    expect((await channel("GET", "/EMAIL")).status).toBe(200);
  });

  test("removed, it is not found any more", async () => {
    await hooked();
    expect(await channel("DELETE", "/TWITTER")).toEqual({ status: 200, body: { success: true } });
    expect(await channel("GET", "/TWITTER")).toEqual(MISSING);
    expect(await channel("DELETE", "/TWITTER")).toEqual(MISSING);
    expect((await channel("GET", "")).body).toEqual({ channels: [] });
  });

  test.each(["MYSPACE", "twitter", "channel_1"])("there is none on %s, which is no platform", async (platform) => {
    const verbs: [string, string, object?][] = [
      ["GET", `/${platform}`],
      ["PUT", `/${platform}`, HOOK],
      ["DELETE", `/${platform}`],
      ["POST", `/${platform}/pause`],
      ["POST", `/${platform}/resume`],
    ];
    for (const verb of verbs) expect(await channel(...verb)).toEqual(MISSING);
  });

  test("one that nobody has set is the outbox: it can be paused, and resumed once it was", async () => {
    expect(await channel("POST", "/TWITTER/resume")).toEqual(MISSING);
    const paused = await channel("POST", "/TWITTER/pause");
    expect(paused.body.channel).toMatchObject({ kind: "outbox", status: "PAUSED", pauseReason: "paused by hand" });
    expect((await channel("POST", "/TWITTER/resume")).body.channel).toMatchObject({ status: "ACTIVE" });
    await channel("DELETE", "/TWITTER");
  });

  test.each([
    ["nonsense", "malformed"],
    ["", "malformed"],
    ["ftp://example.com/", "must begin with https://"],
    ["javascript:alert(1)", "must begin with https://"],
    ["https://user:secret@example.com/", "must not carry credentials"],
  ])("%j is refused as a URL", async (url, why) => {
    const error = { code: "VALIDATION_ERROR", message: expect.stringContaining(why), details: { field: "url" } };
    expect(await channel("PUT", "/TWITTER", { kind: "webhook", url })).toEqual({ status: 400, body: { error } });
    expect(await channel("GET", "/TWITTER")).toEqual(MISSING);
  });
});

describe("pausing a channel", () => {
  test("keeps the first reason, and the time of it, until it is resumed", async () => {
    await hooked();
    const pausedAt = now();
    await channel("POST", "/TWITTER/pause", { reason: "Their Monday" });
    travel(2000);
    const again = await channel("POST", "/TWITTER/pause", { reason: "Ours" });
    expect(again.status).toBe(200);
    expect(again.body.channel).toMatchObject({ status: "PAUSED", pauseReason: "Their Monday", pausedAt });
    expect((await channel("POST", "/TWITTER/resume")).body.channel).toMatchObject({ status: "ACTIVE", pausedAt: null });
    expect((await channel("POST", "/TWITTER/resume")).status).toBe(200);
  });

  test("holds the messages of its platform alone, and lets them go", async () => {
    await channel("PUT", "/TWITTER", { kind: "outbox" });
    await channel("POST", "/TWITTER/pause");
    const { sequence } = await makeDrip([0]);
    const contact = await makeContact({ email: "free@example.com" });
    const [held, free] = [await enroll(sequence), await enroll(sequence, contact, "EMAIL")];
    await settle();
    expect(await show(sequence, held)).toMatchObject({ status: "ACTIVE", waiting: { for: "channel" } });
    expect(await show(sequence, free)).toMatchObject({ status: "COMPLETED" });
    await channel("POST", "/TWITTER/resume");
    await pass(60_000);
    expect(await show(sequence, held)).toMatchObject({ status: "COMPLETED" });
  });
});

describe("a webhook", () => {
  test("is handed the message, signed after Standard Webhooks with its secret", async () => {
    const secret = await hooked();
    const { sequence, steps } = await makeDrip([0]);
    const contact = await makeContact({ username: "alice", displayName: "Alice" });
    const enrollment = await enroll(sequence, contact);
    await settle();
    const [message] = (await api("GET", `/v1/messages?enrollment=${enrollment}`)).body.messages;
    const [call, ...more] = calls;
    expect(more).toEqual([]);
    expect(call).toMatchObject({ url: "https://example.com/hook?a=b", method: "POST" });
    expect(call?.headers).toMatchObject({ "content-type": "application/json", "webhook-id": message.id });
    expect(new Webhook(secret).verify(call?.body ?? "", call?.headers ?? {})).toEqual({
      type: "message.send",
      timestamp: expect.stringMatching(/^2040-01-02T09:\d\d:\d\d\.\d{3}Z$/),
      data: {
        id: message.id,
        workspaceId: "ws_1",
        sequenceId: sequence,
        stepId: steps[0],
        enrollmentId: enrollment,
        contactId: contact,
        platform: "TWITTER",
        to: "alice",
        toName: "Alice",
        subject: null,
        body: "Message 1",
        format: "text",
      },
    });
    expect(() =>
      new Webhook(`whsec_${btoa("another secret")}`).verify(call?.body ?? "", call?.headers ?? {}),
    ).toThrow();
  });

  test("that fails for a while is handed the same bytes under the same id again, signed anew", async () => {
    const secret = await hooked();
    answers = [500, 408, 200];
    const { sequence } = await makeDrip([0]);
    const enrollment = await enroll(sequence);
    await settle();
    await pass(HOUR / 6, 30_000);
    expect(calls).toHaveLength(3);
    expect(new Set(calls.map(({ body }) => body)).size).toBe(1);
    expect(new Set(calls.map(({ headers }) => headers["webhook-id"])).size).toBe(1);
    expect(new Set(calls.map(({ headers }) => headers["webhook-timestamp"])).size).toBe(3);
    const last = calls[2];
    travel(Number(last?.headers["webhook-timestamp"]) * 1000 - Date.now());
    expect(new Webhook(secret).verify(last?.body ?? "", last?.headers ?? {})).toMatchObject({ type: "message.send" });
    expect((await api("GET", `/v1/messages?enrollment=${enrollment}`)).body.messages).toMatchObject([
      { status: "sent", attempts: 3, error: null },
    ]);
  });

  test("is called for its platform alone, and no more once it is removed", async () => {
    await hooked();
    const { sequence } = await makeDrip([0]);
    await enroll(sequence, await makeContact({ platform: "LINKEDIN" }), "LINKEDIN");
    await settle();
    expect(calls).toEqual([]);
    await channel("DELETE", "/TWITTER");
    const enrollment = await enroll(sequence);
    await settle();
    expect(calls).toEqual([]);
    expect(await show(sequence, enrollment)).toMatchObject({ status: "COMPLETED" });
  });
});
