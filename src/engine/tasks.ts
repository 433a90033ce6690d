/** Knows the verbs on tasks. A journey's object owns what moves it; notes, owners and priorities are the row's own. */
import { type Failure, missing, ok, type Result, refuse } from "../domain/failure";
import { LONGEST_NOTE, type OpportunityAssociation, type TaskAction } from "../domain/task";
import { DAY, type Journey } from "../domain/time";
import type { Completion, TaskEvent } from "../domain/working";
import { findContact } from "../storage/contacts";
import { findEnrollment } from "../storage/enrollments";
import { findSequence } from "../storage/sequences";
import { hasText } from "../storage/steps";
import {
  type Below,
  changeTask,
  deleteTask,
  findTask,
  insertTask,
  listTasks,
  type TaskFilter,
  type TaskRow,
} from "../storage/tasks";
import { findUser } from "../storage/users";
import type { Context } from "./context";
import { command } from "./journey";
import { faultInPriorityId } from "./priorities";

export type { TaskFilter, TaskRow } from "../storage/tasks";

export interface Listed<T> {
  items: T[];
  /** The list goes on below this id; null at its end. */
  next: number | null;
}

export interface TaskDraft {
  contactId: number;
  action?: TaskAction | undefined;
  note?: string | null | undefined;
  dueAt?: Journey | null | undefined;
  autoskipAt?: Journey | null | undefined;
  ownerId?: number | undefined;
  priorityId?: number | null | undefined;
  opportunityAssociation?: OpportunityAssociation | null | undefined;
}

export type TaskPatch = Omit<TaskDraft, "contactId">;

export async function list(ctx: Context, filter: TaskFilter, page: Below): Promise<Result<Listed<TaskRow>>> {
  const { db, workspaceId } = ctx;
  const { sequenceId, enrollmentId, contactId } = filter;
  if (typeof sequenceId === "number" && !(await findSequence(db, ctx, sequenceId))) return missing("sequence");
  if (typeof contactId === "number" && !(await findContact(db, workspaceId, contactId))) return missing("contact");
  if (typeof enrollmentId === "number" && !(await findEnrollment(db, ctx, enrollmentId))) {
    return missing("enrollment");
  }
  const rows = await listTasks(db, ctx, filter, { ...page, limit: page.limit + 1 });
  const items = rows.slice(0, page.limit);
  return ok({ items, next: rows.length > page.limit ? (items.at(-1)?.id ?? null) : null });
}

export async function show(ctx: Context, id: number): Promise<Result<TaskRow>> {
  const row = await findTask(ctx.db, ctx, id);
  return row ? ok(row) : missing("task");
}

/** A task about a contact that no sequence asks for. */
export async function create(ctx: Context, draft: TaskDraft): Promise<Result<TaskRow>> {
  const { db, workspaceId, userId, now } = ctx;
  const contact = await findContact(db, workspaceId, draft.contactId);
  if (!contact) return missing("contact");
  const fault = await faultIn(ctx, draft);
  if (fault) return refuse(fault);
  const ownerId = draft.ownerId ?? userId;
  if (ownerId === null) return refuse({ kind: "blank", field: "ownerId" });
  const { contactId, action = "action_item", note = null, dueAt = null, autoskipAt = null, priorityId = null } = draft;
  const at = now.journey;
  const times = { stateChangedAt: at, createdAt: at, updatedAt: at };
  const { opportunityAssociation = null } = draft;
  const own = { note, dueAt, autoskipAt, priorityId, opportunityAssociation };
  const told = { contactId, action, ...own, ownerId, creatorId: userId ?? ownerId };
  const row = await insertTask(db, { workspaceId, ...told, ...times, taskType: "manual", state: "incomplete" });
  return row ? ok(row) : refuse({ kind: "unavailable", what: "the task was not written" });
}

/** Times are changed only while the task is open, and what it asks for only where no sequence said it. */
export async function update(ctx: Context, id: number, patch: TaskPatch): Promise<Result<TaskRow>> {
  const found = await show(ctx, id);
  if (!found.ok) return found;
  const fault = await faultIn(ctx, patch);
  if (fault) return refuse(fault);
  const task = found.value;
  const { dueAt, autoskipAt, action, ...own } = patch;
  if (action !== undefined && action !== task.action && task.enrollmentId !== null) {
    return refuse({ kind: "bad_value", field: "action", message: "is what the sequence's step says" });
  }
  const timed = dueAt !== undefined || autoskipAt !== undefined;
  if (timed && task.state === "complete") return refuse({ kind: "already_complete" });
  if (timed && task.enrollmentId !== null) {
    const at = dueAt ?? task.dueAt ?? ctx.now.journey;
    const skips = autoskipAt === undefined ? {} : { skipAt: autoskipAt };
    const moved = await tell(ctx, task, { kind: "reschedule", task: id, dueAt: at, ...skips });
    if (!moved.ok) return moved;
  }
  const times = task.enrollmentId === null ? timesAfter(task, patch) : {};
  const change = defined({ ...own, ...times, action, updatedAt: ctx.now.journey });
  const changed = await changeTask(ctx.db, task, change, { open: timed && task.enrollmentId === null });
  return changed ? ok(changed) : again(ctx, id);
}

/** To be done at another time; unless told otherwise it is skipped so much later, too. */
export function reschedule(ctx: Context, id: number, dueAt: Journey): Promise<Result<TaskRow>> {
  return update(ctx, id, { dueAt });
}

/** A day later than it is due, or than now, whichever is later; or at the time that is told. */
export async function snooze(ctx: Context, id: number, dueAt?: Journey): Promise<Result<TaskRow>> {
  const found = await show(ctx, id);
  if (!found.ok) return found;
  return update(ctx, id, { dueAt: dueAt ?? Math.max(found.value.dueAt ?? 0, ctx.now.journey) + DAY });
}

export function updateNote(ctx: Context, id: number, note: string | null): Promise<Result<TaskRow>> {
  return update(ctx, id, { note });
}

export function reassignOwner(ctx: Context, id: number, ownerId: number): Promise<Result<TaskRow>> {
  return update(ctx, id, { ownerId });
}

/** Marks it complete, and has its journey go on, or end. Only the first of several completes it. */
export async function complete(ctx: Context, id: number, completion: Completion = "advance"): Promise<Result<TaskRow>> {
  const found = await openOne(ctx, id);
  if (!found.ok) return found;
  const by = ctx.userId;
  if (found.value.enrollmentId !== null) return act(ctx, found.value, { kind: "complete", task: id, by, completion });
  const at = ctx.now.journey;
  const done = { state: "complete", result: "completed", completedAt: at, completerId: by } as const;
  const row = await changeTask(ctx.db, found.value, { ...done, stateChangedAt: at, updatedAt: at }, { open: true });
  return row ? ok(row) : again(ctx, id);
}

/** Completes it and has its journey go on, which it must have. */
export async function advance(ctx: Context, id: number): Promise<Result<TaskRow>> {
  const found = await openOne(ctx, id);
  if (!found.ok) return found;
  return found.value.enrollmentId === null ? refuse({ kind: "not_sequenced" }) : complete(ctx, id);
}

/** Has the mail of a manual email sent, which completes it. */
export async function deliver(ctx: Context, id: number): Promise<Result<TaskRow>> {
  const found = await openOne(ctx, id);
  if (!found.ok) return found;
  const { enrollmentId, stepId } = found.value;
  if (enrollmentId === null || stepId === null || !(await hasText(ctx.db, stepId))) return refuse({ kind: "no_mail" });
  return act(ctx, found.value, { kind: "deliver", task: id, by: ctx.userId });
}

/** One that stands alone goes for good; a journey's is skipped, and stays in the list. */
export async function remove(ctx: Context, id: number): Promise<Result<void>> {
  const found = await show(ctx, id);
  if (!found.ok) return found;
  if (found.value.enrollmentId === null) {
    return (await deleteTask(ctx.db, ctx.workspaceId, id)) ? ok(undefined) : missing("task");
  }
  const skipped = await act(ctx, found.value, { kind: "skip", task: id, by: ctx.userId });
  return skipped.ok ? ok(undefined) : skipped;
}

/** One of a journey is skipped if it is open; either way no list of those who can delete tasks shows it again. */
export async function discard(ctx: Context, id: number): Promise<Result<void>> {
  const found = await show(ctx, id);
  if (!found.ok) return found;
  const { enrollmentId, state } = found.value;
  if (enrollmentId === null || state !== "complete") {
    const removed = await remove(ctx, id);
    if (!removed.ok || enrollmentId === null) return removed;
  }
  await changeTask(ctx.db, found.value, { deletedAt: ctx.now.journey }, { open: false });
  return ok(undefined);
}

async function openOne(ctx: Context, id: number): Promise<Result<TaskRow>> {
  const found = await show(ctx, id);
  if (!found.ok) return found;
  return found.value.state === "complete" ? refuse({ kind: "already_complete" }) : found;
}

async function act(ctx: Context, task: TaskRow, event: TaskEvent): Promise<Result<TaskRow>> {
  const told = await tell(ctx, task, event);
  return told.ok ? show(ctx, task.id) : told;
}

async function tell(ctx: Context, { enrollmentId }: TaskRow, event: TaskEvent): Promise<Result<unknown>> {
  const row = enrollmentId === null ? null : await findEnrollment(ctx.db, ctx, enrollmentId);
  return row ? command(ctx, row, event) : missing("task");
}

/** Why a guarded write found nothing to change. */
async function again(ctx: Context, id: number): Promise<Result<TaskRow>> {
  const found = await show(ctx, id);
  return found.ok ? refuse({ kind: "already_complete" }) : found;
}

/** What is skipped by itself is skipped so much later as it is due later, unless told otherwise. */
function timesAfter(task: TaskRow, { dueAt, autoskipAt }: TaskPatch): Pick<TaskPatch, "dueAt" | "autoskipAt"> {
  if (autoskipAt !== undefined || typeof dueAt !== "number") return { dueAt, autoskipAt };
  const later = task.autoskipAt === null || task.dueAt === null ? undefined : task.autoskipAt + dueAt - task.dueAt;
  return { dueAt, autoskipAt: later };
}

/** A field that is not told stays as it is. */
function defined<T extends object>(change: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(change).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]?: Exclude<T[K], undefined>;
  };
}

async function faultIn(ctx: Context, { note, ownerId, priorityId }: TaskPatch): Promise<Failure | null> {
  if ([...(note ?? "")].length > LONGEST_NOTE) {
    return { kind: "bad_value", field: "note", message: `must have at most ${LONGEST_NOTE} characters` };
  }
  const unranked = await faultInPriorityId(ctx, priorityId);
  if (unranked) return unranked;
  if (ownerId === undefined || (await findUser(ctx.db, ctx.workspaceId, ownerId))) return null;
  return { kind: "bad_value", field: "ownerId", message: "is no user of this workspace" };
}
