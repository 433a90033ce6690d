/** Weighted variants of a step's text through v1, and what a sequence is said to have come to: what is answered, and what is refused. */
import { beforeEach, describe, expect, test } from "vitest";
import { MOST_VARIANTS } from "../../src/domain/variant";
import {
  api,
  begin,
  db,
  enroll,
  FREE_KEY,
  idOf,
  type Json,
  makeDrip,
  OTHER_KEY,
  sentTo,
  settle,
} from "../support/world";

beforeEach(begin);

const pathOf = ({ sequence, steps }: { sequence: string; steps: string[] }, n = 0) =>
  `/v1/sequences/${sequence}/steps/${steps[n]}/variants`;
const add = async (path: string, more: object = {}): Promise<Json> => {
  const { status, body } = await api("POST", path, { messageTemplate: "B", ...more });
  expect({ status, body }).toMatchObject({ status: 201 });
  return body.variant;
};
const listed = async (path: string): Promise<Json[]> => (await api("GET", path)).body.variants;
const revisionOf = async (sequence: string) =>
  (await db().prepare("SELECT revision FROM sequences WHERE id = ?").bind(idOf(sequence)).first<number>("revision")) ??
  0;

/** A key of the first workspace's own user that holds this scope alone. */
const keyWith = async (scope: string): Promise<string> =>
  (await api("POST", "/v1/users/user_1/keys", { scopes: [scope] })).body.key.key;

describe("the variants of a step", () => {
  test("its own text is the first; others are added, changed and taken away, each an edit of the sequence", async () => {
    const drip = await makeDrip([0, 1]);
    const path = pathOf(drip);
    const [own] = await listed(path);
    expect(own).toEqual({
      id: expect.stringMatching(/^variant_\d+$/),
      stepId: drip.steps[0],
      subject: null,
      messageTemplate: "Message 1",
      weight: 1,
      enabled: true,
    });
    const before = await revisionOf(drip.sequence);
    const made = await add(path, { messageTemplate: "Hi {{ contact.firstName }}", subject: "Hello", weight: 3 });
    expect(made).toMatchObject({
      messageTemplate: "Hi {{ contact.firstName }}",
      subject: "Hello",
      weight: 3,
      enabled: true,
    });
    const off = await add(path, { enabled: false });
    expect(await listed(path)).toEqual([own, made, off]);
    expect(await revisionOf(drip.sequence)).toBe(before + 2);
    expect((await api("PATCH", `${path}/${made.id}`, { weight: 100 })).body.variant).toEqual({ ...made, weight: 100 });
    const reworded = await api("PATCH", `${path}/${made.id}`, {
      messageTemplate: "Hey",
      subject: null,
      enabled: false,
    });
    const changed = { ...made, messageTemplate: "Hey", subject: null, weight: 100, enabled: false };
    expect(reworded).toEqual({ status: 200, body: { variant: changed } });
    expect((await api("DELETE", `${path}/${off.id}`)).body).toEqual({ success: true });
    expect(await listed(path)).toEqual([own, changed]);
    expect(await revisionOf(drip.sequence)).toBe(before + 5);
    expect(await listed(pathOf(drip, 1))).toHaveLength(1);
  });

  test("the text that the step shows is that of the first that is enabled", async () => {
    const drip = await makeDrip([0]);
    const path = pathOf(drip);
    const [own] = await listed(path);
    await add(path, { messageTemplate: "Other" });
    await api("PATCH", `${path}/${own.id}`, { enabled: false });
    const { steps } = (await api("GET", `/v1/sequences/${drip.sequence}/steps`)).body;
    expect(steps[0].messageTemplate).toBe("Other");
  });

  test("a template that Outreach shares among steps stays as it was: the variant is given a text of its own", async () => {
    const drip = await makeDrip([0]);
    const path = pathOf(drip);
    const { results } = await db()
      .prepare(`INSERT INTO templates (workspace_id, name, subject, body, format, created_at, updated_at)
        VALUES (1, 'Shared', 'S', 'Shared', 'text', 0, 0) RETURNING id`)
      .all<{ id: number }>();
    await db()
      .prepare(`INSERT INTO sequence_templates (workspace_id, step_id, template_id, is_reply, enabled_at, created_at, updated_at)
        VALUES (1, ?, ?, 0, 1, 0, 0)`)
      .bind(idOf(drip.steps[0] ?? ""), results[0]?.id)
      .run();
    await db().prepare("UPDATE sequences SET revision = revision + 1").run();
    const shared = (await listed(path))[1];
    expect(shared).toMatchObject({ messageTemplate: "Shared", subject: "S" });
    await api("PATCH", `${path}/${shared.id}`, { messageTemplate: "Own" });
    expect((await listed(path))[1]).toMatchObject({ id: shared.id, messageTemplate: "Own", subject: "S" });
    const body = await db().prepare("SELECT body FROM templates WHERE id = ?").bind(results[0]?.id).first("body");
    expect(body).toBe("Shared");
  });

  test("whoever is enrolled gets what his hash says; each is counted apart, and told in the analytics", async () => {
    const drip = await makeDrip([0]);
    const path = pathOf(drip);
    const [own] = await listed(path);
    const made = await add(path, { weight: 2 });
    const enrollments: string[] = [];
    for (let i = 0; i < 9; i++) enrollments.push(await enroll(drip.sequence));
    await settle();
    const got = (await Promise.all(enrollments.map(sentTo))).flat();
    const { analytics } = (await api("GET", `/v1/sequences/${drip.sequence}/analytics`)).body;
    const sent = new Map(analytics.steps[0].variants.map((one: Json) => [one.variantId, one.sent]));
    expect(sent.get(own.id)).toBe(got.filter((text) => text === "Message 1").length);
    expect(sent.get(made.id)).toBe(got.filter((text) => text === "B").length);
    expect(analytics.steps[0]).toMatchObject({ sent: 9 });
    expect(analytics.steps[0].variants[1]).toMatchObject({
      weight: 2,
      enabled: true,
      deleted: false,
      rates: { open: sent.get(made.id) === 0 ? null : 0 },
    });
    expect(analytics.steps[0].variants[1].comparison).toEqual({
      with: own.id,
      opened: { enoughData: false },
      clicked: { enoughData: false },
      replied: { enoughData: false },
    });
    await api("DELETE", `${path}/${made.id}`);
    const after = (await api("GET", `/v1/sequences/${drip.sequence}/analytics`)).body.analytics.steps[0];
    const gone = after.variants.find(({ variantId }: Json) => variantId === made.id);
    expect(gone?.sent ?? 0).toBe(sent.get(made.id));
    if (gone) expect(gone).toMatchObject({ deleted: true, enabled: false, weight: null });
    expect(after.sent).toBe(9);
  });

  test("a copy of the sequence has them, with their weights", async () => {
    const drip = await makeDrip([0]);
    await add(pathOf(drip), { weight: 7 });
    const { body } = await api("POST", `/v1/sequences/${drip.sequence}/duplicate`, {});
    const copy = { sequence: body.sequence.id, steps: body.sequence.steps.map(({ id }: Json) => id) };
    expect((await listed(pathOf(copy))).map(({ messageTemplate, weight }) => [messageTemplate, weight])).toEqual([
      ["Message 1", 1],
      ["B", 7],
    ]);
  });
});

describe("is refused", () => {
  test.each([
    ["no text", {}, 400, "BAD_REQUEST"],
    ["an empty text", { messageTemplate: " " }, 400, "VALIDATION_ERROR"],
    ["a text that is none", { messageTemplate: 5 }, 400, "BAD_REQUEST"],
    ["a text too long", { messageTemplate: "x".repeat(2001) }, 400, "VALIDATION_ERROR"],
    ["a text that does not render", { messageTemplate: "{{ contact.firstName" }, 400, "VALIDATION_ERROR"],
    ["a subject of two lines", { messageTemplate: "x", subject: "a\nb" }, 400, "VALIDATION_ERROR"],
    ["no weight at all", { messageTemplate: "x", weight: 0 }, 400, "VALIDATION_ERROR"],
    ["too much weight", { messageTemplate: "x", weight: 101 }, 400, "VALIDATION_ERROR"],
    ["half a weight", { messageTemplate: "x", weight: 1.5 }, 400, "BAD_REQUEST"],
    ["a weight in words", { messageTemplate: "x", weight: "2" }, 400, "BAD_REQUEST"],
    ["enabled in words", { messageTemplate: "x", enabled: "yes" }, 400, "BAD_REQUEST"],
    ["broken JSON", '{"messageTemplate":', 400, "BAD_REQUEST"],
    ["a list", [], 400, "BAD_REQUEST"],
  ])("%s", async (_, body, status, code) => {
    const drip = await makeDrip([0]);
    const path = pathOf(drip);
    expect(await api("POST", path, body)).toMatchObject({ status, body: { error: { code } } });
    const [own] = await listed(path);
    if (JSON.stringify(body) !== "{}") {
      expect(await api("PATCH", `${path}/${own.id}`, body)).toMatchObject({ status, body: { error: { code } } });
    }
    expect(await listed(path)).toEqual([own]);
  });

  test("the last that is enabled stays, and is not switched off", async () => {
    const drip = await makeDrip([0]);
    const path = pathOf(drip);
    const [own] = await listed(path);
    await add(path, { enabled: false });
    for (const [method, body] of [["DELETE"], ["PATCH", { enabled: false }]] as const) {
      expect(await api(method, `${path}/${own.id}`, body)).toMatchObject({
        status: 409,
        body: { error: { code: "CONFLICT" } },
      });
    }
  });

  test("one too many", async () => {
    const drip = await makeDrip([0]);
    const path = pathOf(drip);
    for (let i = 1; i < MOST_VARIANTS; i++) await add(path);
    expect(await api("POST", path, { messageTemplate: "x" })).toMatchObject({
      status: 402,
      body: { error: { code: "LIMIT_EXCEEDED" } },
    });
  });

  test("in a locked sequence, in an archived one, in one that is somebody else's own", async () => {
    const drip = await makeDrip([0]);
    const path = pathOf(drip);
    const [own] = await listed(path);
    const deeds = [
      ["POST", path, { messageTemplate: "x" }],
      ["PATCH", `${path}/${own.id}`, { weight: 2 }],
      ["DELETE", `${path}/${own.id}`],
    ] as const;
    const statuses = async () => {
      const answers = [];
      for (const [method, at, body] of deeds) answers.push((await api(method, at, body)).status);
      return answers;
    };
    await api("PATCH", `/v1/sequences/${drip.sequence}`, { locked: true });
    expect(await statuses()).toEqual([409, 409, 409]);
    await api("PATCH", `/v1/sequences/${drip.sequence}`, { locked: false });
    await db().prepare("UPDATE sequences SET owner_id = 99, share_type = 'read_only'").run();
    expect(await statuses()).toEqual([403, 403, 403]);
    await db().prepare("UPDATE sequences SET share_type = 'private'").run();
    expect(await statuses()).toEqual([404, 404, 404]);
    expect((await api("GET", path)).status).toBe(404);
    expect((await api("GET", `/v1/sequences/${drip.sequence}/analytics`)).status).toBe(404);
    await db().prepare("UPDATE sequences SET owner_id = 1, share_type = 'shared'").run();
    await api("DELETE", `/v1/sequences/${drip.sequence}`);
    expect(await statuses()).toEqual([409, 409, 409]);
    expect(await listed(path)).toEqual([own]);
  });

  test("ids that are malformed, unknown, of another step, another sequence, another workspace, or on no message step", async () => {
    const [drip, other] = [await makeDrip([0, 1]), await makeDrip([0])];
    const path = pathOf(drip);
    const [own] = await listed(path);
    const s = drip.sequence;
    const rows: [string, number, string?][] = [
      [`/v1/sequences/${s}/steps/${drip.steps[0]}/variants/step_1`, 400],
      [`/v1/sequences/${s}/steps/nonsense/variants/${own.id}`, 400],
      [`/v1/sequences/x/steps/${drip.steps[0]}/variants/${own.id}`, 400],
      [`${path}/variant_999999`, 404],
      [`${pathOf(drip, 1)}/${own.id}`, 404],
      [`/v1/sequences/${other.sequence}/steps/${drip.steps[0]}/variants/${own.id}`, 404],
      [`/v1/sequences/${s}/steps/step_999999/variants/${own.id}`, 404],
      [`${path}/${own.id}`, 404, OTHER_KEY],
      [`${path}/${own.id}`, 403, FREE_KEY],
      [`${path}/${own.id}`, 403, await keyWith("sequences_read")],
    ];
    for (const [at, status, key] of rows) {
      expect([at, (await api("PATCH", at, { weight: 2 }, key)).status]).toEqual([at, status]);
      expect([at, (await api("DELETE", at, undefined, key)).status]).toEqual([at, status]);
    }
    expect((await api("GET", path, undefined, OTHER_KEY)).status).toBe(404);
    expect((await api("POST", path, { messageTemplate: "x" }, OTHER_KEY)).status).toBe(404);
    expect((await api("GET", path, undefined, await keyWith("contacts_read"))).status).toBe(403);
    expect(await listed(path)).toEqual([own]);
  });
});

describe("analytics are asked for", () => {
  test.each([
    ["a day that is none", "?from=2040-02-30", 400, "VALIDATION_ERROR"],
    ["a time", "?to=2040-01-01T00:00:00Z", 400, "VALIDATION_ERROR"],
    ["from after to", "?from=2040-01-02&to=2040-01-01", 400, "VALIDATION_ERROR"],
    ["in another zone's days", "?timezone=Europe/Berlin", 400, "VALIDATION_ERROR"],
    ["a year and two days", "?from=2039-01-01&to=2040-01-02", 400, "VALIDATION_ERROR"],
  ])("%s -> refused", async (_, query, status, code) => {
    const { sequence } = await makeDrip([]);
    expect(await api("GET", `/v1/sequences/${sequence}/analytics${query}`)).toMatchObject({
      status,
      body: { error: { code } },
    });
  });

  test("a leap year, before there was anything; a sequence without steps", async () => {
    const { sequence } = await makeDrip([]);
    const { body } = await api("GET", `/v1/sequences/${sequence}/analytics?from=2039-01-02&to=2040-01-02&timezone=UTC`);
    expect(body.analytics).toMatchObject({ enrolled: 0, sent: 0, steps: [], rates: { open: null, optOut: null } });
    expect(body.analytics.byDay).toHaveLength(366);
    expect(body.analytics.timeToReply).toEqual({ replies: 0, averageSeconds: null, medianSeconds: null, buckets: [] });
  });

  test("with a malformed id, an unknown one, another workspace's key, a plan or a key that may not", async () => {
    const { sequence } = await makeDrip([0]);
    const path = `/v1/sequences/${sequence}/analytics`;
    expect((await api("GET", "/v1/sequences/12/analytics")).status).toBe(400);
    expect((await api("GET", "/v1/sequences/seq_999999/analytics")).status).toBe(404);
    expect((await api("GET", path, undefined, OTHER_KEY)).status).toBe(404);
    expect((await api("GET", path, undefined, FREE_KEY)).status).toBe(403);
    expect((await api("GET", path, undefined, await keyWith("contacts_read"))).status).toBe(403);
    expect((await api("GET", path, undefined, null)).status).toBe(401);
  });
});
