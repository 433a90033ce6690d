/** All that is known of a person: given out whole, and forgotten everywhere. */
import { runInDurableObject } from "cloudflare:test";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { Entry, State } from "../../src/domain/enrollment";
import { findEverywhere, lettersWith } from "../support/everywhere";
import { faults, resetCounts } from "../support/faults";
import { makeUser } from "../support/users";
import { ALL, makeWanda, WORDS } from "../support/wanda";
import {
  api,
  begin,
  db,
  drain,
  enroll,
  idOf,
  type Json,
  KEY,
  makeContact,
  makeDrip,
  OTHER_KEY,
  objectOf,
  pass,
  settle,
  stateOf,
  travel,
} from "../support/world";

beforeEach(begin);
afterEach(() => {
  vi.restoreAllMocks();
});

const take = (contact: string, query = "", key = KEY) =>
  api("GET", `/v1/contacts/${contact}/export${query}`, undefined, key);

describe.each([false, true])("somebody with a journey in every state (opted out: %s)", (optsOut) => {
  test("is given out with every word", async () => {
    const { contact, enrollments } = await makeWanda({ optsOut });
    resetCounts();
    const { status, body } = await take(contact);
    console.info(
      "rows read by an export of seven journeys",
      faults.rowsRead,
      "in statements",
      faults.statements.length,
    );
    expect(status).toBe(200);
    const text = JSON.stringify(body).toLowerCase();
    expect(ALL.filter((word) => !text.includes(word))).toEqual([]);
    expect(Object.keys(body)).toEqual([
      "exportedAt",
      "contact",
      "segments",
      "suppressions",
      "replies",
      "tasks",
      "calls",
      "deadLetters",
      "enrollments",
      "next",
    ]);
    expect(body.enrollments.map(({ id }: Json) => id)).toEqual(enrollments);
    expect(body.enrollments.map(({ status }: Json) => status)).toEqual(
      optsOut
        ? ["EXITED", "EXITED", "COMPLETED", "EXITED", "FAILED", "EXITED", "EXITED"]
        : ["ACTIVE", "ACTIVE", "COMPLETED", "ACTIVE", "FAILED", "ACTIVE", "ACTIVE"],
    );
    expect(body.next).toBeNull();
    expect(body.segments).toEqual([{ id: expect.any(String), name: "Those" }]);
    expect(body.contact.optedOutAt === null).toBe(!optsOut);
    expect(body.suppressions.map(({ reason }: Json) => reason).sort()).toEqual(
      optsOut ? ["bounced", "opted_out", "opted_out", "opted_out"] : ["bounced"],
    );
    expect(JSON.stringify(body.enrollments[0].history)).toContain("wandasoft");
    const [mail] = body.enrollments[0].messages;
    expect(mail).toMatchObject({
      to: "wanda-mail@example.com",
      body: expect.stringContaining("wandafieldbody"),
      status: "sent",
    });
    expect(body.deadLetters).toHaveLength(1);
    expect(body.enrollments[0].deadLetters).toHaveLength(1);
  });

  test("is forgotten in every table and every object", async () => {
    const { contact } = await makeWanda({ optsOut });
    const places = await findEverywhere(ALL);
    const planted = new Set(places.map((place) => place.split(": ").at(-1)));
    expect(ALL.filter((word) => !planted.has(word))).toEqual([]);
    expect((await api("DELETE", `/v1/contacts/${contact}`)).status).toBe(200);
    await settle();
    expect(await findEverywhere([...ALL, "wanda"])).toEqual([]);
    expect(lettersWith(ALL)).toBe(0);
    await pass(10 * 86_400_000, 86_400_000);
    expect(await findEverywhere([...ALL, "wanda"])).toEqual([]);
    expect((await take(contact)).status).toBe(404);
    const left = (await api("GET", "/v1/suppressions")).body.suppressions;
    expect(left).toHaveLength(optsOut ? 4 : 1);
    expect(left.every(({ address, contactId }: Json) => address === null && contactId === null)).toBe(true);
  });
});

test("what was under way while she was erased -> forgotten too, whatever comes in late", async () => {
  const { contact, enrollments } = await makeWanda({ optsOut: false });
  const [waiting = ""] = enrollments;
  const { lastMessage } = await stateOf(waiting);
  await api("POST", "/v1/replies", { platform: "TWITTER", from: "wandahandle", text: "wandareply again" });
  const inQueues = faults.letters.splice(0);
  await api("DELETE", `/v1/contacts/${contact}`);
  await settle();
  faults.letters.push(...inQueues);
  await settle();
  await api("POST", `/v1/messages/msg_${lastMessage}/events`, {
    type: "clicked",
    url: "https://example.com/wandaclick",
  });
  await settle();
  expect(await findEverywhere([...ALL, "wanda"])).toEqual([]);
});

test("the thread of a mail, and what names it -> forgotten with its words", async () => {
  const { sequence } = await makeDrip([0, 24]);
  const contact = await makeContact({ username: "ada", email: "ada@example.com" });
  const enrollment = await enroll(sequence, contact, "EMAIL");
  await settle();
  await runInDurableObject(objectOf(enrollment), (_, { storage }) => {
    const state = storage.kv.get<State>("state");
    storage.kv.put("state", { ...state, thread: { subject: "wandathread", ids: ["wandaid"] } });
    for (const [key, entry] of storage.kv.list<Entry>({ prefix: "entry/" })) {
      const mail = {
        from: { address: "us@example.com", name: null, replyTo: null },
        tracks: { opens: false, clicks: false },
        token: "wandatoken",
        messageId: "wandaid",
        unsubscribeUrl: "https://drip.test/t/u/wandatoken",
      };
      if (entry.what === "message") storage.kv.put(key, { ...entry, content: { ...entry.content, mail } });
    }
  });
  const words = ["wandathread", "wandaid", "wandatoken"];
  expect(await findEverywhere(words)).toHaveLength(3);
  await api("DELETE", `/v1/contacts/${contact}`);
  await settle();
  expect(await findEverywhere(words)).toEqual([]);
});

describe("an export", () => {
  test("of many journeys -> in several documents, each journey once", async () => {
    const { sequence } = await makeDrip([0]);
    const contact = await makeContact();
    await enroll(sequence, contact);
    await settle();
    await db()
      .prepare(
        `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 300)
         INSERT INTO enrollments (workspace_id, sequence_id, contact_id, platform, state, standing, enrolled_at, version)
         SELECT 1, ?1, ?2, 'TWITTER', 'ended', 'COMPLETED', 2e12, 0 FROM n`,
      )
      .bind(idOf(sequence), idOf(contact))
      .run();
    const first = (await take(contact)).body;
    expect(first.enrollments).toHaveLength(250);
    expect(first.next).toBe(first.enrollments.at(-1).id);
    const second = (await take(contact, `?after=${first.next}`)).body;
    expect(Object.keys(second)).toEqual(["exportedAt", "enrollments", "next"]);
    expect([second.enrollments.length, second.next]).toEqual([51, null]);
    const ids = [...first.enrollments, ...second.enrollments].map(({ id }: Json) => id);
    expect(new Set(ids).size).toBe(301);
  });

  test("of more replies than a page -> all of them", async () => {
    const contact = await makeContact({ username: "talker" });
    await db()
      .prepare(
        `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 250)
         INSERT INTO replies (workspace_id, dedupe, platform, sender, sender_key, text, headers, received_at, kind, outcome, contact_id, created_at, touched_at)
         SELECT 1, i, 'TWITTER', 'talker', 'talker', 'reply ' || i, '{}', 1, 'human', 'matched', ?1, 1, 1 FROM n`,
      )
      .bind(idOf(contact))
      .run();
    const { replies } = (await take(contact)).body;
    expect(new Set(replies.map(({ text }: Json) => text)).size).toBe(250);
  });

  test("where it fails midway -> it is cut off, and is no document", async () => {
    const { sequence } = await makeDrip([0]);
    const contact = await makeContact();
    await enroll(sequence, contact);
    await settle();
    faults.objectsDown = true;
    await expect(take(contact)).rejects.toThrow();
  });

  test("of a journey in a sequence that only another user sees -> whole all the same", async () => {
    const boss = await makeUser({ scopes: ["*"] });
    const made = await api("POST", "/v1/sequences", { name: "Secret" }, boss.key);
    const { id } = made.body.sequence;
    await db().prepare("UPDATE sequences SET share_type = 'private' WHERE id = ?").bind(idOf(id)).run();
    const contact = await makeContact();
    await api("POST", `/v1/sequences/${id}/enrollments`, { contactId: contact, platform: "TWITTER" }, boss.key);
    expect((await take(contact)).body.enrollments).toHaveLength(1);
  });

  test("needs all three scopes, and the workspace's own contact", async () => {
    const contact = await makeContact();
    const needed = ["contacts_read", "messages_read", "replies_read"];
    for (const lacking of needed) {
      const { key } = await makeUser({ scopes: needed.filter((scope) => scope !== lacking) });
      expect(await take(contact, "", key)).toEqual({
        status: 403,
        body: { error: { code: "AUTHORIZATION_ERROR", message: `The key lacks the scope ${lacking}` } },
      });
    }
    const { key } = await makeUser({ scopes: needed });
    expect((await take(contact, "", key)).status).toBe(200);
    expect((await take(contact, "", OTHER_KEY)).status).toBe(404);
    expect((await take("contact_999999")).status).toBe(404);
    expect((await take("seq_1")).status).toBe(400);
    expect((await take(contact, "?after=7")).status).toBe(400);
    expect((await take(contact, "?after=enroll_0x")).status).toBe(200);
  });
});

test("a note written in the instant of an erasure -> not kept", async () => {
  const contact = await makeContact();
  const made = await api("POST", "/v1/tasks", { contactId: contact, note: "before" });
  await api("DELETE", `/v1/contacts/${contact}`);
  travel(20);
  await api("PATCH", `/v1/tasks/${made.body.task.id}`, { note: "wandanote" });
  await drain();
  expect(await findEverywhere(WORDS.noted)).toEqual([]);
});
