/** An object that is freed after its journey has ended: what is left of it, and that nothing begins it anew. */
import { runInDurableObject } from "cloudflare:test";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { Trip } from "../../src/domain/enrollment";
import { faults, resetCounts } from "../support/faults";
import { BROWSER, linkOf, pixelOf, SCANNER, visit } from "../support/reader";
import { keptBytes, NOTHING, retire, rowsIn, sizeOf, storedIn } from "../support/retiring";
import { chain, makeSequence, subscribe } from "../support/tree";
import {
  api,
  begin,
  crash,
  DAY,
  db,
  drain,
  enroll,
  historyOf,
  idOf,
  isResting,
  type Json,
  makeContact,
  makeDrip,
  objectOf,
  pass,
  ring,
  rowOf,
  settle,
  show,
  stateOf,
  sweep,
  travel,
  writesOf,
} from "../support/world";

beforeEach(begin);
afterEach(() => {
  vi.restoreAllMocks();
});

const HOUR = 3_600_000;

interface Ended {
  sequence: string;
  enrollment: string;
  contact: string;
}

/** Somebody who has had one message and is through. */
async function completed(delays = [0]): Promise<Ended> {
  const { sequence } = await makeDrip(delays);
  const contact = await makeContact();
  const enrollment = await enroll(sequence, contact);
  await pass(HOUR, HOUR / 2);
  expect(await rowOf(enrollment)).toMatchObject({ state: "ended" });
  return { sequence, enrollment, contact };
}

async function freed(delays?: number[]): Promise<Ended> {
  const ended = await completed(delays);
  await retire();
  expect(await storedIn(ended.enrollment)).toEqual(NOTHING);
  return ended;
}

async function tripOf(enrollment: string): Promise<Trip> {
  const row = await rowOf(enrollment);
  const [id, workspaceId, sequenceId] = [row.id, row.workspace_id, row.sequence_id];
  return {
    id,
    workspaceId,
    sequenceId,
    contactId: row.contact_id,
    platform: row.platform,
    enrolledAt: row.enrolled_at,
  };
}

const now = () => ({ wall: Date.now(), journey: Date.now(), speed: 1 });
const messageOf = (enrollment: string) => idOf(enrollment) * 4096 + 1;
const shown = async (enrollment: string): Promise<Json> =>
  (await api("GET", `/v1/messages/msg_${messageOf(enrollment)}`)).body.message;

/** Everything the mirror and the ledger say of it, to see whether anything has changed. */
async function told({ sequence, enrollment }: Ended): Promise<Json> {
  const stats = (await api("GET", `/v1/sequences/${sequence}`)).body.enrollmentStats;
  return {
    row: await rowOf(enrollment),
    lines: await rowsIn("messages", `enrollment_id = ${idOf(enrollment)}`),
    stats,
  };
}

describe("when", () => {
  test("ended and confirmed -> one alarm for its day, and none before", async () => {
    const { enrollment } = await completed();
    const { alarm } = await storedIn(enrollment);
    const at = (await rowOf(enrollment)).ended_at;
    expect(alarm).toBeGreaterThanOrEqual(at + 30 * DAY);
    expect(alarm).toBeLessThan(at + 31 * DAY);
    await pass(29 * DAY);
    expect(await storedIn(enrollment)).toMatchObject({ alarm });
    expect(await rowsIn("histories")).toEqual([]);
  });

  test("on its day -> the history is in D1, and nothing in the object", async () => {
    const before = await completed([0, 0]);
    const was = await show(before.sequence, before.enrollment);
    await retire();
    expect(await storedIn(before.enrollment)).toEqual(NOTHING);
    expect(await show(before.sequence, before.enrollment)).toEqual(was);
    expect(was.history.map(({ event }: Json) => event)).toEqual([
      "enrolled",
      "message_sent",
      "message_sent",
      "completed",
    ]);
    expect(was.history[1].excerpt).toBe("Message 1");
  });

  test("the mirror lacks its last facts -> it is told again, and freed only after", async () => {
    const { sequence } = await makeDrip([0]);
    const enrollment = await enroll(sequence);
    await drain();
    faults.queuesDown.add("events");
    await pass(50 * DAY, 10 * DAY);
    expect(await stateOf(enrollment)).toMatchObject({ phase: { is: "ended" } });
    expect(await rowsIn("histories")).toEqual([]);
    faults.queuesDown.clear();
    await pass(5 * HOUR, HOUR);
    expect(await storedIn(enrollment)).toEqual(NOTHING);
    expect(await rowOf(enrollment)).toMatchObject({ standing: "COMPLETED", complete_to: 3 });
  });

  test("ended under an earlier release, without an alarm -> the job that comes with this one has it freed", async () => {
    const { sequence, enrollment } = await completed();
    await runInDurableObject(objectOf(enrollment), (_, { storage }) => storage.deleteAlarm());
    await pass(40 * DAY);
    expect((await storedIn(enrollment)).keys).toContain("state");
    await db()
      .prepare(
        "INSERT INTO jobs (workspace_id, kind, subject_id, upto, created_at, touched_at) VALUES (1, 'retire', ?, ?, 1, 0)",
      )
      .bind(idOf(sequence), idOf(enrollment))
      .run();
    await sweep();
    await settle();
    expect(await storedIn(enrollment)).toEqual(NOTHING);
    expect(await rowsIn("jobs", "kind = 'retire' AND done_at IS NULL")).toEqual([]);
  });
});

describe("cut on the way", () => {
  test("after the history was moved, before the object was freed -> moved again, once, and freed", async () => {
    const { sequence, enrollment } = await completed();
    const was = await show(sequence, enrollment);
    travel(31 * DAY);
    faults.lateSql = /INSERT INTO histories/;
    const rung = ring(enrollment);
    await vi.waitFor(async () => expect(await rowsIn("histories")).toHaveLength(1));
    await crash(enrollment);
    await rung;
    expect((await storedIn(enrollment)).keys).toContain("state");
    expect(await show(sequence, enrollment)).toEqual(was);
    await objectOf(enrollment).wake(1);
    faults.lateSql = null;
    await settle();
    expect(await storedIn(enrollment)).toEqual(NOTHING);
    expect(await rowsIn("histories")).toHaveLength(1);
    expect(await show(sequence, enrollment)).toEqual(was);
  });

  test("D1 does not take the history -> nothing is freed, and it comes again", async () => {
    const { enrollment } = await completed();
    faults.failSql = /INSERT INTO histories/;
    travel(31 * DAY);
    await ring(enrollment);
    const { keys, alarm } = await storedIn(enrollment);
    expect(keys).toContain("state");
    expect(alarm).toBeLessThan(Date.now() + HOUR);
    faults.failSql = null;
    await pass(HOUR);
    expect(await storedIn(enrollment)).toEqual(NOTHING);
  });

  test("an open comes in while the history is on its way -> it is in the history all the same", async () => {
    const sequence = await makeSequence("Mails");
    await chain(sequence, [{ action: "send_email", label: "Mail", body: "Hello" }]);
    const enrollment = await subscribe(sequence, "ada@example.com");
    await pass(HOUR, HOUR / 2);
    travel(31 * DAY);
    faults.lateSql = /INSERT INTO histories/;
    const rung = ring(enrollment);
    await vi.waitFor(async () => expect(await rowsIn("histories")).toHaveLength(1));
    await visit(await pixelOf(messageOf(enrollment)));
    faults.lateSql = null;
    await rung;
    expect((await storedIn(enrollment)).keys).toContain("state");
    await pass(2 * HOUR, HOUR / 2);
    expect(await storedIn(enrollment)).toEqual(NOTHING);
    const { history } = await show(`seq_${sequence}`, enrollment);
    expect(history.map(({ event }: Json) => event)).toContain("message_opened");
  });
});

describe("what comes after it was freed", () => {
  const TIMES = { step: null, dueAt: 0 };

  test("no verb begins it anew, and each says why", async () => {
    const ended = await freed();
    const before = await told(ended);
    const path = `/v1/sequences/${ended.sequence}/enrollments/${ended.enrollment}`;
    const done = [
      await api("DELETE", path),
      await api("POST", `${path}/pause`),
      await api("POST", `${path}/resume`),
      await api("POST", `${path}/retry`),
    ];
    expect(done.map(({ status, body }) => [status, body.error?.message])).toEqual([
      [409, "The enrollment has already ended"],
      [409, "The enrollment has already ended"],
      [409, "The enrollment has already ended"],
      [409, "The enrollment has not failed"],
    ]);
    await api("DELETE", `/api/v2/sequenceStates/${idOf(ended.enrollment)}`);
    await objectOf(ended.enrollment).wake(1);
    await settle();
    expect(await storedIn(ended.enrollment)).toEqual(NOTHING);
    expect({ ...(await told(ended)), row: 0 }).toEqual({ ...before, row: 0 });
  });

  test("every event that there is, told to the object itself -> it is told that there is none", async () => {
    const ended = await freed();
    const { enrollment } = ended;
    const [trip, message, at] = [await tripOf(enrollment), messageOf(enrollment), Date.now()];
    const events = [
      { kind: "start", ...TIMES },
      { kind: "exit", why: "removed" },
      { kind: "pause", why: "manual" },
      { kind: "resume" },
      { kind: "reply", key: "k", at, action: { kind: "finish" } },
      { kind: "reply", key: "l", at, action: { kind: "finish" }, held: true },
      { kind: "away", key: "m", at, resumeAt: null },
      { kind: "remark", key: "n", reason: "soft" },
      { kind: "retry" },
      { kind: "noted", message, fact: "opened", when: at, url: null },
      { kind: "moved", message, refusal: null },
      { kind: "skip", task: message, by: null },
      { kind: "called", at },
    ] as const;
    for (const event of events) expect(await objectOf(enrollment).tell(trip, event as never, now())).toBeNull();
    expect(await objectOf(enrollment).forget(trip, now())).toBeNull();
    expect(await objectOf(enrollment).hear(1, { ...events[9], by: "human" }, now())).toBe(false);
    expect(await objectOf(enrollment).view()).toBeNull();
    expect(await objectOf(enrollment).current(now())).toBeNull();
    expect(await objectOf(enrollment).content(message)).toBeNull();
    expect(await storedIn(enrollment)).toEqual(NOTHING);
  });

  test.each([
    ["has sent", () => freed()],
    [
      "was ended before it started",
      async () => {
        const { sequence } = await makeDrip([0]);
        faults.objectsDown = true;
        const contact = await makeContact();
        const enrollment = await enroll(sequence, contact);
        faults.objectsDown = false;
        await objectOf(enrollment).command(await tripOf(enrollment), { kind: "exit", why: "removed" }, now());
        await drain();
        await retire();
        expect(await storedIn(enrollment)).toEqual(NOTHING);
        return { sequence, enrollment, contact };
      },
    ],
  ])(
    "a start that comes years too late, of one that %s -> nothing is sent or told, and it is gone again",
    async (_, make) => {
      const ended = await make();
      const before = await told(ended);
      const { enrollment } = ended;
      await objectOf(enrollment).command(await tripOf(enrollment), { kind: "start", ...TIMES }, now());
      await settle();
      await pass(DAY, HOUR * 6);
      expect(await storedIn(enrollment)).toEqual(NOTHING);
      expect(await told(ended)).toEqual(before);
    },
  );

  test("a retry of a failed one -> refused with the reason, and its row is left alone", async () => {
    vi.spyOn(globalThis, "fetch").mockImplementation(async () => new Response(null, { status: 422 }));
    await api("PUT", "/v1/channels/TWITTER", { kind: "webhook", url: "https://example.com/hook" });
    const ended = await freed();
    const before = await told(ended);
    const path = `/v1/sequences/${ended.sequence}/enrollments`;
    const words = "The enrollment ended long ago, and what it would need to go on is no longer kept";
    expect(await api("POST", `${path}/${ended.enrollment}/retry`)).toEqual({
      status: 409,
      body: { error: { code: "CONFLICT", message: words } },
    });
    expect((await api("POST", `${path}/retry`)).status).toBe(202);
    await settle();
    await sweep();
    await settle();
    expect(await told(ended)).toEqual(before);
    expect(before.row).toMatchObject({ standing: "FAILED", why: "failed" });
    expect(await storedIn(ended.enrollment)).toEqual(NOTHING);
  });

  test("a retry that comes just before -> it goes on, and is freed by its next end", async () => {
    const fetch = vi.spyOn(globalThis, "fetch").mockImplementation(async () => new Response(null, { status: 422 }));
    await api("PUT", "/v1/channels/TWITTER", { kind: "webhook", url: "https://example.com/hook" });
    const { sequence, enrollment } = await completed();
    travel(31 * DAY);
    fetch.mockImplementation(async () => new Response(null, { status: 200 }));
    faults.objectsDown = true; // the row is admitted, and the object does not hear of it
    await api("POST", `/v1/sequences/${sequence}/enrollments/${enrollment}/retry`).catch(() => undefined);
    faults.objectsDown = false;
    expect(await rowOf(enrollment)).toMatchObject({ state: "pending", why: "retry" });
    await ring(enrollment);
    expect(await rowsIn("histories")).toEqual([]);
    expect((await storedIn(enrollment)).keys).toContain("state");
    travel(60_000);
    await sweep();
    await settle();
    expect(await rowOf(enrollment)).toMatchObject({ standing: "COMPLETED" });
    await retire();
    expect(await storedIn(enrollment)).toEqual(NOTHING);
  });

  test("he is enrolled again -> it is another journey, and the old one stays as it was", async () => {
    const ended = await freed();
    const before = await show(ended.sequence, ended.enrollment);
    const again = await enroll(ended.sequence, ended.contact);
    await settle();
    expect(again).not.toBe(ended.enrollment);
    expect(await shown(again)).toMatchObject({ status: "sent", contentExpired: false });
    expect(await show(ended.sequence, ended.enrollment)).toEqual(before);
  });
});

describe("what still counts", () => {
  async function mailed(): Promise<Ended> {
    const sequence = await makeSequence("Mails");
    await chain(sequence, [{ action: "send_email", label: "Mail", subject: "Hi", body: "Hello" }]);
    const enrollment = await subscribe(sequence, "ada@example.com");
    await pass(HOUR, HOUR / 2);
    await retire();
    expect(await storedIn(enrollment)).toEqual(NOTHING);
    const contact = `contact_${(await rowOf(enrollment)).contact_id}`;
    return { sequence: `seq_${sequence}`, enrollment, contact };
  }

  test("the content reads as null, and says so; the line stays", async () => {
    const { enrollment } = await mailed();
    expect(await shown(enrollment)).toMatchObject({
      status: "sent",
      subject: "Hi",
      excerpt: "Hello",
      to: null,
      body: null,
      mail: null,
      contentExpired: true,
    });
    const mailing = await api("GET", `/api/v2/mailings/${messageOf(enrollment)}`);
    expect(mailing.status).toBe(200);
    expect(mailing.body.data.attributes).toMatchObject({
      subject: "Hi",
      bodyHtml: null,
      bodyText: null,
      state: "delivered",
    });
  });

  test("opens and clicks go straight to the line, each once, and machines are told apart", async () => {
    const { enrollment, sequence } = await mailed();
    const message = messageOf(enrollment);
    await visit(await pixelOf(message), { headers: SCANNER });
    expect(await shown(enrollment)).toMatchObject({ openedAt: null, machineOpenedAt: expect.any(String) });
    await visit(await pixelOf(message), { headers: BROWSER });
    const { openedAt } = await shown(enrollment);
    expect(openedAt).toEqual(expect.any(String));
    travel(HOUR);
    for (const url of ["https://a.example/", "https://a.example/"]) await visit(await linkOf(message, url));
    expect(await shown(enrollment)).toMatchObject({ openedAt, clicks: 1, clickedAt: expect.any(String) });
    const { openCount, clickCount } = (await api("GET", `/api/v2/sequences/${idOf(sequence)}`)).body.data.attributes;
    expect([openCount, clickCount]).toEqual([1, 1]);
    expect(await storedIn(enrollment)).toEqual(NOTHING);
  });

  test("what a provider tells is noted, and an address that bounced is not written to any more", async () => {
    const { enrollment, contact } = await mailed();
    const path = `/v1/messages/msg_${messageOf(enrollment)}/events`;
    expect((await api("POST", path, { type: "delivered" })).body.message.deliveredAt).toEqual(expect.any(String));
    expect((await api("POST", path, { type: "bounced" })).status).toBe(200);
    expect(await rowsIn("suppressions")).toMatchObject([{ address: "ada@example.com", reason: "bounced" }]);
    const never = `/v1/messages/msg_${messageOf(enrollment) + 1}/events`;
    expect((await api("POST", never, { type: "opened" })).status).toBe(404);
    expect(idOf(contact)).toBeGreaterThan(0);
    expect(await storedIn(enrollment)).toEqual(NOTHING);
  });

  test("a reply is kept and matched, and STOP opts him out", async () => {
    const { enrollment, contact } = await mailed();
    const reply = { platform: "EMAIL", from: "ada@example.com", inReplyTo: `msg_${messageOf(enrollment)}` };
    await api("POST", "/v1/replies", { ...reply, text: "Late, but thanks", messageId: "r1" });
    await settle();
    await api("POST", "/v1/replies", { ...reply, text: "STOP", messageId: "r2" });
    await settle();
    const { replies } = (await api("GET", "/v1/replies")).body;
    expect(replies.map(({ matched, contactId }: Json) => [matched, contactId])).toEqual([
      [true, contact],
      [true, contact],
    ]);
    expect((await api("GET", `/v1/contacts/${contact}`)).body.contact.optedOut).toBe(true);
    expect(await storedIn(enrollment)).toEqual(NOTHING);
  });
});

describe("whoever is forgotten", () => {
  const NAME = "wanda";

  async function failedWith(words: string): Promise<Ended> {
    vi.spyOn(globalThis, "fetch").mockRejectedValue(new Error(words));
    await api("PUT", "/v1/channels/TWITTER", { kind: "webhook", url: "https://example.com/hook" });
    const { sequence } = await makeDrip([0]);
    const contact = await makeContact();
    const enrollment = await enroll(sequence, contact);
    await pass(6 * DAY, DAY);
    return { sequence, enrollment, contact };
  }

  const lines = async ({ sequence, enrollment }: Ended): Promise<string> =>
    JSON.stringify(await show(sequence, enrollment));

  test("the words of what was kept go with the others; when and what stay", async () => {
    const ended = await failedWith(`no way to ${NAME}`);
    await retire();
    expect(await storedIn(ended.enrollment)).toEqual(NOTHING);
    const before = await show(ended.sequence, ended.enrollment);
    expect(JSON.stringify(before)).toContain(NAME);
    await api("DELETE", `/v1/contacts/${ended.contact}`);
    await settle();
    expect(await lines(ended)).not.toContain(NAME);
    const after = await show(ended.sequence, ended.enrollment);
    const bare = ({ n, at, event }: Json) => ({ n, at, event });
    expect(after.history.map(bare)).toEqual(before.history.map(bare));
    expect(await storedIn(ended.enrollment)).toEqual(NOTHING);
  });

  test("while his history is on its way -> none of his words come with it", async () => {
    const ended = await failedWith(`no way to ${NAME}`);
    travel(31 * DAY);
    faults.queuesDown.add("jobs"); // his journeys have not heard of it yet
    await api("DELETE", `/v1/contacts/${ended.contact}`);
    await ring(ended.enrollment);
    expect(await rowsIn("histories")).toEqual([]);
    expect((await storedIn(ended.enrollment)).keys).toContain("state");
    faults.queuesDown.clear();
    travel(2 * 60_000);
    await sweep();
    await settle();
    await pass(3 * HOUR, HOUR);
    expect(await storedIn(ended.enrollment)).toEqual(NOTHING);
    expect(await lines(ended)).not.toContain(NAME);
  });

  test("whoever asks what is known of him is told it too", async () => {
    const ended = await freed();
    const { body } = await api("GET", `/v1/contacts/${ended.contact}/export`);
    const [journey] = body.enrollments;
    expect(journey.history.map(({ event }: Json) => event)).toEqual(["enrolled", "message_sent", "completed"]);
    expect(journey.messages).toMatchObject([{ status: "sent", excerpt: "Message 1", body: null, to: null }]);
  });
});

describe("what it costs", () => {
  test("its day: one wake-up, a row in the object, a row in D1", async () => {
    const { enrollment } = await completed();
    travel(31 * DAY);
    resetCounts();
    const { object } = await writesOf(enrollment, () => ring(enrollment));
    console.info("rows of freeing", { d1: faults.rowsWritten, read: faults.rowsRead, object });
    expect(object).toBeLessThanOrEqual(1);
    expect(faults.rowsWritten).toBeLessThanOrEqual(1);
    expect(faults.rowsRead).toBeLessThanOrEqual(12);
    expect(faults.letters).toEqual([]);
    expect(await storedIn(enrollment)).toEqual(NOTHING);
  });

  test("five messages -> a few hundred bytes in D1 in place of the object's pages", async () => {
    const { enrollment } = await completed([0, 0, 0, 0, 0]);
    const before = await sizeOf(enrollment);
    const entries = (await historyOf(enrollment)).length;
    await retire();
    const bytes = { before, after: await sizeOf(enrollment), kept: await keptBytes(enrollment), entries };
    console.info("bytes of an ended journey of five messages", bytes);
    expect(bytes.before).toBeGreaterThan(8000);
    expect(bytes.after).toBeLessThan(bytes.before);
    expect(bytes.kept).toBeLessThan(400);
    expect(await isResting(enrollment)).toBe(true);
  });
});
