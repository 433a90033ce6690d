import { beforeEach, describe, expect, test } from "vitest";
import { digestOf } from "../../src/engine/keys";
import { send } from "../support/request";
import { begin, db, KEY, START, travel } from "../support/world";

/** Of a plan whose limit the tests' own server leaves as it is. */
const LIMIT = 200;

let starters = 0;
let key: string;

/** A key of its own each time, since an isolate goes on counting. */
beforeEach(async () => {
  await begin();
  starters += 1;
  const id = 900 + starters;
  key = `starter_${id}`;
  const insert = (sql: string, ...values: unknown[]) =>
    db()
      .prepare(sql)
      .bind(...values);
  await db().batch([
    insert("INSERT INTO workspaces (id, name, plan, created_at) VALUES (?, 'Starter', 'STARTER', ?)", id, START),
    insert("INSERT INTO users (id, workspace_id, name, created_at) VALUES (?1, ?1, 'Owner', ?2)", id, START),
    insert(
      `INSERT INTO keys (id, digest, workspace_id, user_id, prefix, scopes, created_at) VALUES (?1, ?2, ?1, ?1, '', '["*"]', ?3)`,
      ...[id, await digestOf(key), START],
    ),
  ]);
});

const PATHS = { v1: "/v1/contacts", broadcast: "/api/v1/subscribers.json", outreach: "/api/v2/prospects" };

function rateOf({ headers }: { headers: Headers }) {
  const [limit, remaining, reset] = ["limit", "remaining", "reset"].map((name) => headers.get(`x-ratelimit-${name}`));
  return { limit, remaining, reset };
}

async function spend(): Promise<void> {
  for (let used = 0; used < LIMIT; used++) await send("GET", "/v1/auth/me", { key });
}

describe("how often a key may ask", () => {
  test.each(Object.entries(PATHS))(
    "%s -> every answer tells the limit, what is left, and when it turns",
    async (_, path) => {
      const first = await send("GET", path, { key });
      const second = await send("GET", `${path}/nothing`, { key });
      const reset = String(START / 1000 + 60);
      expect(rateOf(first)).toEqual({ limit: "200", remaining: "199", reset });
      expect(second.status).toBeGreaterThanOrEqual(400);
      expect(rateOf(second)).toEqual({ limit: "200", remaining: "198", reset });
    },
  );

  test("one too many -> 429 with Retry-After, in each dialect's form, and nothing done; in the next minute it goes on", async () => {
    await spend();
    travel(20_000);
    const contact = { platform: "TWITTER", username: "ada" };
    const answers = await Promise.all([
      send("POST", PATHS.v1, { key, body: contact }),
      send("GET", PATHS.broadcast, { key }),
      send("GET", PATHS.outreach, { key }),
    ]);
    for (const answer of answers) {
      expect(answer.status).toBe(429);
      expect(answer.headers.get("retry-after")).toBe("40");
      expect(rateOf(answer)).toMatchObject({ limit: "200", remaining: "0" });
    }
    const [v1, broadcast, outreach] = answers.map(({ body }) => body);
    expect(v1).toEqual({ error: { code: "RATE_LIMITED", message: "The key may make 200 requests a minute" } });
    expect(broadcast).toEqual({ error: expect.stringMatching(/limit/i) });
    expect(outreach).toMatchObject({ errors: [{ id: "rateLimitExceeded" }] });
    travel(40_000);
    const again = await send("GET", PATHS.v1, { key });
    expect(again).toMatchObject({ status: 200, body: { pagination: { total: 0 } } });
  });

  test("another key -> counted by itself", async () => {
    await spend();
    expect((await send("GET", "/v1/auth/me", { key })).status).toBe(429);
    expect((await send("GET", "/v1/auth/me", { key: KEY })).status).toBe(200);
  });

  test("without a key, or with one that is none -> 401 and no word of limits", async () => {
    for (const nobody of [null, "nobodys"]) {
      const answer = await send("GET", "/v1/auth/me", { key: nobody });
      expect(answer.status).toBe(401);
      expect(rateOf(answer)).toEqual({ limit: null, remaining: null, reset: null });
    }
  });
});
