/** Tags and activity of contacts, changed without a look before, and what that asks of their journeys. */
import { beforeEach, describe, expect, test } from "vitest";
import { setActive } from "../../src/engine/contactedit";
import { addTags, removeTags } from "../../src/engine/tags";
import { deactivate } from "../../src/storage/exclusion";
import { changeTags } from "../../src/storage/tags";
import { contextOf } from "../support/context";
import { faults, resetCounts } from "../support/faults";
import { api, begin, db, enroll, makeContact, makeDrip, settle, show, sweep, travel } from "../support/world";

beforeEach(begin);

function idOf(id: string): number {
  return Number(id.replace(/^[a-z]+_/, ""));
}

const tagsOf = async (contact: string) => (await api("GET", `/v1/contacts/${contact}`)).body.contact.tags;
const found = async (tag: string) => (await api("GET", `/v1/contacts?tags=${tag}`)).body.pagination.total;
const jobs = async (kind: string) =>
  (await db().prepare("SELECT * FROM jobs WHERE kind = ?").bind(kind).all<{ subject_id: number }>()).results;

describe("tags", () => {
  test("are added and removed exactly, keep their order, and find the contact", async () => {
    const contact = await makeContact({ tags: ["a", "b"] });
    const added = await addTags(contextOf(), idOf(contact), ["c", "b", "C", "c"]);
    expect(added).toMatchObject({ ok: true, value: { tags: ["a", "b", "c", "C"] } });
    const removed = await removeTags(contextOf(), idOf(contact), ["a", "none"]);
    expect(removed).toMatchObject({ ok: true, value: { tags: ["b", "c", "C"] } });
    expect([await found("a"), await found("b"), await found("c"), await found("C")]).toEqual([0, 1, 1, 1]);
    await removeTags(contextOf(), idOf(contact), ["b", "c", "C"]);
    expect(await tagsOf(contact)).toEqual([]);
  });

  test("coming again change and write nothing", async () => {
    const contact = await makeContact();
    const change = { workspaceId: 1, contactId: idOf(contact), add: ["a"], remove: ["z"], journey: 5e12, wall: 5e12 };
    expect(await changeTags(contextOf().db, change)).toEqual({ changed: true, full: false, triggers: [], jobs: [] });
    const before = await db().prepare("SELECT * FROM contacts WHERE id = ?").bind(idOf(contact)).first();
    resetCounts();
    expect(await changeTags(contextOf().db, { ...change, journey: 6e12 })).toEqual({
      changed: false,
      full: false,
      triggers: [],
      jobs: [],
    });
    expect(faults.rowsWritten).toBe(0);
    expect(await db().prepare("SELECT * FROM contacts WHERE id = ?").bind(idOf(contact)).first()).toEqual(before);
  });

  test("set off what they are for, and only where they are new", async () => {
    const { sequence } = await makeDrip([24]);
    await db().prepare("UPDATE sequences SET init_tag = 'vip' WHERE id = ?").bind(idOf(sequence)).run();
    const contact = await makeContact();
    for (let times = 0; times < 3; times++) await addTags(contextOf(), idOf(contact), ["vip", "x"]);
    const n = await db().prepare("SELECT COUNT(*) AS n FROM triggers").first();
    expect(n).toEqual({ n: 1 });
    await settle();
    const enrolled = async () => (await api("GET", `/v1/sequences/${sequence}`)).body.enrollmentStats;
    expect(await enrolled()).toMatchObject({ ACTIVE: 1, EXITED: 0 });
    await removeTags(contextOf(), idOf(contact), ["vip"]);
    await settle();
    expect(await enrolled()).toMatchObject({ ACTIVE: 0, EXITED: 1 });
  });

  test("are at most a hundred", async () => {
    const many = Array.from({ length: 99 }, (_, i) => `t${i}`);
    const contact = await makeContact({ tags: many });
    expect(await addTags(contextOf(), idOf(contact), ["x", "y"])).toMatchObject({
      ok: false,
      failure: { kind: "bad_value", field: "tags" },
    });
    expect(await tagsOf(contact)).toEqual(many);
    expect(await addTags(contextOf(), idOf(contact), ["x", "t1"])).toMatchObject({ ok: true });
    expect(await removeTags(contextOf(), idOf(contact), many)).toMatchObject({ ok: true, value: { tags: ["x"] } });
  });

  test("that find no room are told of, whatever else was asked; those that are there need none", async () => {
    const many = Array.from({ length: 100 }, (_, i) => `t${i}`);
    const contact = await makeContact({ tags: many });
    const change = (add: string[], remove: string[] = []) =>
      changeTags(contextOf().db, { workspaceId: 1, contactId: idOf(contact), add, remove, journey: 5e12, wall: 5e12 });
    expect(await change(["x"])).toMatchObject({ changed: false, full: true });
    expect(await change(["t5", "x"], ["none"])).toMatchObject({ changed: false, full: true });
    expect(await change(["t5"], ["none"])).toMatchObject({ changed: false, full: false });
    expect(await change(["x"], ["t0"])).toMatchObject({ changed: true, full: false });
    expect(await tagsOf(contact)).toEqual([...many.slice(1), "x"]);
  });

  test("of somebody who is not there, not ours, or erased, are not found", async () => {
    const contact = await makeContact();
    const failure = { kind: "not_found", what: "contact" };
    expect(await addTags(contextOf(), 999_999, ["a"])).toEqual({ ok: false, failure });
    expect(await addTags(contextOf(2), idOf(contact), ["a"])).toEqual({ ok: false, failure });
    await api("DELETE", `/v1/contacts/${contact}`);
    const change = { workspaceId: 1, contactId: idOf(contact), add: ["a"], remove: [], journey: 5e12, wall: 5e12 };
    expect(await changeTags(contextOf().db, change)).toMatchObject({ changed: false, full: false });
    const terms = await db().prepare("SELECT * FROM contact_terms WHERE contact_id = ?").bind(idOf(contact)).all();
    expect(terms.results).toEqual([]);
  });

  test("added by two at a time are both there", async () => {
    const contact = await makeContact();
    const names = ["a", "b", "c", "d", "e", "f"];
    await Promise.all(names.map((name) => addTags(contextOf(), idOf(contact), [name])));
    expect((await tagsOf(contact)).sort()).toEqual(names);
  });
});

describe("a change of a contact", () => {
  async function waitingAtCondition(): Promise<string> {
    const { sequence } = await makeDrip([24]);
    const contact = await makeContact();
    const enrollment = await enroll(sequence, contact);
    await settle();
    await db().prepare("UPDATE enrollments SET why = 'condition' WHERE id = ?").bind(idOf(enrollment)).run();
    return contact;
  }

  test("has a journey that waits at a condition look again, whoever made it", async () => {
    const contact = await waitingAtCondition();
    await addTags(contextOf(), idOf(contact), ["a"]);
    expect(await jobs("look")).toMatchObject([{ subject_id: idOf(contact), done_at: null, revision: 1 }]);
    await api("PATCH", `/v1/contacts/${contact}`, { firstName: "Ann" });
    expect(await jobs("look")).toMatchObject([{ done_at: null, revision: 2 }]);
    faults.letters = [];
    travel(2 * 60_000);
    await sweep();
    await settle();
    const [job] = await jobs("look");
    expect(job).not.toMatchObject({ done_at: null });
  });

  test("writes no job where no journey waits at one", async () => {
    const { sequence } = await makeDrip([24]);
    const contact = await makeContact();
    await enroll(sequence, contact);
    await addTags(contextOf(), idOf(contact), ["a"]);
    await api("PATCH", `/v1/contacts/${contact}`, { firstName: "Ann" });
    expect(await jobs("look")).toEqual([]);
  });
});

describe("an inactive contact", () => {
  test("leaves all sequences, transactional ones too, and is enrolled in none until he is active again", async () => {
    const { sequence } = await makeDrip([24]);
    const other = await makeDrip([24]);
    await db().prepare("UPDATE sequences SET transactional = 1 WHERE id = ?").bind(idOf(other.sequence)).run();
    const contact = await makeContact();
    const enrollments = [
      { sequence, id: await enroll(sequence, contact) },
      { sequence: other.sequence, id: await enroll(other.sequence, contact) },
    ];
    await settle();
    expect(await setActive(contextOf(), idOf(contact), false)).toMatchObject({ ok: true, value: { inactive: true } });
    faults.letters = [];
    travel(2 * 60_000);
    await sweep();
    await settle();
    for (const { sequence, id } of enrollments) {
      expect(await show(sequence, id)).toMatchObject({ status: "EXITED", exitReason: "MANUAL" });
    }
    const again = { contactId: contact, platform: "TWITTER" };
    expect((await api("POST", `/v1/sequences/${sequence}/enrollments`, again)).status).toBe(409);
    await setActive(contextOf(), idOf(contact), true);
    expect((await api("POST", `/v1/sequences/${sequence}/enrollments`, again)).status).toBe(201);
    await sweep();
    await settle();
    expect((await api("GET", `/v1/sequences/${sequence}`)).body.enrollmentStats.ACTIVE).toBe(1);
  });

  test("made so twice by a step writes one job", async () => {
    const contact = await makeContact();
    const who = { workspaceId: 1, contactId: idOf(contact), journey: 5e12, wall: 5e12 };
    expect(await deactivate(contextOf().db, who)).toMatchObject([{}]);
    expect(await deactivate(contextOf().db, who)).toEqual([]);
    expect(await jobs("deactivate")).toHaveLength(1);
  });
});
