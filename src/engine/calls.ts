/** Knows the verbs on calls: log one, which completes its task and moves its journey, show, list, remove. */
import { type CallDirection, type CallOutcome, completionOf, type SequenceAction } from "../domain/call";
import { type Failure, missing, ok, type Result, refuse } from "../domain/failure";
import { LONGEST_NOTE } from "../domain/task";
import type { Journey } from "../domain/time";
import { type CallFilter, type CallRow, deleteCall, findCall, findSame, insertCall, listCalls } from "../storage/calls";
import { findContact } from "../storage/contacts";
import { type EnrollmentRow, findEnrollment } from "../storage/enrollments";
import { type Below, findTask, openTaskOf, type TaskRow } from "../storage/tasks";
import type { Context } from "./context";
import { command } from "./journey";
import { unlessOutage } from "./outage";
import { complete, type Listed } from "./tasks";

export type { CallFilter, CallRow } from "../storage/calls";

export interface CallDraft {
  /** Whom: by himself, by his enrollment, or by the task that asked for the call. */
  contactId?: number | null;
  enrollmentId?: number | null;
  taskId?: number | null;
  /** Where that is told too, it must be what the enrollment and the task say. */
  sequenceId?: number | null;
  stepId?: number | null;
  userId?: number | null;
  direction?: CallDirection | null;
  outcome?: CallOutcome | null;
  note?: string | null;
  state?: string;
  dialedAt?: Journey | null;
  answeredAt?: Journey | null;
  completedAt?: Journey | null;
  /** What is only kept and shown. */
  details?: Record<string, unknown>;
  sequenceAction?: SequenceAction | null;
}

interface Parties {
  contactId: number;
  task: TaskRow | null;
  enrollment: EnrollmentRow | null;
}

/**
 * The call is written down first; what it does follows. A task that was completed meanwhile stays as it is; where it is open
 * though the same call of it is there, what followed was cut off, and only that is done.
 */
export async function log(ctx: Context, draft: CallDraft): Promise<Result<CallRow>> {
  const parties = await partiesOf(ctx, draft);
  if (!parties.ok) return parties;
  if ([...(draft.note ?? "")].length > LONGEST_NOTE) {
    return refuse({ kind: "bad_value", field: "note", message: `must have at most ${LONGEST_NOTE} characters` });
  }
  const { contactId, task, enrollment } = parties.value;
  const { direction, outcome, note, dialedAt, answeredAt, completedAt, details = {}, state = "completed" } = draft;
  const at = ctx.now.journey;
  const call = {
    ...{ workspaceId: ctx.workspaceId, contactId, userId: draft.userId ?? ctx.userId, taskId: task?.id ?? null },
    ...{ enrollmentId: enrollment?.id ?? null, sequenceId: enrollment?.sequenceId ?? null },
    ...{ stepId: task?.stepId ?? null, direction, outcome, note, state, dialedAt, answeredAt, completedAt, details },
    ...{ createdAt: at, updatedAt: at },
  };
  const row = (task && (await findSame(ctx.db, call))) ?? (await insertCall(ctx.db, call));
  if (!row) return refuse({ kind: "unavailable", what: "the call was not written" });
  for (const failure of await follow(ctx, parties.value, draft.sequenceAction ?? null)) unlessOutage(failure);
  return ok(row);
}

export async function show(ctx: Context, id: number): Promise<Result<CallRow>> {
  const row = await findCall(ctx.db, ctx, id);
  return row ? ok(row) : missing("call");
}

export async function list(ctx: Context, filter: CallFilter, page: Below): Promise<Listed<CallRow>> {
  const rows = await listCalls(ctx.db, ctx, filter, { ...page, limit: page.limit + 1 });
  const items = rows.slice(0, page.limit);
  return { items, next: rows.length > page.limit ? (items.at(-1)?.id ?? null) : null };
}

/** What the call has moved stays moved. */
export async function remove(ctx: Context, id: number): Promise<Result<void>> {
  return (await deleteCall(ctx.db, ctx, id)) ? ok(undefined) : missing("call");
}

/** Who was called, by which task, on which journey: what is not named follows from what is, and all must agree. */
async function partiesOf(ctx: Context, draft: CallDraft): Promise<Result<Parties>> {
  const { db, workspaceId } = ctx;
  const named = typeof draft.taskId === "number" ? await findTask(db, ctx, draft.taskId) : null;
  if (typeof draft.taskId === "number" && !named) return missing("task");
  if (named?.state === "complete") return refuse({ kind: "already_complete" });
  const enrollmentId = draft.enrollmentId ?? named?.enrollmentId ?? null;
  if (named && named.enrollmentId !== enrollmentId) return refuse(other("enrollmentId", "is not that of the task"));
  const enrollment = enrollmentId === null ? null : await findEnrollment(db, ctx, enrollmentId);
  if (enrollmentId !== null && !enrollment) return missing("enrollment");
  if (typeof draft.sequenceId === "number" && draft.sequenceId !== enrollment?.sequenceId) {
    return refuse(other("sequenceId", "is not that of the enrollment"));
  }
  if (typeof draft.stepId === "number" && draft.stepId !== named?.stepId) {
    return refuse(other("stepId", "is not that of the task"));
  }
  const known = named?.contactId ?? enrollment?.contactId ?? null;
  const contactId = draft.contactId ?? known;
  if (contactId === null) return refuse({ kind: "blank", field: "contactId" });
  if (known !== null && contactId !== known) return refuse(other("contactId", "is not who was to be called"));
  if (!(await findContact(db, workspaceId, contactId))) return missing("contact");
  const asked = named ?? (draft.sequenceAction && enrollment ? await openTaskOf(db, enrollment.id) : null);
  return ok({ contactId, task: asked, enrollment });
}

function other(field: string, message: string): Failure {
  return { kind: "bad_value", field, message };
}

/** What is refused here is no fault of the call: its journey has gone on, or ended, before. */
async function follow(ctx: Context, { task, enrollment }: Parties, action: SequenceAction | null): Promise<Failure[]> {
  const then = action === null ? "advance" : completionOf(action);
  const done: Result<unknown>[] = [];
  // A journey that has not started has nothing to remember it by.
  if (enrollment) await command(ctx, enrollment, { kind: "called", at: ctx.now.journey });
  if (task) done.push(await complete(ctx, task.id, then));
  else if (enrollment && action !== null && then !== "advance") {
    const why = then === "finish" ? "completed" : "replied";
    done.push(await command(ctx, enrollment, { kind: "exit", why }));
  }
  return done.flatMap((result) => (result.ok ? [] : [result.failure]));
}
