import { afterEach, beforeAll, describe, expect, test, vi } from "vitest";
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
  OTHER_KEY,
  pass,
  sentTo,
  settle,
  show,
  travel,
} from "../support/world";

beforeAll(begin);
afterEach(() => {
  vi.restoreAllMocks();
});

const patch = (id: string, body: object) => api("PATCH", `/v1/sequences/${id}`, body);
const shown = async (id: string) => (await api("GET", `/v1/sequences/${id}`)).body.sequence;

describe("the list of sequences", () => {
  const list = async (query = "") => (await api("GET", `/v1/sequences${query}`, undefined, OTHER_KEY)).body;
  const names = (body: Json) => body.sequences.map((sequence: Json) => sequence.name);

  test("an empty workspace shows page 1, limit 20, nothing in total and no pages", async () => {
    expect(await list()).toEqual({ sequences: [], pagination: { page: 1, limit: 20, total: 0, totalPages: 0 } });
  });

  test("it is cut into pages, newest first, without loss or repetition", async () => {
    for (let i = 1; i <= 23; i++) await api("POST", "/v1/sequences", { name: `S${i}` }, OTHER_KEY);
    const [first, second, third] = [await list(), await list("?page=2"), await list("?page=3")];
    expect(first.pagination).toEqual({ page: 1, limit: 20, total: 23, totalPages: 2 });
    expect(names(first)).toEqual(Array.from({ length: 20 }, (_, i) => `S${23 - i}`));
    expect(second.pagination).toEqual({ page: 2, limit: 20, total: 23, totalPages: 2 });
    expect(names(second)).toEqual(["S3", "S2", "S1"]);
    expect(third).toEqual({ sequences: [], pagination: { page: 3, limit: 20, total: 23, totalPages: 2 } });
    expect(names(await list("?page=4&limit=5"))).toEqual(["S8", "S7", "S6", "S5", "S4"]);
    expect((await list("?limit=100")).sequences).toHaveLength(23);
  });

  test("archived ones are neither shown nor counted, however they were archived; taken out again they are", async () => {
    const [last, before] = (await list()).sequences;
    await api("DELETE", `/v1/sequences/${last.id}`, undefined, OTHER_KEY);
    await api("PATCH", `/v1/sequences/${before.id}`, { status: "ARCHIVED" }, OTHER_KEY);
    const without = await list("?limit=2");
    expect(names(without)).toEqual(["S21", "S20"]);
    expect(without.pagination).toEqual({ page: 1, limit: 2, total: 21, totalPages: 11 });
    await api("PATCH", `/v1/sequences/${before.id}`, { status: "DRAFT" }, OTHER_KEY);
    expect(names(await list("?limit=2"))).toEqual(["S22", "S21"]);
    expect((await list()).pagination.total).toBe(22);
  });

  test("each sequence is shown with its own steps", async () => {
    const { sequence: a, steps } = await makeDrip([1, 2]);
    const { sequence: b } = await makeDrip([]);
    const { sequences } = (await api("GET", "/v1/sequences?limit=2")).body;
    expect(sequences.map((one: Json) => [one.id, one.steps.map((step: Json) => step.id)])).toEqual([
      [b, []],
      [a, steps],
    ]);
  });
});

describe("changing a sequence", () => {
  test("what is named is changed, and nothing else", async () => {
    const { sequence } = await makeDrip([1], { name: "First" });
    const before = await shown(sequence);
    travel(1000);
    const touched = { ...before, updatedAt: `${new Date(Date.now()).toISOString().slice(0, 19)}Z` };
    expect((await patch(sequence, { name: "Second" })).body.sequence).toEqual({ ...touched, name: "Second" });
    expect((await patch(sequence, { exitOnReply: false })).body.sequence.exitOnReply).toBe(false);
    expect((await patch(sequence, { exitOnReply: true, name: "First" })).body.sequence).toEqual(touched);
    expect((await patch(sequence, {})).body.sequence).toEqual(touched);
    expect(await shown(sequence)).toEqual(touched);
  });

  test("any of the four statuses can follow any other", async () => {
    const { sequence } = await makeDrip([], { status: "DRAFT" });
    const statuses = ["DRAFT", "ACTIVE", "PAUSED", "ARCHIVED"];
    for (const [from, to] of statuses.flatMap((from) => statuses.map((to) => [from, to]))) {
      await patch(sequence, { status: from });
      const { status, body } = await patch(sequence, { status: to });
      expect([from, to, status, body.sequence.status]).toEqual([from, to, 200, to]);
    }
    await drain();
  });

  test("fields of ours, enrollmentRules and reenroll, can be set at the start and later", async () => {
    const conditions = [{ field: "tags", op: "contains", value: "vip" }];
    const rules = { enrollmentRules: { conditions }, reenroll: "never" };
    const { sequence } = (await api("POST", "/v1/sequences", { name: "Ruled", ...rules })).body;
    expect(sequence).toMatchObject({ enrollmentRules: { match: "all", conditions }, reenroll: "never" });
    const patched = await patch(sequence.id, { enrollmentRules: { match: "any", conditions }, reenroll: "after_exit" });
    expect(patched.body.sequence).toMatchObject({
      enrollmentRules: { match: "any", conditions },
      reenroll: "after_exit",
    });
    expect((await patch(sequence.id, { enrollmentRules: {} })).body.sequence.enrollmentRules).toEqual({});
  });
});

describe("what each status means", () => {
  test("DRAFT: contacts can be enrolled, and nothing is sent", async () => {
    const { sequence } = await makeDrip([0], { status: "DRAFT" });
    const enrollment = await enroll(sequence);
    await pass(DAY);
    expect(await sentTo(enrollment)).toEqual([]);
    expect(await show(sequence, enrollment)).toMatchObject({ status: "ACTIVE", currentStep: 0 });
  });

  test("ACTIVE: contacts can be enrolled, and steps fire on schedule", async () => {
    const { sequence } = await makeDrip([0, 24]);
    const enrollment = await enroll(sequence);
    await settle();
    expect(await sentTo(enrollment)).toEqual(["Message 1"]);
    await pass(DAY);
    expect(await sentTo(enrollment)).toEqual(["Message 1", "Message 2"]);
  });

  test("PAUSED: no message is sent and the enrollments are preserved; activated again, what fell due goes out", async () => {
    const { sequence } = await makeDrip([0, 24]);
    const enrollment = await enroll(sequence);
    await settle();
    await patch(sequence, { status: "PAUSED" });
    await pass(3 * DAY);
    expect(await sentTo(enrollment)).toEqual(["Message 1"]);
    expect(await show(sequence, enrollment)).toMatchObject({ status: "ACTIVE", currentStep: 1, exitedAt: null });
    await patch(sequence, { status: "ACTIVE" });
    await pass(HOUR);
    expect(await sentTo(enrollment)).toEqual(["Message 1", "Message 2"]);
  });

  test("ARCHIVED: live enrollments end, new ones are refused, and what ended stays ended after it is taken out", async () => {
    const { sequence } = await makeDrip([24]);
    const enrollment = await enroll(sequence);
    await api("DELETE", `/v1/sequences/${sequence}`);
    await drain();
    const ended = { status: "EXITED", exitReason: "SEQUENCE_ARCHIVED", nextRunAt: null };
    expect(await show(sequence, enrollment)).toMatchObject(ended);
    const input = { contactId: await makeContact(), platform: "TWITTER" };
    expect((await api("POST", `/v1/sequences/${sequence}/enrollments`, input)).status).toBe(409);
    await patch(sequence, { status: "ACTIVE" });
    await pass(2 * DAY);
    expect(await show(sequence, enrollment)).toMatchObject(ended);
    expect(await sentTo(enrollment)).toEqual([]);
    expect((await api("POST", `/v1/sequences/${sequence}/enrollments`, input)).status).toBe(201);
  });
});

test("the statistics count ACTIVE, COMPLETED, EXITED and FAILED enrollments, and all four are always there", async () => {
  const { sequence } = await makeDrip([0, 24]);
  const stats = async () => (await api("GET", `/v1/sequences/${sequence}`)).body.enrollmentStats;
  expect(await stats()).toEqual({ ACTIVE: 0, COMPLETED: 0, EXITED: 0, FAILED: 0 });
  await enroll(sequence);
  await settle();
  await pass(DAY);
  expect(await stats()).toEqual({ ACTIVE: 0, COMPLETED: 1, EXITED: 0, FAILED: 0 });
  const exits = await enroll(sequence);
  await api("DELETE", `/v1/sequences/${sequence}/enrollments/${exits}`);
  vi.spyOn(globalThis, "fetch").mockImplementation(async () => new Response(null, { status: 422 }));
  await api("PUT", "/v1/channels/LINKEDIN", { kind: "webhook", url: "https://example.com/hook" });
  await enroll(sequence, await makeContact({ platform: "LINKEDIN" }), "LINKEDIN");
  await enroll(sequence);
  await enroll(sequence);
  await settle();
  expect(await stats()).toEqual({ ACTIVE: 2, COMPLETED: 1, EXITED: 1, FAILED: 1 });
});
