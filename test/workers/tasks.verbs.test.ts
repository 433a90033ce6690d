/** Tasks as people write them: those that stand alone, how tasks show in each dialect, and what is refused. */
import { beforeEach, describe, expect, test } from "vitest";
import { isTouch } from "../../src/domain/step";
import * as engineCalls from "../../src/engine/calls";
import * as engineSteps from "../../src/engine/steps";
import * as engineTasks from "../../src/engine/tasks";
import { contextOf } from "../support/context";
import { addStep, mailDraft, makeCadence, messageDraft, taskDraft, taskOf, work } from "../support/tasks";
import { stepsOf, subscribe } from "../support/tree";
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
  OTHER_KEY,
  pass,
  rowOf,
  settle,
  sweep,
} from "../support/world";

beforeEach(begin);

/** Somebody at a call, which is all there is. */
async function atCall(): Promise<{ enrollment: string; sequence: string; task: Json }> {
  const { sequence } = await makeCadence(taskDraft());
  const enrollment = await enroll(sequence);
  await settle();
  return { enrollment, sequence, task: await taskOf(enrollment) };
}

async function create(more: object = {}): Promise<Json> {
  const contactId = await makeContact();
  const { status, body } = await api("POST", "/v1/tasks", { contactId, ...more });
  if (status !== 201) throw new Error(`not created: ${JSON.stringify(body)}`);
  return body.task;
}

const inAnHour = () => new Date(Date.now() + HOUR).toISOString();

describe("a task that stands alone", () => {
  test("is made, changed, completed once, and goes for good", async () => {
    const made = await create({ action: "in_person", note: "Lunch", dueAt: inAnHour() });
    expect(made).toMatchObject({ action: "in_person", taskType: "manual", state: "incomplete", note: "Lunch" });
    expect(made).toMatchObject({ ownerId: "user_1", enrollmentId: null, sequenceId: null, stepId: null });
    const path = `/v1/tasks/${made.id}`;
    const changed = await api("PATCH", path, { note: null, action: "call", priorityId: "priority_2" });
    expect(changed.body.task).toMatchObject({
      note: null,
      action: "call",
      priorityId: "priority_2",
      dueAt: made.dueAt,
    });
    const both = await Promise.all([1, 2].map(() => api("POST", `${path}/complete`)));
    expect(both.map(({ status }) => status).sort()).toEqual([200, 409]);
    expect((await api("GET", path)).body.task).toMatchObject({ state: "complete", completerId: "user_1" });
    expect((await api("PATCH", path, { dueAt: inAnHour() })).status).toBe(409);
    expect((await api("PATCH", path, { note: "It went well" })).body.task.note).toBe("It went well");
    expect(await api("DELETE", path)).toEqual({ status: 200, body: { success: true } });
    expect((await api("GET", path)).status).toBe(404);
    expect((await api("DELETE", path)).status).toBe(404);
  });

  test("has an id that no journey's act has, and that is never given out again", async () => {
    const first = await create();
    await api("DELETE", `/v1/tasks/${first.id}`);
    const [a, b] = await Promise.all([create(), create()]);
    const ids = [first, a, b].map(({ id }) => idOf(id));
    expect(new Set(ids).size).toBe(3);
    expect(ids.map((id) => id % 4096)).toEqual([0, 0, 0]);
  });

  test("is put off, and skipped in time by the sweep", async () => {
    const { id } = await create({ dueAt: inAnHour(), autoskipAt: inAnHour() });
    const snoozed = await work(id, "snooze");
    expect(Date.parse(snoozed.dueAt) - Date.now()).toBeGreaterThan(DAY);
    expect(snoozed.autoskipAt).toBe(snoozed.dueAt);
    await pass(2 * HOUR);
    await sweep();
    expect((await api("GET", `/v1/tasks/${id}`)).body.task.state).toBe("incomplete");
    await pass(DAY);
    await sweep();
    expect((await api("GET", `/v1/tasks/${id}`)).body.task).toMatchObject({ state: "complete", result: "skipped" });
  });

  test("leads nowhere and has no mail", async () => {
    const { id } = await create();
    expect((await api("POST", `/v1/tasks/${id}/deliver`)).status).toBe(409);
    const advanced = await engineTasks.advance(contextOf(), idOf(id));
    expect(advanced).toEqual({ ok: false, failure: { kind: "not_sequenced" } });
  });
});

test("a journey's task is given to another, advanced, and skipped instead of deleted", async () => {
  const { task, enrollment } = await atCall();
  await db().prepare("INSERT INTO users (id, workspace_id, name, created_at) VALUES (9, 1, 'Bob', 0)").run();
  const given = await engineTasks.reassignOwner(contextOf(), idOf(task.id), 9);
  expect(given).toMatchObject({ ok: true, value: { ownerId: 9 } });
  expect((await engineTasks.advance(contextOf(), idOf(task.id))).ok).toBe(true);
  await settle();
  expect(await rowOf(enrollment)).toMatchObject({ why: "completed" });
  const other = await atCall();
  expect((await api("DELETE", `/v1/tasks/${other.task.id}`)).status).toBe(200);
  expect(await taskOf(other.enrollment)).toMatchObject({ state: "complete", result: "skipped", completerId: "user_1" });
  expect((await api("DELETE", `/v1/tasks/${other.task.id}`)).status).toBe(409);
});

test("lists are filtered, and go on where they ended", async () => {
  const { task, sequence, enrollment } = await atCall();
  const alone = await Promise.all([create(), create({ action: "email" }), create()]);
  await work(alone[0].id, "complete");
  const { contactId } = task;
  const both = await api("POST", "/v1/tasks", { contactId });
  const ids = async (query: string): Promise<string[]> =>
    (await api("GET", `/v1/tasks${query}`)).body.tasks.map(({ id }: Json) => id);
  expect(await ids(`?sequence=${sequence}`)).toEqual([task.id]);
  expect(await ids(`?enrollment=${enrollment}`)).toEqual([task.id]);
  expect(await ids(`?contact=${contactId}`)).toEqual([task.id, both.body.task.id]);
  expect(await ids("?state=complete")).toEqual([alone[0].id]);
  expect((await ids("?state=incomplete&owner=user_1")).length).toBe(4);
  expect(await ids("?owner=user_77")).toEqual([]);
  const paged: string[] = [];
  for (let after = ""; ; ) {
    const { tasks, pagination } = (await api("GET", `/v1/tasks?limit=2${after}`)).body;
    paged.push(...tasks.map(({ id }: Json) => id));
    if (pagination.after === null) break;
    after = `&after=${pagination.after}`;
  }
  expect(paged).toEqual(await ids(""));
  expect(new Set(paged).size).toBe(5);
});

test("a private sequence's tasks and calls are there for its owner alone", async () => {
  const { task, enrollment, sequence } = await atCall();
  const call = await engineCalls.log(contextOf(), { enrollmentId: idOf(enrollment) });
  await db()
    .prepare("UPDATE sequences SET share_type = 'private', owner_id = 9 WHERE id = ?")
    .bind(idOf(sequence))
    .run();
  expect((await api("GET", `/v1/tasks/${task.id}`)).status).toBe(404);
  expect((await api("POST", `/v1/tasks/${task.id}/complete`)).status).toBe(404);
  expect((await api("GET", "/v1/tasks")).body.tasks).toEqual([]);
  const other = { ...contextOf(), userId: 1 };
  expect(await engineCalls.list(other, {}, { below: null, limit: 9 })).toEqual({ items: [], next: null });
  expect(call.ok && (await engineCalls.show({ ...other, userId: 9 }, call.value.id)).ok).toBe(true);
});

test("an erased contact's tasks keep no words, and ask nobody any more", async () => {
  const { task, enrollment } = await atCall();
  await api("PATCH", `/v1/tasks/${task.id}`, { note: "Her dog is called Rex" });
  const alone = (await api("POST", "/v1/tasks", { contactId: task.contactId, note: "Rex again" })).body.task;
  await api("DELETE", `/v1/contacts/${task.contactId}`);
  await drain();
  await settle();
  for (const { id } of [task, alone]) {
    const { body } = await api("GET", `/v1/tasks/${id}`);
    expect(body.task).toMatchObject({ note: null, state: "complete", result: "cancelled" });
  }
  expect(await rowOf(enrollment)).toMatchObject({ why: "removed" });
});

describe("bad input is refused", () => {
  const BAD = { status: 400, code: "BAD_REQUEST" };
  const INVALID = { status: 400, code: "VALIDATION_ERROR" };
  const MISSING = { status: 404, code: "NOT_FOUND" };
  const of = ({ status, body }: { status: number; body: Json }) => ({ status, code: body.error?.code });
  const LONG = "x".repeat(65_536);

  test("on every route", async () => {
    const { task } = await atCall();
    const alone = await create();
    const contactId = await makeContact();
    const theirs = (await api("POST", "/v1/contacts", { platform: "SMS", username: "+1555" }, OTHER_KEY)).body.contact
      .id;
    const [own, known] = [`/v1/tasks/${task.id}`, `/v1/tasks/${alone.id}`];
    const refusals: [string, string, unknown, object][] = [
      ["POST", "/v1/tasks", {}, BAD],
      ["POST", "/v1/tasks", "{", BAD],
      ["POST", "/v1/tasks", [], BAD],
      ["POST", "/v1/tasks", { contactId: 5 }, BAD],
      ["POST", "/v1/tasks", { contactId: "seq_5" }, BAD],
      ["POST", "/v1/tasks", { contactId: "contact_999999" }, MISSING],
      ["POST", "/v1/tasks", { contactId: theirs }, MISSING],
      ["POST", "/v1/tasks", { contactId, action: "dance" }, INVALID],
      ["POST", "/v1/tasks", { contactId, action: 4 }, BAD],
      ["POST", "/v1/tasks", { contactId, note: 4 }, BAD],
      ["POST", "/v1/tasks", { contactId, note: LONG }, INVALID],
      ["POST", "/v1/tasks", { contactId, dueAt: "tomorrow" }, INVALID],
      ["POST", "/v1/tasks", { contactId, dueAt: 5 }, BAD],
      ["POST", "/v1/tasks", { contactId, autoskipAt: "2040-01-01" }, INVALID],
      ["POST", "/v1/tasks", { contactId, ownerId: "user_2" }, INVALID],
      ["POST", "/v1/tasks", { contactId, ownerId: 1 }, BAD],
      ["POST", "/v1/tasks", { contactId, priorityId: "prio_1" }, BAD],
      ["POST", "/v1/tasks", { contactId, priorityId: "priority_high" }, INVALID],
      ["PATCH", own, "{", BAD],
      ["PATCH", own, { dueAt: null }, BAD],
      ["PATCH", own, { action: "email" }, INVALID],
      ["PATCH", own, { ownerId: "user_2" }, INVALID],
      ["PATCH", known, { ownerId: "user_abc" }, INVALID],
      ["PATCH", "/v1/tasks/task_abc", {}, MISSING],
      ["GET", "/v1/tasks/5", undefined, BAD],
      ["GET", "/v1/tasks/task_4096000", undefined, MISSING],
      ["DELETE", "/v1/tasks/msg_5", undefined, BAD],
      ["DELETE", "/v1/tasks/task_7", undefined, MISSING],
      ["POST", "/v1/tasks/task_7/complete", {}, MISSING],
      ["POST", `${own}/complete`, { finish: "yes" }, BAD],
      ["POST", `${own}/complete`, "{", BAD],
      ["POST", `${own}/snooze`, { dueAt: 5 }, BAD],
      ["POST", `${own}/snooze`, { dueAt: "1969-01-01T00:00:00Z" }, INVALID],
      ["POST", "/v1/tasks/task_7/snooze", {}, MISSING],
      ["POST", "/v1/tasks/task_7/deliver", undefined, MISSING],
      ["GET", "/v1/tasks?state=done", undefined, INVALID],
      ["GET", "/v1/tasks?limit=0", undefined, INVALID],
      ["GET", "/v1/tasks?limit=x", undefined, BAD],
      ["GET", "/v1/tasks?after=5", undefined, BAD],
      ["GET", "/v1/tasks?contact=contact_abc", undefined, MISSING],
      ["GET", `/v1/tasks?contact=${theirs}`, undefined, MISSING],
      ["GET", "/v1/tasks?sequence=seq_999999", undefined, MISSING],
      ["GET", "/v1/tasks?enrollment=enroll_999999", undefined, MISSING],
    ];
    for (const [method, path, body, refusal] of refusals) {
      const answer = await api(method, path, body);
      expect([method, path, body, of(answer)]).toEqual([method, path, body, refusal]);
    }
    expect((await api("GET", own)).body.task).toEqual(task);
    expect((await api("GET", known)).body.task).toEqual(alone);
    const lean = await api("GET", "/v1/tasks", undefined, null);
    expect(lean.status).toBe(401);
  });
});

describe("other dialects", () => {
  test("v1 numbers messages alone, Outreach tasks too", async () => {
    const { sequence } = await makeCadence(taskDraft(), messageDraft("One"), taskDraft({ type: "task" }));
    const id = idOf(sequence);
    const v1 = await api("GET", `/v1/sequences/${sequence}`);
    expect(v1.body.sequence.steps).toHaveLength(1);
    const both = await engineSteps.list(contextOf(), id, isTouch);
    expect(both.ok && both.value.map(({ step, order }) => [step.kind, order])).toEqual([
      ["task", 1],
      ["message", 2],
      ["task", 3],
    ]);
    const at = { order: 2, shows: isTouch };
    expect((await engineSteps.add(contextOf(), id, taskDraft({ note: "Second" }), at)).ok).toBe(true);
    const after = await engineSteps.list(contextOf(), id, isTouch);
    expect(after.ok && after.value[1]?.step.settings).toMatchObject({ note: "Second" });
    const last = after.ok ? (after.value[3]?.step.id ?? 0) : 0;
    const of = { sequenceId: id, stepId: last };
    const moved = await engineSteps.update(contextOf(), of, () => ({ ok: true, value: { order: 1, shows: isTouch } }));
    expect(moved.ok).toBe(true);
    const end = await engineSteps.list(contextOf(), id, isTouch);
    expect(end.ok && end.value[0]?.step.id).toBe(last);
  });

  test("Broadcast shows a task and makes none", async () => {
    const { sequence } = await makeCadence(taskDraft({ note: "Ask" }));
    const [, task] = await stepsOf(idOf(sequence));
    expect(task).toMatchObject({ action: "task", label: "Call", task_type: "call", note: "Ask" });
    const path = `/api/v1/sequences/${idOf(sequence)}/steps`;
    expect((await api("POST", path, { action: "task", label: "No" })).status).toBe(422);
    expect((await api("PATCH", `${path}/${task.id}`, { label: "Ring" })).body).toMatchObject({
      label: "Ring",
      note: "Ask",
    });
  });

  test("what a task step may not be is refused", async () => {
    const { sequence } = await makeCadence(taskDraft());
    for (const [draft, kind, field] of [
      [taskDraft({ autoskip: -1 }), "bad_value", "autoskip"],
      [taskDraft({ note: "x".repeat(65_536) }), "bad_value", "note"],
      [taskDraft({ priorityId: 1.5 }), "bad_value", "priorityId"],
      [mailDraft(" "), "blank", "body"],
      [mailDraft("{% if %}"), "bad_template", "body"],
    ] as const) {
      const refused = await engineSteps.add(contextOf(), idOf(sequence), draft);
      expect(refused.ok ? null : refused.failure).toMatchObject({ kind, field });
    }
    expect(await addStep(sequence, taskDraft({ autoskip: 0 }))).toBeGreaterThan(0);
  });

  test("a subscriber at a task is active in Broadcast", async () => {
    const { sequence } = await makeCadence(taskDraft());
    const enrollment = await subscribe(idOf(sequence), "ada@example.com");
    await settle();
    expect(await rowOf(enrollment)).toMatchObject({ state: "working" });
    const { body } = await api("GET", `/api/v1/sequences/${idOf(sequence)}/list_subscribers`);
    expect(JSON.stringify(body)).toContain('"active"');
  });

  test("another workspace's task is not there", async () => {
    const { task } = await atCall();
    for (const [method, path] of [
      ["GET", ""],
      ["PATCH", ""],
      ["DELETE", ""],
      ["POST", "/complete"],
    ] as const) {
      const body = method === "GET" || method === "DELETE" ? undefined : {};
      expect((await api(method, `/v1/tasks/${task.id}${path}`, body, OTHER_KEY)).status).toBe(404);
    }
    expect((await api("GET", "/v1/tasks", undefined, OTHER_KEY)).body.tasks).toEqual([]);
  });
});
