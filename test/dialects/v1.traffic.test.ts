import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { version } from "../../package.json";
import { faults } from "../support/faults";
import {
  api,
  begin,
  DAY,
  drain,
  enroll,
  FREE_KEY,
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

beforeEach(begin);
afterEach(() => {
  vi.restoreAllMocks();
});

const list = async (query = ""): Promise<Json> => (await api("GET", `/v1/messages${query}`)).body;
const excerpts = (body: Json): string[] => body.messages.map(({ excerpt }: Json) => excerpt);

/** An endpoint on LINKEDIN that answers so. */
async function endpoint(status: number): Promise<void> {
  vi.spyOn(globalThis, "fetch").mockImplementation(async () => new Response(null, { status }));
  await api("PUT", "/v1/channels/LINKEDIN", { kind: "webhook", url: "https://example.com/hook" });
}
const onLinkedin = async (sequence: string) =>
  enroll(sequence, await makeContact({ platform: "LINKEDIN" }), "LINKEDIN");

describe("messages", () => {
  test("a message is listed with every field, and shown with its full text", async () => {
    const { sequence } = await makeDrip([], { status: "DRAFT" });
    const text = `Hi {{ contact.displayName }}, ${"really ".repeat(40)}long`;
    const step = await api("POST", `/v1/sequences/${sequence}/steps`, { messageTemplate: text, delayHours: 0 });
    await api("PATCH", `/v1/sequences/${sequence}`, { status: "ACTIVE" });
    const contact = await makeContact({ username: "alice", displayName: "Alice" });
    const enrollment = await enroll(sequence, contact);
    await settle();
    const body = text.replace("{{ contact.displayName }}", "Alice");
    const message = {
      id: expect.stringMatching(/^msg_[1-9]\d*$/),
      enrollmentId: enrollment,
      sequenceId: sequence,
      contactId: contact,
      stepId: step.body.step.id,
      platform: "TWITTER",
      status: "sent",
      attempts: 1,
      subject: null,
      excerpt: `${body.slice(0, 159).trimEnd()}…`,
      providerId: null,
      error: null,
      at: "2040-01-02T09:00:00Z",
      deliveredAt: null,
      openedAt: null,
      clickedAt: null,
      clicks: 0,
      machineOpenedAt: null,
      machineClickedAt: null,
    };
    const listed = await api("GET", "/v1/messages");
    const pagination = { page: 1, limit: 50, total: 1, totalPages: 1 };
    expect(listed).toEqual({ status: 200, body: { messages: [message], pagination } });
    const full = { ...message, to: "alice", body, format: "text", mail: null, contentExpired: false };
    const shown = await api("GET", `/v1/messages/${listed.body.messages[0].id}`);
    expect(shown).toEqual({ status: 200, body: { message: full } });
  });

  test("what was sent stays as it was sent, whatever becomes of its step", async () => {
    const { sequence, steps } = await makeDrip([0]);
    const enrollment = await enroll(sequence);
    await settle();
    await api("PATCH", `/v1/sequences/${sequence}/steps/${steps[0]}`, { messageTemplate: "Edited" });
    await api("DELETE", `/v1/sequences/${sequence}/steps/${steps[0]}`);
    const [{ id, excerpt }] = (await list(`?enrollment=${enrollment}`)).messages;
    expect([excerpt, (await api("GET", `/v1/messages/${id}`)).body.message.body]).toEqual(["Message 1", "Message 1"]);
  });

  test("are filtered by enrollment, sequence and contact, alone and together, with totals", async () => {
    const [{ sequence: one }, { sequence: two }] = [await makeDrip([0, 24, 24]), await makeDrip([1])];
    const [a, b] = [await makeContact(), await makeContact()];
    const [a1, b1, a2] = [await enroll(one, a), await enroll(one, b), await enroll(two, a)];
    await settle();
    await pass(HOUR);
    await api("DELETE", `/v1/sequences/${one}/enrollments/${b1}`);
    await pass(3 * DAY, DAY);
    const [three, once] = [["Message 3", "Message 2", "Message 1"], ["Message 1"]];
    const expected: [string, string[]][] = [
      ["", ["Message 3", "Message 2", "Message 1", "Message 1", "Message 1"]],
      [`?enrollment=${a1}`, three],
      [`?enrollment=${b1}`, once],
      [`?sequence=${one}`, [...three, "Message 1"]],
      [`?sequence=${two}`, once],
      [`?contact=${a}`, [...three, "Message 1"]],
      [`?contact=${b}`, once],
      [`?contact=${a}&sequence=${two}`, once],
      [`?contact=${b}&sequence=${two}`, []],
      [`?enrollment=${a2}&sequence=${one}`, []],
      [`?enrollment=${a1}&contact=${a}&sequence=${one}&status=sent`, three],
      [`?enrollment=${a1}&status=failed`, []],
    ];
    for (const [query, some] of expected) {
      const body = await list(query);
      const pagination = { page: 1, limit: 50, total: some.length, totalPages: some.length > 0 ? 1 : 0 };
      expect([query, excerpts(body), body.pagination]).toEqual([query, some, pagination]);
    }
    const page = await list(`?sequence=${one}&limit=3&page=2`);
    expect([excerpts(page), page.pagination]).toEqual([once, { page: 2, limit: 3, total: 4, totalPages: 2 }]);
  });

  test("are filtered by each status, with totals, in all and in one sequence", async () => {
    const [{ sequence }, { sequence: other }] = [await makeDrip([0]), await makeDrip([0])];
    await enroll(sequence);
    await enroll(other);
    await endpoint(422);
    const failed = await onLinkedin(sequence);
    await settle();
    await endpoint(503);
    const cancelled = await onLinkedin(sequence);
    const retrying = await onLinkedin(sequence);
    await settle();
    await api("DELETE", `/v1/sequences/${sequence}/enrollments/${cancelled}`);
    await drain();
    const expected: [string, string[], number][] = [
      ["sent", [], 2],
      ["failed", [failed], 1],
      ["cancelled", [cancelled], 1],
      ["retrying", [retrying], 1],
      ["unconfirmed", [], 0],
    ];
    for (const [status, some, total] of expected) {
      const all = await list(`?status=${status}`);
      expect([status, all.messages.length, all.pagination.total]).toEqual([status, total, total]);
      const within = await list(`?status=${status}&sequence=${sequence}`);
      expect(within.pagination.total).toBe(status === "sent" ? 1 : total);
      for (const enrollmentId of some) expect(within.messages).toMatchObject([{ enrollmentId, status }]);
    }
    expect((await list(`?enrollment=${failed}`)).messages[0].error).toBe("the endpoint answered 422");
    expect((await list(`?enrollment=${retrying}`)).messages[0]).toMatchObject({ attempts: 1, status: "retrying" });
    travel(60_000);
    await settle();
    expect((await list(`?enrollment=${retrying}`)).messages[0]).toMatchObject({ attempts: 2, status: "retrying" });
  });
});

describe("the workspace's switch", () => {
  const workspace = {
    id: "ws_1",
    name: "Workspace 1",
    plan: "AGENCY",
    features: { dm_sequences: true },
    limits: {
      requestsPerMinute: 1_000_000,
      enrollments: null,
      stepsPerSequence: 500,
      bodyBytes: 1_048_576,
      pageSize: 1000,
    },
    usage: { enrollments: 0 },
    sending: "ACTIVE",
    pausedAt: null,
    frequencyCap: null,
    retentionDays: 365,
  };

  test("is shown, paused and released", async () => {
    expect(await api("GET", "/v1/workspace")).toEqual({ status: 200, body: { workspace } });
    const paused = { ...workspace, sending: "PAUSED", pausedAt: "2040-01-02T09:00:00Z" };
    expect(await api("POST", "/v1/workspace/pause")).toEqual({ status: 200, body: { workspace: paused } });
    expect(await api("GET", "/v1/workspace")).toEqual({ status: 200, body: { workspace: paused } });
    expect((await api("POST", "/v1/workspace/pause")).body.workspace.sending).toBe("PAUSED");
    expect((await api("GET", "/v1/workspace", undefined, OTHER_KEY)).body.workspace.sending).toBe("ACTIVE");
    expect(await api("POST", "/v1/workspace/resume")).toEqual({ status: 200, body: { workspace } });
    expect(await api("POST", "/v1/workspace/resume")).toEqual({ status: 200, body: { workspace } });
  });

  test("holds all that falls due, on every platform, and lets it go", async () => {
    const { sequence } = await makeDrip([0, 24]);
    const contact = await makeContact({ email: "held@example.com" });
    const [one, two] = [await enroll(sequence), await enroll(sequence, contact, "EMAIL")];
    await settle();
    await api("POST", "/v1/workspace/pause");
    await pass(2 * DAY);
    expect((await list()).pagination.total).toBe(2);
    await api("POST", "/v1/workspace/resume");
    await pass(HOUR);
    expect((await list()).pagination.total).toBe(4);
    for (const enrollment of [one, two]) expect((await show(sequence, enrollment)).status).toBe("COMPLETED");
  });
});

test("GET /v1/auth/me says whose key it is", async () => {
  const me = async (key: string) => api("GET", "/v1/auth/me", undefined, key);
  const whose = (n: number, plan: string) => ({ workspaceId: `ws_${n}`, workspaceName: `Workspace ${n}`, plan });
  expect(await me(KEY)).toEqual({ status: 200, body: whose(1, "AGENCY") });
  expect(await me(OTHER_KEY)).toEqual({ status: 200, body: whose(2, "AGENCY") });
  expect(await me(FREE_KEY)).toEqual({ status: 200, body: whose(3, "FREE") });
});

test("GET /health needs no key, and says when the database is out of reach", async () => {
  expect(await api("GET", "/health", undefined, null)).toEqual({ status: 200, body: { status: "ok", version } });
  faults.failSql = /./;
  expect(await api("GET", "/health", undefined, null)).toEqual({
    status: 503,
    body: { status: "unavailable", version },
  });
  faults.failSql = null;
  expect((await api("GET", "/health", undefined, null)).status).toBe(200);
});
