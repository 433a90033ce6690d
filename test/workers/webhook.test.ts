/** The webhook channel: what is sent, and what follows from each answer. */

import { Webhook } from "standardwebhooks";
import { beforeEach, describe, expect, test } from "vitest";
import { type Receiver, receive } from "../support/receiver";
import { api, begin, DAY, enroll, HOUR, makeContact, makeDrip, pass, rowOf, settle, show } from "../support/world";

const SECOND = 1000;
const MINUTE = 60 * SECOND;

let receiver: Receiver;

beforeEach(async () => {
  await begin();
  receiver = await receive();
});

async function enrolled(delays = [0]) {
  const { sequence } = await makeDrip(delays);
  const enrollment = await enroll(sequence, await makeContact({ displayName: "Alice Example" }));
  return { sequence, enrollment };
}

const answering =
  (status: number, headers: Record<string, string> = {}) =>
  () =>
    new Response(null, { status, headers });

test("a message is signed after Standard Webhooks and bears its id, its parties and its text", async () => {
  const { sequence, enrollment } = await enrolled();
  await settle();
  const [delivery] = receiver.deliveries;
  const { messages } = (await api("GET", `/v1/messages?enrollment=${enrollment}`)).body;
  expect(delivery?.id).toBe(messages[0].id);
  const verified = new Webhook(receiver.secret).verify(
    delivery?.body ?? "",
    Object.fromEntries(delivery?.headers ?? []),
  );
  const { contactId, contact } = await show(sequence, enrollment);
  expect(verified).toMatchObject({
    type: "message.send",
    data: {
      id: messages[0].id,
      workspaceId: "ws_1",
      sequenceId: sequence,
      enrollmentId: enrollment,
      contactId,
      platform: "TWITTER",
      to: contact.username,
      toName: "Alice Example",
      body: "Message 1",
      format: "text",
    },
  });
});

describe("answers", () => {
  for (const status of [200, 201, 202, 204]) {
    test(`${status} -> delivered`, async () => {
      receiver.answer = answering(status);
      const { enrollment } = await enrolled();
      await settle();
      expect(await rowOf(enrollment)).toMatchObject({ standing: "COMPLETED" });
    });
  }

  for (const status of [408, 425, 429, 500, 502, 503]) {
    test(`${status} -> tried again later, with the same bytes`, async () => {
      receiver.answer = answering(status);
      const { sequence, enrollment } = await enrolled();
      await settle();
      expect(receiver.deliveries).toHaveLength(1);
      expect((await show(sequence, enrollment)).waiting).toMatchObject({ for: "retry" });
      expect((await api("GET", "/v1/messages?status=retrying")).body.messages).toMatchObject([
        { attempts: 1, error: `the endpoint answered ${status}` },
      ]);
      receiver.answer = answering(204);
      await pass(MINUTE);
      expect(receiver.deliveries.map(({ id }) => id)).toEqual([receiver.deliveries[0]?.id, receiver.deliveries[0]?.id]);
      expect(receiver.deliveries[1]?.body).toBe(receiver.deliveries[0]?.body);
      expect(await rowOf(enrollment)).toMatchObject({ standing: "COMPLETED" });
      expect((await api("GET", "/v1/messages?status=retrying")).body.pagination.total).toBe(0);
    });
  }

  for (const status of [301, 302, 307, 401, 403, 404, 410]) {
    test(`${status} -> the channel is paused, and the enrollment waits`, async () => {
      receiver.answer = answering(status, { location: "https://elsewhere.test/" });
      const { sequence, enrollment } = await enrolled();
      await settle();
      expect((await api("GET", "/v1/channels/TWITTER")).body.channel).toMatchObject({
        status: "PAUSED",
        pauseReason: `the endpoint answered ${status}`,
      });
      expect((await show(sequence, enrollment)).waiting).toMatchObject({ for: "channel" });
      expect(receiver.deliveries).toHaveLength(1);
    });
  }

  for (const status of [400, 405, 422]) {
    test(`${status} -> the enrollment fails, with the reason`, async () => {
      receiver.answer = answering(status);
      const { sequence, enrollment } = await enrolled([0, 1]);
      await settle();
      expect(await show(sequence, enrollment)).toMatchObject({
        status: "FAILED",
        exitReason: `the endpoint answered ${status}`,
        currentStep: 0,
      });
      await pass(2 * HOUR);
      expect(receiver.deliveries).toHaveLength(1);
    });
  }

  test("a network error -> tried again later", async () => {
    receiver.answer = () => Promise.reject(new TypeError("connection refused"));
    const { enrollment } = await enrolled();
    await settle();
    receiver.answer = answering(204);
    await pass(MINUTE);
    expect(await rowOf(enrollment)).toMatchObject({ standing: "COMPLETED" });
    expect(receiver.deliveries).toHaveLength(2);
  });

  test("Retry-After is honoured, in seconds and as a date", async () => {
    receiver.answer = answering(429, { "retry-after": "600" });
    const { enrollment } = await enrolled();
    await settle();
    await pass(9 * MINUTE, MINUTE);
    expect(receiver.deliveries).toHaveLength(1);
    receiver.answer = answering(503, { "retry-after": new Date(Date.now() + HOUR).toUTCString() });
    await pass(4 * MINUTE, MINUTE); // ten minutes, and up to a fifth longer
    expect(receiver.deliveries).toHaveLength(2);
    receiver.answer = answering(204);
    await pass(50 * MINUTE, 10 * MINUTE);
    expect(receiver.deliveries).toHaveLength(2);
    await pass(30 * MINUTE, 10 * MINUTE);
    expect(await rowOf(enrollment)).toMatchObject({ standing: "COMPLETED" });
  });
});

test("an endpoint that is down for three days is given up; the failed enrollment can be retried", async () => {
  receiver.answer = answering(500);
  const { sequence, enrollment } = await enrolled([0]);
  await settle();
  await pass(2 * DAY, 6 * HOUR);
  expect(await rowOf(enrollment)).toMatchObject({ standing: "ACTIVE" });
  await pass(2 * DAY, 6 * HOUR);
  expect(await show(sequence, enrollment)).toMatchObject({
    status: "FAILED",
    exitReason: "given up: the endpoint answered 500",
  });
  receiver.answer = answering(204);
  const retried = await api("POST", `/v1/sequences/${sequence}/enrollments/${enrollment}/retry`);
  expect(retried.body.enrollment).toMatchObject({ status: "ACTIVE", exitedAt: null });
  await settle();
  expect(await rowOf(enrollment)).toMatchObject({ standing: "COMPLETED" });
});

test("an endpoint down for two days makes messages late, and loses none", async () => {
  receiver.answer = answering(502);
  const { enrollment } = await enrolled([0, 1]);
  await pass(2 * DAY, HOUR);
  receiver.answer = answering(204);
  await pass(DAY, HOUR);
  expect(await rowOf(enrollment)).toMatchObject({ standing: "COMPLETED" });
  expect(new Set(receiver.deliveries.map(({ id }) => id)).size).toBe(2);
  expect(new Set(receiver.deliveries.map(({ body }) => body)).size).toBe(2);
});
