import { env } from "cloudflare:workers";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { settingsOf } from "../../src/env";
import { about, writeFrom } from "../../src/log";
import { faults, faulty } from "../support/faults";
import { send } from "../support/request";
import {
  api,
  begin,
  deliver,
  drain,
  enroll,
  HOUR,
  idOf,
  type Json,
  KEY,
  makeContact,
  makeDrip,
  ring,
  stateOf,
  sweep,
  travel,
} from "../support/world";

/** Everything that was written, whatever wrote it. */
let written: string[] = [];

beforeEach(async () => {
  await begin();
  written = [];
  for (const level of ["log", "info", "warn", "error", "debug"] as const)
    vi.spyOn(console, level).mockImplementation((...told: unknown[]) => {
      if (told[0] !== "letters")
        written.push(told.map((one) => (typeof one === "string" ? one : JSON.stringify(one))).join(" "));
    });
  settingsOf(faulty(env)).logLevel = "info";
});
afterEach(() => {
  settingsOf(faulty(env)).logLevel = "warn";
  writeFrom("warn");
  vi.restoreAllMocks();
});

const lines = (): Json[] => written.map((line) => JSON.parse(line));
const said = (message: string): Json[] => lines().filter((line) => line.message === message);

/** The object reads its own settings as it is made; from then on the isolate's level counts. */
async function ringLoudly(enrollment: string): Promise<void> {
  await stateOf(enrollment);
  writeFrom("info");
  await ring(enrollment);
}

describe("a request's line", () => {
  test("tells who asked what, by the pattern of its path, and what came of it", async () => {
    const { sequence } = await makeDrip([0]);
    const enrollment = await enroll(sequence);
    written = [];
    await send("GET", `/v1/sequences/${sequence}/enrollments/${enrollment}`, {
      headers: { "x-request-id": "req-1234" },
    });
    expect(said("a request was answered")).toEqual([
      {
        level: "info",
        message: "a request was answered",
        request: "req-1234",
        workspace: expect.any(Number),
        key: expect.any(Number),
        enrollment: idOf(enrollment),
        method: "GET",
        route: "/v1/sequences/:id/enrollments/:enrollId",
        status: 200,
        ms: expect.any(Number),
      },
    ]);
  });

  test.each([
    ["/v1/contacts?search=mallory%40secret.example", "/v1/contacts"],
    ["/v1/nothing/mallory@secret.example", "/v1/*"],
    ["/api/v1/sequences/7.json?email=mallory@secret.example", "/api/v1/sequences/:id"],
    ["/api/v1/mallory@secret.example", "/api/v1/*"],
    ["/api/v2/prospects?filter[emails]=mallory@secret.example", "/api/v2/:plural"],
    ["/t/u/mallory-token-secret.example", "/t/u/:token"],
    ["/hooks/mallory@secret.example", "/hooks/*"],
    ["/mallory@secret.example", "/*"],
    ["/health", "/health"],
  ])("%s is written as %s", async (path, route) => {
    await send("GET", path);
    expect(said("a request was answered").map((line) => line.route)).toEqual([route]);
    expect(written.join("\n")).not.toMatch(/mallory|secret\.example/);
  });

  test("a failure has the request's id, and its cause", async () => {
    faults.failSql = /"segments"/;
    const { status } = await send("GET", "/v1/segments", { headers: { "x-request-id": "req-failing" } });
    expect(status).toBe(503);
    expect(said("a request failed")).toMatchObject([
      {
        level: "error",
        request: "req-failing",
        workspace: expect.any(Number),
        error: expect.stringMatching(/out of reach/),
      },
    ]);
  });
});

describe("an answer's X-Request-Id", () => {
  test.each([
    ["a client's", { "x-request-id": "order-17.retry:2" }, /^order-17\.retry:2$/],
    ["the platform's", { "cf-ray": "8f1e2d3c4b5a6978-VIE" }, /^8f1e2d3c4b5a6978-VIE$/],
    ["one of its own for none", {}, /^[0-9a-f-]{36}$/],
    ["one of its own for one that is too short", { "x-request-id": "a" }, /^[0-9a-f-]{36}$/],
    ["one of its own for one that is too long", { "x-request-id": "a".repeat(129) }, /^[0-9a-f-]{36}$/],
    ["one of its own for an address", { "x-request-id": "ada@example.com" }, /^[0-9a-f-]{36}$/],
    ["one of its own for a sentence", { "x-request-id": 'x" } { "a": 1' }, /^[0-9a-f-]{36}$/],
  ])("is %s", async (_, headers, id) => {
    for (const path of [
      "/v1/auth/me",
      "/api/v1/whoami",
      "/api/v2/users",
      "/oauth/token",
      "/t/u/x",
      "/hooks/x",
      "/x",
      "/health",
    ])
      expect(
        (await send("GET", path, { headers: headers as Record<string, string> })).headers.get("x-request-id"),
        path,
      ).toMatch(id);
  });
});

test("queues, sweeps and messages that go out are told of, with what failed", async () => {
  const { sequence } = await makeDrip([1]);
  const enrollment = await enroll(sequence);
  await drain();
  travel(HOUR + 5000);
  await ringLoudly(enrollment);
  expect(said("a message was handed over")).toMatchObject([
    { enrollment: idOf(enrollment), workspace: 1, kind: "outbox", outcome: "delivered", lateMs: 5000 },
  ]);
  await drain();
  expect(said("a batch was taken")).toContainEqual(
    expect.objectContaining({ queue: "dripline-events", ms: expect.any(Number) }),
  );
  faults.failSql = /"?tokens"?/;
  await sweep();
  expect(said("a sweep failed")).toMatchObject([{ level: "error", error: expect.stringMatching(/out of reach/) }]);
  expect(said("a sweep was made")).toHaveLength(1);
  faults.failSql = /./;
  await ringLoudly(enrollment);
  expect(said("a turn was put off")).toMatchObject([{ level: "warn", enrollment: idOf(enrollment) }]);
});

test("what two requests are about is not mixed up", async () => {
  await Promise.all(
    ["first-request", "second-request"].map((request) =>
      about({ request }, () => send("GET", "/v1/segments", { headers: { "x-request-id": request } })),
    ),
  );
  expect(
    said("a request was answered")
      .map((line) => line.request)
      .sort(),
  ).toEqual(["first-request", "second-request"]);
});

/** Each is to be found nowhere in a log. */
const MARKS = /zanzibar|Quetzal|4369115|hunter2|vb_live_|whsec_|T0KEN|first_workspace/i;

test("a story of people, words and secrets leaves none of them in the log, whatever fails in it", async () => {
  const person = { displayName: "Quetzal Zanzibar", phone: "+43 691 15 4369115", customFields: { pet: "Quetzal" } };
  const contact = (
    await api("POST", "/v1/contacts", { platform: "EMAIL", email: "quetzal@zanzibar.example", ...person })
  ).body;
  expect(contact.contact.id).toBeDefined();
  const { sequence } = await makeDrip([0, 1], { name: "Quetzal's sequence" });
  const hook = {
    kind: "webhook",
    url: "https://127.0.0.1:9/T0KEN?key=hunter2",
    secret: "whsec_aHVudGVyMmh1bnRlcjJodW50ZXIy",
  };
  await api("PUT", "/v1/channels/TWITTER", hook);
  const enrollment = await enroll(sequence, await makeContact({ username: "quetzal", displayName: "Zanzibar" }));
  await drain();
  await ringLoudly(enrollment);
  // Broken in every way at once: bodies that quote names, letters that nobody can read, a database that is gone.
  await send("POST", "/v1/contacts", { body: '{ "email": "quetzal@zanzibar.example" ' });
  await send("POST", "/v1/contacts", { body: { email: "quetzal at zanzibar", Quetzal: 1 } });
  await send("GET", "/v1/auth/me", { key: "vb_live_hunter2" });
  await send("POST", "/oauth/token", { body: "grant_type=client_credentials&client_secret=hunter2" });
  await send("POST", "/hooks/mail/ws_1", { body: { data: { to: "quetzal@zanzibar.example" } } });
  await deliver([
    {
      queue: "dripline-replies",
      body: { v: 1, workspaceId: 1, platform: "PIGEON", from: "quetzal@zanzibar.example", text: "Quetzal" },
    },
  ]);
  await deliver([{ queue: "dripline-jobs", body: { kind: "Quetzal", "quetzal@zanzibar.example": 1 } }]);
  await deliver([{ queue: "dripline-events", body: "quetzal@zanzibar.example" }]);
  const reply = {
    platform: "TWITTER",
    from: "quetzal",
    text: "Quetzal says hunter2",
    receivedAt: new Date().toISOString(),
  };
  await api("POST", "/v1/replies", reply);
  faults.failSql = /INSERT|UPDATE/i;
  await drain();
  await send("POST", "/v1/contacts", { body: { platform: "EMAIL", email: "second@zanzibar.example" } });
  await send("PATCH", `/v1/contacts/${contact.contact.id}`, { body: { displayName: "Quetzal" } });
  await ringLoudly(enrollment);
  await sweep();
  faults.failSql = null;
  await drain();
  expect(written.length).toBeGreaterThan(20);
  expect(lines().filter((line) => line.error !== undefined).length).toBeGreaterThan(3);
  for (const line of written) expect(line).not.toMatch(MARKS);
  expect(KEY).toMatch(MARKS);
});
