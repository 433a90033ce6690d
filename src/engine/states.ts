/** Knows the verbs on an enrollment that is named by its id alone: enter, finish, pause, resume, remove. */
import { missing, ok, type Result, refuse } from "../domain/failure";
import type { Command } from "../enrollment/object";
import { deleteEnrollment, type EnrollmentRow, findEnrollment } from "../storage/enrollments";
import { type Enrolling, enroll } from "./admission";
import type { Context } from "./context";
import { command, mirror, objectOf } from "./journey";

/** Enrolls, and has the mirror show at once what came of it; an object that is out of reach keeps nobody from being enrolled. */
export async function enter(ctx: Context, input: Enrolling): Promise<Result<EnrollmentRow>> {
  const enrolled = await enroll(ctx, input);
  if (!enrolled.ok) return enrolled;
  const { row } = enrolled.value;
  const current = await objectOf(ctx, row.id)
    .current(ctx.now)
    .catch(() => null);
  if (current) await mirror(ctx, current);
  return ok(row);
}

export function finish(ctx: Context, id: number): Promise<Result<EnrollmentRow>> {
  return act(ctx, id, { kind: "exit", why: "removed" });
}

export function pause(ctx: Context, id: number): Promise<Result<EnrollmentRow>> {
  return act(ctx, id, { kind: "pause", why: "manual" });
}

export function resume(ctx: Context, id: number): Promise<Result<EnrollmentRow>> {
  return act(ctx, id, { kind: "resume" });
}

/** Ends the journey if it goes on still, and takes it out of all lists of this kind. */
export async function remove(ctx: Context, id: number): Promise<Result<void>> {
  const ended = await finish(ctx, id);
  if (!ended.ok && ended.failure.kind !== "already_ended") return ended;
  await deleteEnrollment(ctx.db, ctx.workspaceId, id, ctx.now.journey);
  return ok(undefined);
}

async function act(ctx: Context, id: number, event: Command): Promise<Result<EnrollmentRow>> {
  const row = await findEnrollment(ctx.db, ctx, id);
  if (!row) return missing("enrollment");
  return row.standing === "ACTIVE" ? command(ctx, row, event) : refuse({ kind: "already_ended" });
}
