/** Knows a task as v1 writes and reads it. */
import * as z from "zod";
import { LONGEST_NOTE, TASK_ACTIONS, TASK_STATES } from "../../../domain/task";
import type { Listed, TaskRow } from "../../../engine/tasks";
import { spell } from "../ids";
import { idOf, oneOf, queryNumber, spelled, text } from "./parse";
import { Instant } from "./shape";
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

export const ShownTask = z
  .object({
    id: spelled("task"),
    contactId: spelled("contact"),
    sequenceId: spelled("sequence").nullable(),
    stepId: spelled("step").nullable(),
    enrollmentId: spelled("enrollment").nullable(),
    ownerId: spelled("user").nullable(),
    priorityId: spelled("priority").nullable(),
    action: z.enum(TASK_ACTIONS),
    taskType: z.string(),
    state: z.enum(TASK_STATES),
    result: z.string().nullable(),
    note: z.string().nullable(),
    dueAt: Instant.nullable(),
    scheduledAt: Instant.nullable(),
    autoskipAt: Instant.nullable(),
    completedAt: Instant.nullable(),
    completerId: spelled("user").nullable(),
    stateChangedAt: Instant,
    createdAt: Instant,
    updatedAt: Instant,
  })
  .meta({ id: "Task" });

export const ShownTasks = z.object({
  tasks: z.array(ShownTask),
  pagination: z.object({ after: spelled("task").nullable() }),
});

export function showTask(row: TaskRow) {
  const spellOrNull = <N extends "sequence" | "step" | "enrollment" | "user" | "priority">(
    noun: N,
    id: number | null,
  ) => (id === null ? null : spell(noun, id));
  return {
    id: spell("task", row.id),
    contactId: spell("contact", row.contactId),
    sequenceId: spellOrNull("sequence", row.sequenceId),
    stepId: spellOrNull("step", row.stepId),
    enrollmentId: spellOrNull("enrollment", row.enrollmentId),
    ownerId: spellOrNull("user", row.ownerId),
    priorityId: spellOrNull("priority", row.priorityId),
    action: row.action,
    taskType: row.taskType,
    state: row.state,
    result: row.result,
    note: row.note,
    dueAt: instantOrNull(row.dueAt),
    scheduledAt: instantOrNull(row.scheduledAt),
    autoskipAt: instantOrNull(row.autoskipAt),
    completedAt: instantOrNull(row.completedAt),
    completerId: spellOrNull("user", row.completerId),
    stateChangedAt: instant(row.stateChangedAt),
    createdAt: instant(row.createdAt),
    updatedAt: instant(row.updatedAt),
  };
}

export function showTasks({ items, next }: Listed<TaskRow>) {
  return { tasks: items.map(showTask), pagination: { after: next === null ? null : spell("task", next) } };
}
