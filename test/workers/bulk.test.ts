/** Bulk enrollment: what becomes of each row, and that nothing is lost or done twice, whatever is cut. */
import { beforeEach, describe, expect, test } from "vitest";
import { doorsOf } from "../support/context";
import { faults } from "../support/faults";
import { makeSegment, rows } from "../support/segments";
import {
  api,
  begin,
  db,
  deliver,
  drain,
  enroll,
  idOf,
  type Json,
  makeContact,
  makeDrip,
  pass,
  sentTo,
  settle,
  stateOf,
  sweep,
  travel,
} from "../support/world";

beforeEach(begin);

const MINUTE = 60_000;

async function bulk(sequence: string, body: object): Promise<string> {
  const answer = await api("POST", `/v1/sequences/${sequence}/enrollments/bulk`, body);
  expect(answer.status).toBe(202);
  return answer.body.job.id;
}

async function told(job: string): Promise<Json> {
  const { body } = await api("GET", `/v1/jobs/${job}`);
  const { state, total, done, enrolled, refused } = body.job;
  const { refusals } = (await api("GET", `/v1/jobs/${job}/refusals?limit=100`)).body;
  return { state, total, done, enrolled, refused, why: refusals.map((one: Json) => [one.row, one.kind]) };
}

async function live(sequence: string): Promise<Json[]> {
  const { body } = await api("GET", `/v1/sequences/${sequence}/enrollments?status=ACTIVE&limit=100`);
  return body.enrollments;
}

const EMAIL = (name: string, more: object = {}) => ({ platform: "EMAIL", email: `${name}@x.test`, ...more });

describe("each row is judged as if it came alone", () => {
  test("known contacts: admitted and started, or refused for what keeps each of them out", async () => {
    const rules = { conditions: [{ field: "tags", op: "contains", value: "vip" }] };
    const { sequence } = await makeDrip([0], { enrollmentRules: rules });
    const vip = (more: object = {}) => makeContact({ tags: ["vip"], ...more });
    const [good, here, out, plain] = [await vip(), await vip(), await vip(), await makeContact()];
    const mailOnly = await makeContact({ platform: "EMAIL", username: "m@x.test", tags: ["vip"] });
    const blocked = await vip({ username: "blocked" });
    await enroll(sequence, here);
    await api("PATCH", `/v1/contacts/${out}`, { optedOut: true });
    await api("POST", "/v1/suppressions", { platform: "TWITTER", address: "blocked", reason: "complained" });
    const contactIds = [good, here, out, plain, mailOnly, blocked, good, "contact_99999"];
    const job = await bulk(sequence, { contactIds, platform: "TWITTER" });
    await settle();
    expect(await told(job)).toEqual({
      ...{ state: "done", total: 8, done: 8, enrolled: 1, refused: 7 },
      why: [
        ...[
          [2, "already_enrolled"],
          [3, "opted_out"],
          [4, "rules_unmet"],
          [5, "no_address"],
          [6, "blocked"],
        ],
        ...[
          [7, "repeated_row"],
          [8, "not_found"],
        ],
      ],
    });
    await pass(1000); // whoever comes in a crowd has a turn of his own
    const found = (await db()
      .prepare("SELECT id FROM enrollments WHERE contact_id = ?")
      .bind(idOf(good))
      .first()) as Json;
    expect(await sentTo(found.id)).toEqual(["Message 1"]);
  });

  test("who has been here before, who is shut out, and who was written to of late", async () => {
    const { sequence: other } = await makeDrip([24]);
    const set = async (more: object) => (await api("POST", "/v1/rulesets", { name: "R", ...more })).body.ruleset.id;
    const strict = await set({ permitDuplicateProspects: "disallow", sequenceExclusivity: "all_sequences" });
    const { sequence } = await makeDrip([24], { rulesetId: strict });
    const [before, elsewhere, free] = [await makeContact(), await makeContact(), await makeContact()];
    const gone = await enroll(sequence, before);
    await api("DELETE", `/v1/sequences/${sequence}/enrollments/${gone}`);
    await enroll(other, elsewhere);
    const job = await bulk(sequence, { contactIds: [before, elsewhere, free] });
    await settle();
    expect((await told(job)).why).toEqual([
      [1, "enrolled_before"],
      [2, "shut_out"],
    ]);
    const quiet = await set({ permitDuplicateProspects: "allow", minimumProspectTouchedInterval: 3600 });
    const { sequence: first } = await makeDrip([0]);
    const lately = await makeContact();
    await enroll(first, lately);
    await settle();
    const { sequence: later } = await makeDrip([24], { rulesetId: quiet });
    const again = await bulk(later, { contactIds: [lately, before] });
    await settle();
    expect((await told(again)).why).toEqual([[1, "touched_recently"]]);
  });

  test("a date sequence takes as many of one statement as it has places", async () => {
    const { sequence } = await makeDrip([24]);
    await db()
      .prepare("UPDATE sequences SET sequence_type = 'date', max_activations = 3 WHERE id = ?")
      .bind(idOf(sequence))
      .run();
    const contactIds = await Promise.all(Array.from({ length: 5 }, () => makeContact()));
    await enroll(sequence, contactIds[2]);
    const job = await bulk(sequence, { contactIds });
    await settle();
    expect((await told(job)).why).toEqual([
      [3, "already_enrolled"],
      [4, "sequence_full"],
      [5, "sequence_full"],
    ]);
  });

  test("in front of a throttle they wait, and come in by its order", async () => {
    const { sequence } = await makeDrip([24], { throttleCapacity: 2 });
    const contactIds = await Promise.all(Array.from({ length: 4 }, () => makeContact()));
    const job = await bulk(sequence, { contactIds });
    await settle();
    expect(await told(job)).toMatchObject({ state: "done", enrolled: 4, refused: 0 });
    const whys = await db().prepare("SELECT state, why, version > 0 AS begun FROM enrollments ORDER BY id").all();
    const held = { state: "pending", why: "throttle", begun: 0 };
    expect(whys.results.slice(2)).toEqual([held, held]);
    expect(whys.results.slice(0, 2)).toMatchObject([{ begun: 1 }, { begun: 1 }]);
  });
});

describe("people who are brought along", () => {
  test("become contacts, each once, as if they were made alone: found by search, tagged, and in segments", async () => {
    const { sequence } = await makeDrip([24]);
    const { sequence: byTag } = await makeDrip([24]);
    await db().prepare("UPDATE sequences SET init_tag = 'vip' WHERE id = ?").bind(idOf(byTag)).run();
    await makeSegment();
    const known = await makeContact({ platform: "EMAIL", username: "old@x.test", firstName: "Old" });
    const contacts = [
      EMAIL("new", { firstName: "Ann", tags: ["vip"] }),
      EMAIL("old", { firstName: "New" }),
      EMAIL("NEW"),
    ];
    const job = await bulk(sequence, { contacts });
    await settle();
    expect(await told(job)).toMatchObject({ enrolled: 2, refused: 1, why: [[3, "repeated_row"]] });
    const alone = (await api("POST", "/v1/contacts", EMAIL("alone", { firstName: "Ann", tags: ["vip"] }))).body.contact;
    const [made] = (await api("GET", "/v1/contacts?search=new@x.test&tags=vip")).body.contacts;
    const plain = ({ id: _, username: __, email: ___, ...rest }: Json) => rest;
    expect(plain(made)).toEqual(plain(alone));
    expect((await api("GET", `/v1/contacts/${known}`)).body.contact.firstName).toBe("Old");
    await sweep();
    await settle();
    expect((await live(byTag)).map((one) => one.contactId)).toContain(made.id);
    expect(await rows("segment_members")).toBe(2);
    expect((await api("GET", "/v1/contacts")).body.pagination.total).toBe(3);
  });

  test("who is there already is changed where that is asked for: what is said, and tags besides his own", async () => {
    const { sequence } = await makeDrip([24]);
    const custom = { customFields: { city: "Rome", age: 5 } };
    const id = await makeContact({
      platform: "EMAIL",
      username: "old@x.test",
      lastName: "Ash",
      tags: ["a"],
      ...custom,
    });
    const contacts = [EMAIL("old", { firstName: "New", tags: ["b"], customFields: { city: "Bonn" } })];
    await bulk(sequence, { contacts, updateExisting: true });
    await settle();
    expect((await api("GET", `/v1/contacts/${id}`)).body.contact).toMatchObject({
      ...{ firstName: "New", lastName: "Ash", tags: ["a", "b"], customFields: { city: "Bonn", age: 5 } },
    });
  });

  test("two people of whom one has an address of the other's are one", async () => {
    const { sequence } = await makeDrip([24]);
    const one = { platform: "TWITTER", username: "one", email: "same@x.test" };
    const job = await bulk(sequence, { contacts: [one, { ...one, username: "two" }] });
    await settle();
    expect(await told(job)).toMatchObject({ enrolled: 1, why: [[2, "repeated_row"]] });
  });

  test("who opted out and was erased stays so, and who is erased meanwhile does not come back", async () => {
    const { sequence } = await makeDrip([24]);
    const out = await makeContact({ platform: "EMAIL", username: "out@x.test" });
    const other = await makeContact({ platform: "EMAIL", username: "other@x.test" });
    await api("PATCH", `/v1/contacts/${out}`, { optedOut: true });
    await api("DELETE", `/v1/contacts/${out}`);
    await settle();
    travel(1000);
    const job = await bulk(sequence, { contacts: [EMAIL("out"), EMAIL("other")] });
    await api("DELETE", `/v1/contacts/${other}`);
    await settle();
    expect(await told(job)).toMatchObject({
      enrolled: 0,
      why: [
        [1, "opted_out"],
        [2, "not_found"],
      ],
    });
    expect((await api("GET", "/v1/contacts?search=other")).body.contacts).toEqual([]);
    expect(JSON.stringify((await db().prepare("SELECT * FROM bulk_refusals").all()).results)).not.toContain("x.test");
    expect(await rows("bulk_chunks")).toBe(0);
  });
});

describe("a job goes on from where it was cut", () => {
  const people = (n: number) => Promise.all(Array.from({ length: n }, () => makeContact()));

  test("a lost nudge: the sweep sends another", async () => {
    const { sequence } = await makeDrip([24]);
    const job = await bulk(sequence, { contactIds: await people(2) });
    faults.letters.splice(0);
    expect(await told(job)).toMatchObject({ state: "queued", done: 0 });
    travel(2 * MINUTE);
    await sweep();
    await settle();
    expect(await told(job)).toMatchObject({ state: "done", enrolled: 2 });
  });

  test("cut after the admission and before it was crossed out: nobody comes in again who has ended meanwhile", async () => {
    const { sequence } = await makeDrip([24]);
    const contactIds = await people(3);
    const job = await bulk(sequence, { contactIds });
    faults.failSql = /INSERT INTO bulk_refusals/;
    await drain().catch(() => undefined);
    expect(await rows("enrollments")).toBe(3);
    expect(await told(job)).toMatchObject({ done: 0 });
    faults.failSql = null;
    const [left] = await live(sequence);
    await api("DELETE", `/v1/sequences/${sequence}/enrollments/${left?.id}`);
    travel(2 * MINUTE);
    await sweep();
    await settle();
    expect(await told(job)).toEqual({ state: "done", total: 3, done: 3, enrolled: 3, refused: 0, why: [] });
    expect(await rows("enrollments")).toBe(3);
    expect(await live(sequence)).toHaveLength(2);
  });

  test("an outage in the middle refuses nobody", async () => {
    const { sequence } = await makeDrip([24]);
    const job = await bulk(sequence, { contacts: [EMAIL("a"), EMAIL("b")] });
    const letters = faults.letters.splice(0);
    faults.failSql = /./;
    await deliver(letters);
    faults.failSql = null;
    await settle();
    expect(await told(job)).toMatchObject({ state: "done", enrolled: 2, refused: 0 });
  });

  test("doubled nudges, at a time and one after the other, change nothing", async () => {
    const { sequence } = await makeDrip([24]);
    const job = await bulk(sequence, { contactIds: await people(3) });
    const letters = faults.letters.splice(0);
    await Promise.all([deliver([...letters]), deliver([...letters])]);
    await settle();
    await deliver([...letters]);
    await settle();
    expect(await told(job)).toMatchObject({ state: "done", enrolled: 3, refused: 0 });
    expect(await rows("enrollments")).toBe(3);
  });

  test("answers are lost down to the last row: nobody is told to be refused who came in", async () => {
    const { sequence } = await makeDrip([24]);
    const [first = "", second = ""] = await people(2);
    const job = await bulk(sequence, { contactIds: [first, second] });
    const letters = faults.letters.splice(0);
    faults.lost = { sql: /INSERT INTO enrollments/, times: 3 };
    await deliver(letters);
    await settle();
    expect(await told(job)).toEqual({ state: "done", total: 2, done: 2, enrolled: 2, refused: 0, why: [] });
  });

  test("the sequence is being edited all the time -> tried again, and not refused", async () => {
    const { sequence } = await makeDrip([24]);
    const job = await bulk(sequence, { contactIds: await people(1) });
    await db().prepare(`CREATE TRIGGER busy BEFORE INSERT ON enrollments BEGIN SELECT RAISE(IGNORE); END`).run();
    const letters = faults.letters.splice(0);
    await deliver(letters).finally(() => db().prepare("DROP TRIGGER busy").run());
    expect(await told(job)).toMatchObject({ done: 0, why: [] });
    await settle();
    expect(await told(job)).toMatchObject({ state: "done", enrolled: 1, refused: 0 });
  });

  test("one row that cannot be taken in harms no other", async () => {
    const { sequence } = await makeDrip([24]);
    await db()
      .prepare(`CREATE TRIGGER poison BEFORE INSERT ON addresses WHEN new.key = 'bad@x.test' BEGIN
        SELECT RAISE(ABORT, 'poison'); END`)
      .run();
    try {
      const job = await bulk(sequence, { contacts: ["a", "b", "bad", "c", "d"].map((name) => EMAIL(name)) });
      await settle();
      expect(await told(job)).toMatchObject({ state: "done", enrolled: 4, why: [[3, "unavailable"]] });
    } finally {
      await db().prepare("DROP TRIGGER poison").run();
    }
  });

  test("D1 refuses some writes for a while -> that is nobody's fault, and all come in", async () => {
    const { sequence } = await makeDrip([24]);
    let left = 5; // as often as it takes until each of three rows has failed by itself
    faults.failSql = Object.assign(/./, { test: (sql: string) => /INSERT INTO enrollments/.test(sql) && left-- > 0 });
    const job = await bulk(sequence, { contactIds: await people(3) });
    await settle();
    expect(await told(job)).toMatchObject({ state: "done", enrolled: 3, refused: 0 });
    expect(left).toBeLessThan(0);
  });

  test("the sequence is archived meanwhile: the rest is refused, and nobody becomes a contact for it", async () => {
    const { sequence } = await makeDrip([24]);
    const [known = ""] = await people(1);
    const first = await bulk(sequence, { contactIds: [known] });
    const second = await bulk(sequence, { contacts: [EMAIL("late")] });
    await api("PATCH", `/v1/sequences/${sequence}`, { status: "ARCHIVED" });
    await settle();
    expect((await told(first)).why).toEqual([[1, "sequence_archived"]]);
    expect((await told(second)).why).toEqual([[1, "sequence_archived"]]);
    expect((await api("GET", "/v1/contacts")).body.pagination.total).toBe(1);
  });

  test("objects out of reach: admitted all the same, and started once they are back", async () => {
    const { sequence } = await makeDrip([24]);
    const job = await bulk(sequence, { contactIds: await people(2) });
    faults.objectsDown = true;
    await deliver(faults.letters.splice(0));
    expect(await told(job)).toMatchObject({ state: "done", enrolled: 2 });
    faults.objectsDown = false;
    await settle();
    for (const { id } of await live(sequence)) expect((await stateOf(id)).phase.is).toBe("waiting");
  });

  test("objects out of reach for long: they are left to the sweep, and the job comes to its end", async () => {
    const { sequence } = await makeDrip([24]);
    await bulk(sequence, { contactIds: await people(2) });
    faults.objectsDown = true;
    await drain();
    expect(faults.letters).toEqual([]);
    const open = await db().prepare("SELECT COUNT(*) AS n FROM bulk_jobs WHERE closed = 0").first();
    expect(open).toEqual({ n: 0 });
    faults.objectsDown = false;
    travel(2 * MINUTE);
    await sweep();
    await settle();
    for (const { id } of await live(sequence)) expect((await stateOf(id)).phase.is).toBe("waiting");
  });

  test("a job that backs off is not nudged by the sweep besides, and of two of its runs one goes on", async () => {
    const { sequence } = await makeDrip([24]);
    await bulk(sequence, { contactIds: await people(2) });
    faults.objectsDown = true;
    await deliver(faults.letters.splice(0));
    travel(MINUTE - 1000);
    await deliver(faults.letters.splice(0));
    travel(30_000);
    await sweep();
    expect(faults.letters).toHaveLength(1);
    const [letter] = faults.letters.splice(0);
    travel(1000);
    if (letter) await Promise.all([deliver([letter]), deliver([letter])]);
    expect(faults.letters).toHaveLength(1);
  });

  test("an end that the mirror has not heard of is asked for, and he comes in again", async () => {
    const { sequence } = await makeDrip([0]);
    const contact = await makeContact();
    const ended = await enroll(sequence, contact);
    await settle();
    await db()
      .prepare(
        "UPDATE enrollments SET standing = 'ACTIVE', state = 'waiting', version = 1, due_at = enrolled_at, wake_by = enrolled_at, ended_at = NULL WHERE id = ?",
      )
      .bind(idOf(ended))
      .run();
    travel(1000);
    const job = await bulk(sequence, { contactIds: [contact] });
    await settle();
    expect(await told(job)).toMatchObject({ enrolled: 1, refused: 0 });
  });
});

test("a request that died while it came in leaves nothing, and past jobs are forgotten with their refusals", async () => {
  const { sequence } = await makeDrip([24]);
  const job = await bulk(sequence, { contactIds: ["contact_99999"] });
  await settle();
  const now = doorsOf().now.wall;
  const staged =
    "INSERT INTO bulk_jobs (id, workspace_id, sequence_id, state, created_at, begun_at, touched_at) VALUES (77, 1, 1, 'staging', 1, ?1, ?1)";
  await db().prepare(staged).bind(now).run();
  await db().prepare("INSERT INTO bulk_chunks (id, entries) VALUES (77 * 4096, '[]')").run();
  travel(10 * MINUTE);
  await sweep();
  expect([await rows("bulk_jobs"), await rows("bulk_chunks"), await rows("bulk_refusals")]).toEqual([2, 1, 1]);
  travel(30 * MINUTE);
  await sweep();
  expect([await rows("bulk_jobs"), await rows("bulk_chunks"), await rows("bulk_refusals")]).toEqual([1, 0, 1]);
  travel(31 * 24 * 60 * MINUTE);
  await sweep();
  expect([await rows("bulk_jobs"), await rows("bulk_refusals")]).toEqual([0, 0]);
  expect((await api("GET", `/v1/jobs/${job}`)).status).toBe(404);
});
