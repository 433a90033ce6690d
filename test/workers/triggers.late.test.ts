/** Triggers that are seen to late: the world has changed, or they come in another order than they were written in. */
import { beforeEach, describe, expect, test } from "vitest";
import { faults } from "../support/faults";
import { left, listed, statuses, tag, tagged } from "../support/tagging";
import { api, begin, deliver, enroll, makeContact, settle, sweep, travel } from "../support/world";

beforeEach(begin);

const MINUTE = 60_000;

describe("what was asked for before the world changed", () => {
  test("a tag that is no longer the sequence's enrolls nobody, and takes nobody out", async () => {
    const [changed, cleared, kept] = [await tagged(), await tagged(), await tagged()];
    const contact = await makeContact();
    await enroll(kept, contact);
    await tag(contact, ["vip"]);
    await api("PATCH", `/v1/sequences/${changed}`, { initTag: "other" });
    await api("PATCH", `/v1/sequences/${cleared}`, { initTag: null });
    await settle();
    expect([await statuses(changed), await statuses(cleared)]).toEqual([[], []]);
    await tag(contact, []);
    await api("PATCH", `/v1/sequences/${kept}`, { initTag: "other" });
    await settle();
    expect(await statuses(kept)).toEqual(["ACTIVE"]);
    expect(await left()).toBe(0);
  });

  test("a tag that was removed takes out nobody who was enrolled by hand since", async () => {
    const sequence = await tagged();
    const contact = await makeContact({ tags: ["vip"] });
    await settle();
    await tag(contact, []);
    faults.letters = [];
    const [{ id }] = await listed(sequence);
    await api("DELETE", `/v1/sequences/${sequence}/enrollments/${id}`);
    await enroll(sequence, contact);
    travel(MINUTE);
    await sweep();
    await settle();
    expect(await statuses(sequence)).toEqual(["ACTIVE", "EXITED"]);
    expect(await left()).toBe(0);
  });

  /** The tag is taken away and given back before anybody has looked. */
  async function swapped(set: string) {
    const sequence = await tagged(set);
    const contact = await makeContact({ tags: ["vip"] });
    await settle();
    await tag(contact, []);
    await tag(contact, ["vip"]);
    return { sequence, letters: faults.letters.splice(0) };
  }

  test("a tag that was removed and added again: out, and in again where the sequence says so, in whatever order", async () => {
    for (const turned of [false, true]) {
      const { sequence, letters } = await swapped("init_tag = 'vip', triggers_reenroll = 1");
      for (const letter of turned ? letters.reverse() : letters) await deliver([letter]);
      await settle();
      expect(await statuses(sequence)).toEqual(["ACTIVE", "EXITED"]);
      await deliver(letters);
      await settle();
      expect(await statuses(sequence)).toEqual(["ACTIVE", "EXITED"]);
      expect(await left()).toBe(0);
      await api("DELETE", `/v1/sequences/${sequence}`);
      await settle();
    }
    const { sequence, letters } = await swapped("init_tag = 'vip'");
    await deliver(letters.reverse());
    await settle();
    expect(await statuses(sequence)).toEqual(["EXITED"]);
  });

  test("a tag that was added again waits for the removal before it", async () => {
    const { sequence, letters } = await swapped("init_tag = 'vip', triggers_reenroll = 1");
    faults.objectsDown = true;
    await deliver(letters.reverse());
    faults.objectsDown = false;
    expect(await left()).toBe(2);
    travel(MINUTE);
    await sweep();
    await settle();
    expect(await statuses(sequence)).toEqual(["ACTIVE", "EXITED"]);
    expect(await left()).toBe(0);
  });
});

test("what Broadcast shows of a sequence, written back as it is, lets no trigger enroll again", async () => {
  const { body: made } = await api("POST", "/api/v1/sequences", { label: "Once", active: true, init_tag: "again" });
  const path = `/api/v1/sequences/${made.id}`;
  const person = { email: "ada@example.com", tags: ["again"] };
  const cycle = async () => {
    await api("POST", "/api/v1/subscribers", { subscriber: person });
    await settle();
    await api("DELETE", "/api/v1/subscribers/remove_tag", person);
    await settle();
  };
  await cycle();
  const { body: shown } = await api("GET", path);
  expect((await api("PATCH", path, shown)).status).toBe(200);
  await cycle();
  const total = async () => (await api("GET", `${path}/list_subscribers`)).body.pagination.count;
  expect(await total()).toBe(1);
  expect((await api("PATCH", path, { reenroll: "after_exit" })).body.reenroll).toBe("after_exit");
  await cycle();
  expect(await total()).toBe(2);
});
