/** Knows how a contact is moved to another sequence: admitted there, taken from here, and only then started there. */
import { reasonOf } from "../domain/reason";
import { isHeld } from "../domain/throttle";
import { findByOrigin, withdraw } from "../storage/admission";
import { type EnrollmentRow, findEnrollment } from "../storage/enrollments";
import { queueUp } from "../storage/throttles";
import type { Trigger } from "../storage/triggers";
import { admitOne, type Enrolled } from "./admission";
import type { Context } from "./context";
import { command, mirror, start } from "./journey";
import { unlessOutage } from "./outage";
import { letInBefore } from "./throttles";

/**
 * | cut after                    | what comes again                                                            |
 * | ---------------------------- | --------------------------------------------------------------------------- |
 * | nothing, or a refusal there  | everything; who is refused is told so twice, and hears it once              |
 * | admitted there               | the row is found by its origin; nothing but this starts it                  |
 * | told here: moved             | here answers the same again; it is started there                            |
 * | told here: ended or paused   | here answers the same again; there the row is taken back                    |
 * | started, or taken back there | both are done once                                                          |
 *
 * While here is paused nothing is begun: once it is resumed, it asks for the move again.
 */
export async function runMove(ctx: Context, trigger: Trigger): Promise<void> {
  const { enrollmentId, messageId } = trigger;
  if (enrollmentId === null || messageId === null) return;
  const from = await findEnrollment(ctx.db, ctx, enrollmentId);
  if (!from) return;
  const there = await admitThere(ctx, trigger, from, `move/${messageId}`);
  if (there === "not now" || there === "ended here") return;
  const refusal = "refusal" in there ? there.refusal : null;
  const told = await command(ctx, from, { kind: "moved", message: messageId, refusal });
  if (!told.ok) unlessOutage(told.failure);
  if ("refusal" in there) return;
  if (told.ok) await startThere(ctx, there);
  else await withdraw(ctx.db, there.row.id);
}

type Begun = Pick<Enrolled, "row" | "wave">;
type There = Begun | { refusal: string } | "ended here" | "not now";

async function admitThere(ctx: Context, trigger: Trigger, from: EnrollmentRow, origin: string): Promise<There> {
  const row = await findByOrigin(ctx.db, origin);
  if (row) return { row };
  if (from.standing !== "ACTIVE") return "ended here";
  if (from.state === "paused") return "not now";
  const { sequenceId, contactId } = trigger;
  const trail = [...from.trail, from.sequenceId];
  if (trail.includes(sequenceId)) return { refusal: "the moves come round in a ring" };
  const self = { origin, once: false, trail, from: from.id };
  const admitted = await admitOne(ctx, { sequenceId, contactId, platform: from.platform }, self);
  if (admitted.ok) return admitted.value;
  if (admitted.failure.kind === "already_ended") return "ended here";
  if (admitted.failure.kind === "already_paused") return "not now";
  unlessOutage(admitted.failure);
  return { refusal: reasonOf(admitted.failure) };
}

/**
 * Nothing else starts it, so a start that fails is thrown, and the trigger stays. Where a throttle stands, he comes to it only
 * now that here is ended, and from then on it is what starts him: he waits his turn there.
 */
async function startThere(ctx: Context, { row, wave = null }: Begun): Promise<void> {
  if (row.version > 0 || row.standing !== "ACTIVE") return;
  if (isHeld(row) || (await queueUp(ctx.db, ctx.workspaceId, row.id))) return letInBefore(ctx, row);
  const { telling } = await start(ctx, row, { wave });
  await mirror(ctx, telling);
}
