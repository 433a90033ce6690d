/** What enrolls by itself when a tag comes, takes out when it goes, and is neither lost nor done twice. */
import { beforeEach, describe, expect, test } from "vitest";
import { faults } from "../support/faults";
import { left, listed, statuses, tag, tagged } from "../support/tagging";
import {
  api,
  begin,
  db,
  deliver,
  drain,
  enroll,
  idOf,
  makeContact,
  OTHER_KEY,
  settle,
  sweep,
  travel,
} from "../support/world";

beforeEach(begin);

const MINUTE = 60_000;

describe("a tag", () => {
  test("that is added enrolls, and once it is removed, the contact is out", async () => {
    const sequence = await tagged();
    const contact = await makeContact();
    await tag(contact, ["vip", "other"]);
    await settle();
    expect(await listed(sequence)).toMatchObject([{ status: "ACTIVE", contactId: contact, platform: "TWITTER" }]);
    await tag(contact, ["other"]);
    await settle();
    expect(await listed(sequence)).toMatchObject([{ status: "EXITED", exitReason: "MANUAL" }]);
    expect(await left()).toBe(0);
  });

  test("that a contact is made with enrolls him, on EMAIL if he has an address there", async () => {
    const sequence = await tagged();
    const contact = await makeContact({ tags: ["vip"], email: "vip@example.com" });
    await settle();
    expect(await listed(sequence)).toMatchObject([{ contactId: contact, platform: "EMAIL" }]);
  });

  test("written in other letters, or to a sequence that is archived or another workspace's, does nothing", async () => {
    const archived = await tagged();
    await api("DELETE", `/v1/sequences/${archived}`);
    const theirs = (await api("POST", "/v1/sequences", { name: "Theirs" }, OTHER_KEY)).body.sequence.id;
    await db().prepare("UPDATE sequences SET init_tag = 'vip' WHERE id = ?").bind(idOf(theirs)).run();
    const own = await tagged();
    await makeContact({ tags: ["VIP"] });
    expect(await left()).toBe(0);
    await makeContact({ tags: ["vip"] });
    expect(await left()).toBe(1);
    await settle();
    expect(await statuses(own)).toEqual(["ACTIVE"]);
    expect((await api("GET", `/v1/sequences/${theirs}/enrollments`, undefined, OTHER_KEY)).body.enrollments).toEqual(
      [],
    );
  });

  test("gone again before it is seen to enrolls nobody", async () => {
    const sequence = await tagged();
    const contact = await makeContact({ tags: ["vip"] });
    await tag(contact, []);
    await settle();
    expect(await statuses(sequence)).toEqual([]);
    expect(await left()).toBe(0);
  });

  test("that a contact keeps fires nothing", async () => {
    await tagged();
    const contact = await makeContact({ tags: ["vip"] });
    await settle();
    await tag(contact, ["vip", "more"]);
    await api("PATCH", `/v1/contacts/${contact}`, { firstName: "Ann" });
    expect(await left()).toBe(0);
  });

  test("takes out him too who was enrolled by hand", async () => {
    const sequence = await tagged();
    const contact = await makeContact();
    await enroll(sequence, contact);
    await tag(contact, ["vip"]);
    await settle();
    expect(await statuses(sequence)).toEqual(["ACTIVE"]);
    await tag(contact, []);
    await settle();
    expect(await statuses(sequence)).toEqual(["EXITED"]);
  });
});

describe("once, ever", () => {
  test("a trigger that fires a thousand times makes one enrollment", async () => {
    const sequence = await tagged();
    const contact = await makeContact({ tags: ["vip"] });
    await db()
      .prepare(`WITH RECURSIVE n(i) AS (SELECT 2 UNION ALL SELECT i + 1 FROM n WHERE i < 1000)
        INSERT INTO triggers (workspace_id, kind, sequence_id, contact_id, tag, touched_at)
        SELECT 1, 'tag_added', ?, ?, 'vip', 0 FROM n`)
      .bind(idOf(sequence), idOf(contact))
      .run();
    travel(MINUTE);
    await sweep();
    await settle();
    expect(await statuses(sequence)).toEqual(["ACTIVE"]);
    expect(await left()).toBe(0);
  }, 240_000);

  test("added again after the end: not again", async () => {
    const sequence = await tagged();
    const contact = await makeContact();
    for (let times = 0; times < 3; times++) {
      await tag(contact, ["vip"]);
      await settle();
      await tag(contact, []);
      await settle();
    }
    expect(await statuses(sequence)).toEqual(["EXITED"]);
  });

  test("unless the sequence says so explicitly", async () => {
    const sequence = await tagged("init_tag = 'vip', triggers_reenroll = 1");
    const contact = await makeContact({ tags: ["vip"] });
    await settle();
    await tag(contact, []);
    await settle();
    await tag(contact, ["vip"]);
    await settle();
    expect(await statuses(sequence)).toEqual(["ACTIVE", "EXITED"]);
  });

  test("a nudge that is doubled enrolls once, and again after the end not at all", async () => {
    const sequence = await tagged("init_tag = 'vip', triggers_reenroll = 1");
    await makeContact({ tags: ["vip"] });
    const letters = [...faults.letters];
    await Promise.all([deliver(letters), deliver(letters)]);
    await settle();
    const [{ id }] = await listed(sequence);
    await api("DELETE", `/v1/sequences/${sequence}/enrollments/${id}`);
    await deliver(letters);
    await settle();
    expect(await statuses(sequence)).toEqual(["EXITED"]);
  });

  test("a trigger whose end was cut off finds its own row, whatever became of it", async () => {
    const sequence = await tagged("init_tag = 'vip', triggers_reenroll = 1");
    await makeContact({ tags: ["vip"] });
    faults.failSql = /delete from "triggers"/i;
    await drain();
    const [{ id }] = await listed(sequence);
    await api("DELETE", `/v1/sequences/${sequence}/enrollments/${id}`);
    faults.failSql = null;
    expect(await left()).toBe(1);
    travel(MINUTE);
    await sweep();
    await settle();
    expect(await statuses(sequence)).toEqual(["EXITED"]);
    expect(await left()).toBe(0);
  });
});

describe("nothing is lost", () => {
  test("a lost nudge is sent again by the sweep", async () => {
    const sequence = await tagged();
    await makeContact({ tags: ["vip"] });
    faults.letters = [];
    await sweep();
    await settle();
    expect(await statuses(sequence)).toEqual([]);
    travel(MINUTE);
    await sweep();
    await settle();
    expect(await statuses(sequence)).toEqual(["ACTIVE"]);
  });

  test("while the queue is out of reach, the tag is written all the same", async () => {
    const sequence = await tagged();
    const contact = await makeContact();
    faults.queuesDown.add("jobs");
    expect((await tag(contact, ["vip"])).status).toBe(200);
    faults.queuesDown.clear();
    travel(MINUTE);
    await sweep();
    await settle();
    expect(await statuses(sequence)).toEqual(["ACTIVE"]);
  });

  test("where D1 or the objects are out of reach, the trigger stays until it is done", async () => {
    const sequence = await tagged();
    const contact = await makeContact({ tags: ["vip"] });
    faults.failSql = /INSERT INTO enrollments/;
    await settle();
    expect(await left()).toBe(1);
    faults.failSql = null;
    travel(MINUTE);
    await sweep();
    await settle();
    expect(await statuses(sequence)).toEqual(["ACTIVE"]);
    await tag(contact, []);
    faults.objectsDown = true;
    await drain();
    expect(await left()).toBe(1);
    faults.objectsDown = false;
    travel(MINUTE);
    await sweep();
    await settle();
    expect(await statuses(sequence)).toEqual(["EXITED"]);
  });

  test("who is refused is passed over in silence, and harms nobody beside him", async () => {
    const sequence = await tagged();
    const rules = { conditions: [{ field: "firstName", op: "is", value: "Ann" }] };
    await api("PATCH", `/v1/sequences/${sequence}`, { enrollmentRules: rules });
    await makeContact({ tags: ["vip"] });
    const ann = await makeContact({ tags: ["vip"], firstName: "Ann" });
    await settle();
    expect(await listed(sequence)).toMatchObject([{ contactId: ann }]);
    expect(await left()).toBe(0);
  });

  test("an erased contact leaves no trigger behind", async () => {
    const sequence = await tagged();
    const contact = await makeContact({ tags: ["vip"] });
    await api("DELETE", `/v1/contacts/${contact}`);
    expect(await left()).toBe(0);
    await settle();
    expect(await statuses(sequence)).toEqual([]);
  });
});
