/** Knows how a contact is enrolled: the rules looked at, one row admitted, its object started. */

import { describe, firstUnmet } from "../domain/condition";
import { type Contact, reachable } from "../domain/contact";
import { type Failure, missing, ok, type Result, refuse } from "../domain/failure";
import type { Platform } from "../domain/platform";
import { BEGUN } from "../domain/record";
import { type Ruleset, takesAgain } from "../domain/ruleset";
import { dueAt, type Setting } from "../domain/schedule";
import type { Sequence } from "../domain/sequence";
import type { Step } from "../domain/step";
import { isHeld } from "../domain/throttle";
import type { Journey } from "../domain/time";
import { firstIn, growTree, type Tree } from "../domain/tree";
import { isSetForAll, lastIn, untilFor, type Wave } from "../domain/wave";
import { warn } from "../log";
import { type Admission, admit, findByOrigin, leaveToSweep } from "../storage/admission";
import { liveIn, totalIn } from "../storage/counts";
import { type EnrollmentRow, findEnrollment, findRows, latestIn } from "../storage/enrollments";
import { keptOutBy, type Newcomer } from "../storage/exclusivity";
import { findMailbox } from "../storage/mailboxes";
import { isMember } from "../storage/members";
import { hasDeparted } from "../storage/retention";
import { findRuleset } from "../storage/rulesets";
import type { Definition } from "../storage/sequences";
import type { Context } from "./context";
import { mirror, objectOf, start } from "./journey";
import { crowding } from "./limits";
import { type Parties, type Ruled, readParties, recallParties } from "./parties";
import { timingOf } from "./schedules";
import { startAll } from "./throttles";
import { beforeTry, MOST_TRIES } from "./tries";
import { nudgeWebhooks } from "./webhooknudges";

export type { EnrollmentRow } from "../storage/enrollments";
export type { Definition } from "../storage/sequences";

export interface Enrolling {
  sequenceId: number;
  contactId: number;
  platform: Platform;
  /** The mailbox that its messages are to leave from. */
  mailboxId?: number | null | undefined;
}

/** What enrolls without anybody calling for it. */
export interface ByItself {
  /** Names the one cause: coming again, it finds the row that it made. */
  origin: string;
  /** Nobody is enrolled a second time, unless the sequence says so explicitly. */
  once: boolean;
  /** The tag that he was given, or that he came into a segment: it must be what enrolls, and be so, still. */
  by?: { tag: string | null } | "segment";
  /** The sequences that moves have led through, and the enrollment that this one comes from. */
  trail?: number[];
  from?: number;
}

export interface Enrolled {
  row: EnrollmentRow;
  contact: Contact;
  definition: Definition;
  /** Who is due when he is. */
  wave?: Wave | null;
}

export async function enroll(ctx: Context, input: Enrolling, self?: ByItself): Promise<Result<Enrolled>> {
  const admitted = await admitOne(ctx, input, self);
  if (!admitted.ok) return admitted;
  const { row } = admitted.value;
  if (row.version <= BEGUN && row.standing === "ACTIVE" && !isHeld(row)) await startOrLeave(ctx, admitted.value);
  return admitted;
}

/**
 * Admits without starting. A repeat of what enrolls by itself finds its row again. The first try is made with what is
 * remembered of the sequence: only that it comes in is believed, every refusal is looked at again.
 */
export async function admitOne(ctx: Context, input: Enrolling, self?: ByItself): Promise<Result<Enrolled>> {
  const recalled = await recallParties(ctx, input.sequenceId, input.contactId);
  const first = recalled && (await tryOnce(ctx, recalled, input, self));
  if (first?.ok) return first;
  for (let tries = 0; tries < MOST_TRIES; tries++) {
    await beforeTry(tries);
    const read = await readParties(ctx, input.sequenceId, input.contactId);
    if (!read.ok) return read;
    const tried = await tryOnce(ctx, read.value, input, self);
    if (tried) return tried;
  }
  return refuse({ kind: "unavailable", what: "the sequence is being edited" });
}

/** Null where it is worth another try. */
async function tryOnce(
  ctx: Context,
  parties: Parties,
  input: Enrolling,
  self: ByItself | undefined,
): Promise<Result<Enrolled> | null> {
  const { definition, contact } = parties;
  if (await isUnknown(ctx, input.mailboxId)) return missing("mailbox");
  const before = self ? await findByOrigin(ctx.db, self.origin) : null;
  if (before) return ok({ row: before, contact, definition });
  const refusal = refusalOf(definition, contact, input.platform) ?? lapsed(definition.sequence, contact, self);
  if (refusal) return refuse(refusal);
  const { admission, wave } = await admissionOf(ctx, parties, input, self);
  const { row, others, due } = await admit(ctx.db, admission, ctx.now.wall);
  await Promise.all([startAll(ctx, others), nudgeWebhooks(ctx.webhooks, due)]);
  if (row) return ok({ row, contact, definition, wave });
  // The same cause may be at work twice at a time: the slower one takes the row of the faster.
  if (self && (await findByOrigin(ctx.db, self.origin))) return null;
  const standing = await inTheWay(ctx, definition, contact, admission);
  return standing && refuse(standing);
}

export async function isUnknown({ db, workspaceId }: Context, mailbox: number | null | undefined): Promise<boolean> {
  return mailbox !== null && mailbox !== undefined && (await findMailbox(db, { id: mailbox, workspaceId })) === null;
}

/** Why a contact who is yet to be made would not come in. */
export async function refusalOfNew(
  ctx: Context,
  definition: Definition,
  candidate: Contact,
  platform: Platform,
): Promise<Failure | null> {
  const { rulesetId } = definition.sequence;
  const ruleset = rulesetId === null ? null : await findRuleset(ctx.db, ctx.workspaceId, rulesetId);
  const refusal = refusalOf({ ...definition, ruleset }, candidate, platform);
  return refusal ?? (await fullness(ctx, definition.sequence)) ?? crowding(ctx);
}

/** Why somebody may not come in. */
export function refusalOf({ sequence, ruleset }: Ruled, contact: Contact, platform: Platform): Failure | null {
  if (sequence.status === "ARCHIVED") return { kind: "sequence_archived" };
  if (sequence.locked) return { kind: "sequence_locked" };
  const reach = reachable(contact, platform, sequence.transactional || ruleset?.emailOptOutAction === "allow");
  if (!reach.ok) return reach.failure;
  const unmet = firstUnmet(sequence.rules, contact, platform);
  return unmet && { kind: "rules_unmet", condition: describe(unmet) };
}

const LAPSED: Failure = { kind: "rules_unmet", condition: "what was to enroll him is no longer so" };

/** Why the cause is none any more. Whether he is a member still, the write itself sees. */
function lapsed(sequence: Sequence, { tags }: Contact, self: ByItself | undefined): Failure | null {
  if (!self?.by) return null;
  if (self.by === "segment") return sequence.initSegmentId === null ? LAPSED : null;
  const { tag } = self.by;
  return tag !== null && tag === sequence.initTag && tags.includes(tag) ? null : LAPSED;
}

async function admissionOf(
  ctx: Context,
  { definition, contact }: Parties,
  { platform, mailboxId = null }: Enrolling,
  self: ByItself | undefined,
): Promise<{ admission: Admission; wave: Wave | null }> {
  const { sequence, steps } = definition;
  const at = ctx.now.journey;
  const tree = growTree(steps, sequence.revision);
  const first = firstIn(tree);
  const setting = { contact, timing: await timingOf(ctx, definition), tree };
  const due = first ? dueAt(at, first, setting) : at;
  const wave = first && (await waveOf(ctx, sequence, { first, due }, setting));
  const admission: Admission = {
    limits: ctx.limits,
    sequence,
    contact,
    platform,
    userId: ctx.userId ?? sequence.ownerId,
    mailboxId,
    stepId: first?.id ?? null,
    dueAt: due,
    lastAt: wave ? lastIn(wave, ctx.now) : due,
    at,
    origin: self?.origin ?? null,
    once: self?.once === true && !sequence.triggersReenroll,
    trail: self?.trail ?? [],
    from: self?.from ?? null,
    memberOf: self?.by === "segment" ? sequence.initSegmentId : null,
  };
  return { admission, wave };
}

/** Who is due when he is; read only where the first step comes to all at one time. */
async function waveOf(
  { db, workspaceId, now }: Context,
  { id }: Sequence,
  { first, due }: { first: Step; due: Journey },
  setting: Setting & { tree: Tree },
): Promise<Wave | null> {
  if (due <= now.journey || !isSetForAll(now.journey, first, setting)) return null;
  return { at: due, crowd: await liveIn(db, workspaceId, id), until: untilFor(first, due, setting, now) };
}

/** A start that fails is not lost: the row says so then, and where even that fails it is made up for when the first step is due. */
async function startOrLeave(ctx: Context, { row, wave = null }: Enrolled): Promise<void> {
  await start(ctx, row, { wave }).catch(async (error: unknown) => {
    warn("a start was left to the sweep", { enrollment: row.id, error });
    await leaveToSweep(ctx.db, row.id, ctx.now.journey).catch(() => undefined);
  });
}

/** Why the row was refused; null when that is no longer so, and it is worth another try. */
async function inTheWay(
  ctx: Context,
  { sequence, ruleset }: Ruled,
  contact: Contact,
  { once, from, memberOf, at }: Admission,
): Promise<Failure | null> {
  if (memberOf !== null && !(await isMember(ctx.db, memberOf, contact.id))) return LAPSED;
  const mover = from === null ? null : await findEnrollment(ctx.db, ctx, from);
  if (from !== null && mover?.standing !== "ACTIVE") return { kind: "already_ended" };
  if (mover?.state === "paused") return { kind: "already_paused" };
  const latest = await latestIn(ctx.db, contact.id, sequence.id);
  if (latest?.standing === "ACTIVE") return (await isLive(ctx, latest)) ? { kind: "already_enrolled" } : null;
  const again = !once && takesAgain(sequence, ruleset);
  if (!again && (latest || (await hasDeparted(ctx.db, contact.id, sequence.id)))) return { kind: "enrolled_before" };
  const newcomer = { sequenceId: sequence.id, contactId: contact.id, from, at };
  const refusal = (await keptOut(ctx, newcomer, ruleset)) ?? (await fullness(ctx, sequence));
  return refusal ?? (from === null ? crowding(ctx) : null);
}

/** What the ruleset, or that of a sequence in which he is, has against him. */
async function keptOut(ctx: Context, newcomer: Newcomer, ruleset: Ruleset | null): Promise<Failure | null> {
  const { rivals, touched } = await keptOutBy(ctx.db, newcomer);
  for (const rival of await findRows(ctx.db, rivals)) if (await isLive(ctx, rival)) return { kind: "shut_out" };
  return touched ? { kind: "touched_recently", seconds: ruleset?.touchedInterval ?? 0 } : null;
}

/** Whether an enrollment goes on, as it says itself. One that has ended, and only the mirror did not know, is shown so. */
export async function isLive(ctx: Context, row: EnrollmentRow): Promise<boolean> {
  if (isHeld(row)) return true;
  const current = await objectOf(ctx, row.id).current(ctx.now);
  if (current === null || current.snapshot.standing === "ACTIVE") return true;
  await mirror(ctx, current);
  return false;
}

export async function fullness(
  ctx: Context,
  { id, sequenceType, maxActivations: max }: Sequence,
): Promise<Failure | null> {
  if (sequenceType !== "date") return null;
  return (await totalIn(ctx.db, ctx.workspaceId, id)) < max ? null : { kind: "sequence_full", max };
}
