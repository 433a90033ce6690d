/** Knows how to speak with the object of an enrollment, and to let the caller read what he has written. */

import type { Refusal, Trip } from "../domain/enrollment";
import { type Failure, ok, type Result, refuse } from "../domain/failure";
import type { Snapshot, Telling } from "../domain/mirror";
import { BEGUN } from "../domain/record";
import { isHeld } from "../domain/throttle";
import { lastIn, releasedBetween, type Wave } from "../domain/wave";
import type { Answer, Command } from "../enrollment/object";
import { warn } from "../log";
import { countedIn } from "../storage/counted";
import type { EnrollmentRow } from "../storage/enrollments";
import { applyTellings } from "../storage/mirror";
import { noteReplied, takeBackRetry } from "../storage/throttles";
import type { Context } from "./context";
import { tellLate } from "./late";
import { nudgeWebhooks } from "./webhooknudges";

export function objectOf(ctx: Context, enrollment: number) {
  return ctx.objects.get(ctx.objects.idFromName(String(enrollment)));
}

export function tripOf({ id, workspaceId, sequenceId, contactId, platform, enrolledAt }: EnrollmentRow): Trip {
  return { id, workspaceId, sequenceId, contactId, platform, enrolledAt };
}

/** Starts what was admitted. Coming twice it changes nothing; after an exit it is refused. */
export async function start(ctx: Context, row: EnrollmentRow, { wave, abreast = 0 }: Company = {}): Promise<Answer> {
  const anchorAt = row.letInAt ?? row.enrolledAt;
  const dueAt = row.dueAt ?? anchorAt;
  const shown = row.version === BEGUN;
  // What is shown already tells his turn too, so that it is the same whoever starts him.
  const last = shown ? (row.wakeBy ?? dueAt) : lastIn(wave ?? { at: dueAt, crowd: abreast, until: Infinity }, ctx.now);
  const turn = releasedBetween({ at: dueAt, last }, row.id, ctx.now);
  const when = { dueAt, anchorAt, abreast, repliedAt: row.repliedAt, shown, ...turn };
  return objectOf(ctx, row.id).command(tripOf(row), { kind: "start", step: row.stepId, ...when }, ctx.now);
}

/** Who starts with somebody. */
export interface Company {
  /** Those who are due when he is. */
  wave?: Wave | null;
  /** How many set out at the same instant. */
  abreast?: number;
}

/**
 * Has an enrollment look at the world again, starting or retrying it where that was begun and never done. Where it is one of a
 * crowd that is woken, it does so in its turn.
 */
export async function awaken(ctx: Context, row: EnrollmentRow, crowd: number): Promise<void> {
  if (isHeld(row)) return;
  await catchUp(ctx, row);
  await objectOf(ctx, row.id).wake(crowd);
}

/** Sends an event to an enrollment and writes its snapshot to the mirror; the row returned shows what came of it. */
export async function command(ctx: Context, row: EnrollmentRow, event: Command): Promise<Result<EnrollmentRow>> {
  if (isHeld(row)) return commandHeld(ctx, row, event);
  if (event.kind !== "exit" || row.version > BEGUN) await catchUp(ctx, row);
  return send(ctx, row, event);
}

/**
 * Does what the row says was begun: a start or a retry of which a crash may have kept the object from hearing, for one that has
 * started says nothing before it has more to tell. Who is
 * being moved is left to his move, or he might go on here and there at a time; who waits at the throttle, to the throttle.
 */
export async function catchUp(ctx: Context, row: EnrollmentRow, company: Company = {}): Promise<void> {
  if (isHeld(row) || (row.version === 0 && row.why === "move")) return;
  if (row.version <= BEGUN) await start(ctx, row, company);
  else if (row.state === "pending" && row.why === "retry")
    await send(ctx, row, { kind: "retry", repliedAt: row.repliedAt });
}

/** Nothing has begun of whoever waits at the throttle, or nothing goes on: it can be ended, and he can be heard. */
async function commandHeld(ctx: Context, row: EnrollmentRow, event: Command): Promise<Result<EnrollmentRow>> {
  switch (event.kind) {
    case "exit":
      return row.version === 0 ? send(ctx, row, event) : takeBack(ctx, row);
    case "reply":
      return hearHeld(ctx, row, event);
    case "pause":
    case "away":
    case "start":
    case "retry":
    case "remark":
      return refuse({ kind: "held_back" });
    case "resume":
    case "noted":
    case "moved":
    case "complete":
    case "skip":
    case "reschedule":
    case "deliver":
      return send(ctx, row, event);
    case "called":
      return row.version === 0 ? refuse({ kind: "held_back" }) : send(ctx, row, event);
  }
}

/** A reply that ends nothing is kept in his row until he starts. */
async function hearHeld(
  ctx: Context,
  row: EnrollmentRow,
  event: Extract<Command, { kind: "reply" }>,
): Promise<Result<EnrollmentRow>> {
  const { workspaceId, db } = ctx;
  const { at, action, by } = event;
  if (at < row.enrolledAt) return ok(row);
  if (action.kind !== "continue") {
    return row.version === 0 ? send(ctx, row, { ...event, held: true }) : takeBack(ctx, row);
  }
  if (by === "another" || (await noteReplied(db, workspaceId, row.id, at))) return ok(row);
  return refuse(LET_IN);
}

const LET_IN = { kind: "unavailable", what: "the enrollment has just been let in" } as const;

/** Takes back the retry of somebody who waits to be taken up again: he has ended, as before. */
export async function takeBack(ctx: Context, row: EnrollmentRow): Promise<Result<EnrollmentRow>> {
  const current = await objectOf(ctx, row.id).current(ctx.now);
  const { endedAt = ctx.now.journey, error = row.error } = current?.snapshot ?? {};
  const taken = await takeBackRetry(ctx.db, ctx.workspaceId, { id: row.id, endedAt, error });
  return taken ? ok({ ...row, state: "ended", why: "failed", standing: "FAILED", endedAt, error }) : refuse(LET_IN);
}

/** What has begun is told of what it is to do, and only what has not may begin by it: one that was freed is over for good. */
async function send(ctx: Context, row: EnrollmentRow, event: Command): Promise<Result<EnrollmentRow>> {
  const object = objectOf(ctx, row.id);
  const begun = row.version > BEGUN;
  const answer = await (begun ? object.tell(tripOf(row), event, ctx.now) : object.command(tripOf(row), event, ctx.now));
  if (answer === null) return tellLate(ctx, row, event);
  const { telling, refusal } = answer;
  await mirror(ctx, telling);
  return refusal === null ? ok(rowAfter(row, telling.snapshot)) : refuse(failureOf(refusal));
}

/** Writes a telling at once. The object has sent it to its queue too, so a failure here only delays what lists show. */
export async function mirror(ctx: Context, telling: Telling): Promise<void> {
  const due = await applyTellings(ctx.db, [telling], ctx.now.wall).catch((error: unknown) => {
    warn("a snapshot was left to the queue", { enrollment: telling.enrollment, error });
    return [];
  });
  await nudgeWebhooks(ctx.webhooks, due);
}

export function rowAfter(row: EnrollmentRow, snapshot: Snapshot): EnrollmentRow {
  const { step, lastStep, lastTouch, tally, moments, place: _, ran: __, ...same } = snapshot;
  const counted = countedIn({ tally, moments });
  return { ...row, ...same, ...counted, stepId: step, lastStepId: lastStep, lastTouchId: lastTouch };
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
