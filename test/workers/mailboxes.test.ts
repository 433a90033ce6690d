/** Mailboxes over v1: what they are told and show, from which of them mails leave, and what holds whom. */
import { beforeEach, describe, expect, test } from "vitest";
import { pauseMailbox } from "../../src/storage/mailboxes";
import { keyFor } from "../support/broadcast";
import { contextOf } from "../support/context";
import { faults, resetCounts } from "../support/faults";
import {
  api,
  begin,
  DAY,
  db,
  drain,
  enroll,
  HOUR,
  idOf,
  type Json,
  makeContact,
  makeDrip,
  makeMailbox,
  OTHER_KEY,
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

const change = (id: string, body: Json) => api("PATCH", `/v1/mailboxes/${id}`, body);
const shown = async (id: string): Promise<Json> => (await api("GET", `/v1/mailboxes/${id}`)).body.mailbox;
const post = (id: string, verb: string, body?: Json) => api("POST", `/v1/mailboxes/${id}/${verb}`, body);

let people = 0;

/** Somebody with an email address. */
function makeReader(): Promise<string> {
  people += 1;
  return makeContact({ email: `reader${people}@example.com` });
}

async function mailTo(sequence: string, mailboxId?: string): Promise<string> {
  const body = { contactId: await makeReader(), platform: "EMAIL", ...(mailboxId ? { mailboxId } : {}) };
  const enrolled = await api("POST", `/v1/sequences/${sequence}/enrollments`, body);
  if (enrolled.status !== 201) throw new Error(JSON.stringify(enrolled.body));
  return enrolled.body.enrollment.id;
}

const boxOf = async (enrollment: string) => (await stateOf(enrollment)).mailbox;

describe("what is told", () => {
  const WHOLE = {
    email: " Ada@Sender.example ",
    name: "Ada Ash",
    replyTo: "answers@sender.example",
    transport: { kind: "smtp", host: "smtp.sender.example", username: "ada", password: "hunter2" },
    dailyLimit: 50,
    rate: { messages: 2, seconds: 60 },
    warmup: { start: 5, step: 10 },
    timezone: "Asia/Kolkata",
  };
  const SHOWN = {
    id: expect.stringMatching(/^mailbox_[1-9]\d*$/),
    workspaceId: "ws_1",
    email: "Ada@Sender.example",
    name: "Ada Ash",
    replyTo: "answers@sender.example",
    userId: "user_1",
    transport: {
      kind: "smtp",
      host: "smtp.sender.example",
      port: 587,
      security: "starttls",
      username: "ada",
      hasCredential: true,
    },
    dailyLimit: 50,
    rate: { messages: 2, seconds: 60 },
    warmup: { start: 5, step: 10, since: "2040-01-02" },
    timezone: "Asia/Kolkata",
    status: "ACTIVE",
    pausedAt: null,
    pauseReason: null,
    sentToday: 0,
    limitToday: 5,
    createdAt: "2040-01-02T09:00:00Z",
    updatedAt: "2040-01-02T09:00:00Z",
  };

  test("is shown, all but the credential; what is changed is changed, and the rest stays", async () => {
    const made = await api("POST", "/v1/mailboxes", WHOLE);
    expect(made).toEqual({ status: 201, body: { mailbox: SHOWN } });
    const { id } = made.body.mailbox;
    travel(DAY);
    const updatedAt = "2040-01-03T09:00:00Z";
    const patched = await change(id, { name: null, dailyLimit: 8, rate: null });
    const after = { ...SHOWN, name: null, dailyLimit: 8, rate: null, limitToday: 8, updatedAt };
    expect(patched).toEqual({ status: 200, body: { mailbox: after } });
    const { mailboxes, pagination } = (await api("GET", "/v1/mailboxes")).body;
    expect([mailboxes, pagination]).toEqual([[after], { page: 1, limit: 50, total: 1, totalPages: 1 }]);
    expect(await api("DELETE", `/v1/mailboxes/${id}`)).toEqual({ status: 200, body: { success: true } });
    expect((await api("GET", `/v1/mailboxes/${id}`)).status).toBe(404);
    expect((await api("GET", "/v1/mailboxes")).body.mailboxes).toEqual([]);
  });

  test("an address is told: nothing limits it, and its mails go by the workspace's channel", async () => {
    const { body } = await api("POST", "/v1/mailboxes", { email: "a@x.example" });
    const free = { dailyLimit: null, rate: null, warmup: null, limitToday: null, transport: null, timezone: "UTC" };
    expect(body.mailbox).toMatchObject({ ...free, name: null, replyTo: null });
  });

  test("two of a workspace have not one address, however it is written; those of two may", async () => {
    await makeMailbox({ email: "a@x.example" });
    const other = await makeMailbox({ email: "b@x.example" });
    const taken = { status: 400, body: { error: { code: "VALIDATION_ERROR", details: { field: "email" } } } };
    expect(await api("POST", "/v1/mailboxes", { email: "A@X.example" })).toMatchObject(taken);
    expect(await change(other, { email: "A@X.example" })).toMatchObject(taken);
    expect((await api("POST", "/v1/mailboxes", { email: "a@x.example" }, OTHER_KEY)).status).toBe(201);
    expect((await change(other, { email: "B@X.example" })).body.mailbox.email).toBe("B@X.example");
  });

  test.each<[string, Json]>([
    ["rate.messages", { rate: { messages: 0, seconds: 60 } }],
    ["rate.seconds", { rate: { messages: 1, seconds: 86_401 } }],
    ["warmup.start", { warmup: { start: 0, step: 1 } }],
    ["warmup.step", { warmup: { start: 1, step: -1 } }],
    ["warmup.since", { warmup: { start: 1, step: 1, since: "2040-02-30" } }],
    ["transport.host", { transport: { kind: "smtp", host: "smtp.x.example/path" } }],
  ])("%s is refused by its name: %j", async (field, body) => {
    const id = await makeMailbox();
    const before = await shown(id);
    expect(await change(id, body)).toMatchObject({ status: 400, body: { error: { details: { field } } } });
    expect((await api("POST", "/v1/mailboxes", { email: "n@x.example", ...body })).status).toBe(400);
    expect(await shown(id)).toEqual(before);
  });

  test("a warm-up that is changed has begun when it began, in the mailbox's own day", async () => {
    const late = await makeMailbox({ timezone: "Pacific/Kiritimati", warmup: { start: 1, step: 1 } });
    travel(8 * HOUR);
    const later = await makeMailbox({ timezone: "Pacific/Kiritimati", warmup: { start: 1, step: 1 } });
    expect([(await shown(late)).warmup.since, (await shown(later)).warmup.since]).toEqual(["2040-01-02", "2040-01-03"]);
    expect((await change(late, { warmup: { start: 5, step: 5 } })).body.mailbox.warmup.since).toBe("2040-01-02");
  });
});

describe("credentials", () => {
  const smtp = (more: Json = {}) => ({ kind: "smtp", host: "smtp.x.example", username: "ada", ...more });
  const sealedOf = async (id: string) =>
    (await db().prepare("SELECT sealed FROM mailboxes WHERE id = ?").bind(idOf(id)).first<{ sealed: string | null }>())
      ?.sealed;

  test("are kept encrypted, and shown nowhere", async () => {
    const id = await makeMailbox({ transport: smtp({ password: "hunter2" }) });
    const row = await db().prepare("SELECT * FROM mailboxes").first();
    const answers = [await shown(id), (await api("GET", "/v1/mailboxes")).body, await change(id, { name: "x" }), row];
    expect(answers.filter((answer) => JSON.stringify(answer).includes("hunter2"))).toEqual([]);
    expect(JSON.stringify(await shown(id))).not.toContain((await sealedOf(id)) ?? "");
  });

  test("stay when the same server is told anew, and are never taken along to another", async () => {
    const id = await makeMailbox({ transport: smtp({ password: "hunter2" }) });
    const sealed = await sealedOf(id);
    await change(id, { transport: smtp({ port: 2525, username: "bo" }) });
    expect([await sealedOf(id), (await shown(id)).transport.hasCredential]).toEqual([sealed, true]);
    await change(id, { transport: smtp({ host: "evil.example" }) });
    expect([await sealedOf(id), (await shown(id)).transport.hasCredential]).toEqual([null, false]);
    await change(id, { transport: smtp() });
    expect(await sealedOf(id)).toBeNull();
    await change(id, { transport: smtp({ password: "new" }) });
    await change(id, { transport: null });
    expect([await sealedOf(id), (await shown(id)).transport]).toEqual([null, null]);
  });

  test("that fail pause the mailbox, and its mails wait; when it is mended and resumed, they go", async () => {
    const id = await makeMailbox({ transport: smtp({ password: "hunter2" }) });
    await db().prepare("UPDATE mailboxes SET sealed = 'bm90aGluZyB0aGF0IG9wZW5z'").run();
    const { sequence } = await makeDrip([1]);
    const enrollment = await mailTo(sequence);
    await settle();
    await pass(HOUR);
    expect(await shown(id)).toMatchObject({ status: "PAUSED", pauseReason: expect.stringMatching(/\S/) });
    expect((await api("GET", "/v1/channels")).body.channels).toEqual([]);
    const { status, waiting } = await show(sequence, enrollment);
    expect([status, waiting.for, waiting.until]).toEqual(["ACTIVE", "mailbox", null]);
    expect(waiting.detail).toContain((await shown(id)).pauseReason);
    await change(id, { transport: null });
    await post(id, "resume");
    await settle();
    expect(await sentTo(enrollment)).toEqual(["Message 1"]);
  });

  test("that were mended since the attempt began -> the mailbox goes on", async () => {
    const id = await makeMailbox();
    const { db: there, workspaceId } = contextOf();
    const verdict = { id: idOf(id), workspaceId, reason: "535 no", now: Date.now() };
    await pauseMailbox(there, { ...verdict, asOf: START - 1 });
    await pauseMailbox(there, { ...verdict, workspaceId: 2 });
    expect((await shown(id)).status).toBe("ACTIVE");
    await pauseMailbox(there, { ...verdict, asOf: START });
    expect(await shown(id)).toMatchObject({ status: "PAUSED", pauseReason: "535 no" });
  });
});

describe("which mailbox a journey leaves from", () => {
  test("none is there -> none; the one there is -> that one, and its thread stays there", async () => {
    const { sequence } = await makeDrip([1, 1]);
    const without = await mailTo(sequence);
    await pass(HOUR);
    expect([await sentTo(without), await boxOf(without)]).toEqual([["Message 1"], null]);
    const first = await makeMailbox();
    const enrollment = await mailTo(sequence);
    await settle();
    await pass(HOUR);
    expect(await boxOf(enrollment)).toBe(idOf(first));
    await makeMailbox();
    await makeMailbox();
    await pass(HOUR);
    expect([await sentTo(enrollment), await boxOf(enrollment)]).toEqual([["Message 1", "Message 2"], idOf(first)]);
  });

  test("those that the sequence names, unless it takes any; another workspace's never", async () => {
    const all = [await makeMailbox(), await makeMailbox(), await makeMailbox()];
    const named = all[1] ?? "";
    await api("POST", "/v1/mailboxes", { email: "theirs@x.example" }, OTHER_KEY);
    const alone = await makeDrip([0], { useAnyMailbox: false, mailboxIds: [named] });
    const any = await makeDrip([0], { useAnyMailbox: true, mailboxIds: [named] });
    const of = async (sequence: string) => {
      const sent = new Set<number | null>();
      for (let i = 0; i < 12; i++) {
        const enrollment = await mailTo(sequence);
        await settle();
        sent.add(await boxOf(enrollment));
      }
      return [...sent].sort();
    };
    expect(await of(alone.sequence)).toEqual([idOf(named)]);
    expect(await of(any.sequence)).toEqual(all.map(idOf));
  });

  test("the one it was enrolled with, which must be there", async () => {
    const named = await makeMailbox();
    const own = await makeMailbox();
    const { sequence } = await makeDrip([0], { useAnyMailbox: false, mailboxIds: [named] });
    const enrollment = await mailTo(sequence, own);
    await settle();
    expect(await boxOf(enrollment)).toBe(idOf(own));
    expect((await show(sequence, enrollment)).mailboxId).toBe(own);
  });

  test("one that is deleted -> the journey chooses another, and sequences name it no more", async () => {
    const gone = await makeMailbox();
    const { sequence } = await makeDrip([0, 1], { useAnyMailbox: false, mailboxIds: [gone] });
    const enrollment = await mailTo(sequence);
    await settle();
    expect(await boxOf(enrollment)).toBe(idOf(gone));
    const other = await makeMailbox();
    await api("DELETE", `/v1/mailboxes/${gone}`);
    const { body } = await api("GET", `/v1/sequences/${sequence}`);
    expect(body.sequence.mailboxIds).toEqual([]);
    const copy = await api("POST", `/v1/sequences/${sequence}/duplicate`, {});
    expect(copy.status).toBe(201);
    await pass(HOUR);
    expect([await sentTo(enrollment), await boxOf(enrollment)]).toEqual([["Message 1", "Message 2"], idOf(other)]);
  });

  test("on another platform there is none, and limits hold nobody", async () => {
    await makeMailbox({ dailyLimit: 1 });
    const { sequence } = await makeDrip([0]);
    const both = [await enroll(sequence), await enroll(sequence)];
    await settle();
    expect((await Promise.all(both.map(sentTo))).flat()).toHaveLength(2);
  });

  test("what a sequence names is shown, changed and refused as its other fields are", async () => {
    const [a, b] = [await makeMailbox(), await makeMailbox()];
    const { body } = await api("POST", "/v1/sequences", { name: "S", useAnyMailbox: false, mailboxIds: [a, b] });
    expect(body.sequence).toMatchObject({ useAnyMailbox: false, mailboxIds: [a, b] });
    const path = `/v1/sequences/${body.sequence.id}`;
    expect((await api("PATCH", path, { mailboxIds: [b] })).body.sequence.mailboxIds).toEqual([b]);
    const theirs = (await api("POST", "/v1/mailboxes", { email: "t@x.example" }, OTHER_KEY)).body.mailbox.id;
    const refused = await api("PATCH", path, { mailboxIds: [b, theirs] });
    expect(refused).toMatchObject({ status: 400, body: { error: { details: { field: "mailboxIds" } } } });
    expect((await api("GET", path)).body.sequence.mailboxIds).toEqual([b]);
  });
});

describe("a mailbox that is paused", () => {
  test("says since when and why; the first reason stays, and resuming twice does no harm", async () => {
    const id = await makeMailbox();
    expect((await post(id, "pause", { reason: "Monday" })).body.mailbox).toMatchObject({
      status: "PAUSED",
      pausedAt: "2040-01-02T09:00:00Z",
      pauseReason: "Monday",
    });
    expect((await post(id, "pause")).body.mailbox.pauseReason).toBe("Monday");
    for (let i = 0; i < 2; i++) {
      const { body } = await post(id, "resume");
      expect(body.mailbox).toMatchObject({ status: "ACTIVE", pausedAt: null, pauseReason: null });
    }
    expect((await post(id, "pause")).body.mailbox.pauseReason).toBe("paused by hand");
  });

  test("holds what is due, without an alarm, says why, and lets it go when it is resumed", async () => {
    const id = await makeMailbox({ email: "ada@x.example" });
    const { sequence } = await makeDrip([1]);
    const enrollment = await mailTo(sequence);
    await settle();
    await post(id, "pause", { reason: "Monday" });
    await pass(2 * HOUR, HOUR);
    expect(await sentTo(enrollment)).toEqual([]);
    const detail = "the mailbox ada@x.example is paused: Monday";
    expect((await show(sequence, enrollment)).waiting).toEqual({ for: "mailbox", until: null, detail });
    expect(await rowOf(enrollment)).toMatchObject({ state: "waiting", why: "mailbox" });
    travel(HOUR);
    await sweep();
    expect(faults.letters).toEqual([]);
    await post(id, "resume");
    await settle();
    expect(await sentTo(enrollment)).toEqual(["Message 1"]);
  });

  test("is passed over by who has no thread there yet, and kept by who has", async () => {
    const first = await makeMailbox();
    const { sequence } = await makeDrip([0, 1]);
    const begun = await mailTo(sequence);
    await settle();
    const second = await makeMailbox();
    await post(first, "pause");
    const fresh = await mailTo(sequence);
    await settle();
    expect(await boxOf(fresh)).toBe(idOf(second));
    await pass(HOUR);
    expect(await sentTo(begun)).toEqual(["Message 1"]);
    await post(first, "resume");
    await settle();
    expect([await sentTo(begun), await boxOf(begun)]).toEqual([["Message 1", "Message 2"], idOf(first)]);
  });

  test("and was the only one: another that is made takes over whoever has no thread", async () => {
    const id = await makeMailbox();
    await post(id, "pause");
    const { sequence } = await makeDrip([0]);
    const enrollment = await mailTo(sequence);
    await settle();
    expect((await show(sequence, enrollment)).waiting.for).toBe("mailbox");
    const other = await makeMailbox();
    await settle();
    expect([await sentTo(enrollment), await boxOf(enrollment)]).toEqual([["Message 1"], idOf(other)]);
  });

  test("that was not written down in time: the sweep finds who is held by nothing", async () => {
    await makeMailbox();
    const { sequence } = await makeDrip([1]);
    const enrollment = await mailTo(sequence);
    await settle();
    await db().prepare("UPDATE enrollments SET why = 'mailbox', wake_by = 1").run();
    await sweep();
    expect(faults.letters.map(({ body }) => (body as Json).enrollments)).toEqual([[idOf(enrollment)]]);
  });
});

describe("who may", () => {
  test("channels_read reads, channels_write writes", async () => {
    const id = await makeMailbox();
    const [reader, writer] = [await keyFor(["channels_read"]), await keyFor(["channels_write"])];
    const by = async (key: string) => [
      (await api("GET", "/v1/mailboxes", undefined, key)).status,
      (await api("GET", `/v1/mailboxes/${id}`, undefined, key)).status,
      (await api("PATCH", `/v1/mailboxes/${id}`, {}, key)).status,
      (await api("POST", `/v1/mailboxes/${id}/pause`, {}, key)).status,
      (await api("POST", `/v1/mailboxes/${id}/resume`, undefined, key)).status,
    ];
    expect(await by(reader)).toEqual([200, 200, 403, 403, 403]);
    expect(await by(writer)).toEqual([403, 403, 200, 200, 200]);
  });
});

describe("what it costs to know the mailbox", () => {
  const read = async (enrollment: string) => {
    await ring(enrollment);
    resetCounts();
    await ring(enrollment);
    expect(faults.statements).toHaveLength(1);
    return faults.rowsRead;
  };

  test("none: nothing; one: two rows at most, and one once the thread is there; very many: no more than are considered", async () => {
    const { sequence } = await makeDrip([0, 48]);
    const contact = await makeReader();
    const enrollment = await enroll(sequence, contact, "EMAIL");
    await pass(HOUR);
    const none = await read(enrollment);
    const elsewhere = await enroll((await makeDrip([48])).sequence, contact);
    await settle();
    expect(none).toBeLessThanOrEqual(await read(elsewhere));
    await makeMailbox();
    await drain();
    expect((await read(enrollment)) - none).toBeLessThanOrEqual(2);
    const threaded = await mailTo(sequence);
    await settle();
    await pass(HOUR);
    await read(threaded);
    await db()
      .prepare(
        `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 5000)
         INSERT INTO mailboxes (workspace_id, user_id, email, email_key, created_at, updated_at)
         SELECT 1, 1, 'm' || i, 'm' || i, ?, ? FROM n`,
      )
      .bind(START, START)
      .run();
    console.info("rows read of a turn", { none, many: await read(enrollment), threaded: await read(threaded) });
    expect((await read(threaded)) - none).toBeLessThanOrEqual(1);
    expect((await read(enrollment)) - none).toBeLessThanOrEqual(102);
  });
});
