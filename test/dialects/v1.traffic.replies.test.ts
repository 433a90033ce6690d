import { beforeAll, beforeEach, describe, expect, test } from "vitest";
import {
  type Answer,
  api,
  begin,
  deliver,
  drain,
  enroll,
  HOUR,
  type Json,
  KEY,
  makeContact,
  makeDrip,
  OTHER_KEY,
  pass,
  settle,
  show,
  travel,
} from "../support/world";

let sequence = "";
let contact = "";
let enrollment = "";
let alice = "";
let people = 0;

beforeAll(begin);

/** Alice, another one each time, got a message, and waits a day for the next. */
beforeEach(async () => {
  people += 1;
  alice = `alice${people}`;
  ({ sequence } = await makeDrip([0, 24]));
  contact = await makeContact({ username: alice });
  enrollment = await enroll(sequence, contact);
  await settle();
});

const send = (body: object, key = KEY): Promise<Answer> =>
  api("POST", "/v1/replies", { platform: "TWITTER", from: alice, text: "Tell me more", ...body }, key);
const list = async (query = "", key = KEY): Promise<Json> =>
  (await api("GET", `/v1/replies${query}`, undefined, key)).body;
const newest = async (): Promise<Json> => (await list()).replies[0];
const total = async (key = KEY): Promise<number> => (await list("", key)).pagination.total;
const now = () => `${new Date(Date.now()).toISOString().slice(0, 19)}Z`;
const status = async () => (await show(sequence, enrollment)).status;

describe("a reply", () => {
  test("is accepted with 202, and once it is taken in it is matched, ends the enrollment and is listed", async () => {
    await pass(HOUR);
    const sent = { inReplyTo: null, messageId: "dm-1", receivedAt: "2040-01-02T09:59:00Z" };
    const answer = await send({ ...sent, inReplyTo: "dm-0" });
    const reply = {
      ...sent,
      id: expect.stringMatching(/^reply_[1-9]\d*$/),
      platform: "TWITTER",
      from: alice,
      subject: null,
      text: "Tell me more",
      answers: null,
      inReplyTo: "dm-0",
      kind: "human",
      sentiment: "positive",
      matched: false,
      outcome: "received",
      contactId: null,
      enrollmentIds: [],
      createdAt: "2040-01-02T10:00:00Z",
    };
    expect(answer).toEqual({ status: 202, body: { reply } });
    await settle();
    const taken = { ...reply, matched: true, outcome: "matched", contactId: contact, enrollmentIds: [enrollment] };
    const pagination = { page: 1, limit: 50, total: 1, totalPages: 1 };
    expect(await list()).toEqual({ replies: [taken], pagination });
    expect(await show(sequence, enrollment)).toMatchObject({ status: "EXITED", exitReason: "REPLIED" });
    const seen = (await api("GET", `/v1/contacts/${contact}`)).body.contact.lastSeenAt;
    expect(seen).toBe("2040-01-02T10:00:00Z");
  });

  test("without a time is taken to have come now", async () => {
    travel(5000);
    expect((await send({})).body.reply.receivedAt).toBe(now());
  });

  test("given in whole seconds counts for the second in which the enrollment began, and not for one before", async () => {
    travel(1500 - (Date.now() % 1000));
    const { sequence: other } = await makeDrip([24]);
    const late = await enroll(other, contact);
    await send({ receivedAt: new Date(Date.now() - 1000).toISOString().replace(/\.\d+/, "") });
    await drain();
    expect((await show(other, late)).status).toBe("ACTIVE");
    await send({ receivedAt: now() });
    await drain();
    expect((await show(other, late)).status).toBe("EXITED");
  });

  test("from nobody we know is kept as unmatched, and ends nothing", async () => {
    await send({ from: "stranger" });
    await settle();
    const unmatched = { outcome: "unmatched", matched: false, contactId: null, enrollmentIds: [] };
    expect(await newest()).toMatchObject(unmatched);
    expect(await status()).toBe("ACTIVE");
  });

  test("finds its sender however the address is written", async () => {
    await send({ from: `@${alice.toUpperCase()}` });
    await settle();
    expect(await newest()).toMatchObject({ outcome: "matched", contactId: contact });
    expect(await status()).toBe("EXITED");
  });

  test("on another platform is not about the enrollment on this one", async () => {
    await api("PATCH", `/v1/contacts/${contact}`, { email: `${alice}@example.com` });
    await send({ platform: "EMAIL", from: `${alice.toUpperCase()}@example.com` });
    await settle();
    expect(await newest()).toMatchObject({ outcome: "matched", contactId: contact, enrollmentIds: [] });
    expect(await status()).toBe("ACTIVE");
  });

  test("in another workspace is nothing to this one", async () => {
    const [{ id: message }] = (await api("GET", "/v1/messages")).body.messages;
    const before = await list();
    await send({ inReplyTo: message }, OTHER_KEY);
    await settle();
    expect((await list("", OTHER_KEY)).replies).toMatchObject([{ outcome: "unmatched", contactId: null }]);
    expect(await list()).toEqual(before);
    expect(await status()).toBe("ACTIVE");
  });

  test("ends all live enrollments of its sender on the platform, in whichever sequence", async () => {
    const { sequence: other } = await makeDrip([24]);
    const second = await enroll(other, contact);
    await send({});
    await settle();
    expect((await newest()).enrollmentIds.toSorted()).toEqual([enrollment, second].toSorted());
    expect([await status(), (await show(other, second)).status]).toEqual(["EXITED", "EXITED"]);
  });

  test.each(["%s", "<%s@mail.example.com>"])(
    "that names our message as %s ends that enrollment alone",
    async (form) => {
      const { sequence: other } = await makeDrip([24]);
      const second = await enroll(other, contact);
      const [{ id }] = (await api("GET", `/v1/messages?enrollment=${enrollment}`)).body.messages;
      await send({ from: "his other account", inReplyTo: form.replace("%s", id) });
      await settle();
      expect(await newest()).toMatchObject({ contactId: contact, enrollmentIds: [enrollment] });
      expect([await status(), (await show(other, second)).status]).toEqual(["EXITED", "ACTIVE"]);
    },
  );

  test("put on the queue by another Worker is taken in like one that came by request", async () => {
    const body = { v: 1, workspaceId: 1, platform: "TWITTER", from: alice, text: "Hello", receivedAt: Date.now() };
    await deliver([{ queue: "dripline-replies", body }]);
    expect(await newest()).toMatchObject({ text: "Hello", outcome: "matched", enrollmentIds: [enrollment] });
    expect(await status()).toBe("EXITED");
  });
});

describe("a reply that comes again", () => {
  test("under the same messageId is the same reply, and changes nothing", async () => {
    const first = await send({ messageId: "dm-again" });
    await settle();
    const before = await list();
    const again = await enroll(sequence, contact);
    await settle();
    const second = await send({ messageId: "dm-again", text: "Tell me more!" });
    await settle();
    expect([second.status, second.body.reply.id]).toEqual([202, first.body.reply.id]);
    expect(await list()).toEqual(before);
    expect((await show(sequence, again)).status).toBe("ACTIVE");
  });

  test("without a messageId is known by sender, time and text", async () => {
    const before = await total();
    const receivedAt = "2040-01-02T09:00:00.250Z";
    await send({ receivedAt });
    await send({ receivedAt, from: `@${alice.toUpperCase()}` });
    await drain();
    expect(await total()).toBe(before + 1);
    await send({ receivedAt, text: "Something else" });
    await send({ receivedAt: "2040-01-02T09:00:01.250Z" });
    await send({ receivedAt, from: "bob" });
    await drain();
    expect(await total()).toBe(before + 4);
  });

  test("on another platform or in another workspace under the same messageId is another reply", async () => {
    const [before, beforeThere] = [await total(), await total(OTHER_KEY)];
    await send({ messageId: "dm-2" });
    await send({ messageId: "dm-2", platform: "INSTAGRAM" });
    await send({ messageId: "dm-2" }, OTHER_KEY);
    await drain();
    expect([await total(), await total(OTHER_KEY)]).toEqual([before + 2, beforeThere + 1]);
  });
});

describe("an automatic reply ends nothing", () => {
  test.each([
    { "Auto-Submitted": "auto-replied" },
    { "auto-submitted": "auto-generated; x=y" },
    { Precedence: "bulk" },
    { "X-Autoreply": "yes" },
  ])("%j", async (headers) => {
    await send({ headers, text: "STOP" });
    await settle();
    const ignored = { kind: "automatic", outcome: "ignored", matched: false, contactId: contact, enrollmentIds: [] };
    expect(await newest()).toMatchObject(ignored);
    expect(await status()).toBe("ACTIVE");
  });

  test("while Auto-Submitted: no is a person's", async () => {
    await send({ headers: { "Auto-Submitted": "no" } });
    await settle();
    expect((await newest()).kind).toBe("human");
    expect(await status()).toBe("EXITED");
  });
});

describe("an opt-out word, alone, opts its sender out of everything", () => {
  test.each(["STOP", " stop. ", '"Unsubscribe!"', "Stop All", "opt-out", "quit", "End"])("%j", async (text) => {
    const { sequence: other } = await makeDrip([24], { exitOnReply: false });
    await api("PATCH", `/v1/contacts/${contact}`, { email: `${alice}@example.com` });
    const byMail = await enroll(other, contact, "EMAIL");
    await send({ text });
    await settle();
    expect(await newest()).toMatchObject({ kind: "opt_out", outcome: "matched", contactId: contact });
    expect((await api("GET", `/v1/contacts/${contact}`)).body.contact.optedOut).toBe(true);
    const out = { status: "EXITED", exitReason: "OPTED_OUT" };
    expect(await show(sequence, enrollment)).toMatchObject(out);
    expect(await show(other, byMail)).toMatchObject(out);
  });

  test.each(["Please don't stop", "stop it?", "ending"])("%j is a reply like any other", async (text) => {
    await send({ text });
    await settle();
    expect((await newest()).kind).toBe("human");
    expect((await api("GET", `/v1/contacts/${contact}`)).body.contact.optedOut).toBe(false);
    expect(await show(sequence, enrollment)).toMatchObject({ exitReason: "REPLIED" });
  });
});

test("replies are listed newest first, in pages", async () => {
  const before = await total();
  for (let i = 1; i <= 5; i++) await send({ text: `${i}` });
  const texts = async (query: string) => (await list(query)).replies.map(({ text }: Json) => text);
  expect(await texts("?limit=5")).toEqual(["5", "4", "3", "2", "1"]);
  expect(await texts("?limit=2&page=2")).toEqual(["3", "2"]);
  expect(await texts("?limit=100&page=2")).toEqual([]);
  const counted = { page: 2, limit: 2, total: before + 5, totalPages: Math.ceil((before + 5) / 2) };
  expect((await list("?limit=2&page=2")).pagination).toEqual(counted);
});
