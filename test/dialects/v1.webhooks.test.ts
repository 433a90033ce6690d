/** v1's routes on customers' endpoints: what may be said of one, what is shown, and who sees it. */
import { beforeEach, describe, expect, test } from "vitest";
import { HAPPENINGS } from "../../src/domain/happening";
import { faults } from "../support/faults";
import { send } from "../support/request";
import { api, begin, db, type Json, OTHER_KEY } from "../support/world";

beforeEach(begin);

const URL = "https://example.com/events";
const make = async (more: object = {}, key?: string): Promise<Json> =>
  (await api("POST", "/v1/webhooks", { url: URL, ...more }, key)).body.webhook;
const refused = (status: number, code: string, field?: string) => ({
  status,
  body: { error: { code, message: expect.any(String), ...(field ? { details: { field } } : {}) } },
});

test("made, shown, changed, rotated, removed", async () => {
  const { secret, ...made } = await make({ description: "CRM", events: ["enrollment.*"] });
  expect(secret).toMatch(/^whsec_[A-Za-z0-9+/]{32}$/);
  expect(made).toEqual({
    id: expect.stringMatching(/^hook_\d+$/),
    url: URL,
    description: "CRM",
    dialect: "v1",
    events: ["enrollment.*"],
    status: "active",
    pausedAt: null,
    pauseReason: null,
    failingSince: null,
    secretOverlapUntil: null,
    deliveries: { waiting: 0, delivered: 0, failed: 0, missed: 0 },
    createdAt: "2040-01-02T09:00:00Z",
    updatedAt: "2040-01-02T09:00:00Z",
  });
  const path = `/v1/webhooks/${made.id}`;
  expect((await api("GET", path)).body).toEqual({ webhook: made });
  expect((await api("GET", "/v1/webhooks")).body).toEqual({ webhooks: [made] });
  const changed = { url: "https://example.com/others", events: ["*"], description: null };
  expect((await api("PATCH", path, changed)).body.webhook).toEqual({ ...made, ...changed });
  expect((await api("PATCH", path, {})).body.webhook).toEqual({ ...made, ...changed });
  const rotated = (await api("POST", `${path}/rotate`)).body.webhook;
  expect(rotated.secret).not.toBe(secret);
  expect(rotated.secretOverlapUntil).toBe("2040-01-03T09:00:00Z");
  expect(await api("DELETE", path)).toEqual({ status: 200, body: { success: true } });
  expect(await api("DELETE", path)).toEqual(refused(404, "NOT_FOUND"));
  expect((await api("GET", "/v1/webhooks")).body).toEqual({ webhooks: [] });
});

describe("a body that may not be", () => {
  const wrong: [string, Json, ReturnType<typeof refused>][] = [
    ["no url", { url: undefined }, refused(400, "BAD_REQUEST")],
    ["a url that is a number", { url: 5 }, refused(400, "BAD_REQUEST")],
    ["a url that is none", { url: "nonsense" }, refused(400, "VALIDATION_ERROR", "url")],
    ["a url with credentials", { url: "https://a:b@example.com" }, refused(400, "VALIDATION_ERROR", "url")],
    ["a url of another kind", { url: "file:///etc/passwd" }, refused(400, "VALIDATION_ERROR", "url")],
    ["a url too long", { url: `https://example.com/${"x".repeat(2000)}` }, refused(400, "VALIDATION_ERROR", "url")],
    ["no event", { events: [] }, refused(400, "VALIDATION_ERROR", "events")],
    ["an unknown event", { events: ["post.published"] }, refused(400, "VALIDATION_ERROR", "events.0")],
    ["an event that is a number", { events: [5] }, refused(400, "BAD_REQUEST")],
    ["events that are no list", { events: "*" }, refused(400, "BAD_REQUEST")],
    ["too many events", { events: Array(40).fill("*") }, refused(400, "VALIDATION_ERROR", "events")],
    ["an unknown dialect", { dialect: "french" }, refused(400, "VALIDATION_ERROR", "dialect")],
    [
      "events without a name there",
      { dialect: "broadcast", events: ["sequence.*"] },
      refused(400, "VALIDATION_ERROR", "events"),
    ],
    ["a description of two lines", { description: "a\nb" }, refused(400, "VALIDATION_ERROR", "description")],
  ];
  test.each(wrong)("%s", async (_, more, refusal) => {
    expect(await api("POST", "/v1/webhooks", { url: URL, ...more })).toEqual(refusal);
    expect((await api("GET", "/v1/webhooks")).body.webhooks).toEqual([]);
  });

  test.each(wrong.filter(([, more]) => more.url !== undefined || (more.events && !more.dialect)))(
    "and no change to %s",
    async (_, more, refusal) => {
      const { id } = await make();
      expect(await api("PATCH", `/v1/webhooks/${id}`, more)).toEqual(refusal);
      expect((await api("GET", `/v1/webhooks/${id}`)).body.webhook).toMatchObject({ url: URL, events: ["*"] });
    },
  );

  test.each([-1, 169, 1.5, "24", null])("an overlap of %j", async (overlapHours) => {
    const { id } = await make();
    expect((await api("POST", `/v1/webhooks/${id}/rotate`, { overlapHours })).status).toBe(400);
  });

  test.each(["status=lost", "page=0", "limit=101", "page=x"])("a list by %s", async (query) => {
    const { id } = await make();
    expect((await api("GET", `/v1/webhooks/${id}/deliveries?${query}`)).status).toBe(400);
  });
});

test("a workspace has ten at most, and each its own", async () => {
  for (let i = 0; i < 10; i++) await make();
  expect(await api("POST", "/v1/webhooks", { url: URL })).toEqual(refused(402, "LIMIT_EXCEEDED"));
  await make({}, OTHER_KEY);
  expect((await api("GET", "/v1/webhooks")).body.webhooks).toHaveLength(10);
});

test("a repeat by its Idempotency-Key shows the same secret, and makes no second endpoint", async () => {
  const headers = { "idempotency-key": "hook-1" };
  const [first, again] = [
    await send("POST", "/v1/webhooks", { body: { url: URL }, headers }),
    await send("POST", "/v1/webhooks", { body: { url: URL }, headers }),
  ];
  expect(again.body).toEqual(first.body);
  expect((await api("GET", "/v1/webhooks")).body.webhooks).toHaveLength(1);
});

test("deliveries are listed by page and by status, the newest first", async () => {
  const { id } = await make();
  await db().prepare("UPDATE webhooks SET paused_at = 1").run();
  for (let i = 0; i < 3; i++) await api("POST", `/v1/webhooks/${id}/test`);
  faults.letters = [];
  const list = async (query: string) => (await api("GET", `/v1/webhooks/${id}/deliveries${query}`)).body;
  const numbers = ({ deliveries }: Json) => deliveries.map((one: Json) => one.number);
  const all = await list("");
  expect(numbers(all)).toEqual([3, 2, 1]);
  expect(all.pagination).toEqual({ page: 1, limit: 50, total: 3, totalPages: 1 });
  expect(numbers(await list("?page=2&limit=2"))).toEqual([1]);
  expect(numbers(await list("?status=waiting&limit=2"))).toEqual([1, 2]);
  expect(await list("?status=failed")).toMatchObject({ deliveries: [], pagination: { total: 0 } });
  const [newest] = all.deliveries;
  const shown = (await api("GET", `/v1/webhooks/${id}/deliveries/${newest.id}`)).body.delivery;
  expect(shown).toEqual({ ...newest, attempts: [], body: expect.any(String) });
  expect(JSON.parse(shown.body)).toMatchObject({ id: newest.eventId, type: "webhook.test", number: 3 });
  const elsewhere = await make();
  expect(await api("GET", `/v1/webhooks/${elsewhere.id}/deliveries/${newest.id}`)).toEqual(refused(404, "NOT_FOUND"));
});

test("a list costs the same however many deliveries there are", async () => {
  const { id } = await make();
  const number = Number(id.replace("hook_", ""));
  const fill = (from: number, to: number) =>
    db()
      .prepare(
        `WITH RECURSIVE n(i) AS (SELECT ?2 UNION ALL SELECT i + 1 FROM n WHERE i < ?3)
         INSERT INTO webhook_deliveries (webhook_id, number, workspace_id, event, type, at, data, status, due_at)
         SELECT ?1, i, 1, 'evt_' || i, ?4, 2e12, '{}', CASE i % 50 WHEN 0 THEN 'failed' WHEN 1 THEN 'waiting' ELSE 'delivered' END,
           CASE i % 50 WHEN 1 THEN 3e12 + i END FROM n`,
      )
      .bind(number, from, to, HAPPENINGS[0])
      .run();
  const queries = ["", "?status=failed&limit=2", "?status=waiting&limit=2", "?status=delivered&limit=2"];
  const costs = async () => {
    const rows: number[] = [];
    for (const query of queries) {
      faults.rowsRead = 0;
      expect((await api("GET", `/v1/webhooks/${id}/deliveries${query}`)).body.deliveries.length).toBeGreaterThan(0);
      rows.push(faults.rowsRead);
    }
    return rows;
  };
  await fill(1, 200);
  await costs();
  const few = await costs();
  await fill(201, 4000);
  expect(await costs()).toEqual(few);
});
