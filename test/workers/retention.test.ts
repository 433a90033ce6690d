/** What goes because it is old: when, in which chunks, and what is counted and known of it all the same. */
import { beforeEach, describe, expect, test } from "vitest";
import { endedIn } from "../../src/storage/retention";
import { contextOf } from "../support/context";
import { faults, resetCounts } from "../support/faults";
import { tokenOf, visit } from "../support/reader";
import { receive } from "../support/receiver";
import { expectTrueTallies } from "../support/recount";
import { retire, rowsIn } from "../support/retiring";
import { chain, makeSequence, subscribe } from "../support/tree";
import {
  api,
  begin,
  DAY,
  db,
  drain,
  enroll,
  HOUR,
  idOf,
  type Json,
  makeContact,
  makeDrip,
  makeMailbox,
  OTHER_KEY,
  pass,
  settle,
  sweep,
  travel,
} from "../support/world";

beforeEach(begin);

const keep = (retentionDays: number | null, key?: string) => api("PATCH", "/v1/workspace", { retentionDays }, key);
const statsOf = async (sequence: string): Promise<Json> =>
  (await api("GET", `/v1/sequences/${sequence}`)).body.enrollmentStats;
const listOf = async (path: string): Promise<[number, number]> => {
  const { pagination, ...items } = (await api("GET", path)).body;
  return [pagination.total, (Object.values(items)[0] as Json[]).length];
};

/** Waits, and tidies twice. */
async function tidyUp(days = 2): Promise<void> {
  for (const wait of [days - 1, 1]) {
    travel(wait * DAY + 1);
    await sweep();
    await drain();
  }
}

interface Gone {
  sequence: string;
  contact: string;
  enrollment: string;
}

/** Somebody who had two messages and was through, and whose object was freed. */
async function past(delays = [0, 0], set: Record<string, unknown> = {}): Promise<Gone> {
  const { sequence } = await makeDrip(delays, set);
  const contact = await makeContact();
  const enrollment = await enroll(sequence, contact);
  await pass(HOUR, HOUR / 2);
  await retire();
  return { sequence, contact, enrollment };
}

describe("a workspace's word", () => {
  test("the installation's at first; its own then, for ever too; and nobody else's", async () => {
    const shown = async (key?: string) =>
      (await api("GET", "/v1/workspace", undefined, key)).body.workspace.retentionDays;
    expect(await shown()).toBe(365);
    expect(await keep(90)).toMatchObject({ status: 200, body: { workspace: { retentionDays: 90 } } });
    expect(await shown()).toBe(90);
    expect(await shown(OTHER_KEY)).toBe(365);
    expect((await api("PATCH", "/v1/workspace", {})).body.workspace.retentionDays).toBe(90);
    await api("PATCH", "/v1/workspace", { frequencyCap: { messages: 1, seconds: 60 } });
    expect(await shown()).toBe(90);
    expect((await keep(null)).body.workspace.retentionDays).toBeNull();
    expect(await shown()).toBeNull();
    expect((await keep(36_500)).body.workspace).toMatchObject({ retentionDays: 36_500, frequencyCap: { messages: 1 } });
  });

  test.each([
    ["text", "90", "BAD_REQUEST"],
    ["a fraction", 1.5, "BAD_REQUEST"],
    ["nothing", 0, "VALIDATION_ERROR"],
    ["less than nothing", -1, "VALIDATION_ERROR"],
    ["as long as objects are kept", 30, "VALIDATION_ERROR"],
    ["more than a hundred years", 36_501, "VALIDATION_ERROR"],
    ["a list", [90], "BAD_REQUEST"],
    ["an object", {}, "BAD_REQUEST"],
    ["true", true, "BAD_REQUEST"],
  ])("%s -> refused, and nothing has changed", async (_, days, code) => {
    const { status, body } = await api("PATCH", "/v1/workspace", {
      retentionDays: days,
      frequencyCap: { messages: 1, seconds: 60 },
    });
    expect([status, body.error.code]).toEqual([400, code]);
    expect(body.error.message).toContain("retentionDays");
    expect((await api("GET", "/v1/workspace")).body.workspace).toMatchObject({
      retentionDays: 365,
      frequencyCap: null,
    });
  });
});

describe("journeys", () => {
  test("older than the retention -> gone with all that is told of them; counted all the same", async () => {
    const { sequence, contact, enrollment } = await past();
    const before = await statsOf(sequence);
    expect(before).toMatchObject({ COMPLETED: 1 });
    const counts = async () => {
      const { scheduleCount, deliverCount, numContactedProspects, lastUsedAt } = (
        await api("GET", `/api/v2/sequences/${idOf(sequence)}`)
      ).body.data.attributes;
      return [scheduleCount, deliverCount, numContactedProspects, lastUsedAt];
    };
    const told = [2, 2, 1, new Date((await rowsIn("enrollments"))[0].enrolled_at).toISOString()];
    expect(await counts()).toEqual(told);
    await keep(60);
    await tidyUp(20);
    expect(await listOf(`/v1/sequences/${sequence}/enrollments`)).toEqual([1, 1]);
    await tidyUp(15);
    expect(await listOf(`/v1/sequences/${sequence}/enrollments`)).toEqual([0, 0]);
    expect(await listOf(`/v1/sequences/${sequence}/enrollments?status=COMPLETED`)).toEqual([0, 0]);
    expect(await listOf(`/v1/messages?sequence=${sequence}`)).toEqual([0, 0]);
    expect(await listOf(`/v1/messages?contact=${contact}`)).toEqual([0, 0]);
    expect(await listOf("/v1/messages?status=sent")).toEqual([0, 0]);
    expect(await statsOf(sequence)).toEqual(before);
    expect(await counts()).toEqual(told);
    expect((await api("GET", `/v1/sequences/${sequence}/enrollments/${enrollment}`)).status).toBe(404);
    expect((await api("GET", `/v1/messages/msg_${idOf(enrollment) * 4096 + 1}`)).status).toBe(404);
    for (const table of ["enrollments", "messages", "histories"]) expect(await rowsIn(table)).toEqual([]);
  });

  test("lists and statistics go on being right for those who come after", async () => {
    const { sequence } = await past();
    await keep(31);
    await tidyUp(2);
    const again = await enroll(sequence);
    await pass(HOUR, HOUR / 2);
    expect(await listOf(`/v1/sequences/${sequence}/enrollments`)).toEqual([1, 1]);
    expect(await listOf(`/v1/messages?sequence=${sequence}&status=sent`)).toEqual([2, 2]);
    expect(await listOf("/v1/messages")).toEqual([2, 2]);
    expect(await statsOf(sequence)).toMatchObject({ COMPLETED: 2, ACTIVE: 0 });
    const sums = await rowsIn("tallies", `sequence_id = ${idOf(sequence)}`);
    expect(sums.reduce((n, { sent }) => n + sent, 0)).toBe(4);
    expect(sums.reduce((n, { past_sent }) => n + past_sent, 0)).toBe(2);
    expect(again).toMatch(/^enroll_/);
  });

  test("live, however old, and ended but not freed -> they stay, with all that they have sent", async () => {
    const { sequence } = await makeDrip([0, 100]);
    const live = await enroll(sequence);
    await settle();
    await api("POST", `/v1/sequences/${sequence}/enrollments/${live}/pause`);
    await keep(31);
    await pass(100 * DAY, 50 * DAY);
    await tidyUp();
    expect(await listOf(`/v1/messages?enrollment=${live}`)).toEqual([1, 1]);
    expect(await listOf(`/v1/sequences/${sequence}/enrollments`)).toEqual([1, 1]);
    await api("DELETE", `/v1/sequences/${sequence}/enrollments/${live}`);
    await settle();
    await db()
      .prepare("UPDATE enrollments SET ended_at = ended_at - ?")
      .bind(1000 * DAY)
      .run();
    await tidyUp();
    expect(await listOf(`/v1/sequences/${sequence}/enrollments`)).toEqual([1, 1]);
    await expectTrueTallies();
  });

  test("for ever -> nothing goes", async () => {
    const { sequence } = await past();
    await keep(null);
    await pass(1000 * DAY, 500 * DAY);
    await tidyUp();
    expect(await listOf(`/v1/sequences/${sequence}/enrollments`)).toEqual([1, 1]);
    expect(await listOf("/v1/messages")).toEqual([2, 2]);
  });

  test("another workspace's word is no matter here", async () => {
    const { sequence } = await past();
    await keep(31, OTHER_KEY);
    await tidyUp(3);
    expect(await listOf(`/v1/sequences/${sequence}/enrollments`)).toEqual([1, 1]);
  });
});

describe("what is known of those who have gone", () => {
  test("a sequence that takes nobody twice still does not; one that does, does", async () => {
    for (const [reenroll, status] of [
      ["never", 409],
      ["after_exit", 201],
    ] as const) {
      const { sequence, contact } = await past([0]);
      await db().prepare("UPDATE sequences SET reenroll = ? WHERE id = ?").bind(reenroll, idOf(sequence)).run();
      await keep(31);
      await tidyUp(3);
      expect(await rowsIn("enrollments", `sequence_id = ${idOf(sequence)}`)).toEqual([]);
      const input = { contactId: contact, platform: "TWITTER" };
      const answer = await api("POST", `/v1/sequences/${sequence}/enrollments`, input);
      expect(answer.status).toBe(status);
      if (status === 409) expect(answer.body.error.message).toContain("has been enrolled in this sequence before");
      const many = await api("POST", `/v1/sequences/${sequence}/enrollments/bulk`, { contactIds: [contact] });
      await settle();
      const { refusals } = (await api("GET", `/v1/jobs/${many.body.job.id}/refusals`)).body;
      const kind = status === 409 ? "enrolled_before" : "already_enrolled";
      expect(refusals).toMatchObject([{ row: 1, contactId: contact, kind }]);
      await keep(365);
    }
  });

  test("who was reached, or answered, and comes back counts once among a sequence's people still", async () => {
    const CASES = [
      { first: "message", second: "message", contacted: [1, 1], replied: [1, 1] },
      { first: "message", second: "late message", contacted: [1, 1], replied: [1, 1] },
      { first: "message", second: "call", contacted: [1, 1], replied: [1, 1] },
      { first: "call", second: "message", contacted: [1, 1], replied: [0, 1] },
      { first: "nothing", second: "message", contacted: [0, 1], replied: [0, 1] },
      { first: "nothing", second: "call", contacted: [0, 1], replied: [0, 0] },
    ].map((one, i) => ({ ...one, username: `person${i}` }));
    const receiver = await receive();
    const STATUS: Record<string, number> = { message: 204, "late message": 503, call: 422, nothing: 422 };
    const reach = async (sequence: string, username: string, contact: string, how: string) => {
      receiver.answer = () => new Response(null, { status: STATUS[how] ?? 204 });
      const enrollment = await enroll(sequence, contact);
      await settle();
      if (how === "call") {
        const called = "UPDATE enrollments SET call_completed_at = 1 WHERE id = ?";
        await db().prepare(called).bind(idOf(enrollment)).run();
      }
      const messageId = `${enrollment} answered`;
      if (how.endsWith("message")) {
        await api("POST", "/v1/replies", { platform: "TWITTER", from: username, text: "Yes", messageId });
      }
      await settle();
      await api("DELETE", `/v1/sequences/${sequence}/enrollments/${enrollment}`);
      if (how === "late message") {
        await api("POST", `/v1/messages/msg_${idOf(enrollment) * 4096 + 1}/events`, { type: "delivered" });
      }
      await settle();
    };
    const counts = async (sequence: string) => {
      const { attributes } = (await api("GET", `/api/v2/sequences/${idOf(sequence)}`)).body.data;
      return { contacted: attributes.numContactedProspects, replied: attributes.numRepliedProspects };
    };
    const made: { sequence: string; contact: string; found: Json[] }[] = [];
    for (const { username, first } of CASES) {
      const { sequence } = await makeDrip([0, 240], { primaryReplyAction: "continue" });
      const contact = await makeContact({ username });
      await reach(sequence, username, contact, first);
      made.push({ sequence, contact, found: [await counts(sequence)] });
    }
    await retire();
    await keep(31);
    await tidyUp(3);
    expect(await rowsIn("enrollments")).toEqual([]);
    for (const [i, { sequence, contact, found }] of made.entries()) {
      await reach(sequence, CASES[i]?.username ?? "", contact, CASES[i]?.second ?? "");
      found.push(await counts(sequence));
    }
    const shown = made.map(({ found }, i) => {
      const [contacted, replied] = [found.map((one) => one.contacted), found.map((one) => one.replied)];
      return { ...CASES[i], contacted, replied };
    });
    expect(shown).toEqual(CASES);
  });

  test("a date sequence that had its fill is full still", async () => {
    const { sequence } = await past([0]);
    await keep(31);
    await tidyUp(3);
    const set = "sequence_type = 'date', max_activations = 1, revision = revision + 1";
    await db().prepare(`UPDATE sequences SET ${set} WHERE id = ?`).bind(idOf(sequence)).run();
    const input = { contactId: await makeContact(), platform: "TWITTER" };
    expect((await api("POST", `/v1/sequences/${sequence}/enrollments`, input)).body.error.message).toBe(
      "The sequence takes 1 enrollments at most, and has had them",
    );
  });

  test("the link in a mail of years ago stops the mails, and takes that back", async () => {
    const sequence = await makeSequence("Mails");
    await chain(sequence, [{ action: "send_email", label: "Mail", body: "Hello" }]);
    const enrollment = await subscribe(sequence, "ada@example.com");
    await pass(HOUR, HOUR / 2);
    const token = await tokenOf(idOf(enrollment) * 4096 + 1);
    await retire();
    await keep(31);
    await pass(3000 * DAY, 1000 * DAY);
    await tidyUp();
    expect(await rowsIn("enrollments")).toEqual([]);
    const url = `https://drip.test/t/u/${token}`;
    const optedOut = async () => (await rowsIn("contacts"))[0].opted_out_at !== null;
    expect(await (await visit(url)).text()).toContain("<button>Unsubscribe</button>");
    expect(await optedOut()).toBe(false);
    expect((await visit(url, { method: "POST" })).status).toBe(200);
    expect(await optedOut()).toBe(true);
    expect((await visit(url, { method: "POST" })).status).toBe(200);
    expect((await visit(`${url}/undo`, { method: "POST" })).status).toBe(200);
    expect(await optedOut()).toBe(false);
    await api("DELETE", `/v1/contacts/contact_${(await rowsIn("contacts"))[0].id}`);
    await settle();
    expect((await visit(url, { method: "POST" })).status).toBe(404);
  });
});

describe("everything else that only grows", () => {
  test("replies, calls, tasks that stand alone and dead letters go by their own age; what is open stays", async () => {
    const contact = await makeContact({ username: "ada" });
    const reply = (messageId: string) =>
      api("POST", "/v1/replies", { platform: "TWITTER", from: "ada", text: "Hi", messageId });
    await reply("r1");
    await drain();
    const rows = async () =>
      Promise.all(["replies", "calls", "tasks", "dead_letters"].map(async (table) => (await rowsIn(table)).length));
    const insert = (sql: string, ...values: unknown[]) =>
      db()
        .prepare(sql)
        .bind(...values)
        .run();
    const at = Date.now();
    for (const state of ["complete", "pending"]) {
      const id = state === "complete" ? 4096 : 8192;
      await insert(
        `INSERT INTO tasks (id, workspace_id, contact_id, owner_id, creator_id, action, task_type, state, state_changed_at,
           created_at, updated_at) VALUES (?, 1, ?, 1, 1, 'call', 'call', ?, ?, ?, ?)`,
        ...[id, idOf(contact), state, at, at, at],
      );
    }
    await insert(
      `INSERT INTO calls (workspace_id, contact_id, state, created_at, updated_at) VALUES (1, ?, 'completed', ?, ?)`,
      ...[idOf(contact), at, at],
    );
    for (const workspace of [1, null]) {
      await insert(
        `INSERT INTO dead_letters (message_id, workspace_id, queue, body, created_at) VALUES (?, ?, 'q', '{}', ?)`,
        ...[`m${workspace}`, workspace, at],
      );
    }
    expect(await rows()).toEqual([1, 1, 2, 2]);
    await keep(90);
    await tidyUp(2);
    expect(await rows()).toEqual([1, 1, 2, 2]);
    travel(90 * DAY);
    await reply("r2");
    await drain();
    await tidyUp(2);
    expect(await rows()).toEqual([1, 0, 1, 1]);
    expect(await listOf("/v1/replies")).toEqual([1, 1]);
    expect(await listOf("/v1/dead-letters")).toEqual([0, 0]);
    travel(365 * DAY);
    await tidyUp(1);
    expect(await rows()).toEqual([0, 0, 1, 0]);
  });

  test("a step that was deleted goes once nobody is left who was enrolled while it was there; the others keep their order", async () => {
    const { sequence, steps } = await makeDrip([0, 0, 0, 0]);
    const seen = await enroll(sequence);
    await pass(HOUR, HOUR / 2);
    for (const i of [1, 2]) await api("DELETE", `/v1/sequences/${sequence}/steps/${steps[i]}`);
    await drain();
    await keep(60);
    const left = async () =>
      (await rowsIn("steps", `sequence_id = ${idOf(sequence)} AND kind = 'message'`)).map(({ id }) => `step_${id}`);
    await tidyUp(40);
    expect(await left()).toEqual(steps);
    const path = `/v1/sequences/${sequence}/enrollments/${seen}`;
    expect((await api("GET", path)).body.enrollment.currentStep).toBe(2);
    await pass(30 * DAY);
    await tidyUp(4);
    expect((await api("GET", path)).status).toBe(404);
    expect(await left()).toEqual([steps[0], steps[3]]);
    const shown = (await api("GET", `/v1/sequences/${sequence}`)).body.sequence.steps;
    expect(shown.map(({ id }: Json) => id)).toEqual([steps[0], steps[3]]);
    expect(await rowsIn("sequence_templates")).toHaveLength(2);
    const next = await enroll(sequence);
    await pass(HOUR, HOUR / 2);
    const { history } = (await api("GET", `/v1/sequences/${sequence}/enrollments/${next}`)).body.enrollment;
    expect(history.map(({ stepId }: Json) => stepId)).toEqual([undefined, steps[0], steps[3], undefined]);
    await tidyUp(35);
    expect(await rowsIn("templates")).toHaveLength(2);
  });

  test("mailboxes that were deleted, and jobs that were done, go after thirty days", async () => {
    const box = await makeMailbox();
    await api("DELETE", `/v1/mailboxes/${box}`);
    const { sequence } = await makeDrip([0]);
    await drain();
    const rows = async () => [(await rowsIn("mailboxes")).length, (await rowsIn("jobs")).length > 0];
    expect(await rows()).toEqual([1, true]);
    await tidyUp(20);
    expect(await rows()).toEqual([1, true]);
    await tidyUp(12);
    expect(await rows()).toEqual([0, false]);
    await api("PATCH", `/v1/sequences/${sequence}`, { status: "PAUSED" });
    await api("PATCH", `/v1/sequences/${sequence}`, { status: "ACTIVE" });
    expect(await rows()).toEqual([0, true]);
  });
});

describe("in chunks", () => {
  /** Journeys that ended and were freed long ago, each with two messages. */
  async function crowd(sequence: string, n: number): Promise<void> {
    const id = idOf(sequence);
    const at = Date.now() - 500 * DAY;
    const all = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?)";
    await db().batch([
      db()
        .prepare(
          `${all} INSERT INTO enrollments (id, workspace_id, sequence_id, contact_id, platform, state, why, standing, enrolled_at,
           ended_at, version) SELECT 500000 + i, 1, ?, 9000 + i, 'TWITTER', 'ended', 'completed', 'COMPLETED', ?, ? + i, 5 FROM n`,
        )
        .bind(n, id, at, at),
      db().prepare(
        `INSERT INTO messages (id, workspace_id, sequence_id, contact_id, enrollment_id, step_id, platform, status, attempts,
           at, fact, created_at, updated_at)
           SELECT e.id * 4096 + k.value, 1, e.sequence_id, e.contact_id, e.id, 1, 'TWITTER', 'sent', 1, 1, 1, 1, 1
           FROM enrollments e CROSS JOIN json_each('[1,2]') k WHERE e.id > 500000`,
      ),
      db().prepare(`INSERT INTO histories SELECT 1, ended_at, id, x'00' FROM enrollments WHERE id > 500000`),
    ]);
  }

  test("more than one sweep sees to -> the next goes on, the oldest first, and nothing counts twice", async () => {
    const { sequence } = await makeDrip([0]);
    await crowd(sequence, 1120);
    await sweep();
    const left = await rowsIn("enrollments");
    expect(left.length).toBe(120);
    expect(Math.min(...left.map(({ id }) => id))).toBe(501_001);
    travel(1);
    await Promise.all([sweep(), sweep()]);
    travel(1);
    await sweep();
    expect(await listOf(`/v1/sequences/${sequence}/enrollments`)).toEqual([0, 0]);
    expect(await statsOf(sequence)).toMatchObject({ COMPLETED: 1120 });
    expect(await listOf("/v1/messages")).toEqual([0, 0]);
    expect(await rowsIn("departed")).toHaveLength(1120);
  });

  test("a chunk that D1 does not take takes nothing with it, and the others are seen to", async () => {
    const { sequence } = await makeDrip([0]);
    await crowd(sequence, 60);
    faults.failSql = /DELETE FROM "tasks"/;
    await sweep();
    faults.failSql = null;
    expect([(await rowsIn("messages")).length, (await rowsIn("histories")).length]).toEqual([120, 60]);
    expect(await statsOf(sequence)).toMatchObject({ COMPLETED: 60 });
    expect(await rowsIn("departed")).toEqual([]);
    expect((await rowsIn("workspaces", "tidied_at > 0")).length).toBeGreaterThan(1);
    travel(1000);
    await sweep();
    expect(await rowsIn("histories")).toEqual([]);
    expect(await statsOf(sequence)).toMatchObject({ COMPLETED: 60 });
  });

  test("a sweep with nothing to do costs few rows, however much there is", async () => {
    const { sequence } = await makeDrip([0]);
    const idle = async () => {
      await sweep();
      resetCounts();
      await sweep();
      return { read: faults.rowsRead, written: faults.rowsWritten };
    };
    const few = await idle();
    await keep(1000);
    await crowd(sequence, 2000);
    const many = await idle();
    console.info("rows of an idle sweep", few, many);
    expect(many.read - few.read).toBeLessThan(10);
    travel(DAY + 1);
    resetCounts();
    await sweep();
    console.info("rows of the sweep that looks once a day", faults.rowsRead, faults.rowsWritten);
    expect(faults.rowsRead).toBeLessThan(few.read + 100);
  });

  test("a journey of five messages that goes costs as many rows as it came to", async () => {
    await past([0, 0, 0, 0, 0]);
    await keep(31);
    travel(2 * DAY);
    resetCounts();
    await sweep();
    expect(await rowsIn("enrollments")).toEqual([]);
    console.info("rows of removing a journey of five messages", { written: faults.rowsWritten, read: faults.rowsRead });
    expect(faults.rowsWritten).toBeLessThan(75);
  });

  test("no statement of it looks through a table", async () => {
    await db()
      .prepare("INSERT INTO steps (workspace_id, sequence_id, kind, created_at, updated_at) VALUES (1, 1, 'x', 1, 1)")
      .run();
    resetCounts();
    await crowd((await makeDrip([0])).sequence, 3);
    resetCounts();
    await sweep();
    const ours = faults.statements.filter((sql) =>
      /histories|departed|past_|tidied|deleted_at|FROM "|jobs WHERE done_at/.test(sql),
    );
    expect(ours.length).toBeGreaterThan(12);
    for (const sql of ours) {
      const places = sql.match(/\?/g)?.length ?? 0;
      const plan = await db()
        .prepare(`EXPLAIN QUERY PLAN ${sql}`)
        .bind(...Array.from({ length: places }, () => 1))
        .all<{ detail: string }>();
      const scans = plan.results
        .map(({ detail }) => detail)
        .filter((detail) => /^SCAN (?!.*VIRTUAL TABLE|\(?subquery|t$|s$|p$|CONSTANT)/i.test(detail));
      expect({ sql, scans }).toEqual({ sql, scans: [] });
    }
  });

  test("neither who has ended, page by page, nor who came first is found by sorting a sequence", async () => {
    await db()
      .prepare("INSERT INTO steps (workspace_id, sequence_id, kind, created_at, updated_at) VALUES (1, 1, 'x', 1, 1)")
      .run();
    resetCounts();
    await endedIn(contextOf().db, { sequenceId: 1, after: 0, upto: 9, limit: 5 });
    await sweep();
    const ours = faults.statements.filter((sql) => /FROM "?enrollments/.test(sql) && /'ended'|s\.deleted_at/.test(sql));
    expect(ours.length).toBeGreaterThanOrEqual(2);
    for (const sql of ours) {
      const places = sql.match(/\?/g)?.length ?? 0;
      const plan = await db()
        .prepare(`EXPLAIN QUERY PLAN ${sql}`)
        .bind(...Array.from({ length: places }, () => 1))
        .all<{ detail: string }>();
      const bare = plan.results.filter(({ detail }) => /enrollments_by_standing \(sequence_id=\?\)/.test(detail));
      expect({ sql, bare }).toEqual({ sql, bare: [] });
    }
  });
});
