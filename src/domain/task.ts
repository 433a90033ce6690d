/** Knows a task of a journey, which a person must do before it goes on: its id, its times, and how lists show it. */
import { spent } from "./claim";
import { taskDeed } from "./deed";
import { end } from "./ending";
import type { Decision, Entry, LivePhase, Phase, State } from "./enrollment";
import { actId } from "./message";
import type { StepOf, TaskType } from "./step";
import { type Journey, type Reading, SECOND } from "./time";
import type { Tree } from "./tree";
import { resumed } from "./watch";

export interface OpenTask {
  /** It counts among the acts. */
  id: number;
  step: number;
  type: TaskType;
  madeAt: Journey;
  dueAt: Journey;
  /** When it is skipped; null: it waits. */
  skipAt: Journey | null;
  /** Set while its mail is being sent: since when, and on whose behalf. */
  sending?: { at: Journey; by: number | null };
}

export const TASK_STATUSES = ["made", "rescheduled", "sending", "completed", "skipped", "cancelled"] as const;
export type TaskStatus = (typeof TASK_STATUSES)[number];

export const TASK_STATES = ["pending", "incomplete", "complete"] as const;
export type TaskState = (typeof TASK_STATES)[number];

/** How a task came to be complete: done, passed over in time, or left undone because its journey went on or ended. */
export type TaskResult = "completed" | "skipped" | "cancelled";

export const TASK_ACTIONS = ["email", "call", "action_item", "in_person"] as const;
export type TaskAction = (typeof TASK_ACTIONS)[number];

/** Kept and shown; it asks nothing of anybody here. */
export const OPPORTUNITY_ASSOCIATIONS = ["recent_created", "recent_updated", "noop"] as const;
export type OpportunityAssociation = (typeof OPPORTUNITY_ASSOCIATIONS)[number];

export const LONGEST_NOTE = 65_535; // characters

/** A task as lists show it after the entry `n`; it says all that the journey knows of it. */
export interface TaskLine {
  n: number;
  id: number;
  step: number;
  action: TaskAction;
  taskType: string;
  state: TaskState;
  result: TaskResult | null;
  dueAt: Journey;
  scheduledAt: Journey | null;
  skipAt: Journey | null;
  completedAt: Journey | null;
  by: number | null;
  madeAt: Journey;
  at: Journey;
}

/** The step is due: from here on somebody must act, if there is an ordinal left for it. */
export function assign(state: State, step: StepOf<"task">, { journey }: Reading): Decision {
  const given = { ...state, acts: state.acts + 1 };
  const exhausted = spent(given);
  if (exhausted !== null) return end(given, "failed", journey, exhausted);
  const { type, autoskip } = step.settings;
  const skipAt = autoskip === null ? null : journey + autoskip * SECOND;
  const id = actId(state.trip.id, given.acts);
  const task: OpenTask = { id, step: step.id, type, madeAt: journey, dueAt: journey, skipAt };
  return { state: { ...given, task, phase: { is: "working", step: step.id } }, deeds: [taskDeed(task, "made")] };
}

/** The state once the task was completed or skipped: its step has run. */
export function afterTask(state: State, task: OpenTask, { journey }: Reading): State {
  const ran = [...state.ran, task.step];
  return { ...state, task: null, lastStep: task.step, lastTouch: task.step, ran, anchorAt: journey, abreast: 0 };
}

export function isGone(tree: Tree, { step }: OpenTask): boolean {
  return tree.steps.get(step)?.deletedAt !== null;
}

/** What a paused journey goes on as: back to its task, if it has one that a person must do. */
export function backTo({ task }: State, phase: Extract<Phase, { is: "paused" }>): LivePhase {
  return task && !task.sending ? { is: "working", step: task.step } : resumed(phase);
}

const SHOWN: Record<TaskType, { action: TaskAction; taskType: string }> = {
  manual_email: { action: "email", taskType: "sequence_step_email" },
  call: { action: "call", taskType: "sequence_step_call" },
  task: { action: "action_item", taskType: "sequence_step_task" },
};

export function taskLine({ n, at, status, task, by }: Extract<Entry, { what: "task" }>): TaskLine {
  const { id, step, type, dueAt, skipAt, madeAt } = task;
  const scheduledAt = task.sending?.at ?? null;
  return { n, id, step, ...SHOWN[type], ...standingOf(status, at), dueAt, scheduledAt, skipAt, by, madeAt, at };
}

function standingOf(status: TaskStatus, at: Journey): Pick<TaskLine, "state" | "result" | "completedAt"> {
  switch (status) {
    case "made":
    case "rescheduled":
      return { state: "incomplete", result: null, completedAt: null };
    case "sending":
      return { state: "pending", result: null, completedAt: null };
    case "completed":
    case "skipped":
      return { state: "complete", result: status, completedAt: at };
    case "cancelled":
      return { state: "complete", result: status, completedAt: null };
  }
}
