import { beforeEach, describe, expect, test } from "vitest";
import { faults } from "../support/faults";
import { send } from "../support/request";
import { begin, DAY, db, KEY, makeDrip, OTHER_KEY, sweep, travel } from "../support/world";

beforeEach(begin);

const ADA = { platform: "TWITTER", username: "ada", firstName: "Ada" };

function make(idempotency: string, body: unknown = ADA, more: { key?: string; path?: string; method?: string } = {}) {
  const { key = KEY, path = "/v1/contacts", method = "POST" } = more;
  return send(method, path, { body, key, headers: { "idempotency-key": idempotency } });
}

async function contacts(key = KEY): Promise<number> {
  return (await send("GET", "/v1/contacts", { key })).body.pagination.total;
}

const refusal = (status: number, code: string) => ({ status, body: { error: { code, message: expect.any(String) } } });

describe("a write that comes again by its key", () => {
  test("same key and body -> the same answer, told to be a replay, and done once", async () => {
    const first = await make("k1");
    const again = await make("k1");
    expect(first.status).toBe(201);
    expect(first.headers.get("idempotency-replayed")).toBeNull();
    expect(again).toMatchObject({ status: 201, text: first.text });
    expect(again.headers.get("idempotency-replayed")).toBe("true");
    expect(again.headers.get("content-type")).toMatch(/^application\/json/);
    expect(await contacts()).toBe(1);
  });

  test("no key -> each is a write of its own", async () => {
    expect((await send("POST", "/v1/contacts", { body: ADA })).status).toBe(201);
    expect((await send("POST", "/v1/contacts", { body: ADA })).status).toBe(409);
  });

  test.each([
    ["another body", { body: { ...ADA, username: "grace" } }],
    ["another path", { path: "/v1/segments" }],
    ["another query", { path: "/v1/contacts?x=1" }],
  ])("%s -> 409 IDEMPOTENCY_CONFLICT, and nothing done", async (_, other) => {
    await make("k1");
    const { body = ADA, ...more } = other as { body?: unknown; path?: string };
    expect(await make("k1", body, more)).toMatchObject(refusal(409, "IDEMPOTENCY_CONFLICT"));
    expect(await contacts()).toBe(1);
  });

  test.each(["", "two words", "x".repeat(256), "käse"])(
    "malformed (%s) -> 400 IDEMPOTENCY_INVALID_KEY",
    async (key) => {
      const name = { "idempotency-key": key };
      expect(await send("POST", "/v1/contacts", { body: ADA, headers: name })).toMatchObject(
        refusal(400, "IDEMPOTENCY_INVALID_KEY"),
      );
      expect(await contacts()).toBe(0);
    },
  );

  test("ten at once -> one is done, the others are replays or told that it is under way", async () => {
    const all = await Promise.all(Array.from({ length: 10 }, () => make("race")));
    const done = all.filter(({ status, headers }) => status === 201 && !headers.has("idempotency-replayed"));
    expect(done).toHaveLength(1);
    for (const { status, body, headers } of all) {
      if (status === 201) continue;
      expect({ status, code: body.error.code }).toEqual({ status: 409, code: "IDEMPOTENCY_IN_PROGRESS" });
      expect(headers.has("idempotency-replayed")).toBe(false);
    }
    expect(await contacts()).toBe(1);
  });

  test("one that was refused has done nothing -> it may be tried again by the same key", async () => {
    const enroll = { contactId: "contact_abc", platform: "TWITTER" };
    const { body } = await send("POST", "/v1/sequences", { body: { name: "Drip" } });
    const path = `/v1/sequences/${body.sequence.id}/enrollments`;
    expect((await make("k1", enroll, { path })).status).toBe(404);
    expect((await make("k1", ADA)).status).toBe(201);
  });

  describe("what became of the first -> what the same key is answered then", () => {
    const UNKNOWN = refusal(409, "IDEMPOTENCY_OUTCOME_UNKNOWN");
    const times = (sql: RegExp, n: number) => {
      let left = n;
      return Object.assign(new RegExp(sql), { test: (text: string) => sql.test(text) && left-- > 0 });
    };

    test("refused, and the key not given back at first -> done", async () => {
      await make("k0");
      faults.failSql = times(/DELETE FROM answers WHERE .* AND\s+run/s, 2);
      expect((await make("k1")).status, "he has that address already").toBe(409);
      expect((await make("k1", { ...ADA, username: "grace" })).status).toBe(201);
    });

    test("503, since the key could not be taken -> done", async () => {
      faults.failSql = /INSERT INTO answers/;
      expect((await make("k1")).status).toBe(503);
      faults.failSql = null;
      expect((await make("k1")).status).toBe(201);
    });

    test("the key was taken, and the answer to that lost -> it was done at once", async () => {
      faults.lost = { sql: /INSERT INTO answers/, times: 2 };
      expect((await make("k1")).status).toBe(201);
      expect((await make("k1")).headers.get("idempotency-replayed")).toBe("true");
    });

    test("503 by a verb that says that nothing was done -> done", async () => {
      const { sequence, steps } = await makeDrip([1], { status: "DRAFT" });
      const path = `/v1/sequences/${sequence}/steps/${steps[0]}`;
      const edit = () => make("k1", { delayHours: 2 }, { path, method: "PATCH" });
      faults.failSql = null;
      await db().prepare(`CREATE TRIGGER busy BEFORE UPDATE ON sequences BEGIN SELECT RAISE(IGNORE); END`).run();
      const first = await edit().finally(() => db().prepare("DROP TRIGGER busy").run());
      expect(first).toMatchObject(refusal(503, "SERVICE_UNAVAILABLE"));
      expect((await edit()).status).toBe(200);
    });

    test("it broke off in the middle -> nobody knows, for a day, and nothing is done", async () => {
      faults.failSql = /INTO "?contacts/i;
      expect((await make("k1")).status).toBe(503);
      faults.failSql = null;
      expect(await make("k1")).toMatchObject(UNKNOWN);
      expect(await make("k1", { ...ADA, username: "grace" })).toMatchObject(refusal(409, "IDEMPOTENCY_CONFLICT"));
      travel(DAY - 1);
      expect(await make("k1")).toMatchObject(UNKNOWN);
      expect(await contacts()).toBe(0);
      travel(1);
      expect((await make("k1")).status).toBe(201);
    });

    test("it was done, and its own answer lost -> nobody knows, and it is not done again", async () => {
      const drip = () => make("k1", { name: "Drip" }, { path: "/v1/sequences" });
      faults.lost = { sql: /INTO "?sequences/i, times: 1 };
      expect((await drip()).status).toBe(503);
      expect(await drip()).toMatchObject(UNKNOWN);
      expect((await send("GET", "/v1/sequences")).body.pagination.total).toBe(1);
    });

    test("it broke off, and that could not be noted -> under way until its lease runs out, and then nobody knows", async () => {
      faults.failSql = /INTO "?contacts|UPDATE answers/i;
      expect((await make("k1")).status).toBe(503);
      faults.failSql = null;
      expect(await make("k1")).toMatchObject(refusal(409, "IDEMPOTENCY_IN_PROGRESS"));
      travel(120_000);
      expect(await make("k1")).toMatchObject(UNKNOWN);
      expect(await contacts()).toBe(0);
    });

    test("it was done, and could be kept only at the third try -> replayed", async () => {
      faults.failSql = times(/UPDATE answers SET status/, 2);
      const first = await make("k1");
      expect(first.status).toBe(201);
      expect(await make("k1")).toMatchObject({ status: 201, text: first.text });
    });

    test("it was done and answered, and could not be kept -> under way, and then nobody knows", async () => {
      faults.failSql = /UPDATE answers SET status/;
      expect((await make("k1")).status).toBe(201);
      faults.failSql = null;
      expect(await make("k1")).toMatchObject(refusal(409, "IDEMPOTENCY_IN_PROGRESS"));
      travel(120_000);
      expect(await make("k1")).toMatchObject(UNKNOWN);
      expect(await contacts()).toBe(1);
    });
  });

  test("PATCH and DELETE -> replayed alike", async () => {
    const { contact } = (await make("k1")).body;
    const path = `/v1/contacts/${contact.id}`;
    const named = await make("k2", { firstName: "Augusta" }, { path, method: "PATCH" });
    await make("k3", { firstName: "Lady" }, { path, method: "PATCH" });
    expect((await make("k2", { firstName: "Augusta" }, { path, method: "PATCH" })).text).toBe(named.text);
    expect((await send("GET", path)).body.contact.firstName).toBe("Lady");
    const gone = { headers: { "idempotency-key": "k4" } };
    expect((await send("DELETE", path, gone)).status).toBe(200);
    expect(await send("DELETE", path, gone)).toMatchObject({ status: 200, body: { success: true } });
    expect((await send("DELETE", path)).status).toBe(404);
  });

  test("GET -> the key says nothing", async () => {
    const named = { headers: { "idempotency-key": "k1" } };
    expect((await send("GET", "/v1/contacts", named)).body.pagination.total).toBe(0);
    await make("k1");
    expect((await send("GET", "/v1/contacts", named)).body.pagination.total).toBe(1);
  });
});

describe("whose it is, and for how long", () => {
  test("another workspace's key of the same name -> a write of its own", async () => {
    await make("k1");
    expect((await make("k1", ADA, { key: OTHER_KEY })).headers.has("idempotency-replayed")).toBe(false);
    expect([await contacts(), await contacts(OTHER_KEY)]).toEqual([1, 1]);
  });

  test("another user of the workspace -> a write of his own", async () => {
    const { user } = (await send("POST", "/v1/users", { body: { email: "bob@x.test" } })).body;
    const { key } = (await send("POST", `/v1/users/${user.id}/keys`, { body: {} })).body;
    await make("k1");
    expect((await make("k1", ADA, { key: key.key })).status).toBe(409);
  });

  test("a key that lacks the scope -> 403, not the stored answer", async () => {
    const made = (await send("POST", "/v1/users/user_1/keys", { body: { scopes: ["contacts_read"] } })).body;
    await make("k1");
    expect((await make("k1", ADA, { key: made.key.key })).status).toBe(403);
  });

  test("a day later -> the key is new", async () => {
    await make("k1");
    travel(DAY);
    expect((await make("k1", { ...ADA, username: "grace" })).status).toBe(201);
  });

  test("the sweep takes away what is older than a day, and nothing else", async () => {
    await make("k1");
    travel(DAY - 1000);
    await make("k2", { ...ADA, username: "grace" });
    travel(2000);
    await sweep();
    const { results } = await db().prepare("SELECT key FROM answers").all();
    expect(results).toEqual([{ key: "k2" }]);
    expect(await db().prepare("SELECT COUNT(*) AS n FROM answers_about").first()).toEqual({ n: 1 });
  });

  test("what is kept cannot be read in the database", async () => {
    const first = await make("k1", { email: "bob@x.test" }, { path: "/v1/users" });
    const path = `/v1/users/${first.body.user.id}/keys`;
    const { body } = await make("k2", {}, { path });
    const row = await db().prepare("SELECT body FROM answers WHERE key = 'k2'").first<{ body: string }>();
    const { key } = body.key;
    expect(key).toMatch(/^drip_/);
    expect(row?.body).not.toContain(key);
    expect((await make("k2", {}, { path })).text).toContain(key);
  });

  test("erasing a contact empties what was answered of him", async () => {
    const { contact } = (await make("k1")).body;
    await make("k2", { firstName: "Augusta" }, { path: `/v1/contacts/${contact.id}`, method: "PATCH" });
    await send("DELETE", `/v1/contacts/${contact.id}`);
    const { results } = await db().prepare("SELECT body FROM answers").all();
    expect(results).toEqual([{ body: null }, { body: null }]);
    expect(await make("k1")).toMatchObject(refusal(404, "NOT_FOUND"));
  });
});
