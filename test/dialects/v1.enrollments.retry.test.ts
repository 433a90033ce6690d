import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import {
  api,
  begin,
  DAY,
  drain,
  enroll,
  idOf,
  type Json,
  makeContact,
  makeDrip,
  pass,
  sentTo,
  settle,
  show,
} from "../support/world";

let answer = 422;

/** LINKEDIN goes to an endpoint that answers as told, at first that the recipient cannot be written to. */
beforeEach(async () => {
  await begin();
  answer = 422;
  vi.spyOn(globalThis, "fetch").mockImplementation(async () => new Response(null, { status: answer }));
  await api("PUT", "/v1/channels/LINKEDIN", { kind: "webhook", url: "https://example.com/hook" });
});
afterEach(() => {
  vi.restoreAllMocks();
});

const conflict = (message: string) => ({ status: 409, body: { error: { code: "CONFLICT", message } } });
const NOT_FAILED = conflict("The enrollment has not failed");

const enrollOn = async (sequence: string, contact?: string) =>
  enroll(sequence, contact ?? (await makeContact({ platform: "LINKEDIN" })), "LINKEDIN");
const retry = (sequence: string, enrollment: string) =>
  api("POST", `/v1/sequences/${sequence}/enrollments/${enrollment}/retry`);
const retryAll = (sequence: string) => api("POST", `/v1/sequences/${sequence}/enrollments/retry`);
const stats = async (sequence: string) => (await api("GET", `/v1/sequences/${sequence}`)).body.enrollmentStats;

async function failed(delays: number[]): Promise<[string, string]> {
  const { sequence } = await makeDrip(delays);
  const enrollment = await enrollOn(sequence);
  await settle();
  return [sequence, enrollment];
}

describe("one failed enrollment", () => {
  test("shows FAILED with the reason, and the time it failed", async () => {
    const [sequence, enrollment] = await failed([0, 24]);
    expect(await show(sequence, enrollment)).toMatchObject({
      status: "FAILED",
      exitReason: "the endpoint answered 422",
      exitedAt: "2040-01-02T09:00:00Z",
      currentStep: 0,
      nextRunAt: null,
      waiting: null,
    });
    expect(await stats(sequence)).toEqual({ ACTIVE: 0, COMPLETED: 0, EXITED: 0, FAILED: 1 });
  });

  test("retried, it is ACTIVE again, sends the step that failed at once, and goes on from there", async () => {
    const [sequence, enrollment] = await failed([0, 24]);
    await pass(DAY);
    answer = 200;
    const { status, body } = await retry(sequence, enrollment);
    expect(status).toBe(200);
    const again = { id: enrollment, status: "ACTIVE", exitedAt: null, exitReason: null, currentStep: 0 };
    expect(body.enrollment).toMatchObject(again);
    expect(await stats(sequence)).toEqual({ ACTIVE: 1, COMPLETED: 0, EXITED: 0, FAILED: 0 });
    await settle();
    expect(await sentTo(enrollment)).toEqual(["Message 1"]);
    await pass(DAY);
    expect(await sentTo(enrollment)).toEqual(["Message 1", "Message 2"]);
    expect(await show(sequence, enrollment)).toMatchObject({ status: "COMPLETED", currentStep: 2, exitReason: null });
    expect(await stats(sequence)).toEqual({ ACTIVE: 0, COMPLETED: 1, EXITED: 0, FAILED: 0 });
  });

  test("its history tells the failure and the retry in order", async () => {
    const [sequence, enrollment] = await failed([0]);
    answer = 200;
    await retry(sequence, enrollment);
    await settle();
    const { history } = await show(sequence, enrollment);
    expect(history.map(({ n, event }: Json) => [n, event])).toEqual([
      [1, "enrolled"],
      [2, "message_failed"],
      [3, "failed"],
      [4, "retried"],
      [5, "message_sent"],
      [6, "completed"],
    ]);
    expect(history[2].reason).toBe("the endpoint answered 422");
    expect(history[1].messageId).not.toBe(history[4].messageId);
  });

  test("retried in vain, it is FAILED again with the new reason", async () => {
    const [sequence, enrollment] = await failed([0]);
    answer = 400;
    await retry(sequence, enrollment);
    await settle();
    expect(await show(sequence, enrollment)).toMatchObject({
      status: "FAILED",
      exitReason: "the endpoint answered 400",
    });
  });

  test("a retry obeys the sequence: while it is paused nothing is sent", async () => {
    const [sequence, enrollment] = await failed([0]);
    answer = 200;
    await api("PATCH", `/v1/sequences/${sequence}`, { status: "PAUSED" });
    expect((await retry(sequence, enrollment)).status).toBe(200);
    await pass(DAY);
    expect(await sentTo(enrollment)).toEqual([]);
    await api("PATCH", `/v1/sequences/${sequence}`, { status: "ACTIVE" });
    await pass(DAY);
    expect(await sentTo(enrollment)).toEqual(["Message 1"]);
  });

  test("cannot be retried while the contact has another live one", async () => {
    const [sequence, enrollment] = await failed([0]);
    const { contactId } = await show(sequence, enrollment);
    await api("PATCH", `/v1/sequences/${sequence}`, { status: "PAUSED" });
    await enrollOn(sequence, contactId);
    const live = conflict("The contact is already enrolled in this sequence");
    expect(await retry(sequence, enrollment)).toEqual(live);
    expect(await show(sequence, enrollment)).toMatchObject({ status: "FAILED" });
  });

  test("of an archived sequence cannot be retried, alone or with all", async () => {
    const [sequence, enrollment] = await failed([0]);
    await api("DELETE", `/v1/sequences/${sequence}`);
    await drain();
    const archived = conflict("The sequence is archived and accepts no enrollments");
    expect(await retryAll(sequence)).toEqual(archived);
    expect(await retry(sequence, enrollment)).toEqual(archived);
    expect(await show(sequence, enrollment)).toMatchObject({ status: "FAILED" });
  });
});

test("what has not failed is not retried: live, paused, completed or exited", async () => {
  const { sequence } = await makeDrip([0, 24]);
  const [live, paused, completed, exited] = [
    await enroll(sequence),
    await enroll(sequence),
    await enroll(sequence),
    await enroll(sequence),
  ];
  await api("POST", `/v1/sequences/${sequence}/enrollments/${paused}/pause`);
  await api("DELETE", `/v1/sequences/${sequence}/enrollments/${exited}`);
  for (const enrollment of [live, paused, exited]) expect(await retry(sequence, enrollment)).toEqual(NOT_FAILED);
  await settle();
  await pass(DAY);
  expect(await show(sequence, completed)).toMatchObject({ status: "COMPLETED" });
  expect(await retry(sequence, completed)).toEqual(NOT_FAILED);
});

describe("all failed enrollments of a sequence", () => {
  test("are retried by one request, and none of the others is touched", async () => {
    const { sequence } = await makeDrip([0]);
    const enrollments = [await enrollOn(sequence), await enrollOn(sequence), await enrollOn(sequence)];
    const completed = await enroll(sequence);
    await settle();
    const [elsewhere, other] = await failed([0]);
    expect(await stats(sequence)).toEqual({ ACTIVE: 0, COMPLETED: 1, EXITED: 0, FAILED: 3 });
    answer = 200;
    const before = await show(sequence, completed);
    expect(await retryAll(sequence)).toEqual({ status: 202, body: { success: true } });
    await settle();
    for (const enrollment of enrollments) expect(await sentTo(enrollment)).toEqual(["Message 1"]);
    expect(await stats(sequence)).toEqual({ ACTIVE: 0, COMPLETED: 4, EXITED: 0, FAILED: 0 });
    expect(await show(sequence, completed)).toEqual(before);
    expect(await show(elsewhere, other)).toMatchObject({ status: "FAILED" });
  });

  test("one whose contact is live again is left out, and the rest go", async () => {
    const { sequence } = await makeDrip([0]);
    const [first, second] = [await enrollOn(sequence), await enrollOn(sequence)];
    await settle();
    await api("PATCH", `/v1/sequences/${sequence}`, { status: "PAUSED" });
    await enrollOn(sequence, (await show(sequence, first)).contactId);
    answer = 200;
    await retryAll(sequence);
    await settle();
    expect(await show(sequence, first)).toMatchObject({ status: "FAILED" });
    expect(await show(sequence, second)).toMatchObject({ status: "ACTIVE", waiting: { for: "sequence" } });
  });

  test("one that was taken out of the lists is left out, and stands in them again once it is retried by its name", async () => {
    const [sequence, enrollment] = await failed([0]);
    answer = 200;
    const state = `/api/v2/sequenceStates/${idOf(enrollment)}`;
    expect((await api("DELETE", state)).status).toBe(204);
    await retryAll(sequence);
    await settle();
    expect(await show(sequence, enrollment)).toMatchObject({ status: "FAILED" });
    await retry(sequence, enrollment);
    expect(await api("GET", state)).toMatchObject({ status: 200 });
    await settle();
    expect(await sentTo(enrollment)).toEqual(["Message 1"]);
  });

  test("a sequence in which nothing failed answers the same", async () => {
    const { sequence } = await makeDrip([24]);
    await enroll(sequence);
    expect(await retryAll(sequence)).toEqual({ status: 202, body: { success: true } });
    await drain();
    expect(await stats(sequence)).toEqual({ ACTIVE: 1, COMPLETED: 0, EXITED: 0, FAILED: 0 });
  });
});
