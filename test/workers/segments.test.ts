/** Segments: saved rules over contacts, kept as members by a sync that looks only at who changed, and enrolling them. */
import { beforeEach, describe, expect, test } from "vitest";
import { beginJob } from "../../src/engine/jobs";
import { contextOf } from "../support/context";
import { faults, resetCounts } from "../support/faults";
import {
  api,
  begin,
  db,
  deliver,
  drain,
  type Json,
  makeContact,
  makeDrip,
  OTHER_KEY,
  settle,
  sweep,
  travel,
} from "../support/world";

beforeEach(begin);

const MINUTE = 60_000;
const VIPS = { match: "all", conditions: [{ field: "tags", op: "contains", value: "vip" }] };
const ANNS = { match: "all", conditions: [{ field: "firstName", op: "is", value: "Ann" }] };

function idOf(id: string): number {
  return Number(id.replace(/^[a-z]+_/, ""));
}

async function makeSegment(rules: Json = VIPS, name = "VIPs"): Promise<string> {
  const { body } = await api("POST", "/v1/segments", { name, rules });
  await drain();
  return body.segment.id;
}

const segment = async (id: string) => (await api("GET", `/v1/segments/${id}`)).body.segment;

async function members(id: string): Promise<string[]> {
  const { body } = await api("GET", `/v1/segments/${id}/contacts?limit=100`);
  expect(body.pagination.total).toBe(body.contacts.length);
  return body.contacts.map((contact: Json) => contact.id);
}

async function rows(table: string): Promise<number> {
  return (await db().prepare(`SELECT COUNT(*) AS n FROM ${table}`).first<{ n: number }>())?.n ?? 0;
}

/** Contacts that nobody will change. */
async function fill(contacts: number): Promise<void> {
  await db()
    .prepare(`WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?)
      INSERT INTO contacts (workspace_id, platform, tags, created_at, updated_at)
      SELECT 1, 'TWITTER', CASE WHEN i % 2 THEN '["vip"]' ELSE '[]' END, 2e12, 2e12 FROM n`)
    .bind(contacts)
    .run();
}

async function enrolled(sequence: string): Promise<string[]> {
  const { body } = await api("GET", `/v1/sequences/${sequence}/enrollments?limit=100`);
  return body.enrollments.map((one: Json) => one.contactId).sort();
}

async function dripFor(id: string, more = ""): Promise<string> {
  const { sequence } = await makeDrip([24]);
  await db()
    .prepare(`UPDATE sequences SET init_segment_id = ?${more} WHERE id = ?`)
    .bind(idOf(id), idOf(sequence))
    .run();
  return sequence;
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
    expect(few).toBeLessThan(60);
  });

  test("that finds no change reads next to nothing", async () => {
    await makeSegment();
    await fill(200);
    while ((await rows("contact_changes")) > 0) await sweep();
    await settle();
    resetCounts();
    await sweep();
    expect(faults.rowsRead).toBeLessThan(10);
    expect(faults.rowsWritten).toBe(0);
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

describe("a sequence with a segment", () => {
  test("enrolls who comes into it by the periodic sync, once", async () => {
    const id = await makeSegment();
    const sequence = await dripFor(id);
    const contact = await makeContact({ tags: ["vip"] });
    await makeContact();
    await settle();
    expect(await enrolled(sequence)).toEqual([]);
    await sweep();
    const letters = [...faults.letters];
    await settle();
    expect(await enrolled(sequence)).toEqual([contact]);
    await deliver(letters);
    for (const tags of [[], ["vip"]]) {
      await api("PATCH", `/v1/contacts/${contact}`, { tags });
      await sweep();
      await settle();
    }
    expect(await enrolled(sequence)).toEqual([contact]);
    expect(await rows("triggers")).toBe(0);
  });

  test("keeps who leaves it", async () => {
    const id = await makeSegment();
    const sequence = await dripFor(id);
    const contact = await makeContact({ tags: ["vip"] });
    await sweep();
    await settle();
    await api("PATCH", `/v1/contacts/${contact}`, { tags: [] });
    await sweep();
    await settle();
    expect((await api("GET", `/v1/sequences/${sequence}`)).body.enrollmentStats.ACTIVE).toBe(1);
  });

  test("enrolls who is in it already, over many pages, by a job; nobody twice", async () => {
    const here: string[] = [];
    for (let i = 0; i < 5; i++) here.push(await makeContact({ tags: ["vip"] }));
    await fill(250); // without an address: refused in silence
    const id = await makeSegment();
    const sequence = await dripFor(id, ", triggers_reenroll = 1");
    await beginJob(contextOf(), { kind: "segment_enroll", subjectId: idOf(sequence) });
    const letters = [...faults.letters];
    await settle();
    expect(await enrolled(sequence)).toEqual([...here].sort());
    await deliver(letters);
    await beginJob(contextOf(), { kind: "segment_enroll", subjectId: idOf(sequence) });
    await settle();
    expect(await enrolled(sequence)).toEqual([...here].sort());
    expect(await rows("triggers")).toBe(0);
  });

  test("enrolls who comes in by other rules", async () => {
    const id = await makeSegment();
    const sequence = await dripFor(id);
    const ann = await makeContact({ firstName: "Ann" });
    await api("PATCH", `/v1/segments/${id}`, { rules: ANNS });
    await settle();
    expect(await enrolled(sequence)).toEqual([ann]);
  });
});
