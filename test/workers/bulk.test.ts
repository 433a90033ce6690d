/** Bulk enrollment: what becomes of each row, and that nothing is lost or done twice, whatever is cut. */
import { beforeEach, describe, expect, test } from "vitest";
import type { BulkJob } from "../../src/domain/bulk";
import { PACE } from "../../src/domain/wave";
import { admitAll } from "../../src/engine/bulkadmission";
import { contextFor } from "../../src/engine/context";
import { crossOut, findBulkJob } from "../../src/storage/bulk";
import { doorsOf } from "../support/context";
import { faults } from "../support/faults";
import { makeSegment, rows } from "../support/segments";
import {
  api,
  begin,
  type Drip,
  db,
  deliver,
  drain,
  enroll,
  HOUR,
  idOf,
  type Json,
  makeContact,
  makeDrip,
  pass,
  ring,
  rowOf,
  START,
  sentTo,
  settle,
  show,
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

  test("a chunk that is halved, and has somebody in both halves -> he comes in by his first row, and the other is refused", async () => {
    const { sequence } = await makeDrip([24]);
    const [twice = "", once = ""] = await people(2);
    let left = 1;
    faults.failSql = Object.assign(/./, { test: (sql: string) => /INSERT INTO enrollments/.test(sql) && left-- > 0 });
    const job = await bulk(sequence, { contactIds: [twice, once, "contact_99999", twice] });
    await settle();
    expect(left).toBeLessThan(0);
    expect(await told(job)).toMatchObject({
      ...{ state: "done", enrolled: 2, refused: 2 },
      why: [
        [3, "not_found"],
        [4, "repeated_row"],
      ],
    });
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

describe("those who come in together go one after another", () => {
  const CROWD = 10_000;
  /** So many people, in a job of a crowd. */
  async function crowd(sequence: string, people: number): Promise<string> {
    const here = await Promise.all(Array.from({ length: people }, () => makeContact()));
    const contactIds = [...here, ...Array.from({ length: CROWD - people }, () => "contact_99999")];
    return bulk(sequence, { contactIds });
  }

  test("their rows tell so from the admission on: no start is told, and no sweep wakes who awaits his turn", async () => {
    const { sequence } = await makeDrip([24]);
    const job = await crowd(sequence, 5);
    await drain();
    expect(await told(job)).toMatchObject({ state: "done", enrolled: 5 });
    expect(faults.met.size).toBe(5);
    const ids = (await live(sequence)).map(({ id }) => id);
    const releases = new Map<string, number>();
    for (const id of ids) {
      const { phase, version } = await stateOf(id);
      const row = await rowOf(id);
      expect(row).toMatchObject({ version, state: "waiting", due_at: START + 24 * HOUR });
      expect(row.wake_by - row.due_at).toBe((CROWD - 1) * PACE);
      if (phase.is === "waiting") releases.set(id, phase.releaseAt ?? phase.dueAt);
    }
    expect(faults.statements.some((sql) => /UPDATE enrollments/.test(sql))).toBe(false);
    const [last = "", release = 0] = [...releases].reduce((late, one) => (one[1] > late[1] ? one : late));
    expect(release).toBeLessThanOrEqual(START + 24 * HOUR + (CROWD - 1) * PACE);
    travel(24 * HOUR);
    const { waiting } = await show(sequence, last);
    expect(waiting).toMatchObject({ for: "turn", until: `${new Date(release).toISOString().slice(0, 19)}Z` });
    travel(90_000);
    await sweep();
    expect(faults.letters).toEqual([]);
    travel(20_000);
    await ring(last);
    expect(faults.letters.map(({ queue }) => queue)).toEqual(["dripline-events"]);
    await settle();
    for (const id of ids) expect(await sentTo(id)).toEqual(["Message 1"]);
  });

  test("before a window closes: all of them have gone by then", async () => {
    const openings = [1, 2, 3, 4, 5, 6, 7].map((day) => ({ day, from: "09:00", to: "17:00" }));
    const { schedule } = (await api("POST", "/v1/schedules", { name: "Office", timezone: "UTC", openings })).body;
    const { sequence } = await makeDrip([0], { scheduleId: schedule.id });
    travel(8 * HOUR - 20_000);
    await crowd(sequence, 10);
    await drain();
    await pass(19_000, 1000);
    for (const { id } of await live(sequence)) throw new Error(`${id} has missed it`);
    expect(await rows("messages")).toBe(10);
  });
});

describe("two runs at one chunk agree", () => {
  const run = async (): Promise<{ job: BulkJob; contactId: number; id: string; admitted: () => Promise<unknown> }> => {
    const { sequence } = await makeDrip([24]);
    const contact = await makeContact();
    const id = await bulk(sequence, { contactIds: [contact] });
    const ctx = contextFor(doorsOf(), 1);
    const job = await findBulkJob(ctx.db, ctx, idOf(id));
    if (!job) throw new Error("no job");
    const contactId = idOf(contact);
    return { job, contactId, id, admitted: () => admitAll(ctx, job, [{ row: 1, contactId }]) };
  };
  const refuse = ({ job, contactId }: { job: BulkJob; contactId: number }) => {
    const { now, db } = contextFor(doorsOf(), 1);
    const failure = { kind: "opted_out" } as const;
    const refusals = [{ row: 1, contactId, address: null, failure }];
    return crossOut(db, { job, rows: 1, refusals, journey: now.journey, wall: now.wall });
  };

  test("one lets in whom the other refuses afterwards -> he is in, and not refused", async () => {
    const both = await run();
    expect(await both.admitted()).toEqual({ refusals: [], putOff: [] });
    await refuse(both);
    expect(await told(both.id)).toMatchObject({ done: 1, enrolled: 1, refused: 0, why: [] });
  });

  test("one has refused whom the other would let in -> he is refused, and does not come in", async () => {
    const both = await run();
    await refuse(both);
    expect(await both.admitted()).toMatchObject({ putOff: [{ row: 1 }] });
    expect(await told(both.id)).toMatchObject({ done: 1, enrolled: 0, refused: 1, why: [[1, "opted_out"]] });
    expect(await rows("enrollments")).toBe(0);
  });
});

describe("the sequence is edited between the first chunk and the second, and while that is taken in", () => {
  const A_CHUNK = 2000;
  const edit =
    (path: string, method = "PATCH") =>
    (body: object) =>
    (drip: Drip) =>
      api(method, `/v1/sequences/${drip.sequence}${path.replace("first", drip.steps[0] ?? "")}`, body);

  test.each<[string, (drip: Drip) => Promise<unknown>, string[]]>([
    ["a step is added", edit("/steps", "POST")({ messageTemplate: "Message 3", delayHours: 1 }), ["1", "2", "3"]],
    ["the first step is put off", edit("/steps/first")({ delayHours: 3 }), ["1", "2"]],
    ["the first step is deleted", (drip) => edit("/steps/first", "DELETE")({})(drip), ["2"]],
    ["it is paused, and resumed later", edit("")({ status: "PAUSED" }), ["1", "2"]],
  ])("%s -> each comes in once, and gets each message once", async (_, deed, messages) => {
    const drip = await makeDrip([1, 1]);
    const { job, ids } = await editedMidway(drip, deed);
    expect(await told(job)).toMatchObject({ state: "done", done: A_CHUNK + 2, enrolled: 4, refused: A_CHUNK - 2 });
    await api("PATCH", `/v1/sequences/${drip.sequence}`, { status: "ACTIVE" });
    await settle();
    await pass(5 * HOUR, HOUR);
    expect(ids).toHaveLength(4);
    for (const id of ids) expect(await sentTo(id)).toEqual(messages.map((n) => `Message ${n}`));
  });

  test("it is archived -> who was in has ended, and the others are told so", async () => {
    const drip = await makeDrip([1]);
    const { job, ids } = await editedMidway(drip, edit("")({ status: "ARCHIVED" }));
    expect(await told(job)).toMatchObject({ state: "done", enrolled: 2, refused: A_CHUNK });
    const counted = "SELECT COUNT(*) AS n FROM bulk_refusals WHERE failure LIKE '%sequence_archived%'";
    expect(await db().prepare(counted).first()).toEqual({ n: 2 });
    await pass(5 * HOUR, HOUR);
    for (const id of ids) expect([(await rowOf(id)).why, await sentTo(id)]).toEqual(["archived", []]);
  });

  /** Two who are in the first chunk, and two in the second. */
  async function editedMidway(drip: Drip, deed: (drip: Drip) => Promise<unknown>) {
    const [a, b, c, d] = await Promise.all(Array.from({ length: 4 }, () => makeContact()));
    const nobody = Array.from({ length: A_CHUNK - 2 }, () => "contact_99999");
    const job = await bulk(drip.sequence, { contactIds: [a, b, ...nobody, c, d] });
    const sql = /INSERT INTO enrollments/;
    const second = { sql, deed: () => deed(drip) };
    const first = async () => {
      faults.before = second;
    };
    faults.before = { sql, deed: first };
    await settle();
    await pass(30_000);
    const all = await db().prepare("SELECT id FROM enrollments").all<{ id: number }>();
    return { job, ids: all.results.map(({ id }) => String(id)) };
  }
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
