/** Knows what becomes of a task when somebody completes, skips or reschedules it, or has its mail sent. */
import { fateDeed, taskDeed } from "./deed";
import { end, refused, unchanged } from "./ending";
import type { Decision, Deed, LivePhase, Refusal, State } from "./enrollment";
import { ok, type Result, refuse } from "./failure";
import { afterTask, type OpenTask } from "./task";
import type { Journey, Reading } from "./time";

/** What the journey does once the task is complete: go on, or end, as completed or as replied. */
export type Completion = "advance" | "finish" | "finish_replied";

export type TaskEvent =
  | { kind: "complete"; task: number; by: number | null; completion: Completion }
  | { kind: "skip"; task: number; by: number | null }
  /** Without a `skipAt` of its own, it is skipped so much later as it is due later. */
  | { kind: "reschedule"; task: number; dueAt: Journey; skipAt?: Journey | null }
  /** Has the mail of a manual email sent; the task is complete once it was. */
  | { kind: "deliver"; task: number; by: number | null };

export function work(state: State, event: TaskEvent, now: Reading): Decision {
  const open = openTask(state, event.task);
  if (!open.ok) return refused(state, open.failure);
  const task = open.value;
  switch (event.kind) {
    case "complete":
      return complete(state, task, event, now);
    case "skip":
      return { state: goneOn(state, task, now), deeds: closing(state, task, "skipped", event.by) };
    case "reschedule":
      return reschedule(state, task, event);
    case "deliver":
      return deliver(state, task, event.by, now);
  }
}

/** A call was made that no task had asked for; ended or not, it counts. */
export function noteCall(state: State, at: Journey): Decision {
  if (state.phase.is === "pending") return refused(state, "not_started");
  if (state.callCompletedAt !== null && state.callCompletedAt >= at) return unchanged(state);
  return unchanged({ ...state, callCompletedAt: at });
}

/** Of a mail that is under way nobody knows yet whether it completes its task. */
function openTask({ task, inFlight }: State, id: number): Result<OpenTask, Refusal> {
  if (task?.id !== id) return refuse("task_closed");
  return inFlight !== null && inFlight.lease !== null ? refuse("task_sending") : ok(task);
}

function complete(
  state: State,
  task: OpenTask,
  { by, completion }: Extract<TaskEvent, { kind: "complete" }>,
  now: Reading,
): Decision {
  const called = task.type === "call" ? { callCompletedAt: now.journey } : {};
  const done = { ...goneOn(state, task, now), ...called };
  const deeds = closing(state, task, "completed", by);
  if (completion === "advance") return { state: done, deeds };
  const replied = completion === "finish_replied" ? { repliedAt: done.repliedAt ?? now.journey } : {};
  const over = end({ ...done, ...replied }, completion === "finish" ? "completed" : "replied", now.journey);
  return { ...over, deeds: [...deeds, ...over.deeds] };
}

/** The step has run. Which comes next, the next turn sees, at once; a paused journey stands there. */
function goneOn(state: State, task: OpenTask, now: Reading): State {
  const next = { step: null, dueAt: now.journey };
  const { phase } = state;
  const onward: LivePhase = phase.is === "paused" ? { ...phase, ...next } : { is: "waiting", ...next };
  return { ...afterTask(state, task, now), inFlight: null, phase: onward };
}

/** A mail between two attempts is not tried again. */
function closing({ inFlight }: State, task: OpenTask, status: "completed" | "skipped", by: number | null): Deed[] {
  const dropped = inFlight === null ? [] : [fateDeed(inFlight, "cancelled", { reason: `its task was ${status}` })];
  return [...dropped, taskDeed(task, status, by)];
}

function reschedule(
  state: State,
  task: OpenTask,
  { dueAt, skipAt }: Extract<TaskEvent, { kind: "reschedule" }>,
): Decision {
  const later = task.skipAt === null ? null : task.skipAt + dueAt - task.dueAt;
  const moved = { ...task, dueAt, skipAt: skipAt === undefined ? later : skipAt };
  if (moved.dueAt === task.dueAt && moved.skipAt === task.skipAt) return unchanged(state);
  const deed = taskDeed(moved, moved.sending ? "sending" : "rescheduled");
  return { state: { ...state, task: moved }, deeds: [deed] };
}

/** It is sent by the next turn, which knows what the mail needs; from there on it is a message like all. */
function deliver(state: State, task: OpenTask, by: number | null, now: Reading): Decision {
  if (task.type !== "manual_email") return refused(state, "no_mail");
  if (task.sending) return unchanged(state);
  if (state.phase.is === "paused") return refused(state, "already_paused");
  const sending = { ...task, sending: { at: now.journey, by } };
  const phase: LivePhase = { is: "waiting", step: task.step, dueAt: now.journey };
  return { state: { ...state, task: sending, phase }, deeds: [taskDeed(sending, "sending", by)] };
}
