/** Knows how to speak with the object of an enrollment, and to let the caller read what he has written. */

import type { Refusal, Trip } from "../domain/enrollment";
import { type Failure, ok, type Result, refuse } from "../domain/failure";
import { causeOf } from "../domain/fault";
import type { Snapshot, Telling } from "../domain/mirror";
import type { Answer, Command } from "../enrollment/object";
import type { EnrollmentRow } from "../storage/enrollments";
import { applyTellings } from "../storage/mirror";
import type { Context } from "./context";

export function objectOf(ctx: Context, enrollment: number) {
  return ctx.objects.get(ctx.objects.idFromName(String(enrollment)));
}

export function tripOf({ id, workspaceId, sequenceId, contactId, platform, enrolledAt }: EnrollmentRow): Trip {
  return { id, workspaceId, sequenceId, contactId, platform, enrolledAt };
}

/** Starts what was admitted. Coming twice it changes nothing; after an exit it is refused. */
export async function start(ctx: Context, row: EnrollmentRow): Promise<Answer> {
  const event = { kind: "start", step: row.stepId, dueAt: row.dueAt ?? row.enrolledAt } as const;
  return objectOf(ctx, row.id).command(tripOf(row), event, ctx.now);
}

/** Has an enrollment look at the world again, starting or retrying it where that was begun and never done. */
export async function awaken(ctx: Context, row: EnrollmentRow): Promise<void> {
  await catchUp(ctx, row);
  await objectOf(ctx, row.id).wake();
}

/** Sends an event to an enrollment and writes its snapshot to the mirror; the row returned shows what came of it. */
export async function command(ctx: Context, row: EnrollmentRow, event: Command): Promise<Result<EnrollmentRow>> {
  if (event.kind !== "exit" || row.version > 0) await catchUp(ctx, row);
  return send(ctx, row, event);
}

/**
 * Does what the row says was begun: a start or a retry of which a crash may have kept the object from hearing. Who is
 * being moved is left to his move, or he might go on here and there at a time.
 */
export async function catchUp(ctx: Context, row: EnrollmentRow): Promise<void> {
  if (row.version === 0 && row.why === "move") return;
  if (row.version === 0) await start(ctx, row);
  else if (row.state === "pending" && row.why === "retry") await send(ctx, row, { kind: "retry" });
}

async function send(ctx: Context, row: EnrollmentRow, event: Command): Promise<Result<EnrollmentRow>> {
  const { telling, refusal } = await objectOf(ctx, row.id).command(tripOf(row), event, ctx.now);
  await mirror(ctx, telling);
  return refusal === null ? ok(rowAfter(row, telling.snapshot)) : refuse(failureOf(refusal));
}

/** Writes a telling at once. The object has sent it to its queue too, so a failure here only delays what lists show. */
export async function mirror(ctx: Context, telling: Telling): Promise<void> {
  await applyTellings(ctx.db, [telling]).catch((error: unknown) => {
    console.warn("a snapshot was left to the queue", { enrollment: telling.enrollment, error: causeOf(error) });
  });
}

export function rowAfter(row: EnrollmentRow, snapshot: Snapshot): EnrollmentRow {
  const { step, lastStep, lastTouch, ...same } = snapshot;
  return { ...row, ...same, stepId: step, lastStepId: lastStep, lastTouchId: lastTouch };
}

function failureOf(refusal: Refusal): Failure {
  switch (refusal) {
    case "already_ended":
    case "already_paused":
    case "not_paused":
    case "not_failed":
      return { kind: refusal };
    case "task_closed":
      return { kind: "already_complete" };
    case "task_sending":
    case "no_mail":
      return { kind: refusal };
    case "not_moving":
      return { kind: "already_ended" };
    case "no_message":
      return { kind: "not_found", what: "message" };
    case "not_started":
      return { kind: "unavailable", what: "the enrollment has not started yet" };
  }
}
