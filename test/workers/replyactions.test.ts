/** What a reply does to a journey: end it, pause it until it ends, or nothing; and what one by somebody else does. */
import { beforeEach, describe, expect, test } from "vitest";
import { chain, makeSequence, storyOf, subscribe } from "../support/tree";
import {
  api,
  begin,
  DAY,
  enroll,
  HOUR,
  type Json,
  makeContact,
  makeDrip,
  pass,
  rowOf,
  sentTo,
  settle,
  show,
} from "../support/world";

beforeEach(begin);

const CHAIN = [0, 24, 24, 24];

async function travelIn(
  fields: Record<string, unknown>,
): Promise<{ sequence: string; enrollment: string; message: string }> {
  const { sequence } = await makeDrip(CHAIN, fields);
  const contact = await makeContact({ username: "ada" });
  const enrollment = await enroll(sequence, contact);
  await settle();
  const [{ id }] = (await api("GET", `/v1/messages?enrollment=${enrollment}`)).body.messages;
  return { sequence, enrollment, message: id };
}

/** The same for somebody else, in a sequence that says nothing of replies. */
async function travelIn2(): Promise<{ enrollment: string; message: string }> {
  const enrollment = await enroll((await makeDrip(CHAIN)).sequence, await makeContact({ username: "ben" }));
  await settle();
  const [{ id }] = (await api("GET", `/v1/messages?enrollment=${enrollment}`)).body.messages;
  return { enrollment, message: id };
}

/** A reply to the message, by the contact unless somebody else is named. */
async function reply(message: string, from = "ada", text = "Hm"): Promise<void> {
  const { status } = await api("POST", "/v1/replies", { platform: "TWITTER", from, text, inReplyTo: message });
  expect(status).toBe(202);
  await settle();
}

const patch = (sequence: string, body: Json) => api("PATCH", `/v1/sequences/${sequence}`, body);

describe("finish, continue, pause", () => {
  test("finish -> ends as replied", async () => {
    const { enrollment, message } = await travelIn({ primaryReplyAction: "finish" });
    await reply(message);
    expect(await rowOf(enrollment)).toMatchObject({ state: "ended", why: "replied" });
  });

  test("continue -> goes on, and the reply is noted", async () => {
    const { enrollment, message } = await travelIn({ primaryReplyAction: "continue" });
    await reply(message);
    expect(await rowOf(enrollment)).toMatchObject({ state: "waiting", replied_at: expect.any(Number) });
    await pass(4 * DAY, HOUR * 6);
    expect(await sentTo(enrollment)).toHaveLength(4);
  });

  test("pause -> nothing is sent any more, and it ends as replied when its time is over", async () => {
    const { sequence, enrollment, message } = await travelIn({
      primaryReplyAction: "pause",
      primaryReplyPauseDuration: 2 * 86_400,
    });
    await pass(HOUR);
    await reply(message);
    expect(await rowOf(enrollment)).toMatchObject({ state: "paused", why: "reply", standing: "ACTIVE" });
    const { waiting } = await show(sequence, enrollment);
    expect(waiting).toMatchObject({ for: "paused", until: "2040-01-04T10:00:00Z" });
    await pass(2 * DAY - HOUR, HOUR);
    expect(await rowOf(enrollment)).toMatchObject({ state: "paused" });
    await pass(2 * HOUR, HOUR);
    expect(await rowOf(enrollment)).toMatchObject({ state: "ended", why: "replied" });
    expect(await sentTo(enrollment)).toHaveLength(1);
  });

  test("paused by a reply + resumed by hand -> goes on, and does not end by the reply", async () => {
    const { sequence, enrollment, message } = await travelIn({
      primaryReplyAction: "pause",
      primaryReplyPauseDuration: 86_400,
    });
    await reply(message);
    const resumed = await api("POST", `/v1/sequences/${sequence}/enrollments/${enrollment}/resume`);
    expect(resumed.status).toBe(200);
    await pass(4 * DAY, HOUR * 6);
    expect(await rowOf(enrollment)).toMatchObject({ why: "completed" });
    expect(await sentTo(enrollment)).toHaveLength(4);
  });

  test("paused by a reply + another reply -> the time is counted from the newer one", async () => {
    const { enrollment, message } = await travelIn({ primaryReplyAction: "pause", primaryReplyPauseDuration: 86_400 });
    await reply(message);
    await pass(20 * HOUR, HOUR * 4);
    await reply(message, "ada", "And another thing");
    await pass(20 * HOUR, HOUR * 4);
    expect(await rowOf(enrollment)).toMatchObject({ state: "paused" });
    await pass(8 * HOUR, HOUR * 4);
    expect(await rowOf(enrollment)).toMatchObject({ why: "replied" });
  });
});

describe("a reply by somebody else in the thread", () => {
  test.each([
    ["finish", { state: "ended", why: "replied" }],
    ["continue", { state: "waiting" }],
    ["pause", { state: "paused", why: "reply" }],
  ])("%s, whatever the contact's own would do", async (secondaryReplyAction, row) => {
    const primaryReplyAction = secondaryReplyAction === "finish" ? "continue" : "finish";
    const { enrollment, message } = await travelIn({ primaryReplyAction, secondaryReplyAction });
    await reply(message, "colleague");
    expect(await rowOf(enrollment)).toMatchObject(row);
  });

  test("its pause has a length of its own", async () => {
    const durations = { primaryReplyPauseDuration: 60, secondaryReplyPauseDuration: 86_400 };
    const { enrollment, message } = await travelIn({ secondaryReplyAction: "pause", ...durations });
    await reply(message, "colleague");
    await pass(20 * HOUR, HOUR * 4);
    expect(await rowOf(enrollment)).toMatchObject({ state: "paused" });
    await pass(8 * HOUR, HOUR * 4);
    expect(await rowOf(enrollment)).toMatchObject({ why: "replied" });
  });

  test("nothing said of it -> it does what the contact's own does", async () => {
    const { enrollment, message } = await travelIn({ exitOnReply: false });
    await reply(message, "colleague");
    expect(await rowOf(enrollment)).toMatchObject({ state: "waiting" });
    const { enrollment: other, message: theirs } = await travelIn2();
    await reply(theirs, "colleague");
    expect(await rowOf(other)).toMatchObject({ why: "replied" });
  });

  test("to a journey that has ended -> no other journey of the contact's ends by it; his own would end them", async () => {
    const { sequence, enrollment, message } = await travelIn({});
    const [{ contactId }] = (await api("GET", `/v1/sequences/${sequence}/enrollments`)).body.enrollments;
    const other = await enroll((await makeDrip(CHAIN)).sequence, contactId);
    await api("DELETE", `/v1/sequences/${sequence}/enrollments/${enrollment}`);
    await reply(message, "colleague");
    expect(await rowOf(other)).toMatchObject({ standing: "ACTIVE" });
    await reply(message, "ada", "It is me");
    expect(await rowOf(other)).toMatchObject({ why: "replied" });
  });

  test("it is no reply by the contact: a condition that waits for one waits on", async () => {
    const sequence = await makeSequence("Asks");
    await api("PATCH", `/v1/sequences/seq_${sequence}`, { primaryReplyAction: "continue" });
    const asks = { action: "condition", label: "Replied?", condition_setting: "has_replied", wait_up_to: 86_400 };
    await chain(sequence, [{ action: "send_email", label: "Mail", body: "Hi" }, asks]);
    const enrollment = await subscribe(sequence, "ada@example.com");
    await settle();
    const [{ id }] = (await api("GET", `/v1/messages?enrollment=${enrollment}`)).body.messages;
    const from = (address: string) =>
      api("POST", "/v1/replies", { platform: "EMAIL", from: address, text: "Hm", inReplyTo: id });
    await from("colleague@example.com");
    await settle();
    expect(await rowOf(enrollment)).toMatchObject({ why: "condition", replied_at: null });
    await from("ada@example.com");
    await settle();
    expect(await storyOf(sequence, enrollment)).toEqual(["Mail: sent", "Replied?: true", "completed"]);
  });

  test("somebody unknown who answers no message of ours is nobody's reply", async () => {
    const { enrollment } = await travelIn({ secondaryReplyAction: "finish" });
    await api("POST", "/v1/replies", { platform: "TWITTER", from: "colleague", text: "Hm" });
    await settle();
    expect(await rowOf(enrollment)).toMatchObject({ state: "waiting" });
  });
});

describe("exitOnReply and primaryReplyAction are two views of one thing", () => {
  const shown = async (sequence: string) => {
    const { sequence: body } = (await api("GET", `/v1/sequences/${sequence}`)).body;
    return [body.exitOnReply, body.primaryReplyAction];
  };

  test.each<[string, Json, [boolean, string]]>([
    ["nothing said", {}, [true, "finish"]],
    ["exitOnReply true", { exitOnReply: true }, [true, "finish"]],
    ["exitOnReply false", { exitOnReply: false }, [false, "continue"]],
    ["pause", { primaryReplyAction: "pause" }, [false, "pause"]],
    ["both, the action wins", { exitOnReply: true, primaryReplyAction: "pause" }, [false, "pause"]],
  ])("made with %s", async (_, fields, views) => {
    const { sequence } = await makeDrip([0], fields);
    expect(await shown(sequence)).toEqual(views);
  });

  test.each<[string, Json, [boolean, string]]>([
    ["false leaves a pause alone", { exitOnReply: false }, [false, "pause"]],
    ["true makes it finish", { exitOnReply: true }, [true, "finish"]],
    ["the action wins", { exitOnReply: true, primaryReplyAction: "continue" }, [false, "continue"]],
  ])("a pause, changed: %s", async (_, body, views) => {
    const { sequence } = await makeDrip([0], { primaryReplyAction: "pause" });
    expect((await patch(sequence, body)).status).toBe(200);
    expect(await shown(sequence)).toEqual(views);
  });
});

describe("locked and transactional", () => {
  test("locked -> no enrollment and no step change through any door; journeys under way go on; unlocked it is as before", async () => {
    const { sequence, enrollment } = await travelIn({});
    await patch(sequence, { locked: true });
    const other = await makeContact();
    const number = sequence.slice("seq_".length);
    const refused = [
      await api("POST", `/v1/sequences/${sequence}/enrollments`, { contactId: other, platform: "TWITTER" }),
      await api("POST", `/v1/sequences/${sequence}/steps`, { messageTemplate: "More", delayHours: 0 }),
      await api("POST", `/api/v1/sequences/${number}/add_subscriber`, { subscriber: { email: "b@example.com" } }),
      await api("POST", `/api/v1/sequences/${number}/steps`, { action: "delay", delay: 60 }),
    ];
    expect(refused.map(({ status }) => status)).toEqual([409, 409, 422, 422]);
    expect((await patch(sequence, { name: "Renamed" })).status).toBe(200);
    await pass(4 * DAY, HOUR * 6);
    expect(await sentTo(enrollment)).toHaveLength(4);
    await patch(sequence, { locked: false });
    await enroll(sequence, other);
  });

  test("transactional -> who has opted out is enrolled and written to; no longer so -> it ends", async () => {
    const { sequence } = await makeDrip([0, 24, 24], { transactional: true });
    const contact = await makeContact();
    await api("PATCH", `/v1/contacts/${contact}`, { optedOut: true });
    const enrollment = await enroll(sequence, contact);
    await pass(25 * HOUR, HOUR);
    expect(await sentTo(enrollment)).toHaveLength(2);
    await patch(sequence, { transactional: false });
    await pass(25 * HOUR, HOUR);
    expect(await rowOf(enrollment)).toMatchObject({ why: "opted_out" });
    expect(await sentTo(enrollment)).toHaveLength(2);
  });
});
