/** Knows how to make sequences with tasks, which the engine's own verbs add, and to find the tasks that come of them. */
import type { StepDraft, TaskSettings } from "../../src/domain/step";
import * as steps from "../../src/engine/steps";
import { contextOf } from "./context";
import { api, drain, idOf, type Json } from "./world";

const bare = { label: null, delay: 0, subject: null, body: null, format: "text" } as const;

export function taskDraft(settings: Partial<TaskSettings> = {}, more: Partial<StepDraft> = {}): StepDraft {
  return { ...bare, ...more, kind: "task", settings: { type: "call", autoskip: null, ...settings } } as StepDraft;
}

export const mailDraft = (body: string): StepDraft => taskDraft({ type: "manual_email" }, { subject: "By hand", body });

export function messageDraft(body: string, delay = 0): StepDraft {
  return { ...bare, kind: "message", body, delay, settings: {} };
}

/** A running sequence of these steps, one after the other; their ids with it. */
export async function makeCadence(...drafts: StepDraft[]): Promise<{ sequence: string; steps: number[] }> {
  const { body } = await api("POST", "/v1/sequences", { name: "Cadence" });
  const sequence: string = body.sequence.id;
  const ids: number[] = [];
  for (const draft of drafts) ids.push(await addStep(sequence, draft));
  await api("PATCH", `/v1/sequences/${sequence}`, { status: "ACTIVE" });
  await drain();
  return { sequence, steps: ids };
}

export async function addStep(sequence: string, draft: StepDraft): Promise<number> {
  const added = await steps.add(contextOf(), idOf(sequence), draft);
  if (!added.ok) throw new Error(`not added: ${JSON.stringify(added.failure)}`);
  return added.value.step.id;
}

/** The tasks of an enrollment as v1 lists them, the newest first. */
export async function tasksOf(enrollment: string): Promise<Json[]> {
  const { status, body } = await api("GET", `/v1/tasks?enrollment=${enrollment}`);
  if (status !== 200) throw new Error(`not listed: ${JSON.stringify(body)}`);
  return body.tasks;
}

export async function taskOf(enrollment: string): Promise<Json> {
  const [task] = await tasksOf(enrollment);
  if (!task) throw new Error("there is no task");
  return task;
}

/** Does something with a task; returns it as it is then. */
export async function work(task: string, deed: string, body: object = {}): Promise<Json> {
  const done = await api("POST", `/v1/tasks/${task}/${deed}`, body);
  if (done.status !== 200) throw new Error(`not done: ${JSON.stringify(done.body)}`);
  return done.body.task;
}
