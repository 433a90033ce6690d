import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import {
  api,
  begin,
  DAY,
  db,
  drain,
  enroll,
  type Json,
  makeContact,
  makeDrip,
  pass,
  settle,
  show,
} from "../support/world";

beforeEach(begin);
afterEach(() => {
  vi.restoreAllMocks();
});

const list = async (sequence: string, query = ""): Promise<Json> =>
  (await api("GET", `/v1/sequences/${sequence}/enrollments${query}`)).body;
const ids = (body: Json): string[] => body.enrollments.map(({ id }: Json) => id);
const reply = (from: string, text = "Yes, please") => api("POST", "/v1/replies", { platform: "TWITTER", from, text });

async function failing(sequence: string): Promise<string> {
  vi.spyOn(globalThis, "fetch").mockImplementation(async () => new Response(null, { status: 422 }));
  await api("PUT", "/v1/channels/LINKEDIN", { kind: "webhook", url: "https://example.com/hook" });
  return enroll(sequence, await makeContact({ platform: "LINKEDIN" }), "LINKEDIN");
}

describe("the list of a sequence's enrollments", () => {
  test("is filtered by each status, with the total of that status, and unfiltered shows all, newest first", async () => {
    const { sequence } = await makeDrip([0, 24]);
    const completed = [await enroll(sequence), await enroll(sequence)];
    await settle();
    await pass(DAY);
    const exited = await enroll(sequence);
    await api("DELETE", `/v1/sequences/${sequence}/enrollments/${exited}`);
    const failed = await failing(sequence);
    const active = [await enroll(sequence), await enroll(sequence), await enroll(sequence)];
    await settle();
    await api("POST", `/v1/sequences/${sequence}/enrollments/${active[0]}/pause`);
    const page = (total: number) => ({ page: 1, limit: 50, total, totalPages: 1 });
    const expected: [string, string[]][] = [
      ["?status=ACTIVE", active],
      ["?status=COMPLETED", completed],
      ["?status=EXITED", [exited]],
      ["?status=FAILED", [failed]],
      ["", [...completed, exited, failed, ...active]],
    ];
    for (const [query, some] of expected) {
      const body = await list(sequence, query);
      expect([query, ids(body), body.pagination]).toEqual([query, some.toReversed(), page(some.length)]);
    }
  });

  test("is cut into pages by the status's own total", async () => {
    const { sequence } = await makeDrip([24]);
    const all: string[] = [];
    for (let i = 0; i < 5; i++) all.unshift(await enroll(sequence));
    await api("DELETE", `/v1/sequences/${sequence}/enrollments/${all[2]}`);
    const live = all.toSpliced(2, 1);
    const second = await list(sequence, "?status=ACTIVE&limit=3&page=2");
    expect([ids(second), second.pagination]).toEqual([live.slice(3), { page: 2, limit: 3, total: 4, totalPages: 2 }]);
    const beyond = await list(sequence, "?limit=3&page=3");
    expect(beyond).toEqual({ enrollments: [], pagination: { page: 3, limit: 3, total: 5, totalPages: 2 } });
    expect(ids(await list(sequence, "?limit=2&page=2"))).toEqual(all.slice(2, 4));
  });

  test("shows each as its own detail does, without history", async () => {
    const { sequence } = await makeDrip([0, 24]);
    const enrollment = await enroll(sequence);
    await settle();
    const { history: _, waiting: __, ...plain } = await show(sequence, enrollment);
    expect((await list(sequence)).enrollments).toEqual([plain]);
  });
});

test("currentStep is the number of the last step that ran, and nextRunAt the time of the next", async () => {
  const { sequence } = await makeDrip([1, 24, 48]);
  const enrollment = await enroll(sequence);
  const shown = async () => {
    const [{ currentStep, nextRunAt, status }] = (await list(sequence)).enrollments;
    expect(await show(sequence, enrollment)).toMatchObject({ currentStep, nextRunAt, status });
    return [currentStep, nextRunAt, status];
  };
  expect(await shown()).toEqual([0, "2040-01-02T10:00:00Z", "ACTIVE"]);
  await pass(DAY / 24);
  expect(await shown()).toEqual([1, "2040-01-03T10:00:00Z", "ACTIVE"]);
  await pass(DAY);
  expect(await shown()).toEqual([2, "2040-01-05T10:00:00Z", "ACTIVE"]);
  await pass(2 * DAY);
  expect(await shown()).toEqual([3, null, "COMPLETED"]);
});

test("currentStep follows the numbers as the steps are edited", async () => {
  const { sequence, steps } = await makeDrip([0, 24]);
  const enrollment = await enroll(sequence);
  await settle();
  const current = async () => (await show(sequence, enrollment)).currentStep;
  await api("POST", `/v1/sequences/${sequence}/steps`, { messageTemplate: "First", delayHours: 0, stepOrder: 1 });
  expect(await current()).toBe(2);
  await api("DELETE", `/v1/sequences/${sequence}/steps/${steps[0]}`);
  expect(await current()).toBe(1);
});

describe("how an enrollment ended", () => {
  const at = "2040-01-02T09:00:00Z";

  /** One of a contact who got the first message and waits for the second. */
  async function waiting(more: object = {}): Promise<{ sequence: string; contact: string; enrollment: string }> {
    const { sequence } = await makeDrip([0, 24], { ...more });
    const contact = await makeContact({ username: "ender" });
    const enrollment = await enroll(sequence, contact);
    await settle();
    return { sequence, contact, enrollment };
  }

  async function expectEnd(sequence: string, enrollment: string, end: object): Promise<void> {
    await settle();
    const shown = { currentStep: 1, nextRunAt: null, exitedAt: at, ...end };
    expect((await list(sequence)).enrollments).toEqual([expect.objectContaining(shown)]);
    expect(await show(sequence, enrollment)).toMatchObject({ ...shown, waiting: null });
    await pass(2 * DAY);
    expect((await api("GET", `/v1/messages?enrollment=${enrollment}`)).body.pagination.total).toBe(1);
  }

  test("COMPLETED has neither a reason nor an exit", async () => {
    const { sequence, enrollment } = await waiting();
    await pass(DAY);
    const end = { status: "COMPLETED", exitedAt: null, exitReason: null, currentStep: 2 };
    expect(await show(sequence, enrollment)).toMatchObject(end);
  });

  test("a reply: EXITED, REPLIED", async () => {
    const { sequence, enrollment } = await waiting();
    await reply("ender");
    await expectEnd(sequence, enrollment, { status: "EXITED", exitReason: "REPLIED" });
  });

  test("a reply where exitOnReply is false ends nothing", async () => {
    const { sequence, enrollment } = await waiting({ exitOnReply: false });
    await reply("ender");
    await settle();
    expect(await show(sequence, enrollment)).toMatchObject({ status: "ACTIVE", exitReason: null });
    await pass(DAY);
    expect(await show(sequence, enrollment)).toMatchObject({ status: "COMPLETED", currentStep: 2 });
  });

  test("exited by hand: EXITED, MANUAL", async () => {
    const { sequence, enrollment } = await waiting();
    await api("DELETE", `/v1/sequences/${sequence}/enrollments/${enrollment}`);
    await expectEnd(sequence, enrollment, { status: "EXITED", exitReason: "MANUAL" });
  });

  test("an opt-out by hand: EXITED, OPTED_OUT", async () => {
    const { sequence, contact, enrollment } = await waiting();
    await api("PATCH", `/v1/contacts/${contact}`, { optedOut: true });
    await expectEnd(sequence, enrollment, { status: "EXITED", exitReason: "OPTED_OUT" });
  });

  test("an opt-out by reply: EXITED, OPTED_OUT, even where exitOnReply is false", async () => {
    const { sequence, enrollment } = await waiting({ exitOnReply: false });
    await reply("ender", "Stop!");
    await expectEnd(sequence, enrollment, { status: "EXITED", exitReason: "OPTED_OUT" });
  });

  test("the sequence archived: EXITED, SEQUENCE_ARCHIVED", async () => {
    const { sequence, enrollment } = await waiting();
    await api("DELETE", `/v1/sequences/${sequence}`);
    await expectEnd(sequence, enrollment, { status: "EXITED", exitReason: "SEQUENCE_ARCHIVED" });
  });

  test("a recipient who cannot be written to: FAILED, with the channel's reason", async () => {
    const { sequence } = await makeDrip([0]);
    const enrollment = await failing(sequence);
    const end = { status: "FAILED", exitReason: "the endpoint answered 422", currentStep: 0 };
    await expectEnd(sequence, enrollment, end);
  });

  test.each([
    ["blocked", "UPDATE addresses SET blocked = 'bounced' WHERE contact_id = ?", "FAILED", "BOUNCED"],
    ["inactive", "UPDATE contacts SET inactive = 1 WHERE id = ?", "EXITED", "MANUAL"],
  ])("a contact who is %s when a step falls due", async (_, sql, status, exitReason) => {
    const { sequence, contact, enrollment } = await waiting();
    await db().prepare(sql).bind(contact.replace("contact_", "")).run();
    await pass(DAY);
    const end = { status, exitReason, currentStep: 1, nextRunAt: null, exitedAt: "2040-01-03T09:00:00Z" };
    expect(await show(sequence, enrollment)).toMatchObject(end);
    await drain();
    const { status: refused } = await api("POST", `/v1/sequences/${sequence}/enrollments`, {
      contactId: contact,
      platform: "TWITTER",
    });
    expect(refused).toBe(409);
  });
});
