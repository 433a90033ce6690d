/** Tasks of journeys: made when their step is due, waited at, and completed, skipped or cancelled once. */
import { beforeEach, describe, expect, test } from "vitest";
import * as engineSteps from "../../src/engine/steps";
import { contextOf } from "../support/context";
import { faults, type Letter, resetCounts } from "../support/faults";
import { mailDraft, makeCadence, messageDraft, taskDraft, taskOf, tasksOf, work } from "../support/tasks";
import { storyOf } from "../support/tree";
import {
  api,
  begin,
  DAY,
  db,
  deliver,
  drain,
  enroll,
  HOUR,
  historyOf,
  idOf,
  type Json,
  makeContact,
  objectOf,
  pass,
  ring,
  rowOf,
  sentTo,
  settle,
  show,
  stateOf,
  travel,
  writesOf,
} from "../support/world";

beforeEach(begin);

const story = async (sequence: string, enrollment: string): Promise<string[]> =>
  (await storyOf(idOf(sequence), enrollment)).map((line) => line.replace(/^.*: /, ""));

/** Somebody at the task of a cadence: a call, then a message a day later. */
async function atCall(
  settings: object = {},
): Promise<{ sequence: string; enrollment: string; task: Json; step: number }> {
  const { sequence, steps } = await makeCadence(taskDraft(settings), messageDraft("After", 86_400));
  const enrollment = await enroll(sequence);
  await settle();
  return { sequence, enrollment, task: await taskOf(enrollment), step: steps[0] ?? 0 };
}

describe("a task step that is due", () => {
  test("makes a task, and the journey waits at it", async () => {
    const { sequence, enrollment, task, step } = await atCall({ note: "Ask for Bob", autoskip: 7200, priorityId: 3 });
    const [due, skip] = [Date.parse(task.dueAt), Date.parse(task.autoskipAt)];
    expect(skip - due).toBe(2 * HOUR);
    expect(task).toMatchObject({
      ...{ id: `task_${idOf(enrollment) * 4096 + 4095}`, enrollmentId: enrollment, sequenceId: sequence },
      ...{ stepId: `step_${step}`, action: "call", taskType: "sequence_step_call", state: "incomplete", result: null },
      ...{ note: "Ask for Bob", priorityId: "priority_3", ownerId: "user_1", completedAt: null, completerId: null },
    });
    expect(await rowOf(enrollment)).toMatchObject({ state: "working", step_id: step, wake_by: expect.any(Number) });
    const shown = await show(sequence, enrollment);
    expect(shown).toMatchObject({ status: "ACTIVE", currentStep: 0 });
    expect(shown.waiting).toEqual({
      ...{ for: "task", detail: "a call task must be completed", taskId: task.id, until: task.autoskipAt },
    });
    expect(shown.history.at(-1)).toMatchObject({ event: "task_made", taskId: task.id, type: "call" });
  });

  test("completed -> the next step's delay counts from then; v1 numbers messages alone, the row keeps both", async () => {
    const { sequence, enrollment, task, step } = await atCall();
    await pass(3 * DAY);
    expect(await sentTo(enrollment)).toEqual([]);
    const done = await work(task.id, "complete");
    expect(done).toMatchObject({ state: "complete", result: "completed", completerId: "user_1" });
    expect(done.completedAt).not.toBeNull();
    await settle();
    await pass(DAY - HOUR);
    expect(await sentTo(enrollment)).toEqual([]);
    expect(await rowOf(enrollment)).toMatchObject({ last_touch_id: step, last_step_id: null });
    expect(await rowOf(enrollment)).toMatchObject({ call_completed_at: expect.any(Number) });
    await pass(HOUR);
    expect(await sentTo(enrollment)).toEqual(["After"]);
    expect(await show(sequence, enrollment)).toMatchObject({ currentStep: 1, status: "COMPLETED" });
    expect(await story(sequence, enrollment)).toEqual(["made", "completed", "sent", "completed"]);
  });

  test("completed twice, at once or later -> one goes through, the journey goes on once", async () => {
    const { sequence, enrollment, task } = await atCall();
    const both = await Promise.all([1, 2].map(() => api("POST", `/v1/tasks/${task.id}/complete`)));
    expect(both.map(({ status }) => status).sort()).toEqual([200, 409]);
    expect((await api("POST", `/v1/tasks/${task.id}/complete`)).body.error).toMatchObject({
      ...{ code: "CONFLICT", message: "The task is already complete" },
    });
    await pass(DAY);
    expect(await story(sequence, enrollment)).toEqual(["made", "completed", "sent", "completed"]);
  });

  test("completed to finish -> the enrollment ends with it", async () => {
    const { sequence, enrollment, task } = await atCall();
    await work(task.id, "complete", { finish: true });
    expect(await show(sequence, enrollment)).toMatchObject({ status: "COMPLETED" });
    expect(await story(sequence, enrollment)).toEqual(["made", "completed", "completed"]);
  });

  test("nobody acts -> skipped in time, and on", async () => {
    const { sequence, enrollment, task } = await atCall({ autoskip: 3600 });
    await pass(HOUR);
    expect(await taskOf(enrollment)).toMatchObject({ id: task.id, result: "skipped", completerId: null });
    await pass(DAY);
    expect(await story(sequence, enrollment)).toEqual(["made", "skipped", "sent", "completed"]);
  });

  test("snoozed -> due a day later, and skipped a day later; put off to a time -> then", async () => {
    const { enrollment, task } = await atCall({ autoskip: 3600 });
    const snoozed = await work(task.id, "snooze");
    const later = Date.parse(snoozed.dueAt) - Date.parse(task.dueAt);
    expect(later).toBeGreaterThanOrEqual(DAY);
    expect(Date.parse(snoozed.autoskipAt) - Date.parse(task.autoskipAt)).toBe(later);
    await pass(2 * HOUR);
    const dueAt = new Date(Date.now() + 10 * DAY).toISOString();
    expect(await work(task.id, "snooze", { dueAt })).toMatchObject({
      state: "incomplete",
      dueAt: `${dueAt.slice(0, 19)}Z`,
    });
    await pass(10 * DAY);
    expect((await taskOf(enrollment)).result).toBeNull();
    await pass(HOUR);
    expect((await taskOf(enrollment)).result).toBe("skipped");
  });

  test("paused and resumed -> the same task; completed under a pause -> the journey stays where it is", async () => {
    const { sequence, enrollment, task } = await atCall({ autoskip: 3600 });
    await api("POST", `/v1/sequences/${sequence}/enrollments/${enrollment}/pause`);
    await pass(2 * HOUR);
    expect(await taskOf(enrollment)).toMatchObject({ id: task.id, state: "incomplete" });
    await work(task.id, "complete");
    await pass(2 * DAY);
    expect(await sentTo(enrollment)).toEqual([]);
    await api("POST", `/v1/sequences/${sequence}/enrollments/${enrollment}/resume`);
    await settle();
    expect(await sentTo(enrollment)).toEqual(["After"]);
    expect(await tasksOf(enrollment)).toHaveLength(1);
  });

  test("the enrollment ends -> its task is cancelled, and can no longer be completed", async () => {
    const { sequence, enrollment, task } = await atCall();
    await api("DELETE", `/v1/sequences/${sequence}/enrollments/${enrollment}`);
    await drain();
    expect(await taskOf(enrollment)).toMatchObject({ state: "complete", result: "cancelled", completedAt: null });
    expect((await api("POST", `/v1/tasks/${task.id}/complete`)).status).toBe(409);
    expect((await api("GET", "/v1/tasks?state=incomplete")).body.tasks).toEqual([]);
  });

  test("a reply ends it; an archived sequence ends it", async () => {
    const replied = await atCall();
    const archived = await atCall();
    const { body } = await api("GET", `/v1/contacts/${replied.task.contactId}`);
    await api("POST", "/v1/replies", { platform: "TWITTER", from: body.contact.username, text: "Hello" });
    await api("PATCH", `/v1/sequences/${archived.sequence}`, { status: "ARCHIVED" });
    await settle();
    for (const { enrollment } of [replied, archived]) expect((await taskOf(enrollment)).result).toBe("cancelled");
  });

  test("its step is deleted -> cancelled, and on to the next", async () => {
    const { sequence, enrollment, step } = await atCall();
    expect((await engineSteps.remove(contextOf(), { sequenceId: idOf(sequence), stepId: step })).ok).toBe(true);
    await pass(DAY);
    await settle();
    expect((await taskOf(enrollment)).result).toBe("cancelled");
    expect(await sentTo(enrollment)).toEqual(["After"]);
  });

  test("the sequence is paused -> no task is made until it runs; the tasks there are can be completed, locked or not", async () => {
    const { sequence, steps } = await makeCadence(taskDraft(), taskDraft({ type: "task" }));
    const enrollment = await enroll(sequence);
    await settle();
    await api("PATCH", `/v1/sequences/${sequence}`, { status: "PAUSED" });
    await db().prepare("UPDATE sequences SET locked = 1 WHERE id = ?").bind(idOf(sequence)).run();
    await work((await taskOf(enrollment)).id, "complete");
    await pass(HOUR);
    expect(await tasksOf(enrollment)).toHaveLength(1);
    expect((await show(sequence, enrollment)).waiting).toMatchObject({ for: "sequence" });
    await api("PATCH", `/v1/sequences/${sequence}`, { status: "ACTIVE" });
    await pass(2 * 60_000);
    const open = (await tasksOf(enrollment)).filter(({ state }) => state === "incomplete");
    expect(open).toMatchObject([{ stepId: `step_${steps[1]}`, action: "action_item", taskType: "sequence_step_task" }]);
  });
});

describe("a manual email", () => {
  test("is sent when somebody asks for it, once, and that completes it", async () => {
    const { sequence } = await makeCadence(mailDraft("Dear {{ display_name }}"), messageDraft("After"));
    const enrollment = await enroll(sequence, await makeContact({ displayName: "Ada Lovelace" }));
    await settle();
    const task = await taskOf(enrollment);
    expect(task).toMatchObject({ action: "email", taskType: "sequence_step_email" });
    await pass(DAY);
    expect(await sentTo(enrollment)).toEqual([]);
    expect(await work(task.id, "deliver")).toMatchObject({ state: "pending", scheduledAt: expect.any(String) });
    expect(await work(task.id, "deliver")).toMatchObject({ state: "pending" });
    await settle();
    expect(await sentTo(enrollment)).toEqual(["Dear Ada Lovelace", "After"]);
    expect(await taskOf(enrollment)).toMatchObject({ state: "complete", result: "completed", completerId: "user_1" });
    expect((await api("POST", `/v1/tasks/${task.id}/deliver`)).status).toBe(409);
    const { messages } = (await api("GET", `/v1/messages?enrollment=${enrollment}`)).body;
    expect(messages.filter(({ stepId }: Json) => stepId === task.stepId)).toMatchObject([
      { status: "sent", subject: "By hand" },
    ]);
  });

  test("its channel is paused -> it waits, and goes when the channel does", async () => {
    const { sequence } = await makeCadence(mailDraft("By hand"));
    const enrollment = await enroll(sequence);
    await settle();
    await api("POST", "/v1/channels/TWITTER/pause", { reason: "test" });
    const task = await taskOf(enrollment);
    await work(task.id, "deliver");
    await pass(HOUR);
    expect(await sentTo(enrollment)).toEqual([]);
    expect((await show(sequence, enrollment)).waiting).toMatchObject({ for: "channel" });
    await api("POST", "/v1/channels/TWITTER/resume");
    await pass(2 * 60_000);
    expect(await sentTo(enrollment)).toEqual(["By hand"]);
    expect((await taskOf(enrollment)).result).toBe("completed");
  });

  test("a call has no mail; under a pause none is sent", async () => {
    const { sequence, enrollment, task } = await atCall();
    expect((await api("POST", `/v1/tasks/${task.id}/deliver`)).body.error.message).toBe("The task has no mail to send");
    await api("POST", `/v1/sequences/${sequence}/enrollments/${enrollment}/pause`);
    expect((await api("POST", `/v1/tasks/${task.id}/deliver`)).status).toBe(409);
  });
});

describe("the row of a task agrees with its object in the end", () => {
  const events = () => faults.letters.filter(({ queue }) => queue.endsWith("events"));

  /** A task made, put off and completed, of which no telling has come. */
  async function untold(): Promise<{ enrollment: string; letters: Letter[] }> {
    const { sequence } = await makeCadence(taskDraft(), messageDraft("After", 86_400));
    const enrollment = await enroll(sequence);
    travel(5);
    await ring(enrollment);
    const { task } = await stateOf(enrollment);
    const id = idOf(enrollment);
    const trip = (await stateOf(enrollment)).trip;
    const now = { wall: Date.now(), journey: Date.now(), speed: 1 };
    for (const event of [
      { kind: "reschedule", task: task?.id ?? 0, dueAt: Date.now() + DAY },
      { kind: "complete", task: task?.id ?? 0, by: 1, completion: "advance" },
    ] as const) {
      await objectOf(id).command(trip, event, now);
    }
    const letters = events();
    faults.letters = [];
    expect(letters.length).toBeGreaterThanOrEqual(3);
    return { enrollment, letters };
  }

  const rowsOf = async (enrollment: string) =>
    (await db().prepare("SELECT * FROM tasks WHERE enrollment_id = ?").bind(idOf(enrollment)).all()).results;

  test.each([
    ["in order", (letters: Letter[]) => letters],
    ["reversed and doubled", (letters: Letter[]) => [...letters.toReversed(), ...letters]],
    ["all but the last lost", (letters: Letter[]) => letters.slice(-1)],
  ])("told %s", async (_, order) => {
    const { enrollment, letters } = await untold();
    for (const letter of order(letters)) await deliver([letter]);
    const [made] = (await historyOf(enrollment)).filter(({ what }) => what === "task");
    expect(await rowsOf(enrollment)).toMatchObject([
      { state: "complete", result: "completed", completer_id: 1, created_at: made?.at, fact: 4 },
    ]);
  });

  test("all lost -> told again by the task's own journey, which nobody wakes", async () => {
    const { sequence } = await makeCadence(taskDraft());
    const enrollment = await enroll(sequence);
    travel(5);
    await ring(enrollment);
    faults.letters = [];
    expect(await rowsOf(enrollment)).toEqual([]);
    await pass(60_000);
    expect(await rowsOf(enrollment)).toMatchObject([{ state: "incomplete" }]);
  });

  test("what people wrote into it stays, whatever is told later", async () => {
    const { enrollment, task } = await atCall({ note: "From the step" });
    const patch = { note: "By hand", priorityId: "priority_2" };
    expect((await api("PATCH", `/v1/tasks/${task.id}`, patch)).body.task).toMatchObject(patch);
    await work(task.id, "snooze");
    await work(task.id, "complete");
    await settle();
    expect(await taskOf(enrollment)).toMatchObject({ ...patch, result: "completed" });
  });
});

test("a task costs few rows: to make, and to complete", async () => {
  const { sequence } = await makeCadence(taskDraft(), messageDraft("After", 86_400));
  const enrollment = await enroll(sequence);
  travel(5);
  resetCounts();
  const made = await writesOf(enrollment, () => ring(enrollment));
  await drain();
  const making = { d1: faults.rowsWritten, object: made.object };
  const { id } = await taskOf(enrollment);
  resetCounts();
  await work(id, "complete");
  await settle();
  console.info("rows written by a task", { making, completing: faults.rowsWritten });
  expect(making.object).toBeLessThanOrEqual(3);
  expect(making.d1).toBeLessThanOrEqual(11); // the task with its six indexes, and the enrollment's row with two
  // The task and three of its indexes, the row twice, each time with its index by change, and once in a contact's
  // life the count of whom the sequence called.
  expect(faults.rowsWritten).toBeLessThanOrEqual(15);
});
