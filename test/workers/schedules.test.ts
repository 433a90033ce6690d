/** Schedules: kept over v1, used by sequences and their steps, and obeyed by the journeys under way. */
import { beforeEach, describe, expect, test } from "vitest";
import type { Context } from "../../src/engine/context";
import { duplicate } from "../../src/engine/duplication";
import * as schedules from "../../src/engine/schedules";
import * as sequences from "../../src/engine/sequences";
import * as steps from "../../src/engine/steps";
import { contextOf } from "../support/context";
import { faults, resetCounts } from "../support/faults";
import { subscribe } from "../support/tree";
import {
  api,
  begin,
  DAY,
  db,
  drain,
  enroll,
  HOUR,
  historyOf,
  idOf,
  type Json,
  makeContact,
  makeDrip,
  OTHER_KEY,
  pass,
  ring,
  sentTo,
  settle,
  show,
  stateOf,
  travel,
} from "../support/world";

beforeEach(begin); // on a Monday at 09:00 UTC

const WEEK = [1, 2, 3, 4, 5, 6, 7];
const hours = (from: string, to: string, days = WEEK) => days.map((day) => ({ day, from, to }));
const OFFICE = hours("09:00", "17:00");
const AFTERNOONS = hours("14:00", "18:00");

async function makeSchedule(openings = OFFICE, more: object = { timezone: "UTC" }, key?: string): Promise<string> {
  const { status, body } = await api("POST", "/v1/schedules", { name: "Hours", openings, ...more }, key);
  if (status !== 201) throw new Error(`not made: ${JSON.stringify(body)}`);
  return body.schedule.id;
}

const time = (hour: number, day = 2) => new Date(Date.UTC(2040, 0, day, hour)).toISOString().slice(0, 19);
const nextOf = async (sequence: string, enrollment: string) =>
  (await show(sequence, enrollment)).nextRunAt?.slice(0, 19);

describe("over v1", () => {
  test("a schedule is made, shown, listed, changed and deleted", async () => {
    const openings = [
      ...hours("13:00", "17:00", [1]),
      ...hours("09:00", "13:00", [1]),
      ...hours("22:00", "24:00", [7]),
    ];
    const holidays = ["2040-12-26", "2040-12-25", "2040-12-26"];
    const made = await api("POST", "/v1/schedules", { name: "Office", timezone: "Asia/Tokyo", openings, holidays });
    const schedule = {
      name: "Office",
      workspaceId: "ws_1",
      timezone: "Asia/Tokyo",
      openings: [...hours("09:00", "17:00", [1]), ...hours("22:00", "24:00", [7])],
      holidays: ["2040-12-25", "2040-12-26"],
      createdAt: "2040-01-02T09:00:00Z",
      updatedAt: "2040-01-02T09:00:00Z",
    };
    const { id } = made.body.schedule;
    expect(id).toMatch(/^sched_\d+$/);
    expect(made).toEqual({ status: 201, body: { schedule: { id, ...schedule } } });
    expect(await api("GET", `/v1/schedules/${id}`)).toEqual({ status: 200, body: { schedule: { id, ...schedule } } });
    travel(5000);
    const patched = await api("PATCH", `/v1/schedules/${id}`, { timezone: null, openings: AFTERNOONS });
    const after = { id, ...schedule, timezone: null, openings: AFTERNOONS, updatedAt: "2040-01-02T09:00:05Z" };
    expect(patched).toEqual({ status: 200, body: { schedule: after } });
    const renamed = await api("PATCH", `/v1/schedules/${id}`, { name: "Late" });
    expect(renamed.body.schedule).toEqual({ ...after, name: "Late" });
    const newer = await makeSchedule();
    const listed = (await api("GET", "/v1/schedules?limit=1")).body;
    expect(listed).toMatchObject({ schedules: [{ id: newer }], pagination: { total: 2, totalPages: 2 } });
    expect(await api("DELETE", `/v1/schedules/${id}`)).toEqual({ status: 200, body: { success: true } });
    expect((await api("GET", `/v1/schedules/${id}`)).status).toBe(404);
    expect((await api("DELETE", `/v1/schedules/${id}`)).status).toBe(404);
  });

  test("another workspace's is found by no verb, and kept to by no sequence and no step", async () => {
    const id = await makeSchedule();
    for (const [method, body] of [["GET"], ["PATCH", { openings: AFTERNOONS }], ["PATCH", {}], ["DELETE"]] as const) {
      expect((await api(method, `/v1/schedules/${id}`, body, OTHER_KEY)).status).toBe(404);
    }
    expect((await api("GET", "/v1/schedules", undefined, OTHER_KEY)).body.schedules).toEqual([]);
    expect((await api("GET", `/v1/schedules/${id}`)).body.schedule.openings).toEqual(OFFICE);
    const theirs = await makeSchedule(OFFICE, {}, OTHER_KEY);
    const {
      sequence,
      steps: [step],
    } = await makeDrip([1]);
    const paths: [string, string, object][] = [
      ["POST", "/sequences", { name: "x" }],
      ["PATCH", `/sequences/${sequence}`, {}],
      ["POST", `/sequences/${sequence}/steps`, { messageTemplate: "x", delayHours: 1 }],
      ["PATCH", `/sequences/${sequence}/steps/${step}`, {}],
    ];
    for (const [method, path, body] of paths) {
      expect(await api(method, `/v1${path}`, { ...body, scheduleId: theirs })).toMatchObject({
        status: 400,
        body: { error: { code: "VALIDATION_ERROR", details: { field: "scheduleId" } } },
      });
    }
  });

  test("a workspace has a hundred at most", async () => {
    await db()
      .prepare(`WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 100)
        INSERT INTO schedules (workspace_id, name, openings, created_at, updated_at) SELECT 1, 'x', '[]', 1, 1 FROM n`)
      .run();
    expect(await api("POST", "/v1/schedules", { name: "x", openings: OFFICE })).toMatchObject({
      status: 402,
      body: { error: { code: "LIMIT_EXCEEDED" } },
    });
  });

  test("one that a sequence or a step keeps to is not deleted, until that is gone", async () => {
    const [id, own] = [await makeSchedule(), await makeSchedule()];
    const kept = await makeDrip([1], { scheduleId: id });
    const {
      sequence,
      steps: [step],
    } = await makeDrip([1]);
    await api("PATCH", `/v1/sequences/${sequence}/steps/${step}`, { scheduleId: own });
    for (const used of [id, own]) {
      expect(await api("DELETE", `/v1/schedules/${used}`)).toMatchObject({
        status: 409,
        body: { error: { code: "CONFLICT" } },
      });
    }
    await api("DELETE", `/v1/sequences/${sequence}/steps/${step}`);
    await api("DELETE", `/v1/sequences/${kept.sequence}`);
    for (const used of [id, own]) expect((await api("DELETE", `/v1/schedules/${used}`)).status).toBe(200);
    const back = await api("PATCH", `/v1/sequences/${kept.sequence}`, { status: "ACTIVE" });
    expect(back).toMatchObject({ status: 200, body: { sequence: { scheduleId: null } } });
  });

  test("a copy of a sequence keeps to the same schedules, on the same days", async () => {
    const [id, own] = [await makeSchedule(), await makeSchedule()];
    const timing = { scheduleId: id, scheduleIntervalType: "schedule", sequenceType: "date" };
    const {
      sequence,
      steps: [step],
    } = await makeDrip([1], timing);
    await api("PATCH", `/v1/sequences/${sequence}/steps/${step}`, { scheduleId: own, date: "2040-02-03" });
    const { body } = await api("POST", `/v1/sequences/${sequence}/duplicate`, {});
    expect(body.sequence).toMatchObject({ ...timing, steps: [{ scheduleId: own, date: "2040-02-03" }] });
  });
});

describe("a schedule that is deleted at the same instant", () => {
  /** It goes right before the write. */
  function goingBefore(id: string): Context {
    const ctx = contextOf();
    const { db: before } = contextOf();
    const isWrite = (queries: Json[]) =>
      queries.some((query) => {
        const { sql } = query.getQuery?.() ?? query.toSQL?.() ?? query._prepare().getQuery();
        return /^\s*(insert|update)/i.test(sql);
      });
    const batch = (async (...args: Parameters<typeof before.batch>) => {
      if (isWrite(args[0] as Json)) await db().prepare("DELETE FROM schedules WHERE id = ?").bind(idOf(id)).run();
      return before.batch(...args);
    }) as unknown as typeof before.batch;
    return { ...ctx, db: Object.assign(Object.create(ctx.db) as typeof ctx.db, { batch }) };
  }

  const REFUSED = { ok: false, failure: { kind: "bad_value", field: "scheduleId" } };
  const MESSAGE = {
    kind: "message",
    label: null,
    delay: 0,
    subject: null,
    body: "x",
    format: "text",
    settings: {},
  } as const;

  test("is kept to by nothing that comes to it: a sequence, a new one, a step, a new one, a copy", async () => {
    const {
      sequence,
      steps: [step = ""],
    } = await makeDrip([24]);
    const of = { sequenceId: idOf(sequence), stepId: idOf(step) };
    const rules = { match: "all" as const, conditions: [] };
    const draft = { name: "Drip", rules, primaryReplyAction: "finish", status: "DRAFT", userId: 1 } as const;
    const copied = await makeDrip([24]);
    const deeds: ((ctx: Context, scheduleId: number) => Promise<unknown>)[] = [
      (ctx, scheduleId) => sequences.update(ctx, of.sequenceId, { scheduleId, userId: 1 }),
      (ctx, scheduleId) => sequences.create(ctx, { ...draft, scheduleId }),
      (ctx, scheduleId) => steps.add(ctx, of.sequenceId, { ...MESSAGE, scheduleId }),
      (ctx, scheduleId) => steps.update(ctx, of, () => ({ ok: true, value: { scheduleId } })),
      async (ctx, scheduleId) => {
        await steps.update(
          contextOf(),
          { sequenceId: idOf(copied.sequence), stepId: idOf(copied.steps[0] ?? "") },
          () => ({
            ok: true,
            value: { scheduleId },
          }),
        );
        return duplicate(ctx, { id: idOf(copied.sequence), userId: 1 });
      },
    ];
    const before = (await api("GET", `/v1/sequences/${sequence}`)).body.sequence;
    const { total } = (await api("GET", "/v1/sequences")).body.pagination;
    for (const [i, deed] of deeds.entries()) {
      const id = await makeSchedule();
      expect([i, await deed(goingBefore(id), idOf(id))]).toMatchObject([i, REFUSED]);
    }
    expect((await api("GET", `/v1/sequences/${sequence}`)).body.sequence).toEqual(before);
    expect((await api("GET", "/v1/sequences")).body.pagination.total).toBe(total);
  });
});

describe("journeys under way", () => {
  test("a message that falls due in the evening goes out in the morning, and says what it waits for", async () => {
    const { sequence } = await makeDrip([10], { scheduleId: await makeSchedule() });
    const enrollment = await enroll(sequence);
    expect(await nextOf(sequence, enrollment)).toBe(time(9, 3));
    await pass(14 * HOUR, HOUR);
    const { waiting } = await show(sequence, enrollment);
    expect(waiting).toEqual({ for: "window", until: `${time(9, 3)}Z`, detail: "the schedule is closed" });
    await pass(9 * HOUR, HOUR);
    expect(await sentTo(enrollment)).toEqual([]);
    await pass(HOUR);
    expect(await sentTo(enrollment)).toEqual(["Message 1"]);
  });

  test("what is activated in the night waits for the morning; it wakes once, not all night", async () => {
    const { sequence } = await makeDrip([1], { scheduleId: await makeSchedule(), status: "PAUSED" });
    const enrollment = await enroll(sequence);
    await pass(18 * HOUR); // 03:00
    await api("PATCH", `/v1/sequences/${sequence}`, { status: "ACTIVE" });
    await pass(2 * HOUR, HOUR);
    expect(await sentTo(enrollment)).toEqual([]);
    expect(await nextOf(sequence, enrollment)).toBe(time(9, 3));
    resetCounts();
    await pass(3 * HOUR, HOUR);
    expect([faults.rowsWritten, await sentTo(enrollment)]).toEqual([0, []]);
    await pass(HOUR);
    expect(await sentTo(enrollment)).toEqual(["Message 1"]);
  });

  test("an edit of the schedule moves those under way, sooner and later, and of sequences whose steps keep to it", async () => {
    const id = await makeSchedule();
    const { sequence } = await makeDrip([10], { scheduleId: id });
    const other = await makeDrip([10]);
    await api("PATCH", `/v1/sequences/${other.sequence}/steps/${other.steps[0]}`, { scheduleId: id });
    await makeDrip([10], { scheduleId: id }); // with nobody under way
    await drain();
    const [one, two] = [await enroll(sequence), await enroll(other.sequence)];
    await settle();
    const both = async () => [await nextOf(sequence, one), await nextOf(other.sequence, two)];
    expect(await both()).toEqual([time(9, 3), time(9, 3)]);
    for (const [openings, due] of [
      [hours("11:00", "12:00"), time(11, 3)],
      [hours("20:00", "21:00"), time(20)],
    ] as const) {
      await db().prepare("DELETE FROM jobs").run();
      await api("PATCH", `/v1/schedules/${id}`, { openings });
      const { results } = await db().prepare("SELECT kind, subject_id FROM jobs ORDER BY subject_id").all();
      const jobs = [sequence, other.sequence].map((kept) => ({ kind: "reschedule", subject_id: idOf(kept) }));
      expect(results).toEqual(jobs);
      await settle();
      expect(await both()).toEqual([due, due]);
    }
    await db().prepare("DELETE FROM jobs").run();
    await api("PATCH", `/v1/schedules/${id}`, { name: "Evenings" });
    expect((await db().prepare("SELECT * FROM jobs").all()).results).toEqual([]);
  });

  test("another schedule, none, and another way of counting move those under way", async () => {
    const [id, late] = [await makeSchedule(), await makeSchedule(AFTERNOONS)];
    const {
      sequence,
      steps: [step],
    } = await makeDrip([10], { scheduleId: id });
    const enrollment = await enroll(sequence);
    const at = `/v1/sequences/${sequence}`;
    const changes: [path: string, change: object, due: string][] = [
      [at, { scheduleId: late }, time(14, 3)],
      [at, { scheduleId: null }, time(19)],
      [at, { scheduleId: id, scheduleIntervalType: "schedule" }, time(11, 3)],
      [`${at}/steps/${step}`, { scheduleId: late }, time(16, 4)],
      [`${at}/steps/${step}`, { date: "2040-01-09" }, time(16, 4)],
      [at, { sequenceType: "date" }, time(14, 9)],
    ];
    await settle();
    for (const [path, change, due] of changes) {
      expect((await api("PATCH", path, change)).status).toBe(200);
      await settle();
      expect([change, await nextOf(sequence, enrollment)]).toEqual([change, due]);
    }
    await api("PATCH", `${at}/steps/${step}`, { date: null, scheduleId: null });
    await settle();
    expect(await sentTo(enrollment)).toEqual(["Message 1"]);
  });

  test("a contact in another place is written to in his own morning", async () => {
    const { sequence } = await makeDrip([0], { scheduleId: await makeSchedule(OFFICE, {}) });
    const places = ["Asia/Tokyo", "America/Phoenix", null];
    const there: string[] = [];
    for (const timezone of places) there.push(await enroll(sequence, await makeContact({ timezone })));
    await settle();
    const sent = async () => Promise.all(there.map(async (one) => (await sentTo(one)).length));
    // 18:00, 02:00 and 09:00.
    expect(await sent()).toEqual([0, 0, 1]);
    await pass(7 * HOUR, HOUR);
    expect(await sent()).toEqual([0, 1, 1]);
    await pass(8 * HOUR, HOUR);
    expect(await sent()).toEqual([1, 1, 1]);
  });

  test("the next mail is foretold by the schedule in Broadcast too", async () => {
    const { sequence } = await makeDrip([], { scheduleId: await makeSchedule() });
    const path = `/api/v1/sequences/${idOf(sequence)}`;
    await api("POST", `${path}/steps`, { action: "delay", label: "Wait", delay: 36_000 });
    await api("POST", `/v1/sequences/${sequence}/steps`, { messageTemplate: "x", delayHours: 11 });
    await subscribe(idOf(sequence), "ada@example.com");
    await settle();
    const [listed] = (await api("GET", `${path}/list_subscribers`)).body.subscriber_sequences;
    expect(listed.next_trigger_at).toBe(`${time(9, 3)}Z`);
  });

  test("a date sequence: days that are over are passed over, the others come in the morning of their day", async () => {
    const timing = { scheduleId: await makeSchedule(), sequenceType: "date" };
    const {
      sequence,
      steps: [past, today, , later],
    } = await makeDrip([5, 0, 0, 0], timing);
    for (const [step, date] of [
      [past, "2040-01-01"],
      [today, "2040-01-02"],
      [later, "2040-01-05"],
    ]) {
      await api("PATCH", `/v1/sequences/${sequence}/steps/${step}`, { date });
    }
    await drain();
    const enrollment = await enroll(sequence);
    await settle();
    expect(await sentTo(enrollment)).toEqual(["Message 2", "Message 3"]);
    const { history } = await show(sequence, enrollment);
    const passed = { event: "step_skipped", stepId: past, kind: "message", reason: "its day is over" };
    expect(history).toContainEqual(expect.objectContaining(passed));
    expect(await show(sequence, enrollment)).toMatchObject({ currentStep: 3, nextRunAt: `${time(9, 5)}Z` });
    await pass(3 * DAY - HOUR);
    expect(await sentTo(enrollment)).toHaveLength(2);
    await pass(HOUR);
    expect(await sentTo(enrollment)).toHaveLength(3);
    expect((await historyOf(enrollment)).at(-1)).toMatchObject({ what: "ended", why: "completed" });
  });

  test("one whose schedule is gone all the same goes on unbound", async () => {
    const { sequence } = await makeDrip([10], { scheduleId: await makeSchedule() });
    const enrollment = await enroll(sequence);
    await settle();
    await db().prepare("DELETE FROM schedules").run();
    await api("PATCH", `/v1/sequences/${sequence}`, { name: "Another revision" });
    await ring(enrollment);
    expect((await stateOf(enrollment)).phase).toMatchObject({ dueAt: Date.UTC(2040, 0, 2, 19) });
  });
});

test("what keeps to a schedule is found by an index, and a change of one that too much keeps to is refused", async () => {
  const id = await makeSchedule();
  await db()
    .prepare(`WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 2001)
      INSERT INTO sequences (workspace_id, name, status, rules, creator_id, owner_id, updater_id, created_at, updated_at)
      SELECT 1, 'x', 'ACTIVE', '{}', 1, 1, 1, 1, 1 FROM n`)
    .run();
  resetCounts();
  expect((await api("PATCH", `/v1/schedules/${id}`, { openings: AFTERNOONS })).status).toBe(200);
  expect(faults.rowsRead).toBeLessThan(50);
  await db().prepare("UPDATE sequences SET schedule_id = ?").bind(idOf(id)).run();
  const refused = await schedules.update(contextOf(), idOf(id), { openings: OFFICE });
  expect(refused).toMatchObject({ ok: false, failure: { kind: "too_many", max: 2000 } });
  expect((await api("GET", `/v1/schedules/${id}`)).body.schedule.openings).toEqual(AFTERNOONS);
  await db().prepare("UPDATE sequences SET schedule_id = NULL WHERE id = (SELECT MIN(id) FROM sequences)").run();
  expect((await schedules.update(contextOf(), idOf(id), { openings: OFFICE })).ok).toBe(true);
});
