/** Knows how to make sequences of all kinds of steps, and to read a journey's history as one reads the tree. */
import type { Entry } from "../../src/domain/enrollment";
import { api, drain, historyOf, type Json, KEY } from "./world";

/** A step as `/api/v1` takes it. */
export type Form = { action: string; label: string; [field: string]: unknown };

export interface Planted {
  id: number;
  /** Of a condition: its branches. */
  yes: number;
  no: number;
}

export async function makeSequence(label: string, more: Record<string, unknown> = {}): Promise<number> {
  const { status, body } = await api("POST", "/api/v1/sequences", { label, active: true, ...more });
  if (status !== 201) throw new Error(`not made: ${JSON.stringify(body)}`);
  return body.id;
}

/** Adds a step at the end of the trunk, or under another step. */
export async function plant(sequence: number, form: Form, under?: number): Promise<Planted> {
  const place = under === undefined ? {} : { parent_id: under };
  const { status, body } = await api("POST", `/api/v1/sequences/${sequence}/steps`, { ...form, ...place });
  if (status !== 201) throw new Error(`not planted: ${JSON.stringify(body)}`);
  const steps = await stepsOf(sequence);
  const branch = (value: boolean) => steps.find((step) => step.parent_id === body.id && step.true_branch === value)?.id;
  return { id: body.id, yes: branch(true) ?? 0, no: branch(false) ?? 0 };
}

/** Plants steps one under the other; returns the last. */
export async function chain(sequence: number, forms: Form[], under?: number): Promise<Planted> {
  let last: Planted | null = null;
  for (const form of forms) last = await plant(sequence, form, last?.id ?? under);
  await drain();
  if (last === null) throw new Error("no step was given");
  return last;
}

export async function stepsOf(sequence: number): Promise<Json[]> {
  return (await api("GET", `/api/v1/sequences/${sequence}/steps`)).body.data;
}

/** Each subscriber's enrollment in a sequence, by its id. */
export async function subscribe(sequence: number, email: string, key = KEY): Promise<string> {
  const { status } = await api("POST", `/api/v1/sequences/${sequence}/add_subscriber`, { subscriber: { email } }, key);
  if (status !== 201) throw new Error(`not subscribed: ${status}`);
  const { body } = await api("GET", `/v1/sequences/seq_${sequence}/enrollments?limit=1`, undefined, key);
  return body.enrollments[0].id;
}

/** The history in the words of the steps' labels: what ran, and how. */
export async function storyOf(sequence: number, enrollment: string): Promise<string[]> {
  const steps = await stepsOf(sequence);
  const labelOf = (id: number) => steps.find((step) => step.id === id)?.label ?? `step ${id}`;
  return (await historyOf(enrollment)).flatMap((entry) => lineOf(entry, labelOf));
}

function lineOf(entry: Entry, labelOf: (step: number) => string): string[] {
  switch (entry.what) {
    case "message":
      return [`${labelOf(entry.step)}: ${entry.status}`];
    case "task":
      return [`${labelOf(entry.task.step)}: ${entry.status}`];
    case "step":
      return [`${labelOf(entry.step)}: ${entry.result}`];
    case "ended":
      return [entry.error === null ? entry.why : `${entry.why}: ${entry.error}`];
    default:
      return [];
  }
}
