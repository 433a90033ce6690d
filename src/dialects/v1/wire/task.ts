/** Knows a task as v1 writes and reads it. */
import * as z from "zod";
import { LONGEST_NOTE, TASK_ACTIONS, TASK_STATES } from "../../../domain/task";
import type { Listed, TaskRow } from "../../../engine/tasks";
import { spell } from "../ids";
import { idOf, oneOf, queryNumber, text } from "./parse";
import { instant, instantOrNull } from "./time";

/** A time to come, as it is shown: it is not taken from the clock of somebody else. */
const moment = z.iso
  .datetime({ offset: true, error: "must be an ISO 8601 time with a zone" })
  .transform((value) => Date.parse(value))
  .refine((ms) => ms > 0, "must not be before 1970");

const common = {
  note: text(0, LONGEST_NOTE).nullable().optional(),
  autoskipAt: moment.nullable().optional(),
  ownerId: idOf("user").optional(),
  priorityId: idOf("priority").nullable().optional(),
};

export const CreateTask = z.object({
  contactId: idOf("contact"),
  action: oneOf(TASK_ACTIONS).optional(),
  dueAt: moment.nullable().optional(),
  ...common,
});

export const UpdateTask = z.object({ action: oneOf(TASK_ACTIONS).optional(), dueAt: moment.optional(), ...common });

export const CompleteTask = z.object({ finish: z.boolean().default(false) });

export const SnoozeTask = z.object({ dueAt: moment.optional() });

export const TasksQuery = z
  .object({
    sequence: idOf("sequence").optional(),
    enrollment: idOf("enrollment").optional(),
    contact: idOf("contact").optional(),
    owner: idOf("user").optional(),
    state: oneOf(TASK_STATES).optional(),
    after: idOf("task").optional(),
    limit: queryNumber(1, 100).default(50),
  })
  .transform(({ sequence, enrollment, contact, owner, state, after, limit }) => ({
    filter: {
      sequenceId: sequence ?? null,
      enrollmentId: enrollment ?? null,
      contactId: contact ?? null,
      ownerId: owner ?? null,
      state: state ?? null,
    },
    page: { below: after ?? null, limit },
  }));

export function showTask(row: TaskRow) {
  const spelled = <N extends "sequence" | "step" | "enrollment" | "user" | "priority">(noun: N, id: number | null) =>
    id === null ? null : spell(noun, id);
  return {
    id: spell("task", row.id),
    contactId: spell("contact", row.contactId),
    sequenceId: spelled("sequence", row.sequenceId),
    stepId: spelled("step", row.stepId),
    enrollmentId: spelled("enrollment", row.enrollmentId),
    ownerId: spelled("user", row.ownerId),
    priorityId: spelled("priority", row.priorityId),
    action: row.action,
    taskType: row.taskType,
    state: row.state,
    result: row.result,
    note: row.note,
    dueAt: instantOrNull(row.dueAt),
    scheduledAt: instantOrNull(row.scheduledAt),
    autoskipAt: instantOrNull(row.autoskipAt),
    completedAt: instantOrNull(row.completedAt),
    completerId: spelled("user", row.completerId),
    stateChangedAt: instant(row.stateChangedAt),
    createdAt: instant(row.createdAt),
    updatedAt: instant(row.updatedAt),
  };
}

export function showTasks({ items, next }: Listed<TaskRow>) {
  return { tasks: items.map(showTask), pagination: { after: next === null ? null : spell("task", next) } };
}
