/** Users and their keys: who they are, what their keys may, and when those are refused. */
import { beforeEach, describe, expect, test } from "vitest";
import { send } from "../support/request";
import { makeKey, makeUser } from "../support/users";
import { api, begin, db, HOUR, type Json, KEY, OTHER_KEY, START, travel } from "../support/world";

beforeEach(begin);

const me = async (key: string) => (await api("GET", "/v1/auth/me", undefined, key)).status;
const sequences = async (key: string) => (await api("GET", "/v1/sequences", undefined, key)).status;
const add = (body: Json, key = KEY) => api("POST", "/v1/users", body, key);
const keysOf = async (user: string): Promise<Json[]> => (await api("GET", `/v1/users/${user}/keys`)).body.keys;

describe("users", () => {
  test("every workspace has one from the beginning", async () => {
    expect((await api("GET", "/v1/users")).body).toMatchObject({
      users: [{ id: "user_1", name: "Owner", email: null, locked: false, details: {}, workspaceId: "ws_1" }],
      pagination: { page: 1, total: 1, totalPages: 1 },
    });
  });

  test("one is made, shown, listed and changed, and it is known by whom", async () => {
    const made = await add({ email: " Ada@Example.com", firstName: "Ada", lastName: "King", details: { title: "Dr" } });
    const ada = { email: "Ada@Example.com", name: "Ada King", username: null, details: { title: "Dr" } };
    expect(made).toMatchObject({ status: 201, body: { user: { ...ada, creatorId: "user_1", updaterId: "user_1" } } });
    const { id } = made.body.user;
    const other = await makeUser();
    const patch = { lastName: "Lovelace", username: "ada" };
    const changed = await api("PATCH", `/v1/users/${id}`, patch, other.key);
    expect(changed).toMatchObject({ status: 200, body: { user: { name: "Ada Lovelace", updaterId: other.id } } });
    expect((await api("GET", `/v1/users/${id}`)).body).toEqual(changed.body);
    const page = (await api("GET", "/v1/users?limit=2")).body;
    expect(page.users.map((user: Json) => user.id)).toEqual([other.id, id]);
    expect(page.pagination).toEqual({ page: 1, limit: 2, total: 3, totalPages: 2 });
    expect((await api("GET", "/v1/users", undefined, OTHER_KEY)).body.pagination.total).toBe(1);
  });

  test.each([
    [{ name: "Boss" }, "Boss"],
    [{ name: "Boss", lastName: "King" }, "King"],
    [{ firstName: "Ada" }, "Ada"],
    [{}, "ada@example.com"],
  ])("%j is called %s", async (fields, name) => {
    const { body } = await add({ email: "ada@example.com", ...fields });
    expect(body.user.name).toBe(name);
  });

  test("no two of a workspace have one address, however it is written", async () => {
    const { body } = await add({ email: "ada@example.com" });
    const taken = { status: 400, body: { error: { code: "VALIDATION_ERROR", details: { field: "email" } } } };
    expect(await add({ email: "ADA@example.com" })).toMatchObject(taken);
    const other = await makeUser();
    expect(await api("PATCH", `/v1/users/${other.id}`, { email: "Ada@Example.com" })).toMatchObject(taken);
    expect((await add({ email: "ada@example.com" }, OTHER_KEY)).status).toBe(201);
    expect((await api("PATCH", `/v1/users/${body.user.id}`, { email: "ADA@example.com" })).status).toBe(200);
  });

  test.each([
    [{}, "BAD_REQUEST"],
    [{ email: 5 }, "BAD_REQUEST"],
    [{ email: null }, "BAD_REQUEST"],
    [{ email: "nobody" }, "VALIDATION_ERROR"],
    [{ email: `${"a".repeat(320)}@example.com` }, "VALIDATION_ERROR"],
    [{ email: "a@example.com", name: "" }, "VALIDATION_ERROR"],
    [{ email: "a@example.com", name: null }, "BAD_REQUEST"],
    [{ email: "a@example.com", firstName: "a\nb" }, "VALIDATION_ERROR"],
    [{ email: "a@example.com", lastName: "x".repeat(256) }, "VALIDATION_ERROR"],
    [{ email: "a@example.com", username: 7 }, "BAD_REQUEST"],
    [{ email: "a@example.com", locked: "yes" }, "BAD_REQUEST"],
    [{ email: "a@example.com", details: [] }, "BAD_REQUEST"],
    [{ email: "a@example.com", details: { note: "x".repeat(10_001) } }, "VALIDATION_ERROR"],
  ])("%j is refused with %s", async (body, code) => {
    expect(await add(body)).toMatchObject({ status: 400, body: { error: { code } } });
    if (Object.keys(body).length > 1) {
      expect(await api("PATCH", "/v1/users/user_1", body)).toMatchObject({ status: 400, body: { error: { code } } });
    }
  });
});

describe("keys", () => {
  test("one is told once; after that its prefix tells it from others, and only its digest is stored", async () => {
    const user = await makeUser();
    const expiresAt = "2040-01-02T19:00:00Z";
    const asked = { name: "CI", scopes: ["contacts_read", "contacts_read"], expiresAt };
    const made = await api("POST", `/v1/users/${user.id}/keys`, asked);
    const { key, ...shown } = made.body.key;
    expect(shown).toMatchObject({
      userId: user.id,
      name: "CI",
      scopes: ["contacts_read"],
      expiresAt,
      lastUsedAt: null,
    });
    expect(key.startsWith(shown.prefix)).toBe(true);
    expect(shown.prefix.length).toBeLessThan(key.length - 20);
    const listed = await api("GET", `/v1/users/${user.id}/keys`);
    expect(listed.body.keys).toEqual([expect.objectContaining({ id: user.keyId }), shown]);
    const { results } = await db().prepare("SELECT * FROM keys").all();
    expect(JSON.stringify([listed.body, results])).not.toContain(key);
  });

  test("it does what its scopes say, on behalf of its user, until it expires", async () => {
    const user = await makeUser({ scopes: ["sequences_write"], expiresAt: "2040-01-02T10:00:00Z" });
    const { body } = await api("POST", "/v1/sequences", { name: "Drip" }, user.key);
    expect(body.sequence).toMatchObject({ ownerId: user.id, creatorId: user.id, updaterId: user.id });
    expect(await sequences(user.key)).toBe(403);
    travel(HOUR - 1);
    expect(await me(user.key)).toBe(200);
    travel(1000);
    expect(await me(user.key)).toBe(401);
  });

  test("it is kept to the hour when one was last used", async () => {
    const user = await makeUser();
    await me(user.key);
    travel(HOUR / 2);
    await me(user.key);
    expect((await keysOf(user.id))[0].lastUsedAt).toBe("2040-01-02T09:00:00Z");
    travel(HOUR);
    await me(user.key);
    expect((await keysOf(user.id))[0].lastUsedAt).toBe("2040-01-02T10:30:00Z");
  });

  test("a revoked one is refused within ten seconds, and is gone from the list", async () => {
    const user = await makeUser();
    expect(await me(user.key)).toBe(200);
    const path = `/v1/users/${user.id}/keys/${user.keyId}`;
    expect(await api("DELETE", path)).toEqual({ status: 200, body: { success: true } });
    travel(10_000);
    expect(await me(user.key)).toBe(401);
    expect(await keysOf(user.id)).toEqual([]);
    expect((await api("DELETE", path)).status).toBe(404);
  });

  test("one is revoked by the name of its own user only", async () => {
    const [one, other] = [await makeUser(), await makeUser()];
    expect((await api("DELETE", `/v1/users/${other.id}/keys/${one.keyId}`)).status).toBe(404);
    expect((await api("DELETE", `/v1/users/${one.id}/keys/${one.keyId}`, undefined, OTHER_KEY)).status).toBe(404);
    expect(await me(one.key)).toBe(200);
  });

  test("those of a locked user are refused within ten seconds, and let in again once he is not", async () => {
    const user = await makeUser();
    expect(await me(user.key)).toBe(200);
    await api("PATCH", `/v1/users/${user.id}`, { locked: true });
    travel(10_000);
    expect(await me(user.key)).toBe(401);
    await api("PATCH", `/v1/users/${user.id}`, { locked: false });
    expect(await me(user.key)).toBe(200);
  });

  test("nobody locks himself", async () => {
    const answer = await api("PATCH", "/v1/users/user_1", { locked: true });
    expect(answer).toMatchObject({ status: 400, body: { error: { details: { field: "locked" } } } });
  });

  test("there is a limit to those of a user; revoked ones do not count", async () => {
    const user = await makeUser();
    await db()
      .prepare(
        `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 99)
         INSERT INTO keys (digest, workspace_id, user_id, prefix, scopes, created_at) SELECT 'd' || i, 1, ?, '', '[]', 1 FROM n`,
      )
      .bind(user.id.slice("user_".length))
      .run();
    const more = () => api("POST", `/v1/users/${user.id}/keys`, {});
    expect(await more()).toMatchObject({ status: 402, body: { error: { code: "LIMIT_EXCEEDED" } } });
    await api("DELETE", `/v1/users/${user.id}/keys/${user.keyId}`);
    expect((await more()).status).toBe(201);
  });

  test.each([
    [{ scopes: "users_read" }, "BAD_REQUEST"],
    [{ scopes: [] }, "VALIDATION_ERROR"],
    [{ scopes: [5] }, "BAD_REQUEST"],
    [{ scopes: ["everything"] }, "VALIDATION_ERROR"],
    [{ scopes: Array(50).fill("users_read") }, "VALIDATION_ERROR"],
    [{ expiresAt: 5 }, "BAD_REQUEST"],
    [{ expiresAt: "tomorrow" }, "VALIDATION_ERROR"],
    [{ expiresAt: new Date(START - 1000).toISOString() }, "VALIDATION_ERROR"],
    [{ name: 5 }, "BAD_REQUEST"],
    [{ name: "x".repeat(256) }, "VALIDATION_ERROR"],
  ])("%j is refused with %s", async (body, code) => {
    expect(await api("POST", "/v1/users/user_1/keys", body)).toMatchObject({ status: 400, body: { error: { code } } });
  });
});

describe("a key that is replaced", () => {
  const DAY = 24 * HOUR;
  const rotate = ({ id, keyId }: { id: string; keyId: string }, body: Json = {}, key = KEY) =>
    api("POST", `/v1/users/${id}/keys/${keyId}/rotate`, body, key);
  const form = { "content-type": "application/x-www-form-urlencoded" };
  const tokenFor = async (key: string): Promise<Json> => {
    const body = new URLSearchParams({ grant_type: "client_credentials", client_secret: key }).toString();
    return (await send("POST", "/oauth/token", { body, headers: form, key: null })).body;
  };
  const refreshed = async (token: string) => {
    const body = new URLSearchParams({ grant_type: "refresh_token", refresh_token: token }).toString();
    return (await send("POST", "/oauth/token", { body, headers: form, key: null })).status;
  };

  test("has a successor like it, and goes on for a day", async () => {
    const user = await makeUser({ name: "CI", scopes: ["contacts_read"], expiresAt: "2040-02-01T00:00:00Z" });
    const { status, body } = await rotate(user);
    expect(status).toBe(201);
    expect(body.key).toMatchObject({ name: "CI", scopes: ["contacts_read"], expiresAt: "2040-02-01T00:00:00Z" });
    expect(body.key).toMatchObject({ userId: user.id, successorId: null, key: expect.stringMatching(/^drip_/) });
    expect(body.previous).toMatchObject({ expiresAt: "2040-01-03T09:00:00Z", successorId: body.key.id });
    expect(body.previous).not.toHaveProperty("key");
    expect(JSON.stringify((await db().prepare("SELECT * FROM keys").all()).results)).not.toContain(body.key.key);
    travel(DAY - 1000);
    expect([await me(user.key), await me(body.key.key)]).toEqual([200, 200]);
    travel(1000);
    expect([await me(user.key), await me(body.key.key)]).toEqual([401, 200]);
  });

  const ends: [string, { expiresAt?: string }, Json, string][] = [
    ["after as long as was asked for", {}, { overlapSeconds: 7 * 24 * 3600 }, "2040-01-09T09:00:00Z"],
    ["at once, where no overlap was asked for", {}, { overlapSeconds: 0 }, "2040-01-02T09:00:00Z"],
    ["when it would have anyway, if that is sooner", { expiresAt: "2040-01-02T10:00:00Z" }, {}, "2040-01-02T10:00:00Z"],
  ];
  test.each(ends)("ends %s", async (_, more, asked, end) => {
    const user = await makeUser(more);
    expect((await rotate(user, asked)).body.previous.expiresAt).toBe(end);
  });

  test("takes the tokens that were given for it along, and no others, within ten seconds of its end", async () => {
    const user = await makeUser();
    const before = await tokenFor(user.key);
    expect(await me(before.access_token)).toBe(200);
    const { key } = (await rotate(user, { overlapSeconds: 30 })).body.key;
    const after = await tokenFor(key);
    travel(25_000);
    expect([await me(before.access_token), await me(user.key)]).toEqual([200, 200]);
    travel(15_000);
    expect([await me(before.access_token), await me(user.key), await refreshed(before.refresh_token)]).toEqual([
      401, 401, 400,
    ]);
    expect([await me(after.access_token), await me(key)]).toEqual([200, 200]);
  });

  test("is replaced once: its successor can be in turn", async () => {
    const user = await makeUser();
    const asked = await Promise.all([rotate(user), rotate(user), rotate(user)]);
    expect(asked.map(({ status }) => status).sort()).toEqual([201, 409, 409]);
    const made = asked.find(({ status }) => status === 201)?.body.key;
    expect(await keysOf(user.id)).toMatchObject([{ id: user.keyId, successorId: made.id }, { id: made.id }]);
    expect((await rotate({ ...user, keyId: made.id })).status).toBe(201);
  });

  test("that is revoked, has expired, or is another's -> nothing is made", async () => {
    const [gone, old, user] = [
      await makeUser(),
      await makeUser({ expiresAt: "2040-01-02T09:30:00Z" }),
      await makeUser(),
    ];
    await api("DELETE", `/v1/users/${gone.id}/keys/${gone.keyId}`);
    travel(HOUR);
    expect((await rotate(gone)).status).toBe(404);
    expect((await rotate(old)).status).toBe(400);
    expect((await rotate({ id: user.id, keyId: old.keyId })).status).toBe(404);
    expect((await rotate(user, {}, OTHER_KEY)).status).toBe(404);
    expect((await rotate({ id: user.id, keyId: "key_abc" })).status).toBe(404);
    expect((await rotate({ id: user.id, keyId: "user_1" })).status).toBe(400);
    expect(await keysOf(user.id)).toHaveLength(1);
  });

  test.each([
    [{ overlapSeconds: "60" }, "BAD_REQUEST"],
    [{ overlapSeconds: 1.5 }, "BAD_REQUEST"],
    [{ overlapSeconds: null }, "BAD_REQUEST"],
    [{ overlapSeconds: -1 }, "VALIDATION_ERROR"],
    [{ overlapSeconds: 604_801 }, "VALIDATION_ERROR"],
    ["{broken", "BAD_REQUEST"],
    [[], "BAD_REQUEST"],
  ])("%j is refused with %s", async (body, code) => {
    const user = await makeUser();
    expect(await rotate(user, body)).toMatchObject({ status: 400, body: { error: { code } } });
    expect(await keysOf(user.id)).toHaveLength(1);
  });

  test("by one that may less, or ends sooner -> refused", async () => {
    const user = await makeUser();
    const narrow = await makeKey(user.id, { scopes: ["users_write", "contacts_read"] });
    const short = await makeKey(user.id, { expiresAt: "2040-01-02T10:00:00Z" });
    const reader = await makeKey(user.id, { scopes: ["users_read"] });
    expect(await rotate(user, {}, narrow.key)).toMatchObject({
      status: 403,
      body: { error: { code: "AUTHORIZATION_ERROR" } },
    });
    expect((await rotate(user, {}, short.key)).status).toBe(400);
    expect((await rotate(user, {}, reader.key)).status).toBe(403);
    expect((await rotate({ ...user, keyId: narrow.keyId }, {}, narrow.key)).status).toBe(201);
  });

  test("keys that have expired make room for new ones, and a user who has as many as he may can replace one", async () => {
    const user = await makeUser();
    await db()
      .prepare(
        `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 99)
         INSERT INTO keys (digest, workspace_id, user_id, prefix, scopes, created_at, expires_at)
         SELECT 'e' || i, 1, ?1, '', '[]', 1, CASE i WHEN 1 THEN ?2 END FROM n`,
      )
      .bind(user.id.slice("user_".length), START + 1000)
      .run();
    expect((await api("POST", `/v1/users/${user.id}/keys`, {})).status).toBe(402);
    expect((await rotate(user)).status).toBe(201);
    travel(DAY);
    expect((await api("POST", `/v1/users/${user.id}/keys`, {})).status).toBe(201);
    expect(await keysOf(user.id)).toHaveLength(100);
  });
});

describe("no key makes one that may more than itself", () => {
  const writer = ["users_write", "contacts_read"];
  const cases: [string, string[], { scopes?: string[] }, number][] = [
    ["a scope that it lacks", writer, { scopes: ["contacts_read", "contacts_write"] }, 403],
    ["all scopes", writer, { scopes: ["*"] }, 403],
    ["a scope that it has", writer, { scopes: ["contacts_read"] }, 201],
    ["its own scopes", writer, {}, 201],
    ["any key, without the scope for that", ["users_read", "contacts_read"], { scopes: ["contacts_read"] }, 403],
    ["all, by one that may all", ["*"], { scopes: ["*"] }, 201],
  ];
  test.each(cases)("%s", async (_, scopes, asked, status) => {
    const user = await makeUser({ scopes });
    const answer = await api("POST", `/v1/users/${user.id}/keys`, asked, user.key);
    expect(answer.status).toBe(status);
    if (status === 403) expect(answer.body.error.code).toBe("AUTHORIZATION_ERROR");
    else expect(answer.body.key.scopes).toEqual(asked.scopes ?? scopes);
  });

  test("nor one that outlives it", async () => {
    const expiresAt = "2040-01-02T10:00:00Z";
    const user = await makeUser({ expiresAt });
    const ask = (body: Json) => api("POST", `/v1/users/${user.id}/keys`, body, user.key);
    expect((await ask({ expiresAt: "2040-01-02T11:00:00Z" })).status).toBe(400);
    expect((await ask({ expiresAt: null })).status).toBe(400);
    expect((await ask({})).body.key.expiresAt).toBe(expiresAt);
    expect((await makeKey(user.id, { expiresAt: "2040-01-02T09:30:00Z" }, user.key)).key).toMatch(/^drip_/);
  });
});
