/** The operator's door: who is let in, and what he does there to workspaces, users and keys. */
import { createExecutionContext } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { beforeEach, describe, expect, test } from "vitest";
import { change, OPERATOR, operate } from "../support/operator";
import { send } from "../support/request";
import worker from "../support/worker";
import { api, begin, db, FREE_KEY, type Json, KEY, OTHER_KEY, START, settle, travel } from "../support/world";

beforeEach(begin);

const USERS = "/workspaces/ws_1/users";
const KEYS = `${USERS}/user_1/keys`;
const LINKS = `${USERS}/user_1/sign-in-links`;

/** Every route, with a body that it takes. */
const ROUTES: [string, string, object?][] = [
  ["GET", "/workspaces"],
  ["POST", "/workspaces", { name: "New" }],
  ["GET", "/workspaces/ws_1"],
  ["PATCH", "/workspaces/ws_1", { name: "Renamed" }],
  ["GET", USERS],
  ["POST", USERS, { email: "ada@example.com" }],
  ["PATCH", `${USERS}/user_1`, { name: "Boss" }],
  ["GET", KEYS],
  ["POST", KEYS, {}],
  ["POST", `${KEYS}/key_1/rotate`, {}],
  ["DELETE", `${KEYS}/key_1`],
  ["POST", LINKS],
  ["GET", "/nothing"],
];

const code = (answer: { body: Json }) => answer.body?.error?.code;
const me = async (key: string) => (await send("GET", "/v1/auth/me", { key })).status;

describe("who is let in", () => {
  test.each(ROUTES)("%s %s -> 401 but for the operator", async (method, path, body) => {
    for (const key of [null, KEY, "nonsense", OPERATOR.slice(1), `${OPERATOR}x`, OPERATOR.toUpperCase()]) {
      const answer = await operate(method, path, body, { key });
      expect([answer.status, code(answer)]).toEqual([401, "UNAUTHORIZED"]);
    }
    const { results } = await db().prepare("SELECT name FROM workspaces ORDER BY id").all();
    expect(results.map(({ name }) => name)).toEqual(["Workspace 1", "Workspace 2", "Workspace 3"]);
  });

  test("his token opens no API of a workspace", async () => {
    for (const path of ["/v1/auth/me", "/v1/users", "/api/v1/sequences", "/api/v2/sequences"])
      expect((await send("GET", path, { key: OPERATOR })).status).toBe(401);
  });

  test.each([
    ["no token is set -> there is nobody to let in", undefined, 404],
    ["the token that is set is too short -> nothing answers", "short", 503],
  ])("%s", async (_, token, status) => {
    const request = new Request<unknown, IncomingRequestCfProperties>("https://dripline.test/admin/workspaces", {
      headers: { authorization: `Bearer ${token ?? OPERATOR}` },
    });
    const bindings = { ...env, DRIPLINE_OPERATOR: token } as Env;
    const answer = await worker.fetch(request, bindings, createExecutionContext());
    expect(answer.status).toBe(status);
    expect(await answer.text()).not.toContain("short");
  });

  test("no cache keeps what is told", async () => {
    expect((await operate("GET", KEYS)).headers.get("cache-control")).toBe("no-store");
  });
});

describe("workspaces", () => {
  const limits = {
    requestsPerMinute: 200,
    enrollments: 10_000,
    stepsPerSequence: 500,
    bodyBytes: 1_048_576,
    pageSize: 1000,
  };

  test("one is made with its first user, and shown with what holds for it", async () => {
    const made = await operate("POST", "/workspaces", { name: "Acme", plan: "STARTER", limits: { pageSize: 20 } });
    const { id, ...shown } = made.body.workspace;
    expect(made.status).toBe(201);
    expect(shown).toEqual({
      name: "Acme",
      plan: "STARTER",
      features: { dm_sequences: false },
      limits: { ...limits, pageSize: 20 },
      own: { features: {}, limits: { pageSize: 20 } },
      paused: false,
      pausedAt: null,
      locked: false,
      lockedAt: null,
      createdAt: "2040-01-02T09:00:00Z",
    });
    const found = await operate("GET", `/workspaces/${id}`);
    expect(found.body.workspace).toEqual({ id, ...shown, usage: { enrollments: 0 } });
    expect((await operate("GET", `/workspaces/${id}/users`)).body).toMatchObject({
      users: [{ name: "Owner", workspaceId: id, locked: false }],
      pagination: { total: 1 },
    });
  });

  test("they are listed with the newest first, by pages", async () => {
    const { id } = (await operate("POST", "/workspaces", { name: "Newest" })).body.workspace;
    const { workspaces, pagination } = (await operate("GET", "/workspaces?limit=2&page=1")).body;
    expect(workspaces.map((one: Json) => one.id)).toEqual([id, "ws_3"]);
    expect(pagination).toEqual({ page: 1, limit: 2, total: 4, totalPages: 2 });
  });

  test("what a patch names is set, and nothing else", async () => {
    await operate("PATCH", "/workspaces/ws_2", { limits: { enrollments: 5 } });
    const patched = await operate("PATCH", "/workspaces/ws_2", {
      name: "Two",
      plan: "PRO",
      features: { dm_sequences: true },
    });
    const expected = {
      name: "Two",
      plan: "PRO",
      features: { dm_sequences: true },
      own: { limits: { enrollments: 5 } },
    };
    expect(patched).toMatchObject({ status: 200, body: { workspace: expected } });
    expect((await operate("PATCH", "/workspaces/ws_2", {})).body).toEqual(patched.body);
    const back = await operate("PATCH", "/workspaces/ws_2", { limits: {}, features: {} });
    expect(back.body.workspace).toMatchObject({ own: { features: {}, limits: {} }, limits: { enrollments: 100_000 } });
    expect((await operate("GET", "/workspaces/ws_1")).body.workspace).toMatchObject({
      name: "Workspace 1",
      plan: "AGENCY",
    });
  });

  test("a change of plan or features is known within ten seconds", async () => {
    const sequences = async (key: string) => (await api("GET", "/v1/sequences", undefined, key)).status;
    const cases: [string, string, Record<string, unknown>, number][] = [
      ["ws_3", FREE_KEY, { features: { dm_sequences: true } }, 200],
      ["ws_3", FREE_KEY, { features: { dm_sequences: false }, plan: "AGENCY" }, 403],
      ["ws_3", FREE_KEY, { features: {} }, 200],
      ["ws_3", FREE_KEY, { plan: "FREE" }, 403],
      ["ws_1", KEY, { features: { dm_sequences: false } }, 403],
      ["ws_1", KEY, { features: {} }, 200],
    ];
    for (const [workspace, key, patch, status] of cases) {
      await sequences(key);
      await change(workspace, patch);
      expect([patch, await sequences(key)]).toEqual([patch, status]);
    }
  });

  test("a paused one sends nothing until it is no more", async () => {
    const patched = await operate("PATCH", "/workspaces/ws_1", { paused: true });
    expect(patched.body.workspace).toMatchObject({ paused: true, pausedAt: "2040-01-02T09:00:00Z" });
    expect((await api("GET", "/v1/workspace")).body.workspace.sending).toBe("PAUSED");
    travel(1000);
    const again = await operate("PATCH", "/workspaces/ws_1", { paused: true });
    expect(again.body.workspace.pausedAt).toBe("2040-01-02T09:00:00Z");
    await operate("PATCH", "/workspaces/ws_1", { paused: false });
    await settle();
    expect((await api("GET", "/v1/workspace")).body.workspace.sending).toBe("ACTIVE");
  });

  test("no key and no token of a locked one opens anything within ten seconds, and those of others do", async () => {
    const form = { "content-type": "application/x-www-form-urlencoded" };
    const ask = `grant_type=client_credentials&client_secret=${KEY}`;
    const token = (await send("POST", "/oauth/token", { body: ask, headers: form, key: null })).body.access_token;
    expect([await me(KEY), await me(token)]).toEqual([200, 200]);
    await change("ws_1", { locked: true });
    expect([await me(KEY), await me(token), await me(OTHER_KEY)]).toEqual([401, 401, 200]);
    expect((await send("POST", "/oauth/token", { body: ask, headers: form, key: null })).status).toBe(401);
    expect((await operate("GET", "/workspaces/ws_1")).body.workspace.locked).toBe(true);
    await change("ws_1", { locked: false });
    expect([await me(KEY), await me(token)]).toEqual([200, 200]);
  });
});

describe("users and keys of a workspace", () => {
  test("somebody is brought in, gets a key, has it replaced and taken away", async () => {
    const { user } = (await operate("POST", "/workspaces/ws_2/users", { email: "ada@example.com", firstName: "Ada" }))
      .body;
    expect(user).toMatchObject({ name: "Ada", workspaceId: "ws_2", creatorId: null });
    const path = `/workspaces/ws_2/users/${user.id}/keys`;
    const made = await operate("POST", path, {
      name: "CI",
      scopes: ["contacts_read"],
      expiresAt: "2041-01-01T00:00:00Z",
    });
    const { key, ...shown } = made.body.key;
    expect(made.status).toBe(201);
    expect(shown).toMatchObject({ name: "CI", scopes: ["contacts_read"], successorId: null });
    expect(await send("GET", "/v1/auth/me", { key })).toMatchObject({ body: { workspaceId: "ws_2" } });
    expect((await send("GET", "/v1/users", { key })).status).toBe(403);
    const rotated = await operate("POST", `${path}/${shown.id}/rotate`, { overlapSeconds: 60 });
    expect(rotated.status).toBe(201);
    expect(rotated.body.previous).toMatchObject({ id: shown.id, successorId: rotated.body.key.id });
    expect(rotated.body.key).toMatchObject({ name: "CI", scopes: ["contacts_read"], expiresAt: shown.expiresAt });
    const next: string = rotated.body.key.key;
    expect((await operate("DELETE", `${path}/${rotated.body.key.id}`)).body).toEqual({ success: true });
    travel(10_000);
    expect([await me(key), await me(next)]).toEqual([200, 401]);
    expect((await operate("GET", path)).body.keys).toMatchObject([{ id: shown.id }]);
    await operate("PATCH", `/workspaces/ws_2/users/${user.id}`, { locked: true });
    travel(10_000);
    expect(await me(key)).toBe(401);
  });

  test("those of another workspace are not there", async () => {
    for (const [method, path, body] of [
      ["PATCH", "/workspaces/ws_2/users/user_1", { locked: true }],
      ["GET", "/workspaces/ws_2/users/user_1/keys"],
      ["POST", "/workspaces/ws_2/users/user_1/keys", {}],
      ["POST", "/workspaces/ws_2/users/user_2/keys/key_1/rotate", {}],
      ["DELETE", "/workspaces/ws_2/users/user_2/keys/key_1"],
      ["DELETE", "/workspaces/ws_1/users/user_2/keys/key_1"],
    ] as const) {
      expect([path, code(await operate(method, path, body))]).toEqual([path, "NOT_FOUND"]);
    }
    expect(await me(KEY)).toBe(200);
  });

  test.each(ROUTES.filter(([, path]) => path.includes("ws_1")))(
    "%s %s of no workspace -> 404, of none that could be -> 400",
    async (method, path, body) => {
      expect(code(await operate(method, path.replace("ws_1", "ws_99"), body))).toBe("NOT_FOUND");
      expect(code(await operate(method, path.replace("ws_1", "ws_abc"), body))).toBe("NOT_FOUND");
      expect(code(await operate(method, path.replace("ws_1", "1"), body))).toBe("BAD_REQUEST");
      expect(code(await operate(method, path.replace("ws_1", "user_1"), body))).toBe("BAD_REQUEST");
    },
  );
});

describe("what is refused", () => {
  const W = "/workspaces/ws_1";
  const cases: [string, string, unknown, string][] = [
    ["POST", "/workspaces", {}, "BAD_REQUEST"],
    ["POST", "/workspaces", { name: 5 }, "BAD_REQUEST"],
    ["POST", "/workspaces", { name: "" }, "VALIDATION_ERROR"],
    ["POST", "/workspaces", { name: "x".repeat(256) }, "VALIDATION_ERROR"],
    ["POST", "/workspaces", { name: "a\nb" }, "VALIDATION_ERROR"],
    ["POST", "/workspaces", { name: "A", plan: "GOLD" }, "VALIDATION_ERROR"],
    ["POST", "/workspaces", { name: "A", plan: null }, "BAD_REQUEST"],
    ["POST", "/workspaces", "{broken", "BAD_REQUEST"],
    ["POST", "/workspaces", [], "BAD_REQUEST"],
    ["POST", "/workspaces", { name: "A", note: "x".repeat(1024 * 1024) }, "BAD_REQUEST"],
    ["PATCH", W, { name: null }, "BAD_REQUEST"],
    ["PATCH", W, { paused: "yes" }, "BAD_REQUEST"],
    ["PATCH", W, { locked: 1 }, "BAD_REQUEST"],
    ["PATCH", W, { features: { flying: true } }, "VALIDATION_ERROR"],
    ["PATCH", W, { features: { dm_sequences: "yes" } }, "BAD_REQUEST"],
    ["PATCH", W, { features: null }, "BAD_REQUEST"],
    ["PATCH", W, { limits: { wishes: 3 } }, "VALIDATION_ERROR"],
    ["PATCH", W, { limits: { enrollments: -1 } }, "VALIDATION_ERROR"],
    ["PATCH", W, { limits: { enrollments: "none" } }, "BAD_REQUEST"],
    ["PATCH", W, { limits: { requestsPerMinute: 0 } }, "VALIDATION_ERROR"],
    ["PATCH", W, { limits: { requestsPerMinute: null } }, "BAD_REQUEST"],
    ["PATCH", W, { limits: { requestsPerMinute: 1.5 } }, "BAD_REQUEST"],
    ["PATCH", W, { limits: { stepsPerSequence: 2001 } }, "VALIDATION_ERROR"],
    ["PATCH", W, { limits: { bodyBytes: 10 } }, "VALIDATION_ERROR"],
    ["PATCH", W, { limits: { bodyBytes: 1e9 } }, "VALIDATION_ERROR"],
    ["PATCH", W, { limits: { pageSize: 1001 } }, "VALIDATION_ERROR"],
    ["GET", "/workspaces?limit=0", undefined, "VALIDATION_ERROR"],
    ["GET", "/workspaces?page=x", undefined, "BAD_REQUEST"],
    ["POST", USERS, { email: "nobody" }, "VALIDATION_ERROR"],
    ["POST", USERS, {}, "BAD_REQUEST"],
    ["PATCH", `${USERS}/user_1`, { locked: "yes" }, "BAD_REQUEST"],
    ["PATCH", `${USERS}/key_1`, {}, "BAD_REQUEST"],
    ["PATCH", `${USERS}/user_99`, {}, "NOT_FOUND"],
    ["POST", KEYS, { scopes: ["everything"] }, "VALIDATION_ERROR"],
    ["POST", KEYS, { scopes: "*" }, "BAD_REQUEST"],
    ["POST", KEYS, { expiresAt: new Date(START - 1000).toISOString() }, "VALIDATION_ERROR"],
    ["POST", `${KEYS}/key_1/rotate`, { overlapSeconds: -1 }, "VALIDATION_ERROR"],
    ["POST", `${KEYS}/key_1/rotate`, { overlapSeconds: 604_801 }, "VALIDATION_ERROR"],
    ["POST", `${KEYS}/key_1/rotate`, { overlapSeconds: "60" }, "BAD_REQUEST"],
    ["POST", `${KEYS}/key_1/rotate`, "{broken", "BAD_REQUEST"],
    ["POST", `${KEYS}/key_99/rotate`, {}, "NOT_FOUND"],
    ["DELETE", `${KEYS}/user_1`, undefined, "BAD_REQUEST"],
    ["DELETE", W, undefined, "NOT_FOUND"],
  ];
  test("by its code, and nothing is changed", async () => {
    const before = (await operate("GET", "/workspaces")).body;
    for (const [method, path, body, expected] of cases) {
      const answer = await operate(method, path, body);
      expect([method, path, body, code(answer)]).toEqual([method, path, body, expected]);
      expect(answer.body.error.message).toMatch(/\w/);
    }
    expect((await operate("GET", "/workspaces")).body).toEqual(before);
  });
});
