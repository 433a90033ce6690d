/** Replies on their way in: whatever is lost, doubled or late, each is taken in once. */
import { beforeEach, describe, expect, test } from "vitest";
import { faults } from "../support/faults";
import {
  api,
  begin,
  db,
  deliver,
  drain,
  enroll,
  HOUR,
  historyOf,
  makeContact,
  makeDrip,
  pass,
  rowOf,
  sentTo,
  settle,
  show,
  sweep,
  travel,
} from "../support/world";

const MINUTE = 60_000;

beforeEach(begin);

async function underWay(more: Record<string, unknown> = {}) {
  const { sequence } = await makeDrip([0, 24], more);
  const contact = await makeContact();
  const enrollment = await enroll(sequence, contact);
  await settle();
  const from: string = (await show(sequence, enrollment)).contact.username;
  return { sequence, contact, enrollment, from };
}

const reply = (from: string, more: Record<string, unknown> = {}) =>
  api("POST", "/v1/replies", { platform: "TWITTER", from, text: "Sounds good", messageId: "in-1", ...more });

const replied = async (enrollment: string) =>
  (await historyOf(enrollment)).filter((entry) => entry.what === "replied").length;

test("a reply delivered three times is kept once and taken in once", async () => {
  const { enrollment, from } = await underWay({ exitOnReply: false });
  for (let i = 0; i < 3; i++) await reply(from);
  const letters = [...faults.letters];
  await drain();
  await deliver(letters);
  expect(await replied(enrollment)).toBe(1);
  expect((await api("GET", "/v1/replies")).body.pagination.total).toBe(1);
});

test("without a message id, sender, time and text tell two replies apart", async () => {
  const { enrollment, from } = await underWay({ exitOnReply: false });
  const receivedAt = new Date(Date.now()).toISOString();
  await reply(from, { messageId: undefined, receivedAt });
  await reply(from, { messageId: undefined, receivedAt });
  await reply(from, { messageId: undefined, receivedAt, text: "And one more thing" });
  await drain();
  expect(await replied(enrollment)).toBe(2);
});

test("`exitOnReply: false` records the reply and goes on", async () => {
  const { sequence, enrollment, from } = await underWay({ exitOnReply: false });
  await reply(from);
  await pass(24 * HOUR);
  expect(await sentTo(enrollment)).toEqual(["Message 1", "Message 2"]);
  expect(await show(sequence, enrollment)).toMatchObject({ status: "COMPLETED" });
});

test("the queue is out of reach -> the reply was written down, and the sweep brings it", async () => {
  const { enrollment, from } = await underWay();
  faults.queuesDown.add("replies");
  expect((await reply(from)).status).toBe(202);
  faults.queuesDown.clear();
  await settle();
  expect(await rowOf(enrollment)).toMatchObject({ standing: "ACTIVE" });
  travel(MINUTE);
  await sweep();
  await settle();
  expect(await rowOf(enrollment)).toMatchObject({ why: "replied" });
});

test("D1 is out of reach -> the queue alone takes the reply", async () => {
  const { enrollment, from } = await underWay();
  faults.failSql = /./;
  const answer = await reply(from);
  expect(answer).toMatchObject({ status: 202, body: { reply: null } });
  await deliver(faults.letters.splice(0));
  expect(faults.letters).toHaveLength(1);
  faults.failSql = null;
  await settle();
  expect(await rowOf(enrollment)).toMatchObject({ why: "replied" });
  expect((await api("GET", "/v1/replies")).body.replies).toMatchObject([
    { matched: true, enrollmentIds: [enrollment] },
  ]);
});

test("both are out of reach -> the provider is told to send it again", async () => {
  const { from } = await underWay();
  faults.failSql = /./;
  faults.queuesDown.add("replies");
  const answer = await reply(from);
  expect(answer).toMatchObject({ status: 503, body: { error: { code: "SERVICE_UNAVAILABLE" } } });
});

test("a crash after the object was told and before the reply was settled -> it is told again, and nothing changes", async () => {
  const { enrollment, from } = await underWay({ exitOnReply: false });
  await reply(from);
  faults.failSql = /update "replies" set "outcome"/i;
  await deliver(faults.letters.splice(0));
  faults.failSql = null;
  expect(await replied(enrollment)).toBe(1);
  await settle();
  expect(await replied(enrollment)).toBe(1);
  expect((await api("GET", "/v1/replies")).body.replies).toMatchObject([{ outcome: "matched" }]);
});

describe("opting out", () => {
  test("ends all journeys of the contact, in every sequence, and keeps him from new ones", async () => {
    const { contact, enrollment, from } = await underWay();
    const other = await makeDrip([5]);
    const second = await enroll(other.sequence, contact);
    await reply(from, { text: " Stop. " });
    await settle();
    expect(await rowOf(enrollment)).toMatchObject({ why: "opted_out" });
    expect(await rowOf(second)).toMatchObject({ why: "opted_out" });
    const again = await api("POST", `/v1/sequences/${other.sequence}/enrollments`, {
      contactId: contact,
      platform: "TWITTER",
    });
    expect(again).toMatchObject({ status: 409, body: { error: { code: "CONFLICT" } } });
  });

  test("a crash before the journeys were told -> no message goes all the same", async () => {
    const { enrollment, contact } = await underWay();
    await api("PATCH", `/v1/contacts/${contact}`, { optedOut: true });
    faults.letters = [];
    await pass(24 * HOUR);
    expect(await sentTo(enrollment)).toEqual(["Message 1"]);
    expect(await rowOf(enrollment)).toMatchObject({ why: "opted_out" });
  });
});

test("another workspace's person of the same name is a stranger", async () => {
  const { enrollment, from } = await underWay();
  const body = {
    v: 1,
    workspaceId: 2,
    platform: "TWITTER",
    from,
    text: "hello",
    messageId: null,
    inReplyTo: "msg_4097",
    receivedAt: Date.now(),
    headers: {},
  };
  await deliver([{ queue: "dripline-replies", body }]);
  await deliver([
    {
      queue: "dripline-replies",
      body: { ...body, text: "hello again", inReplyTo: `msg_${(await rowOf(enrollment)).id * 4096 + 1}` },
    },
  ]);
  await settle();
  expect(await rowOf(enrollment)).toMatchObject({ standing: "ACTIVE" });
  const kept = await db().prepare("SELECT outcome FROM replies WHERE workspace_id = 2").all();
  expect(kept.results).toEqual([{ outcome: "unmatched" }, { outcome: "unmatched" }]);
});

test("a message of a version that is not known is put back, and the others of its batch are taken in", async () => {
  const { enrollment, from } = await underWay();
  await reply(from);
  const letters = [{ queue: "dripline-replies", body: { v: 2 } }, ...faults.letters.splice(0)];
  await deliver(letters);
  expect(faults.letters.filter(({ queue }) => queue.endsWith("replies"))).toEqual([
    { queue: "dripline-replies", body: { v: 2 } },
  ]);
  expect(await rowOf(enrollment)).toMatchObject({ why: "replied" });
});
