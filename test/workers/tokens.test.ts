/** OAuth tokens: given for a key's secret, refreshed in pairs, refused with their key, and never used twice. */
import { createExecutionContext, waitOnExecutionContext } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { beforeEach, describe, expect, test } from "vitest";
import { faults } from "../support/faults";
import { makeUser, type Person } from "../support/users";
import worker from "../support/worker";
import { api, begin, DAY, db, HOUR, type Json, KEY, OTHER_KEY, sweep, travel } from "../support/world";

beforeEach(begin);

const URL = "https://dripline.test/oauth/token";
const FORM = "application/x-www-form-urlencoded";

interface Said {
  status: number;
  body: Json;
  headers: Headers;
}

async function send(body: string, headers: Record<string, string> = {}, method = "POST"): Promise<Said> {
  const ctx = createExecutionContext();
  const init = { method, headers: { "content-type": FORM, ...headers }, ...(method === "GET" ? {} : { body }) };
  const response = await worker.fetch(new Request<unknown, IncomingRequestCfProperties>(URL, init), env, ctx);
  const said = { status: response.status, body: await response.json(), headers: response.headers };
  await waitOnExecutionContext(ctx);
  return said;
}

const ask = (fields: Record<string, string>) => send(new URLSearchParams(fields).toString());
const granted = (secret: string) => ask({ grant_type: "client_credentials", client_id: "any", client_secret: secret });
const refreshed = (token: string, more: Record<string, string> = {}) =>
  ask({ grant_type: "refresh_token", refresh_token: token, ...more });
const me = async (token: string) => (await api("GET", "/v1/auth/me", undefined, token)).status;

describe("a client's secret", () => {
  test("is traded for tokens", async () => {
    const { status, body, headers } = await granted(KEY);
    expect(status).toBe(200);
    expect(body).toEqual({
      access_token: expect.stringMatching(/^drip_access_[\w-]{43}$/),
      token_type: "Bearer",
      expires_in: 7200,
      refresh_token: expect.stringMatching(/^drip_refresh_[\w-]{43}$/),
      scope: "*",
      created_at: Math.floor(Date.now() / 1000),
    });
    expect(headers.get("cache-control")).toBe("no-store");
    const { results } = await db().prepare("SELECT * FROM tokens").all();
    expect(results.length).toBe(2);
    for (const token of [body.access_token, body.refresh_token]) expect(JSON.stringify(results)).not.toContain(token);
  });

  test.each([
    ["JSON", JSON.stringify({ grant_type: "client_credentials", client_secret: KEY }), "application/json"],
    [
      "a form with parameters that are not ours",
      `grant_type=client_credentials&client_secret=${KEY}&scope=x&a=b`,
      FORM,
    ],
  ])("may come as %s", async (_, body, type) => {
    expect((await send(body, { "content-type": type })).status).toBe(200);
  });

  test.each([KEY, encodeURIComponent("vb_live+plus/and=more~"), "vb_live+plus/and=more~"])(
    "may come by HTTP Basic, as it is or encoded: %s",
    async (secret) => {
      const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode("vb_live+plus/and=more~"));
      await db()
        .prepare(
          "INSERT INTO keys (digest, workspace_id, user_id, prefix, scopes, created_at) VALUES (?, 1, 1, '', '[]', 1)",
        )
        .bind(new Uint8Array(digest).toHex())
        .run();
      const authorization = `Basic ${btoa(`client:${secret}`)}`;
      expect((await send("grant_type=client_credentials", { authorization })).status).toBe(200);
    },
  );
});

describe("an access token", () => {
  test("acts in every dialect for the key's user, with the key's scopes and no others", async () => {
    const user = await makeUser({ scopes: ["sequences_write", "users_write"] });
    const { body } = await granted(user.key);
    expect(body.scope).toBe("sequences_write users_write");
    const token = body.access_token;
    const made = await api("POST", "/v1/sequences", { name: "Drip" }, token);
    expect(made.body.sequence.creatorId).toBe(user.id);
    expect((await api("POST", "/api/v1/sequences", { label: "Drip" }, token)).status).toBe(201);
    expect((await api("GET", "/v1/sequences", undefined, token)).status).toBe(403);
    expect((await api("GET", "/api/v1/sequences", undefined, token)).status).toBe(401);
  });

  test("is refused from its expiry on, remembered or not, and by wall time", async () => {
    const { body } = await granted(KEY);
    travel(2 * HOUR - 1000);
    expect(await me(body.access_token)).toBe(200);
    travel(1000);
    expect(await me(body.access_token)).toBe(401);
  });

  test("makes no key that outlives it", async () => {
    const { body } = await granted(KEY);
    const made = await api("POST", "/v1/users/user_1/keys", {}, body.access_token);
    expect(made.body.key.expiresAt).toBe("2040-01-02T11:00:00Z");
  });

  test("is no secret and no refresh token, and a refresh token is no access token", async () => {
    const { body } = await granted(KEY);
    expect((await granted(body.access_token)).status).toBe(401);
    expect((await refreshed(body.access_token)).body.error).toBe("invalid_grant");
    expect(await me(body.refresh_token)).toBe(401);
  });
});

describe("what ends a key ends its tokens", () => {
  const ends: [string, (user: Person) => Promise<unknown>][] = [
    ["it is revoked", (user) => api("DELETE", `/v1/users/${user.id}/keys/${user.keyId}`)],
    ["its user is locked", (user) => api("PATCH", `/v1/users/${user.id}`, { locked: true })],
    [
      "it expires",
      (user) => db().prepare("UPDATE keys SET expires_at = ? WHERE id = ?").bind(Date.now(), user.keyId.slice(4)).run(),
    ],
  ];
  test.each(ends)("%s", async (_, end) => {
    const user = await makeUser();
    const { body } = await granted(user.key);
    expect(await me(body.access_token)).toBe(200);
    await end(user);
    travel(10_000);
    expect(await me(body.access_token)).toBe(401);
    expect((await refreshed(body.refresh_token)).body.error).toBe("invalid_grant");
    expect((await granted(user.key)).body.error).toBe("invalid_client");
  });
});

describe("a refresh token", () => {
  const alive = async (token: string) => (await refreshed(token)).status;

  test("is good once, for a new pair of the same key", async () => {
    const first = (await granted(KEY)).body;
    const second = await refreshed(first.refresh_token, { client_id: "any", client_secret: KEY });
    expect(second).toMatchObject({ status: 200, body: { token_type: "Bearer", scope: "*", expires_in: 7200 } });
    expect(await me(second.body.access_token)).toBe(200);
    travel(60_000);
    expect(await alive(second.body.refresh_token)).toBe(200);
  });

  test("that comes again later revokes all that came of the grant, and no other", async () => {
    const [first, other] = [(await granted(KEY)).body, (await granted(KEY)).body];
    const second = (await refreshed(first.refresh_token)).body;
    travel(31_000);
    expect((await refreshed(first.refresh_token)).body.error).toBe("invalid_grant");
    for (const token of [first.access_token, second.access_token]) expect(await me(token)).toBe(401);
    expect(await alive(second.refresh_token)).toBe(400);
    expect(await me(other.access_token)).toBe(200);
    expect(await alive(other.refresh_token)).toBe(200);
  });

  test("may come again soon, where the answer was lost; what was lost is used up", async () => {
    const first = (await granted(KEY)).body;
    const lost = (await refreshed(first.refresh_token)).body;
    travel(20_000);
    const again = (await refreshed(first.refresh_token)).body;
    const oncemore = (await refreshed(first.refresh_token)).body;
    expect(await me(again.access_token)).toBe(200);
    expect(await me(oncemore.access_token)).toBe(200);
    // In whose hands the lost one is now, nobody knows.
    expect(await alive(lost.refresh_token)).toBe(400);
    expect(await alive(oncemore.refresh_token)).toBe(400);
    expect(await me(oncemore.access_token)).toBe(200); // remembered
    travel(6000);
    expect(await me(oncemore.access_token)).toBe(401);
  });

  test("that comes again soon revokes all the same once what came of it was used", async () => {
    const first = (await granted(KEY)).body;
    const second = (await refreshed(first.refresh_token)).body;
    const third = (await refreshed(second.refresh_token)).body;
    expect(await alive(first.refresh_token)).toBe(400);
    expect(await alive(third.refresh_token)).toBe(400);
  });

  test("asked for many times at once ends with one that is good", async () => {
    const first = (await granted(KEY)).body;
    const answers = await Promise.all(Array.from({ length: 5 }, () => refreshed(first.refresh_token)));
    expect(answers.map(({ status }) => status)).toEqual(Array(5).fill(200));
    const { results } = await db().prepare("SELECT 1 FROM tokens WHERE kind = 'refresh' AND spent_at IS NULL").all();
    expect(results.length).toBe(1);
  });

  test("expires", async () => {
    const { body } = await granted(KEY);
    travel(14 * DAY);
    expect((await refreshed(body.refresh_token)).body.error).toBe("invalid_grant");
  });

  test("is not given to another client, and not spent by his asking", async () => {
    const { body } = await granted(KEY);
    expect((await refreshed(body.refresh_token, { client_secret: "nobody" })).body.error).toBe("invalid_client");
    expect((await refreshed(body.refresh_token, { client_secret: OTHER_KEY })).body.error).toBe("invalid_grant");
    expect(await alive(body.refresh_token)).toBe(200);
  });
});

describe("what is asked wrongly is refused as RFC 6749, section 5.2, says", () => {
  const json = { "content-type": "application/json" };
  const basic = (text: string) => ({ authorization: `Basic ${btoa(text)}` });
  const client = `client_secret=${KEY}`;
  const refused: [string, string, Record<string, string>, number, string][] = [
    ["nothing", "", {}, 400, "invalid_request"],
    ["broken JSON", "{broken", json, 400, "invalid_request"],
    ["JSON that is no object", "[]", json, 400, "invalid_request"],
    ["a number for a text", '{"grant_type":5}', json, 400, "invalid_request"],
    [
      "a text that is too long",
      `grant_type=client_credentials&client_secret=${"x".repeat(600)}`,
      {},
      400,
      "invalid_request",
    ],
    ["too much", `grant_type=client_credentials&x=${"x".repeat(1_100_000)}`, {}, 400, "invalid_request"],
    [
      "a parameter twice",
      `grant_type=client_credentials&grant_type=refresh_token&${client}`,
      {},
      400,
      "invalid_request",
    ],
    ["two ways at a time", `grant_type=client_credentials&${client}`, basic(`a:${KEY}`), 400, "invalid_request"],
    ["no grant type", client, {}, 400, "invalid_request"],
    ["an empty grant type", `grant_type=&${client}`, {}, 400, "invalid_request"],
    ["another grant type", `grant_type=password&${client}`, {}, 400, "unsupported_grant_type"],
    ["no secret", "grant_type=client_credentials", {}, 401, "invalid_client"],
    ["an unknown secret", "grant_type=client_credentials&client_secret=nobody", {}, 401, "invalid_client"],
    ["an unknown secret by Basic", "grant_type=client_credentials", basic("a:nobody"), 401, "invalid_client"],
    ["Basic without a secret", "grant_type=client_credentials", basic("a"), 401, "invalid_client"],
    ["Basic that is broken", "grant_type=client_credentials", { authorization: "Basic %%%" }, 401, "invalid_client"],
    ["another way", "grant_type=client_credentials", { authorization: `Bearer ${KEY}` }, 401, "invalid_client"],
    ["no refresh token", "grant_type=refresh_token", {}, 400, "invalid_request"],
    ["an unknown refresh token", "grant_type=refresh_token&refresh_token=nothing", {}, 400, "invalid_grant"],
  ];
  test.each(refused)("%s", async (_, body, headers, status, error) => {
    const said = await send(body, headers);
    expect([said.status, said.body]).toEqual([status, { error, error_description: expect.stringMatching(/\S/) }]);
    expect(said.headers.get("cache-control")).toBe("no-store");
    expect(said.headers.get("www-authenticate")).toBe(status === 401 ? 'Basic realm="dripline"' : null);
  });

  test("any method but POST", async () => {
    const said = await send("", {}, "GET");
    expect([said.status, said.headers.get("allow")]).toEqual([405, "POST"]);
  });

  test("an outage is none of the client's", async () => {
    faults.failSql = /FROM keys/;
    const said = await granted(KEY);
    expect([said.status, said.body.error]).toEqual([503, "temporarily_unavailable"]);
  });
});

test("the sweep removes what has expired, and only that", async () => {
  const { body } = await granted(KEY);
  const left = async () => (await db().prepare("SELECT kind FROM tokens").all()).results.map((row) => row.kind);
  await sweep();
  expect(await left()).toHaveLength(2);
  travel(2 * HOUR);
  await sweep();
  expect(await left()).toEqual(["refresh"]);
  expect((await refreshed(body.refresh_token)).status).toBe(200);
  travel(14 * DAY);
  await db()
    .prepare(
      `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1200)
       INSERT INTO tokens (digest, workspace_id, family, kind, key_id, created_at, expires_at)
       SELECT 'd' || i, 1, 'f', 'access', 1, 1, 2 FROM n`,
    )
    .run();
  await sweep();
  expect(await left()).toEqual([]);
});
