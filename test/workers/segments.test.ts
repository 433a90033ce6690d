/** Segments: saved rules over contacts, kept as members by a sync that looks only at who changed, and enrolling them. */
import { beforeEach, describe, expect, test } from "vitest";
import { faults, resetCounts } from "../support/faults";
import { ANNS, dripFor, enrolled, fill, fillSegment, makeSegment, rows, VIPS } from "../support/segments";
import { api, begin, db, drain, type Json, makeContact, OTHER_KEY, settle, sweep, travel } from "../support/world";

beforeEach(begin);

const MINUTE = 60_000;
const segment = async (id: string) => (await api("GET", `/v1/segments/${id}`)).body.segment;

async function members(id: string): Promise<string[]> {
  const { body } = await api("GET", `/v1/segments/${id}/contacts?limit=100`);
  expect(body.pagination.total).toBe(body.contacts.length);
  return body.contacts.map((contact: Json) => contact.id);
}

describe("over v1", () => {
  test("a segment is made, shown, listed, changed and deleted", async () => {
    const made = await api("POST", "/v1/segments", { name: "VIPs", rules: { conditions: VIPS.conditions } });
    expect(made).toMatchObject({
      status: 201,
      body: { segment: { name: "VIPs", rules: VIPS, status: "BUILDING", count: 0, workspaceId: "ws_1" } },
    });
    const { id } = made.body.segment;
    expect(id).toMatch(/^segment_\d+$/);
    await drain();
    expect(await segment(id)).toMatchObject({ status: "READY" });
    const renamed = await api("PATCH", `/v1/segments/${id}`, { name: "The few" });
    expect(renamed).toMatchObject({ status: 200, body: { segment: { name: "The few", status: "READY" } } });
    expect((await api("GET", "/v1/segments")).body).toMatchObject({
      segments: [{ id, name: "The few" }],
      pagination: { page: 1, total: 1, totalPages: 1 },
    });
    expect((await api("DELETE", `/v1/segments/${id}`)).body).toEqual({ success: true });
    expect((await api("GET", `/v1/segments/${id}`)).status).toBe(404);
    expect((await api("DELETE", `/v1/segments/${id}`)).status).toBe(404);
  });

  test("another workspace's is not found by any verb", async () => {
    const id = await makeSegment();
    const verbs: [string, string][] = [
      ["GET", ""],
      ["PATCH", ""],
      ["DELETE", ""],
      ["GET", "/contacts"],
    ];
    for (const [method, path] of verbs) {
      const answer = await api(method, `/v1/segments/${id}${path}`, method === "PATCH" ? {} : undefined, OTHER_KEY);
      expect({ method, path, status: answer.status }).toEqual({ method, path, status: 404 });
    }
    expect((await api("GET", "/v1/segments", undefined, OTHER_KEY)).body.segments).toEqual([]);
  });

  test("rules are needed, with a condition at least", async () => {
    const refused: [Json, number][] = [
      [{ name: "x" }, 400],
      [{ rules: VIPS }, 400],
      [{ name: "x", rules: {} }, 400],
      [{ name: "x", rules: { conditions: [] } }, 400],
      [{ name: "x", rules: { conditions: [{ field: "shoe", op: "is", value: 1 }] } }, 400],
    ];
    for (const [body, status] of refused) expect((await api("POST", "/v1/segments", body)).status).toBe(status);
  });

  test("a workspace has a hundred at most", async () => {
    await db()
      .prepare(`WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 100)
        INSERT INTO segments (workspace_id, name, rules, created_at, updated_at) SELECT 1, 'x', '{"match":"all","conditions":[]}', 1, 1 FROM n`)
      .run();
    expect(await api("POST", "/v1/segments", { name: "x", rules: VIPS })).toMatchObject({
      status: 402,
      body: { error: { code: "LIMIT_EXCEEDED" } },
    });
  });

  test("one that a sequence enrolls from is not deleted, until that is archived", async () => {
    const id = await makeSegment();
    const sequence = await dripFor(id);
    expect((await api("DELETE", `/v1/segments/${id}`)).status).toBe(409);
    await api("DELETE", `/v1/sequences/${sequence}`);
    expect((await api("DELETE", `/v1/segments/${id}`)).status).toBe(200);
  });
});

describe("members", () => {
  test("are those who meet the rules, before and after it was made", async () => {
    const before = await makeContact({ tags: ["vip"] });
    await makeContact();
    const id = await makeSegment();
    expect(await members(id)).toEqual([before]);
    const after = await makeContact({ tags: ["vip"] });
    expect(await members(id)).toEqual([before, after]);
    expect(await segment(id)).toMatchObject({ count: 2 });
  });

  test("come and go with every change of a contact", async () => {
    const id = await makeSegment();
    const contact = await makeContact();
    expect(await members(id)).toEqual([]);
    await api("PATCH", `/v1/contacts/${contact}`, { tags: ["vip"] });
    expect(await members(id)).toEqual([contact]);
    await api("PATCH", `/v1/contacts/${contact}`, { tags: [] });
    expect(await members(id)).toEqual([]);
    await api("PATCH", `/v1/contacts/${contact}`, { tags: ["vip"] });
    await api("DELETE", `/v1/contacts/${contact}`);
    expect(await members(id)).toEqual([]);
    expect(await rows("contact_changes")).toBe(0);
  });

  test("follow other rules", async () => {
    const vip = await makeContact({ tags: ["vip"] });
    const ann = await makeContact({ firstName: "Ann" });
    const id = await makeSegment();
    expect(await members(id)).toEqual([vip]);
    const changed = await api("PATCH", `/v1/segments/${id}`, { rules: ANNS });
    expect(changed.body.segment).toMatchObject({ status: "BUILDING" });
    await drain();
    expect(await members(id)).toEqual([ann]);
    expect(await segment(id)).toMatchObject({ status: "READY", count: 1 });
  });

  test("of a segment over many pages are all there, and are gone with it", async () => {
    await fill(450);
    const id = await makeSegment();
    expect(await segment(id)).toMatchObject({ count: 225, status: "READY" });
    await api("DELETE", `/v1/segments/${id}`);
    await drain();
    expect(await rows("segment_members")).toBe(0);
  });

  test("are gone with it, however many they are", async () => {
    const id = await makeSegment();
    await fillSegment(id, 2500);
    await api("DELETE", `/v1/segments/${id}`);
    await drain();
    expect(await rows("segment_members")).toBe(0);
    expect(await rows("jobs WHERE done_at IS NULL")).toBe(0);
  });

  test("are found though the nudge is lost, and though D1 fails in the middle", async () => {
    await fill(250);
    await api("POST", "/v1/segments", { name: "VIPs", rules: VIPS });
    faults.letters = [];
    travel(2 * MINUTE);
    await sweep();
    faults.failSql = /UPDATE segments SET built/;
    await drain().catch(() => undefined);
    faults.failSql = null;
    faults.letters = [];
    travel(2 * MINUTE);
    await sweep();
    await settle();
    const [one] = (await api("GET", "/v1/segments")).body.segments;
    expect(one).toMatchObject({ status: "READY", count: 125 });
  });

  test("a workspace without segments notes no changes", async () => {
    await makeContact({ tags: ["vip"] });
    expect(await rows("contact_changes")).toBe(0);
  });
});

describe("the sync", () => {
  async function costOfSync(): Promise<number> {
    const contact = await makeContact();
    await sweep(); // whatever else has changed
    await api("PATCH", `/v1/contacts/${contact}`, { tags: ["vip"] });
    resetCounts();
    await sweep();
    return faults.rowsRead;
  }

  test("costs the same however many contacts did not change", async () => {
    const id = await makeSegment();
    await dripFor(id);
    await fill(20);
    while ((await rows("contact_changes")) > 0) await sweep();
    const few = await costOfSync();
    await fill(2000);
    while ((await rows("contact_changes")) > 0) await sweep();
    const many = await costOfSync();
    console.info("rows read by a sweep with one changed contact", { few, many });
    expect(many).toBeLessThanOrEqual(few + 3);
    expect(few).toBeLessThan(80);
  });

  test("that finds no change reads next to nothing", async () => {
    await makeSegment();
    await fill(200);
    while ((await rows("contact_changes")) > 0) await sweep();
    await settle();
    resetCounts();
    await sweep();
    expect(faults.rowsRead).toBeLessThan(38);
    expect(faults.rowsWritten).toBe(0);
  });

  test("does so much in a minute and no more, and the rest in the next", async () => {
    const id = await makeSegment();
    const sequence = await dripFor(id);
    await fill(2500);
    await sweep();
    const behind = await rows("contact_changes");
    expect(behind).toBeGreaterThan(0);
    expect(behind).toBeLessThan(2500);
    const nudges = faults.letters.map(({ body }) => body as { triggers: number[] });
    expect(Math.max(...nudges.map(({ triggers }) => triggers.length))).toBeLessThanOrEqual(20);
    for (let minutes = 0; minutes < 3; minutes++) await sweep();
    expect(await rows("contact_changes")).toBe(0);
    expect(await segment(id)).toMatchObject({ count: 1250 });
    faults.letters = [];
    await api("DELETE", `/v1/sequences/${sequence}`);
  });

  test("that fails keeps the changes, and the next one sees to them", async () => {
    const id = await makeSegment();
    const sequence = await dripFor(id);
    const contact = await makeContact({ tags: ["vip"] });
    faults.failSql = /INSERT INTO segment_members/;
    await sweep();
    faults.failSql = null;
    expect(await rows("contact_changes")).toBe(1);
    expect(await rows("triggers")).toBe(0);
    await sweep();
    await settle();
    expect(await enrolled(sequence)).toEqual([contact]);
    expect(await rows("contact_changes")).toBe(0);
  });
});
