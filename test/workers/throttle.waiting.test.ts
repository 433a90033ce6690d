/** Who waits at a throttle: he can leave, be heard, come by any door, and no crash or other wake brings him past it. */
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import * as calls from "../../src/engine/calls";
import { setActive } from "../../src/engine/contactedit";
import { contextOf } from "../support/context";
import { faults } from "../support/faults";
import { admitOnly, atTheMove, listed, triggersLeft } from "../support/moving";
import { dripFor, makeSegment } from "../support/segments";
import { tag, tagged } from "../support/tagging";
import { crowded, expectCounted, gates, isStarted, patch, sweepLater, takeOut } from "../support/throttling";
import {
  api,
  begin,
  db,
  drain,
  enroll,
  HOUR,
  historyOf,
  idOf,
  type Json,
  makeContact,
  objectOf,
  pass,
  rowOf,
  sentTo,
  settle,
  show,
  stateOf,
  sweep,
  travel,
} from "../support/world";

beforeEach(begin);
afterEach(expectCounted);

const path = (sequence: string, enrollment: string) => `/v1/sequences/${sequence}/enrollments/${enrollment}`;
const contactOf = async (enrollment: string) => `contact_${(await rowOf(enrollment)).contact_id}`;

describe("somebody who waits", () => {
  type Crowd = Awaited<ReturnType<typeof crowded>>;
  const LEAVINGS: [how: string, leave: (crowd: Crowd, contact: string) => Promise<unknown>, why: string][] = [
    ["is removed", ({ sequence, second }) => api("DELETE", path(sequence, second)), "removed"],
    ["opts out", (_, contact) => api("PATCH", `/v1/contacts/${contact}`, { optedOut: true }), "opted_out"],
    ["is erased", (_, contact) => api("DELETE", `/v1/contacts/${contact}`), "removed"],
    ["is made inactive", (_, contact) => setActive(contextOf(), idOf(contact), false), "removed"],
  ];
  for (const [how, leave, why] of LEAVINGS) {
    test(`${how} -> ends as ${why}, and the place goes to the one after him`, async () => {
      const crowd = await crowded(3);
      await leave(crowd, await contactOf(crowd.second));
      await settle();
      expect(await rowOf(crowd.second)).toMatchObject({ state: "ended", why });
      await takeOut(crowd.sequence, crowd.first);
      await pass(25 * HOUR);
      expect(await gates(crowd.sequence)).toBe("none none none");
      expect([await sentTo(crowd.second), await sentTo(crowd.third)]).toEqual([[], ["Message 1"]]);
    });
  }

  test("at an archived sequence ends with it, and nobody is let in by the ends of the others", async () => {
    const { sequence, second, third } = await crowded(3);
    await api("DELETE", `/v1/sequences/${sequence}`);
    await settle();
    await sweepLater();
    for (const enrollment of [second, third]) {
      expect(await rowOf(enrollment)).toMatchObject({ why: "archived", let_in_at: null });
    }
  });

  test("is called -> the call is kept, once, and he waits on", async () => {
    const { second } = await crowded(2);
    expect(await calls.log(contextOf(), { enrollmentId: idOf(second) })).toMatchObject({ ok: true });
    expect(await isStarted(second)).toBe(false);
  });

  test("cannot be paused or resumed, and is told why", async () => {
    const { sequence, second } = await crowded(2);
    const paused = await api("POST", `${path(sequence, second)}/pause`);
    expect(paused).toMatchObject({ status: 409, body: { error: { code: "CONFLICT" } } });
    expect(paused.body.error.message).toContain("waits at the sequence's throttle");
    expect(await api("POST", `${path(sequence, second)}/resume`)).toMatchObject({ status: 409 });
    expect(await gates(sequence)).toBe("in waiting");
  });

  test("is not started by an activation, a reschedule or a sweep", async () => {
    const { sequence, steps, second } = await crowded(2);
    await patch(sequence, { status: "PAUSED" });
    await patch(sequence, { status: "ACTIVE" });
    await api("PATCH", `/v1/sequences/${sequence}/steps/${steps[0]}`, { delayHours: 48 });
    await settle();
    await sweepLater();
    expect(await isStarted(second)).toBe(false);
    expect(await gates(sequence)).toBe("in waiting");
  });

  test("is already enrolled for whoever enrolls him again, and for the trigger that comes again", async () => {
    const { sequence, second } = await crowded(2);
    const body = { contactId: await contactOf(second), platform: "TWITTER" };
    expect(await api("POST", `/v1/sequences/${sequence}/enrollments`, body)).toMatchObject({ status: 409 });
    expect(await isStarted(second)).toBe(false);
  });

  const REPLIES: [action: string, ends: boolean][] = [
    ["finish", true],
    ["pause", true],
    ["continue", false],
  ];
  for (const [primaryReplyAction, ends] of REPLIES) {
    test(`writes, where a reply is to ${primaryReplyAction} -> ${ends ? "ends as replied" : "waits on, heard"}`, async () => {
      const { sequence, first, second } = await crowded(2, { throttleCapacity: 1, primaryReplyAction });
      const from = (await show(sequence, second)).contact.username;
      travel(1000);
      const receivedAt = new Date(Date.now()).toISOString();
      await api("POST", "/v1/replies", { platform: "TWITTER", from, text: "Hello", receivedAt });
      await settle();
      expect((await api("GET", "/v1/replies")).body.replies[0]).toMatchObject({ outcome: "matched" });
      const at = Date.parse(receivedAt);
      expect(await rowOf(second)).toMatchObject({
        replied_at: at,
        ...(ends ? { state: "ended", why: "replied" } : { why: "throttle" }),
      });
      await takeOut(sequence, first);
      expect(await gates(sequence)).toBe(ends ? "none none" : "none in");
      expect((await stateOf(second)).repliedAt).toBe(at);
    });
  }
});

describe("a crash", () => {
  test("between being let in and the start -> the sweep starts him", async () => {
    const { sequence, first, second } = await crowded(2);
    await api("DELETE", path(sequence, first));
    faults.objectsDown = true;
    await drain();
    faults.objectsDown = false;
    expect(await rowOf(second)).toMatchObject({ why: "start", version: 0 });
    await sweepLater();
    expect(await isStarted(second)).toBe(true);
    await pass(25 * HOUR);
    expect(await sentTo(second)).toEqual(["Message 1"]);
  });

  test("between an end and the letting in -> the sweep lets the next one in", async () => {
    const { sequence, first } = await crowded(2);
    await api("DELETE", path(sequence, first));
    faults.letters = [];
    await sweepLater();
    expect(await gates(sequence)).toBe("none in");
  });

  test("of the database when a place is given away -> the facts are taken in all the same, and the sweep gives it", async () => {
    const { sequence, first } = await crowded(2);
    await api("DELETE", path(sequence, first));
    faults.failSql = /let_in_at/;
    await drain();
    faults.failSql = null;
    expect(faults.letters).toEqual([]);
    expect(await gates(sequence)).toBe("none waiting");
    await sweepLater();
    expect(await gates(sequence)).toBe("none in");
  });
});

describe("a failed one taken up again", () => {
  /** Of two in a sequence that lets one in, the first has failed and the second has taken his place. */
  async function failedAndCrowded() {
    const crowd = await crowded(2, { throttleCapacity: 1 }, [1, 240]);
    await db()
      .prepare("DELETE FROM addresses WHERE contact_id = ?")
      .bind(idOf(await contactOf(crowd.first)))
      .run();
    await pass(2 * HOUR);
    expect(await rowOf(crowd.first)).toMatchObject({ why: "failed" });
    expect(await gates(crowd.sequence)).toBe("none in");
    return crowd;
  }
  const readdress = async (enrollment: string) => {
    const contact = idOf(await contactOf(enrollment));
    const insert =
      "INSERT INTO addresses (workspace_id, platform, key, contact_id, address) VALUES (1, 'TWITTER', 'x', ?, 'x')";
    await db().prepare(insert).bind(contact).run();
  };

  test("waits for a place like anybody else, and goes on where he failed", async () => {
    const { sequence, first, second } = await failedAndCrowded();
    await readdress(first);
    for (const _ of ["once", "and again"]) {
      const retried = await api("POST", `${path(sequence, first)}/retry`);
      expect(retried).toMatchObject({ status: 200, body: { enrollment: { status: "ACTIVE" } } });
    }
    await settle();
    expect(await gates(sequence)).toBe("waiting in");
    expect(await show(sequence, first)).toMatchObject({ status: "ACTIVE", waiting: { for: "throttle" } });
    await takeOut(sequence, second);
    expect(await gates(sequence)).toBe("in none");
    expect(await sentTo(first)).toEqual(["Message 1"]);
  });

  /** What its object tells of news about a message from before, as it has not heard of the retry. */
  async function tellNews(enrollment: string) {
    const { version } = await rowOf(enrollment);
    const telling = await objectOf(enrollment).current({ wall: Date.now(), journey: Date.now(), speed: 1 });
    if (telling) telling.snapshot.version = version + 1;
    faults.letters.push({ queue: "dripline-events", body: telling });
    await drain();
  }

  test("news of what he was sent before does not take him from the queue", async () => {
    const { sequence, first } = await failedAndCrowded();
    await api("POST", `${path(sequence, first)}/retry`);
    await tellNews(first);
    expect(await gates(sequence)).toBe("waiting in");
  });

  test("nor from his place, where a crash has kept his object from hearing that he was let in", async () => {
    const { sequence, first, second } = await failedAndCrowded();
    await readdress(first);
    await api("POST", `${path(sequence, first)}/retry`);
    await api("DELETE", path(sequence, second));
    faults.objectsDown = true;
    await drain();
    faults.objectsDown = false;
    expect(await rowOf(first)).toMatchObject({ state: "pending", why: "retry" });
    await tellNews(first);
    expect(await gates(sequence)).toBe("in none");
    await sweepLater();
    expect(await sentTo(first)).toEqual(["Message 1"]);
  });

  test("and heard while he waits -> has replied once he goes on, too", async () => {
    const { sequence, first, second } = await failedAndCrowded();
    await patch(sequence, { primaryReplyAction: "continue" });
    await readdress(first);
    await api("POST", `${path(sequence, first)}/retry`);
    travel(1000);
    const at = Date.now();
    const receivedAt = new Date(at).toISOString();
    await api("POST", "/v1/replies", { platform: "TWITTER", from: "x", text: "Hello", receivedAt });
    await settle();
    expect(await rowOf(first)).toMatchObject({ why: "throttle", replied_at: at });
    await takeOut(sequence, second);
    expect(await sentTo(first)).toEqual(["Message 1"]);
    expect((await stateOf(first)).repliedAt).toBe(at);
    expect(await rowOf(first)).toMatchObject({ state: "waiting", replied_at: at });
  });

  test("by a job, after the sequence was archived -> has failed, as before, and waits for nothing", async () => {
    const { sequence, first } = await failedAndCrowded();
    await api("POST", `/v1/sequences/${sequence}/enrollments/retry`);
    const nudges = faults.letters.splice(0);
    await api("DELETE", `/v1/sequences/${sequence}`);
    await settle();
    faults.letters.push(...nudges);
    await settle();
    expect(await rowOf(first)).toMatchObject({ state: "ended", why: "failed", standing: "FAILED" });
  });

  for (const [how, leave] of [
    ["removed", (sequence: string, first: string) => api("DELETE", path(sequence, first))],
    ["erased", async (_: string, first: string) => api("DELETE", `/v1/contacts/${await contactOf(first)}`)],
  ] as const) {
    test(`and ${how} while he waits -> has failed, as before`, async () => {
      const { sequence, first, second } = await failedAndCrowded();
      await api("POST", `${path(sequence, first)}/retry`);
      await leave(sequence, first);
      await settle();
      expect(await rowOf(first)).toMatchObject({ state: "ended", why: "failed", standing: "FAILED" });
      await takeOut(sequence, second);
      expect(await gates(sequence)).toBe("none none");
    });
  }
});

describe("who comes by himself", () => {
  test("by a move: ends here as moved, and waits there for his turn", async () => {
    const moving = await atTheMove([0], { throttleCapacity: 1 });
    const inside = await enroll(moving.there);
    await db().prepare("UPDATE steps SET delay = 864000 WHERE sequence_id = ?").bind(idOf(moving.there)).run();
    await settle();
    expect(await rowOf(moving.enrollment)).toMatchObject({ state: "ended", why: "moved" });
    expect(await gates(moving.there)).toMatch(/in/);
    expect(await triggersLeft()).toBe(0);
    await takeOut(moving.there, inside);
    await sweepLater();
    const arrived = (await listed(moving.there)).find(({ contactId }: Json) => contactId === moving.contact);
    await pass(241 * HOUR);
    expect((await historyOf(arrived.id)).at(0)).toMatchObject({ what: "enrolled" });
  });

  test("by a move that is cut: is let in by nothing before here has ended, and once it comes again, waits", async () => {
    const moving = await atTheMove([240], { throttleCapacity: 1 });
    const id = await admitOnly(moving);
    expect(await gates(moving.there)).toBe("none");
    await enroll(moving.there);
    await sweep();
    expect(await gates(moving.there)).toBe("none in");
    expect(await isStarted(String(id))).toBe(false);
    await settle();
    expect(await rowOf(moving.enrollment)).toMatchObject({ why: "moved" });
    expect(await gates(moving.there)).toBe("waiting in");
    expect(await isStarted(String(id))).toBe(false);
  });

  test("by a move into a throttle that has room: begins there at once", async () => {
    const moving = await atTheMove([0], { throttleCapacity: 1 });
    await settle();
    const [arrived] = await listed(moving.there);
    expect(await sentTo(arrived.id)).toEqual(["Message 1"]);
  });

  test("by a tag, and by a segment: waits, and leaves the queue when the tag is taken from him", async () => {
    const byTag = await tagged("init_tag = 'vip'");
    const bySegment = await dripFor(await makeSegment());
    for (const sequence of [byTag, bySegment]) await patch(sequence, { throttleCapacity: 1 });
    const contacts = [await makeContact(), await makeContact(), await makeContact()];
    for (const contact of contacts) {
      await tag(contact, ["vip"]);
      await settle();
    }
    await sweepLater();
    expect([await gates(byTag), await gates(bySegment)]).toEqual(["in waiting waiting", "in waiting waiting"]);
    await tag(contacts[1] ?? "", []);
    await settle();
    expect(await gates(byTag)).toBe("in none waiting");
  });
});
