/** Who sees, enrolls in and changes which sequence: every verb of both dialects, by share type and by who asks. */
import { beforeEach, describe, expect, test } from "vitest";
import { faults, resetCounts } from "../support/faults";
import { plant } from "../support/tree";
import { makeUser, type Person } from "../support/users";
import {
  type Answer,
  api,
  begin,
  db,
  drain,
  idOf,
  type Json,
  KEY,
  makeContact,
  OTHER_KEY,
  settle,
  sweep,
} from "../support/world";

type Share = "private" | "read_only" | "shared";
const SHARES: Share[] = ["private", "read_only", "shared"];

let other: Person;
beforeEach(async () => {
  await begin();
  other = await makeUser();
});

/** What a request does to a sequence: look at it, have to do with who is in it, or change it. */
type Deed = "see" | "enroll" | "change";
type Route = [deed: Deed, method: string, path: string, body: object | undefined, status: number];

const V1: Route[] = [
  ["see", "GET", "/v1/sequences/{seq}", undefined, 200],
  ["change", "PATCH", "/v1/sequences/{seq}", { name: "Renamed" }, 200],
  ["change", "PATCH", "/v1/sequences/{seq}", { shareType: "shared" }, 200],
  ["change", "PATCH", "/v1/sequences/{seq}", { ownerId: "{other}" }, 200],
  ["change", "PATCH", "/v1/sequences/{seq}", {}, 200],
  ["change", "DELETE", "/v1/sequences/{seq}", undefined, 200],
  ["see", "POST", "/v1/sequences/{seq}/duplicate", {}, 201],
  ["see", "GET", "/v1/sequences/{seq}/steps", undefined, 200],
  ["change", "POST", "/v1/sequences/{seq}/steps", { messageTemplate: "New", delayHours: 1 }, 201],
  ["change", "PATCH", "/v1/sequences/{seq}/steps/step_{step}", { messageTemplate: "New" }, 200],
  ["change", "DELETE", "/v1/sequences/{seq}/steps/step_{step}", undefined, 200],
  ["see", "GET", "/v1/sequences/{seq}/enrollments", undefined, 200],
  ["enroll", "POST", "/v1/sequences/{seq}/enrollments", { contactId: "{contact}", platform: "EMAIL" }, 201],
  ["enroll", "POST", "/v1/sequences/{seq}/enrollments/retry", undefined, 202],
  ["see", "GET", "/v1/sequences/{seq}/enrollments/{enroll}", undefined, 200],
  ["enroll", "DELETE", "/v1/sequences/{seq}/enrollments/{enroll}", undefined, 200],
  ["enroll", "POST", "/v1/sequences/{seq}/enrollments/{enroll}/pause", undefined, 200],
  ["enroll", "POST", "/v1/sequences/{seq}/enrollments/{enroll}/resume", undefined, 409],
  ["enroll", "POST", "/v1/sequences/{seq}/enrollments/{enroll}/retry", undefined, 409],
  ["see", "GET", "/v1/messages/{msg}", undefined, 200],
  ["see", "GET", "/v1/messages?sequence={seq}", undefined, 200],
  ["see", "GET", "/v1/messages?enrollment={enroll}", undefined, 200],
  ["enroll", "POST", "/v1/messages/{msg}/events", { type: "opened" }, 200],
];

const BROADCAST: Route[] = [
  ["see", "GET", "/api/v1/sequences/{n}", undefined, 200],
  ["see", "GET", "/api/v1/sequences/{n}?include_steps=true", undefined, 200],
  ["change", "PATCH", "/api/v1/sequences/{n}", { label: "Renamed" }, 200],
  ["change", "PATCH", "/api/v1/sequences/{n}", { active: false }, 200],
  ["change", "DELETE", "/api/v1/sequences/{n}", undefined, 200],
  ["see", "POST", "/api/v1/sequences/{n}/duplicate", {}, 201],
  ["see", "GET", "/api/v1/sequences/{n}/steps", undefined, 200],
  ["change", "POST", "/api/v1/sequences/{n}/steps", { action: "delay", label: "Wait", delay: 60 }, 201],
  ["see", "GET", "/api/v1/sequences/{n}/steps/{step}", undefined, 200],
  ["change", "PATCH", "/api/v1/sequences/{n}/steps/{step}", { label: "N" }, 200],
  ["change", "POST", "/api/v1/sequences/{n}/steps/{step}/move", { under_id: "{entry}" }, 200],
  ["change", "DELETE", "/api/v1/sequences/{n}/steps/{step}", undefined, 200],
  ["see", "GET", "/api/v1/sequences/{n}/list_subscribers", undefined, 200],
  ["enroll", "POST", "/api/v1/sequences/{n}/add_subscriber", { subscriber: { email: "new@example.com" } }, 201],
  ["enroll", "DELETE", "/api/v1/sequences/{n}/remove_subscriber", { subscriber: { email: "a@example.com" } }, 200],
];

type Ids = Record<string, string>;

/** A sequence of the first user's with two steps; where it is asked for, somebody is in it, and was sent a message. */
async function furnish(shareType: Share, running = true): Promise<Ids> {
  const seq: string = (await api("POST", "/v1/sequences", { name: shareType, shareType })).body.sequence.id;
  const at = `/v1/sequences/${seq}`;
  const add = async (messageTemplate: string, delayHours: number) =>
    `${idOf((await api("POST", `${at}/steps`, { messageTemplate, delayHours })).body.step.id)}`;
  const [entry, step] = [await add("One", 0), await add("Two", 24)];
  const ids = { seq, n: `${idOf(seq)}`, step, entry, other: other.id };
  if (!running) return ids;
  await api("PATCH", at, { status: "ACTIVE" });
  await api("POST", `/api/v1/sequences/${ids.n}/add_subscriber`, { subscriber: { email: "a@example.com" } });
  await settle();
  const enroll: string = (await api("GET", `${at}/enrollments`)).body.enrollments[0].id;
  const msg: string = (await api("GET", `/v1/messages?enrollment=${enroll}`)).body.messages[0].id;
  const contact = await makeContact({ platform: "EMAIL", email: `${shareType}@example.com`, username: undefined });
  return { ...ids, enroll, msg, contact };
}

function send([, method, path, body]: Route, ids: Ids, key: string): Promise<Answer> {
  const fill = (text: string) => text.replace(/\{(\w+)\}/g, (all, name) => ids[name] ?? all);
  const url = fill(path);
  if (body === undefined) return api(method, url, undefined, key);
  return api(method, url, fill(JSON.stringify(body)), key);
}

/** Whether a request is about somebody in the sequence. */
function needsSomebody([deed, , path]: Route): boolean {
  return deed === "enroll" || /\{(enroll|msg)\}/.test(path);
}

/** The same ids, of things that never were. */
const NOWHERE: Ids = {
  seq: "seq_987654321",
  n: "987654321",
  step: "987654321",
  entry: "1",
  enroll: "enroll_987654321",
  msg: "msg_987654321",
};

async function stored(): Promise<unknown> {
  const tables = ["sequences", "steps", "enrollments", "messages", "contacts", "jobs"];
  return (await db().batch(tables.map((name) => db().prepare(`SELECT * FROM ${name}`)))).map(({ results }) => results);
}

const READ_ONLY: Record<string, Answer> = {
  v1: {
    status: 403,
    body: { error: { code: "AUTHORIZATION_ERROR", message: "Only its owner may change the sequence" } },
  },
  api: { status: 401, body: { error: "Unauthorized" } },
};

describe.each([...V1, ...BROADCAST])("to %s: %s %s %j", (...route) => {
  const [deed, , path, , status] = route;

  test("others get no answer about what is private, may not change what is read-only, and may all that is shared", async () => {
    const dialect = path.split("/")[1] ?? "";
    for (const share of SHARES) {
      const ids = await furnish(share, needsSomebody(route));
      const before = await stored();
      const answer = await send(route, ids, other.key);
      if (share === "private") {
        expect([share, answer]).toEqual([share, await send(route, { ...ids, ...NOWHERE }, other.key)]);
        expect(answer.status).toBe(404);
      } else if (share === "read_only" && deed === "change") {
        expect([share, answer]).toEqual([share, READ_ONLY[dialect]]);
      } else {
        expect([share, answer.status]).toEqual([share, status]);
        continue;
      }
      expect(await stored()).toEqual(before);
      expect([share, (await send(route, ids, KEY)).status]).toEqual([share, status]);
    }
  });
});

const make = async (more: Json = {}, key = KEY): Promise<string> =>
  (await api("POST", "/v1/sequences", { name: "Drip", ...more }, key)).body.sequence.id;
const change = (id: string, body: Json, key = KEY) => api("PATCH", `/v1/sequences/${id}`, body, key);
const look = async (id: string, key: string) => (await api("GET", `/v1/sequences/${id}`, undefined, key)).status;

describe("lists and totals", () => {
  /** What both dialects list for a key, checked against each other and against the totals. */
  async function listed(key: string): Promise<string[]> {
    const v1 = (await api("GET", "/v1/sequences?limit=100", undefined, key)).body;
    const { data, total } = (await api("GET", "/api/v1/sequences", undefined, key)).body;
    const ids = v1.sequences.map(({ id }: Json) => id);
    expect(data.map(({ id }: Json) => `seq_${id}`)).toEqual(ids);
    expect([v1.pagination.total, total]).toEqual([ids.length, ids.length]);
    return ids;
  }

  test("follow every change of share type, owner and status", async () => {
    const [open, mine] = [await make(), await make({ shareType: "private" })];
    const theirs = await make({ shareType: "private" }, other.key);
    expect([await listed(KEY), await listed(other.key)]).toEqual([
      [mine, open],
      [theirs, open],
    ]);
    await change(mine, { shareType: "read_only" });
    expect(await listed(other.key)).toEqual([theirs, mine, open]);
    await change(mine, { shareType: "private" });
    await change(open, { shareType: "private", ownerId: other.id });
    expect([await listed(KEY), await listed(other.key)]).toEqual([[mine], [theirs, open]]);
    await change(open, { ownerId: "user_1" }, other.key);
    await api("DELETE", `/v1/sequences/${theirs}`, undefined, other.key);
    expect([await listed(KEY), await listed(other.key)]).toEqual([[mine, open], []]);
    await change(theirs, { status: "DRAFT" }, other.key);
    expect([await listed(KEY), await listed(other.key), await listed(OTHER_KEY)]).toEqual([[mine, open], [theirs], []]);
  });

  test("pages go on across what is private and what is not", async () => {
    const ids: string[] = [];
    for (let i = 0; i < 6; i++) ids.unshift(await make({ shareType: i % 2 ? "private" : "shared" }));
    await make({ shareType: "private" }, other.key);
    const page = async (n: number) => (await api("GET", `/v1/sequences?limit=4&page=${n}`)).body.sequences;
    expect([...(await page(1)), ...(await page(2))].map(({ id }) => id)).toEqual(ids);
  });

  test("cost the same however much is hidden", async () => {
    for (let i = 0; i < 3; i++) await make();
    const cost = async (path: string) => {
      await api("GET", path);
      resetCounts();
      expect((await api("GET", path)).status).toBe(200);
      return faults.rowsRead;
    };
    const paths = ["/v1/sequences", "/api/v1/sequences"];
    const few = [await cost(paths[0] ?? ""), await cost(paths[1] ?? "")];
    await db()
      .prepare(
        `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 500)
         INSERT INTO sequences (workspace_id, name, status, rules, creator_id, owner_id, updater_id, created_at, updated_at, share_type)
         SELECT 1, 'Hidden', 'DRAFT', '{}', 99, 99, 99, 1, 1, 'private' FROM n`,
      )
      .run();
    const many = [await cost(paths[0] ?? ""), await cost(paths[1] ?? "")];
    for (const [i, rows] of many.entries()) expect(rows).toBeLessThan((few[i] ?? 0) + 5);
  });

  test("of messages and replies leave out what belongs to a private sequence", async () => {
    const [hidden, open] = [await furnish("private"), await furnish("shared")];
    const listing = async (query: string, key: string) => {
      const { messages, pagination } = (await api("GET", `/v1/messages${query}`, undefined, key)).body;
      expect(pagination.total).toBe(messages.length);
      return messages.map(({ id }: Json) => id);
    };
    const contact = (await api("GET", "/v1/contacts?search=a@example.com")).body.contacts[0].id;
    for (const query of ["", "?status=sent", `?contact=${contact}`]) {
      expect([query, await listing(query, KEY)]).toEqual([query, [open.msg, hidden.msg]]);
      expect([query, await listing(query, other.key)]).toEqual([query, [open.msg]]);
    }
    await api("POST", "/v1/replies", { platform: "EMAIL", from: "a@example.com", text: "Yes" });
    await settle();
    const told = async (key: string) => (await api("GET", "/v1/replies", undefined, key)).body.replies[0].enrollmentIds;
    expect([(await told(KEY)).sort(), await told(other.key)]).toEqual([[hidden.enroll, open.enroll], [open.enroll]]);
  });
});

describe("who owns it", () => {
  test("it shows who made, owns and last changed it, its steps too", async () => {
    const seq = await make({}, other.key);
    const step = { messageTemplate: "Hi", delayHours: 0 };
    const { body } = await api("POST", `/v1/sequences/${seq}/steps`, step, other.key);
    await api("PATCH", `/v1/sequences/${seq}/steps/${body.step.id}`, { messageTemplate: "Ho" });
    const shown = (await api("GET", `/v1/sequences/${seq}`)).body.sequence;
    const whose = { shareType: "shared", ownerId: other.id, creatorId: other.id, updaterId: "user_1" };
    expect(shown).toMatchObject(whose);
    const copied = (await api("POST", `/v1/sequences/${seq}/duplicate`)).body.sequence;
    expect(copied).toMatchObject({ shareType: "shared", ownerId: "user_1", creatorId: "user_1" });
    const written = async (id: string) =>
      (
        await db()
          .prepare("SELECT kind, creator_id, updater_id FROM steps WHERE sequence_id = ? ORDER BY id")
          .bind(idOf(id))
          .all()
      ).results.map((row) => Object.values(row));
    const them = idOf(other.id);
    expect(await written(seq)).toEqual([
      ["entry", them, them],
      ["message", them, 1],
    ]);
    expect(await written(copied.id)).toEqual([
      ["entry", 1, 1],
      ["message", 1, 1],
    ]);
  });

  test("branches, moved and deleted steps record it too", async () => {
    const seq = idOf(await make());
    const fork = await plant(seq, { action: "condition", label: "Asked", condition_setting: "has_tag", tag: "vip" });
    const wait = await plant(seq, { action: "delay", label: "Wait", delay: 60 }, fork.yes);
    const at = `/api/v1/sequences/${seq}/steps/${wait.id}`;
    const updater = async () =>
      (await db().prepare("SELECT updater_id FROM steps WHERE id = ?").bind(wait.id).first())?.updater_id;
    expect((await api("POST", `${at}/move`, { under_id: fork.no }, other.key)).status).toBe(200);
    expect(await updater()).toBe(idOf(other.id));
    await api("DELETE", at);
    expect(await updater()).toBe(1);
    const { results } = await db()
      .prepare("SELECT DISTINCT creator_id FROM steps WHERE sequence_id = ?")
      .bind(seq)
      .all();
    expect(results).toEqual([{ creator_id: 1 }]);
  });

  test("who gives a private one away hears what came of it, and sees it no more", async () => {
    const seq = await make({ shareType: "private" });
    const given = await change(seq, { ownerId: other.id });
    expect(given).toMatchObject({ status: 200, body: { sequence: { ownerId: other.id, shareType: "private" } } });
    expect([await look(seq, KEY), await look(seq, other.key)]).toEqual([404, 200]);
  });

  test("a copy is as private as what it is copied from", async () => {
    const seq = await make({ shareType: "private" });
    const { body } = await api("POST", `/v1/sequences/${seq}/duplicate`);
    expect(body.sequence.shareType).toBe("private");
  });

  test.each([
    [{ shareType: "public" }, "VALIDATION_ERROR"],
    [{ shareType: null }, "BAD_REQUEST"],
    [{ ownerId: 1 }, "BAD_REQUEST"],
    [{ ownerId: null }, "BAD_REQUEST"],
    [{ ownerId: "seq_1" }, "BAD_REQUEST"],
    [{ ownerId: "user_987654" }, "VALIDATION_ERROR"],
    [{ ownerId: "user_2" }, "VALIDATION_ERROR"], // of another workspace
  ])("%j is refused with %s", async (body, code) => {
    const seq = await make();
    const refused = { status: 400, body: { error: { code } } };
    expect(await change(seq, body)).toMatchObject(refused);
    expect(await api("POST", "/v1/sequences", { name: "Drip", ...body })).toMatchObject(refused);
  });
});

describe("where a move leads", () => {
  const moveTo = (seq: string) => ({ action: "move_to_sequence", label: "Move", sequence_id: idOf(seq) });
  const write = (from: number, form: Json, key: string) => api("POST", `/api/v1/sequences/${from}/steps`, form, key);

  test("nobody writes, changes or copies one to a sequence that is not there for him", async () => {
    const [hidden, open, from] = [await make({ shareType: "private" }), await make(), await make()];
    const n = idOf(from);
    const unknown = await write(n, moveTo("seq_987654321"), other.key);
    expect(unknown.status).toBe(422);
    expect(await write(n, moveTo(hidden), other.key)).toEqual(unknown);
    const { body: step } = await write(n, moveTo(open), other.key);
    const path = `/api/v1/sequences/${n}/steps/${step.id}`;
    const patch = { sequence_id: idOf(hidden) };
    expect((await api("PATCH", path, patch, other.key)).status).toBe(422);
    expect((await api("PATCH", path, patch)).status).toBe(200);
    // What stands there already is no matter as long as he leaves it.
    expect((await api("PATCH", path, { label: "On" }, other.key)).status).toBe(200);
    const copy = (key: string) => api("POST", `/v1/sequences/${from}/duplicate`, {}, key);
    expect([(await copy(other.key)).status, (await copy(KEY)).status]).toEqual([400, 201]);
  });

  test("what acts by itself goes where it is told, whoever sees it", async () => {
    const [hidden, from] = [await make({ shareType: "private", initTag: "vip" }), await make()];
    for (const id of [hidden, from]) await change(id, { status: "ACTIVE" });
    expect((await write(idOf(from), moveTo(hidden), KEY)).status).toBe(201);
    await api(
      "POST",
      `/api/v1/sequences/${idOf(from)}/add_subscriber`,
      { subscriber: { email: "moved@x.com" } },
      other.key,
    );
    const tagged = { platform: "EMAIL", email: "tagged@x.com", tags: ["vip"] };
    await api("POST", "/v1/contacts", tagged, other.key);
    await settle();
    await sweep();
    await drain();
    await settle();
    const { body } = await api("GET", `/v1/sequences/${hidden}/enrollments`);
    expect(body.enrollments.map(({ contact }: Json) => contact.username).sort()).toEqual([
      "moved@x.com",
      "tagged@x.com",
    ]);
  });
});
