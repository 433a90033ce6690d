/** Calls: logged once they were made, they complete their task and move the journey of whoever was called. */
import { beforeEach, describe, expect, test } from "vitest";
import type { SequenceAction } from "../../src/domain/call";
import * as calls from "../../src/engine/calls";
import { contextOf } from "../support/context";
import { faults } from "../support/faults";
import { makeCadence, messageDraft, taskDraft, taskOf } from "../support/tasks";
import { api, begin, db, drain, enroll, idOf, type Json, makeContact, rowOf, settle, show } from "../support/world";

beforeEach(begin);

const HOUR = 3600; // seconds

async function atCall(): Promise<{ sequence: string; enrollment: string; task: Json; ids: Ids }> {
  const { sequence, steps } = await makeCadence(taskDraft(), messageDraft("After", HOUR));
  const enrollment = await enroll(sequence);
  await settle();
  const task = await taskOf(enrollment);
  const [taskId, contactId] = [idOf(task.id), idOf(task.contactId)];
  const parties = { taskId, contactId, enrollmentId: idOf(enrollment), sequenceId: idOf(sequence) };
  return { sequence, enrollment, task, ids: { ...parties, stepId: steps[0] ?? 0 } };
}

interface Ids {
  taskId: number;
  contactId: number;
  enrollmentId: number;
  sequenceId: number;
  stepId: number;
}

const EVERYTHING = { enrollmentId: null, taskId: null, contactId: null, sequenceId: null };

async function logged(draft: calls.CallDraft): Promise<calls.CallRow> {
  const done = await calls.log(contextOf(), draft);
  if (!done.ok) throw new Error(`not logged: ${JSON.stringify(done.failure)}`);
  return done.value;
}

describe("a call that a task asked for", () => {
  test("is logged with all that is known of it, and completes the task", async () => {
    const { enrollment, ids } = await atCall();
    const said = {
      direction: "outbound",
      outcome: "Answered",
      note: "Call back",
      details: { to: "+1", tags: ["Hot"] },
    };
    const call = await logged({ taskId: ids.taskId, ...said, dialedAt: 5 } as calls.CallDraft);
    expect(call).toMatchObject({ ...ids, ...said, dialedAt: 5, answeredAt: null, state: "completed" });
    expect(await taskOf(enrollment)).toMatchObject({ state: "complete", result: "completed" });
    expect(await rowOf(enrollment)).toMatchObject({ call_completed_at: expect.any(Number), standing: "ACTIVE" });
    await settle();
    expect(await rowOf(enrollment)).toMatchObject({ state: "waiting" });
    expect(await calls.show(contextOf(), call.id)).toEqual({ ok: true, value: call });
  });

  test.each([
    ["Advance", "ACTIVE", null],
    ["Finish", "COMPLETED", null],
    ["Finish - No Reply", "COMPLETED", null],
    ["Finish - Replied", "EXITED", "REPLIED"],
  ] as const)("%s -> the enrollment is %s", async (sequenceAction, status, exitReason) => {
    for (const named of ["taskId", "enrollmentId"] as const) {
      const { sequence, enrollment, ids } = await atCall();
      await logged({ [named]: ids[named], sequenceAction });
      expect(await show(sequence, enrollment)).toMatchObject({ status, exitReason });
      const replied = sequenceAction === "Finish - Replied" ? expect.any(Number) : null;
      expect(await rowOf(enrollment)).toMatchObject({ replied_at: replied });
      expect((await taskOf(enrollment)).result).toBe("completed");
    }
  });

  test("of two at once each is kept, and the journey goes on once", async () => {
    const { ids, enrollment } = await atCall();
    const both = await Promise.all([1, 2].map(() => calls.log(contextOf(), { taskId: ids.taskId })));
    expect(both.some(({ ok }) => ok)).toBe(true);
    expect(await calls.log(contextOf(), { taskId: ids.taskId })).toEqual({
      ...{ ok: false, failure: { kind: "already_complete" } },
    });
    await settle();
    expect(await rowOf(enrollment)).toMatchObject({ state: "waiting", standing: "ACTIVE" });
  });
});

test("a call that is cut off before its task hears of it, and logged again, is one call", async () => {
  const { enrollment, ids } = await atCall();
  const draft = { taskId: ids.taskId, outcome: "Answered", note: "Call back", details: { to: "+1" } } as const;
  faults.objectsDown = true;
  await expect(calls.log(contextOf(), draft)).rejects.toThrow();
  faults.objectsDown = false;
  expect(await taskOf(enrollment)).toMatchObject({ state: "incomplete" });
  const { id } = await logged(draft);
  expect(await taskOf(enrollment)).toMatchObject({ state: "complete" });
  const kept = await calls.list(contextOf(), { taskId: ids.taskId }, { below: null, limit: 9 });
  expect(kept.items.map((call) => call.id)).toEqual([id]);
});

describe("a call that no task asked for", () => {
  test("of an enrollment is remembered there, and moves nothing unless it says so", async () => {
    const { enrollment, sequence, ids } = await atCall();
    expect(await logged({ enrollmentId: ids.enrollmentId })).toMatchObject({ taskId: null, stepId: null });
    expect(await rowOf(enrollment)).toMatchObject({ state: "working", call_completed_at: expect.any(Number) });
    await api("POST", `/v1/tasks/${(await taskOf(enrollment)).id}/complete`);
    await settle();
    await logged({ enrollmentId: ids.enrollmentId, sequenceAction: "Advance" });
    expect(await rowOf(enrollment)).toMatchObject({ state: "waiting" });
    await logged({ enrollmentId: ids.enrollmentId, sequenceAction: "Finish - Replied" });
    expect(await show(sequence, enrollment)).toMatchObject({ status: "EXITED", exitReason: "REPLIED" });
    await logged({ enrollmentId: ids.enrollmentId, sequenceAction: "Finish" });
  });

  test("of a contact alone is listed with him, and removed", async () => {
    const contactId = idOf(await makeContact());
    const made: number[] = [];
    for (let i = 0; i < 3; i++) made.unshift((await logged({ contactId, note: `${i}` })).id);
    const page = await calls.list(contextOf(), { contactId }, { below: null, limit: 2 });
    expect(page).toMatchObject({ items: [{ id: made[0] }, { id: made[1] }], next: made[1] });
    const rest = await calls.list(contextOf(), { contactId }, { below: page.next, limit: 2 });
    expect(rest).toMatchObject({ items: [{ id: made[2] }], next: null });
    expect(await calls.remove(contextOf(), made[0] ?? 0)).toEqual({ ok: true, value: undefined });
    expect(await calls.remove(contextOf(), made[0] ?? 0)).toMatchObject({ failure: { what: "call" } });
    expect(await calls.list(contextOf(2), {}, { below: null, limit: 9 })).toEqual({ items: [], next: null });
    expect(await calls.show(contextOf(2), made[1] ?? 0)).toMatchObject({ failure: { kind: "not_found" } });
  });
});

test("calls are found by whatever they belong to", async () => {
  const { ids } = await atCall();
  const { id } = await logged({ taskId: ids.taskId });
  for (const name of ["contactId", "taskId", "enrollmentId", "sequenceId"] as const) {
    const { items } = await calls.list(contextOf(), { ...EVERYTHING, [name]: ids[name] }, { below: null, limit: 9 });
    expect(items.map((call) => call.id)).toEqual([id]);
    const none = await calls.list(contextOf(), { ...EVERYTHING, [name]: 0 }, { below: null, limit: 9 });
    expect(none.items).toEqual([]);
  }
});

test("what does not belong together, or is not there, is refused, and nothing is written", async () => {
  const [here, there] = [await atCall(), await atCall()];
  const refusals: [calls.CallDraft, object][] = [
    [{}, { kind: "blank", field: "contactId" }],
    [{ contactId: 0 }, { kind: "not_found", what: "contact" }],
    [{ taskId: 0 }, { kind: "not_found", what: "task" }],
    [{ enrollmentId: 0 }, { kind: "not_found", what: "enrollment" }],
    [
      { taskId: here.ids.taskId, contactId: there.ids.contactId },
      { kind: "bad_value", field: "contactId" },
    ],
    [
      { taskId: here.ids.taskId, enrollmentId: there.ids.enrollmentId },
      { kind: "bad_value", field: "enrollmentId" },
    ],
    [
      { contactId: here.ids.contactId, note: "x".repeat(65_536) },
      { kind: "bad_value", field: "note" },
    ],
  ];
  for (const [draft, failure] of refusals) {
    expect(await calls.log(contextOf(), draft)).toMatchObject({ ok: false, failure });
    expect((await calls.log(contextOf(2), { ...draft, taskId: here.ids.taskId })).ok).toBe(false);
  }
  const action: SequenceAction = "Finish";
  expect((await calls.log(contextOf(2), { enrollmentId: here.ids.enrollmentId, sequenceAction: action })).ok).toBe(
    false,
  );
  expect(await db().prepare("SELECT COUNT(*) AS n FROM calls").first("n")).toBe(0);
  expect(await rowOf(here.enrollment)).toMatchObject({ state: "working", call_completed_at: null });
});

test("an erased contact's calls keep no words", async () => {
  const { task, ids } = await atCall();
  const { id } = await logged({ taskId: ids.taskId, note: "She has a dog", details: { to: "+15550100" } });
  await api("DELETE", `/v1/contacts/${task.contactId}`);
  await drain();
  expect(await calls.show(contextOf(), id)).toMatchObject({ value: { note: null, details: {} } });
});
