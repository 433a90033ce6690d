import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { faults } from "../support/faults";
import {
  api,
  begin,
  DAY,
  drain,
  enroll,
  HOUR,
  type Json,
  makeContact,
  makeDrip,
  pass,
  settle,
  show,
  sweep,
  travel,
} from "../support/world";

beforeEach(begin);
afterEach(() => {
  vi.restoreAllMocks();
});

const verb = (sequence: string, enrollment: string, what: string) =>
  api("POST", `/v1/sequences/${sequence}/enrollments/${enrollment}/${what}`);
const waiting = async (sequence: string, enrollment: string): Promise<Json> =>
  (await show(sequence, enrollment)).waiting;
const reply = (body: object) => api("POST", "/v1/replies", { platform: "TWITTER", from: "historian", ...body });

describe("the history of an enrollment", () => {
  test("tells everything that happened, in order, with its time", async () => {
    const { sequence, steps } = await makeDrip([0, 24], { exitOnReply: false });
    const enrollment = await enroll(sequence, await makeContact({ username: "historian" }));
    await settle();
    await pass(HOUR);
    await verb(sequence, enrollment, "pause");
    await pass(HOUR);
    await verb(sequence, enrollment, "resume");
    await pass(HOUR);
    await reply({ text: "Interesting" });
    await drain();
    await reply({ text: "Long ago", receivedAt: "2040-01-01T00:00:00Z" });
    await drain();
    await pass(21 * HOUR);
    const { history, status } = await show(sequence, enrollment);
    const [first, second] = (await api("GET", `/v1/messages?enrollment=${enrollment}`)).body.messages.reverse();
    const sent = { event: "message_sent", attempt: 1, reason: null };
    expect(history).toEqual([
      { n: 1, at: "2040-01-02T09:00:00Z", event: "enrolled" },
      { n: 2, at: "2040-01-02T09:00:00Z", ...sent, messageId: first.id, stepId: steps[0], excerpt: "Message 1" },
      { n: 3, at: "2040-01-02T10:00:00Z", event: "paused", reason: "manual" },
      { n: 4, at: "2040-01-02T11:00:00Z", event: "resumed" },
      { n: 5, at: "2040-01-02T12:00:00Z", event: "replied", action: "continue" },
      { n: 6, at: "2040-01-02T12:00:00Z", event: "reply_ignored", reason: "older than the enrollment" },
      { n: 7, at: "2040-01-03T09:00:00Z", ...sent, messageId: second.id, stepId: steps[1], excerpt: "Message 2" },
      { n: 8, at: "2040-01-03T09:00:00Z", event: "completed", reason: null },
    ]);
    expect(status).toBe("COMPLETED");
  });

  test("shows the reply that ended it, and then the end", async () => {
    const { sequence } = await makeDrip([24]);
    const enrollment = await enroll(sequence, await makeContact({ username: "historian" }));
    await reply({ text: "No, thanks" });
    await settle();
    const { history } = await show(sequence, enrollment);
    expect(history).toEqual([
      { n: 1, at: "2040-01-02T09:00:00Z", event: "enrolled" },
      { n: 2, at: "2040-01-02T09:00:00Z", event: "replied", action: "finish" },
      { n: 3, at: "2040-01-02T09:00:00Z", event: "replied", reason: null },
    ]);
  });

  test("shows each failed attempt of a message, with its reason, until it is sent", async () => {
    const answers = [503, 429, 200];
    const stub = async () => new Response(null, { status: answers.shift() ?? 500 });
    vi.spyOn(globalThis, "fetch").mockImplementation(stub);
    await api("PUT", "/v1/channels/TWITTER", { kind: "webhook", url: "https://example.com/hook" });
    const { sequence } = await makeDrip([0]);
    const enrollment = await enroll(sequence);
    await settle();
    await pass(10 * 60_000, 30_000);
    const { history } = await show(sequence, enrollment);
    expect(history.map(({ event, attempt, reason }: Json) => [event, attempt, reason])).toEqual([
      ["enrolled", undefined, undefined],
      ["message_retrying", 1, "the endpoint answered 503"],
      ["message_retrying", 2, "the endpoint answered 429"],
      ["message_sent", 3, null],
      ["completed", undefined, null],
    ]);
    expect(new Set(history.slice(1, 4).map(({ messageId }: Json) => messageId)).size).toBe(1);
  });

  test("shows a long text by its first 160 characters", async () => {
    const { sequence } = await makeDrip([]);
    await api("POST", `/v1/sequences/${sequence}/steps`, { messageTemplate: "a".repeat(500), delayHours: 0 });
    const enrollment = await enroll(sequence);
    await settle();
    expect((await show(sequence, enrollment)).history[1].excerpt).toBe(`${"a".repeat(159)}…`);
  });

  test("is the detail's alone: it comes with all fields that the list shows", async () => {
    const { sequence } = await makeDrip([24]);
    const enrollment = await enroll(sequence);
    await drain();
    const [shown] = (await api("GET", `/v1/sequences/${sequence}/enrollments`)).body.enrollments;
    const answer = await api("GET", `/v1/sequences/${sequence}/enrollments/${enrollment}`);
    const history = [{ n: 1, at: "2040-01-02T09:00:00Z", event: "enrolled" }];
    const wait = { for: "delay", until: "2040-01-03T09:00:00Z", detail: "the next step's delay" };
    expect(answer).toEqual({ status: 200, body: { enrollment: { ...shown, history, waiting: wait } } });
  });
});

describe("what an enrollment waits for", () => {
  /** One that got its first message and waits a day for the second; then its time comes while something holds it. */
  async function underway(): Promise<[string, string]> {
    const { sequence } = await makeDrip([0, 24]);
    const enrollment = await enroll(sequence);
    await settle();
    return [sequence, enrollment];
  }
  const until = "2040-01-03T09:00:00Z";

  test("a delay: until the next step is due", async () => {
    expect(await waiting(...(await underway()))).toEqual({ for: "delay", until, detail: "the next step's delay" });
  });

  test("its sequence: a delay first, and then until somebody activates it", async () => {
    const [sequence, enrollment] = await underway();
    await api("PATCH", `/v1/sequences/${sequence}`, { status: "PAUSED" });
    const detail = "the next step's delay, and then: the sequence is not active";
    expect(await waiting(sequence, enrollment)).toEqual({ for: "delay", until, detail });
    await pass(DAY);
    const held = { for: "sequence", until: null, detail: "the sequence is not active" };
    expect(await waiting(sequence, enrollment)).toEqual(held);
    await api("PATCH", `/v1/sequences/${sequence}`, { status: "DRAFT" });
    expect(await waiting(sequence, enrollment)).toEqual(held);
    await api("PATCH", `/v1/sequences/${sequence}`, { status: "ACTIVE" });
    await pass(HOUR);
    expect(await show(sequence, enrollment)).toMatchObject({ status: "COMPLETED", waiting: null });
  });

  test("somebody to resume it, when it is paused", async () => {
    const [sequence, enrollment] = await underway();
    await verb(sequence, enrollment, "pause");
    expect(await waiting(sequence, enrollment)).toEqual({ for: "paused", until: null, detail: "paused: manual" });
    await pass(2 * DAY);
    expect(await waiting(sequence, enrollment)).toMatchObject({ for: "paused" });
    await verb(sequence, enrollment, "resume");
    await settle();
    expect(await waiting(sequence, enrollment)).toBe(null);
  });

  test("the workspace's switch", async () => {
    const [sequence, enrollment] = await underway();
    await api("POST", "/v1/workspace/pause");
    await pass(DAY);
    const held = { for: "workspace", until: null, detail: "the workspace's sending is paused" };
    expect(await waiting(sequence, enrollment)).toEqual(held);
    await api("POST", "/v1/workspace/resume");
    await pass(HOUR);
    expect(await waiting(sequence, enrollment)).toBe(null);
  });

  test("its channel, when somebody paused it", async () => {
    await api("PUT", "/v1/channels/TWITTER", { kind: "outbox" });
    const [sequence, enrollment] = await underway();
    await api("POST", "/v1/channels/TWITTER/pause", { reason: "Maintenance" });
    await pass(DAY);
    const held = { for: "channel", until: null, detail: "the channel is paused" };
    expect(await waiting(sequence, enrollment)).toEqual(held);
    await api("POST", "/v1/channels/TWITTER/resume");
    await pass(HOUR);
    expect(await waiting(sequence, enrollment)).toBe(null);
  });

  test.each([401, 403, 404, 410, 302])("its channel, when the endpoint answers %i", async (status) => {
    const calls = vi.spyOn(globalThis, "fetch").mockImplementation(async () => new Response(null, { status }));
    await api("PUT", "/v1/channels/TWITTER", { kind: "webhook", url: "https://example.com/hook" });
    const [sequence, enrollment] = await underway();
    expect(await waiting(sequence, enrollment)).toMatchObject({ for: "channel", until: null });
    const { channel } = (await api("GET", "/v1/channels/TWITTER")).body;
    expect(channel).toMatchObject({ status: "PAUSED", pauseReason: `the endpoint answered ${status}` });
    await pass(DAY);
    expect(calls).toHaveBeenCalledTimes(1);
    calls.mockImplementation(async () => new Response(null, { status: 204 }));
    await api("POST", "/v1/channels/TWITTER/resume");
    await pass(HOUR);
    expect(calls).toHaveBeenCalledTimes(2);
    expect(await show(sequence, enrollment)).toMatchObject({ status: "ACTIVE", currentStep: 1 });
  });

  test("a retry: until the next attempt, half a minute after the first", async () => {
    const calls = vi.spyOn(globalThis, "fetch").mockImplementation(async () => new Response(null, { status: 503 }));
    await api("PUT", "/v1/channels/TWITTER", { kind: "webhook", url: "https://example.com/hook" });
    const [sequence, enrollment] = await underway();
    const wait = await waiting(sequence, enrollment);
    expect(wait).toMatchObject({ for: "retry", detail: "attempt 1 failed; the next one follows" });
    expect(Date.parse(wait.until) - Date.parse("2040-01-02T09:00:00Z")).toBeGreaterThanOrEqual(30_000);
    expect(Date.parse(wait.until) - Date.parse("2040-01-02T09:00:00Z")).toBeLessThanOrEqual(36_000);
    calls.mockImplementation(async () => new Response(null, { status: 200 }));
    travel(37_000);
    await settle();
    expect(await waiting(sequence, enrollment)).toMatchObject({ for: "delay" });
  });

  test("its start, while its object cannot be reached; the sweep sees to it", async () => {
    const { sequence } = await makeDrip([0]);
    const contactId = await makeContact();
    faults.objectsDown = true;
    const path = `/v1/sequences/${sequence}/enrollments`;
    const { status, body } = await api("POST", path, { contactId, platform: "TWITTER" });
    expect(status).toBe(201);
    faults.objectsDown = false;
    const start = { for: "start", until: null, detail: "the enrollment has not started" };
    expect(await show(sequence, body.enrollment.id)).toMatchObject({ status: "ACTIVE", history: [], waiting: start });
    travel(60_000);
    await sweep();
    await settle();
    expect(await show(sequence, body.enrollment.id)).toMatchObject({ status: "COMPLETED", waiting: null });
  });
});
