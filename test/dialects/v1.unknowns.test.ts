import { beforeEach, describe, expect, test } from "vitest";
import { api, begin, db, type Json, KEY, makeContact, makeDrip, START, travel } from "../support/world";

beforeEach(begin);

/** What no route asks for, and what only the service decides. */
const EXTRA = { colour: "red", id: "seq_99", workspaceId: "ws_2", createdAt: "2001-01-01T00:00:00Z" };

const plain = (body: Json, name: string): Json => {
  const { id: _, ...rest } = body[name];
  return rest;
};

describe("fields that a body need not have are ignored", () => {
  test.each([
    [
      "sequence",
      "/sequences",
      { name: "N" },
      { status: "ACTIVE", lockedAt: "2020-01-01T00:00:00Z", steps: [{}], enrollmentStats: {} },
    ],
    ["step", "/sequences/{seq}/steps", { messageTemplate: "x", delayHours: 1 }, { sequenceId: "seq_7", subject: "s" }],
    [
      "enrollment",
      "/sequences/{seq}/enrollments",
      { contactId: "{contact}", platform: "TWITTER" },
      { status: "EXITED", currentStep: 9 },
    ],
    [
      "contact",
      "/contacts",
      { platform: "REDDIT", username: "u" },
      { optedOut: true, inactive: true, lastSeenAt: START },
    ],
    [
      "reply",
      "/replies",
      { platform: "SMS", from: "+1", text: "x" },
      { kind: "opt_out", matched: true, contactId: "{contact}" },
    ],
  ])("%s: POST %s", async (name, path, body, extra) => {
    const make = async (more: object): Promise<Json> => {
      await begin();
      const { sequence } = await makeDrip([24]);
      const contact = await makeContact({ username: "same" });
      const fill = (text: string) => text.replace("{seq}", sequence).replace("{contact}", contact);
      const answer = await api("POST", `/v1${fill(path)}`, fill(JSON.stringify({ ...body, ...more })));
      const text = JSON.stringify(plain(answer.body, name))
        .replaceAll(sequence, "{seq}")
        .replaceAll(contact, "{contact}");
      return [answer.status, text];
    };
    const [status, shown] = await make({});
    expect([201, 202]).toContain(status);
    expect(await make({ ...EXTRA, ...extra })).toEqual([status, shown]);
  });

  test("PATCH changes nothing by them", async () => {
    const { sequence, steps } = await makeDrip([24]);
    const contact = await makeContact();
    for (const path of [`/sequences/${sequence}`, `/sequences/${sequence}/steps/${steps[0]}`, `/contacts/${contact}`]) {
      const before = (await api("PATCH", `/v1${path}`, {})).body;
      const extra = {
        ...EXTRA,
        delay: 5,
        platform: "SMS",
        steps: [],
        sequenceId: "seq_1",
        throttleCeiling: 5,
      };
      expect(await api("PATCH", `/v1${path}`, extra)).toEqual({ status: 200, body: before });
    }
  });
});

describe("bodies", () => {
  test("an empty one is an empty object: enough where nothing is required, and too little where something is", async () => {
    const { sequence } = await makeDrip([]);
    expect((await api("PATCH", `/v1/sequences/${sequence}`)).status).toBe(200);
    expect((await api("PATCH", `/v1/sequences/${sequence}`, " \n")).status).toBe(200);
    const error = { code: "BAD_REQUEST", message: "name is required" };
    expect(await api("POST", "/v1/sequences")).toEqual({ status: 400, body: { error } });
    expect(await api("POST", "/v1/sequences", "")).toEqual({ status: 400, body: { error } });
  });

  test("routes that read none do not mind one", async () => {
    const { sequence } = await makeDrip([]);
    expect((await api("POST", "/v1/workspace/pause", "{broken")).status).toBe(200);
    expect((await api("DELETE", `/v1/sequences/${sequence}`, "[1, 2")).status).toBe(200);
    await api("PUT", "/v1/channels/TWITTER", { kind: "outbox" });
    expect((await api("POST", "/v1/channels/TWITTER/resume", "{broken")).status).toBe(200);
  });
});

describe("addresses and fields that are none", () => {
  test.each([
    { platform: "EMAIL", username: "nonsense" },
    { platform: "EMAIL", address: "a@b" },
    { platform: "TWITTER", address: "@" },
    { platform: "SMS", address: " @ " },
  ])("a contact with %j is refused, by the field that was sent", async (contact) => {
    const field = "address" in contact ? "address" : "username";
    const { status, body } = await api("POST", "/v1/contacts", contact);
    expect([status, body.error.code, body.error.details]).toEqual([400, "VALIDATION_ERROR", { field }]);
    if (contact.platform !== "EMAIL") expect(body.error.message).not.toContain("email");
    expect((await api("GET", "/v1/contacts")).body.contacts).toEqual([]);
  });

  test.each(["a.b", "a b", "", "x".repeat(101)])("a custom field named %j is refused", async (name) => {
    const { status, body } = await api("POST", "/v1/contacts", {
      platform: "TWITTER",
      username: "alice",
      customFields: { [name]: 1 },
    });
    const field = expect.stringMatching(/^customFields/);
    expect([status, body.error.code, body.error.details]).toEqual([400, "VALIDATION_ERROR", { field }]);
  });
});

describe("keys", () => {
  const set = (column: string, at: number | null) =>
    db().prepare(`UPDATE keys SET ${column} = ? WHERE workspace_id = 1`).bind(at).run();
  const me = async () => (await api("GET", "/v1/auth/me", undefined, KEY)).status;

  test("one that is revoked is refused within seconds", async () => {
    expect(await me()).toBe(200);
    await set("revoked_at", START);
    travel(5000);
    expect(await me()).toBe(401);
  });

  test("one that expires is refused from then on, to within seconds", async () => {
    await set("expires_at", Date.now() + 60_000);
    expect(await me()).toBe(200);
    travel(66_000);
    expect(await me()).toBe(401);
  });
});
