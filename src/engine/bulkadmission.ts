/** Knows how contacts are admitted by set: the rules looked at over all of them, and one statement that writes their rows. */
import { type BulkJob, bulkOrigin, type RowRefusal } from "../domain/bulk";
import { addressOn, type Contact } from "../domain/contact";
import type { Failure } from "../domain/failure";
import type { Platform } from "../domain/platform";
import { BEGUN } from "../domain/record";
import { takesAgain } from "../domain/ruleset";
import { dueAt } from "../domain/schedule";
import { isHeld, isThrottled } from "../domain/throttle";
import { firstIn, growTree } from "../domain/tree";
import { isSetForAll, lastIn, untilFor } from "../domain/wave";
import { type Entrance, insertAll, type Newcomer, selectByOrigins } from "../storage/admission";
import { findByIds } from "../storage/contacts";
import { liveIn } from "../storage/counts";
import { together } from "../storage/database";
import { type EnrollmentRow, findRows } from "../storage/enrollments";
import { type Obstacle, obstaclesBefore } from "../storage/exclusivity";
import { selectRulesetOf } from "../storage/rulesets";
import { selectSequence } from "../storage/sequences";
import { selectSteps, stepsOf } from "../storage/steps";
import { fullness, isLive, refusalOf } from "./admission";
import type { Context } from "./context";
import { each } from "./each";
import { crowding } from "./limits";
import type { Ruled } from "./parties";
import { timingOf } from "./schedules";
import { nudgePlaces } from "./throttles";
import { beforeTry, MOST_TRIES } from "./tries";

export interface Applicant {
  row: number;
  contactId: number;
}

/** What became of rows; those of which nothing is told were enrolled. */
export interface Outcome {
  refusals: RowRefusal[];
  /** Who did not come in, and may do so yet; and what they are refused with once that is not waited for any more. */
  putOff: RowRefusal[];
}

/**
 * Whoever has several rows comes in by the first. A repeat after a crash finds who was admitted, by their origins. Where a chunk
 * is seen to in parts, `seen` has the contacts of those before; a part that fails comes again, and has added nobody.
 */
export async function admitAll(
  ctx: Context,
  job: BulkJob,
  applicants: readonly Applicant[],
  seen: Set<number> = new Set(),
): Promise<Outcome> {
  const first = new Map<number, Applicant>();
  const refusals: RowRefusal[] = [];
  for (const one of applicants) {
    if (first.has(one.contactId) || seen.has(one.contactId)) refusals.push(refused(one, { kind: "repeated_row" }));
    else first.set(one.contactId, one);
  }
  let left = [...first.values()];
  for (let tries = 0; left.length > 0 && tries < MOST_TRIES; tries++) {
    await beforeTry(tries);
    const some = await admitSome(ctx, job, left);
    refusals.push(...some.refusals);
    left = some.undecided;
  }
  for (const contactId of first.keys()) seen.add(contactId);
  return { refusals, putOff: left.map((one) => refused(one, EDITED)) };
}

const EDITED: Failure = { kind: "unavailable", what: "the sequence is being edited" };

/** Undecided are those whom nothing keeps out, as it seems now, and who were not let in. */
async function admitSome(ctx: Context, job: BulkJob, applicants: readonly Applicant[]) {
  const ids = applicants.map(({ contactId }) => contactId);
  const [definition, contacts] = await Promise.all([
    readDefinition(ctx, job.sequenceId),
    findByIds(ctx.db, ctx.workspaceId, ids),
  ]);
  const all = (failure: Failure) => ({
    undecided: [],
    refusals: applicants.map((one) => refused(one, failure)),
  });
  if (!definition) return all({ kind: "not_found", what: "sequence" });
  const known = new Map(contacts.map((contact) => [contact.id, contact]));
  const { newcomers, failures } = judged(job, definition, applicants, known);
  const entrance = entranceOf(ctx, job, definition);
  const times = await timesFor(ctx, job, definition);
  const listed = newcomers.map((one) => ({ ...one, ...times(one.contact) }));
  const [fresh, rows] = (await together(ctx.db, [
    insertAll(ctx.db, entrance, listed),
    selectByOrigins(
      ctx.db,
      ids.map((id) => bulkOrigin(job.id, id)),
    ),
  ])) as { id: number; contact: number }[][];
  const { userId, sequence } = entrance;
  if (fresh?.length && isThrottled(sequence)) {
    await nudgePlaces(ctx, [{ workspaceId: ctx.workspaceId, sequenceId: sequence.id, userId }]);
  }
  const admitted = new Map(rows?.map(({ id, contact }) => [contact, id]));
  const out = applicants.filter(({ contactId }) => !admitted.has(contactId) && !failures.has(contactId));
  const reasons = await reasonsFor(ctx, definition, out);
  const refusals = applicants.flatMap((one) => {
    const id = admitted.get(one.contactId);
    if (id !== undefined) return id > job.mark ? [] : [refused(one, { kind: "repeated_row" })];
    const failure = failures.get(one.contactId) ?? reasons.get(one.contactId);
    return failure ? [refused(one, failure)] : [];
  });
  return { refusals, undecided: out.filter(({ contactId }) => !reasons.has(contactId)) };
}

const refused = ({ row, contactId }: Applicant, failure: Failure): RowRefusal => ({
  row,
  contactId: contactId > 0 ? contactId : null,
  address: null,
  failure,
});

async function readDefinition(ctx: Context, sequenceId: number): Promise<Ruled | null> {
  const { db, workspaceId } = ctx;
  const [[sequence], steps, [ruleset]] = await db.batch([
    selectSequence(db, ctx, sequenceId),
    selectSteps(db, sequenceId),
    selectRulesetOf(db, workspaceId, sequenceId),
  ]);
  return sequence ? { sequence, steps: stepsOf(steps), ruleset: ruleset ?? null } : null;
}

/** Who may come in by the rules, and why the others may not. */
function judged(job: BulkJob, definition: Ruled, applicants: readonly Applicant[], known: Map<number, Contact>) {
  const newcomers: (Omit<Newcomer, keyof Times> & { contact: Contact })[] = [];
  const failures = new Map<number, Failure>();
  for (const { contactId } of applicants) {
    const contact = known.get(contactId);
    const platform = contact ? platformFor(contact, job.platform) : null;
    const failure =
      contact && platform
        ? refusalOf(definition, contact, platform)
        : ({ kind: "not_found", what: "contact" } as const);
    if (failure) failures.set(contactId, failure);
    else if (contact && platform) newcomers.push({ contact, platform, origin: bulkOrigin(job.id, contactId) });
  }
  return { newcomers, failures };
}

/** Unless one was asked for, it is as where somebody is enrolled by a tag. */
function platformFor(contact: Contact, asked: Platform | null): Platform {
  return asked ?? (addressOn(contact, "EMAIL") ? "EMAIL" : contact.platform);
}

function entranceOf(ctx: Context, job: BulkJob, { sequence, steps }: Ruled): Entrance {
  const first = firstIn(growTree(steps, sequence.revision));
  const userId = job.userId ?? sequence.ownerId;
  const alone = { once: false, trail: [], from: null, memberOf: null };
  const by = { userId, mailboxId: job.mailboxId, chunk: { job: job.id, cursor: job.cursor } };
  return { limits: ctx.limits, sequence, stepId: first?.id ?? null, at: ctx.now.journey, ...by, ...alone };
}

type Times = Pick<Newcomer, "dueAt" | "lastAt">;

/**
 * When each one's first step is due, and when the last of them has his turn: contacts in the same zone have it at the same time.
 * All of the job set out together; where others are due when they are, those go in turn with them.
 */
async function timesFor(ctx: Context, job: BulkJob, definition: Ruled): Promise<(contact: Contact) => Times> {
  const { sequence, steps } = definition;
  const at = ctx.now.journey;
  const tree = growTree(steps, sequence.revision);
  const first = firstIn(tree);
  if (!first) return () => ({ dueAt: at, lastAt: at });
  const timing = await timingOf(ctx, definition);
  const others = (await liveIn(ctx.db, ctx.workspaceId, sequence.id)) - job.enrolled;
  const byZone = new Map<string | null, Times>();
  return ({ timezone }) => {
    const known = byZone.get(timezone);
    if (known) return known;
    const setting = { contact: { timezone }, timing, tree };
    const due = dueAt(at, first, setting);
    const crowd = job.total + (isSetForAll(at, first, setting) ? Math.max(0, others) : 0);
    const lastAt = lastIn({ at: due, crowd, until: untilFor(first, due, setting, ctx.now) }, ctx.now);
    const times = { dueAt: due, lastAt };
    byZone.set(timezone, times);
    return times;
  };
}

/** What keeps out those whom the statement has not let in; who is not among them is worth another try. */
async function reasonsFor(ctx: Context, definition: Ruled, out: readonly Applicant[]): Promise<Map<number, Failure>> {
  const reasons = new Map<number, Failure>();
  if (out.length === 0) return reasons;
  const { sequence } = definition;
  const contacts = out.map(({ contactId }) => contactId);
  const obstacles = await obstaclesBefore(ctx.db, { sequenceId: sequence.id, contacts, at: ctx.now.journey });
  const named = obstacles.flatMap(({ latest, rivals }) => [...(latest === null ? [] : [latest]), ...rivals]);
  const rows = new Map((await findRows(ctx.db, [...new Set(named)])).map((row) => [row.id, row]));
  const full = (await fullness(ctx, sequence)) ?? (await crowding(ctx));
  await each(obstacles, async (obstacle) => {
    const reason = (await reasonIn(ctx, definition, obstacle, rows)) ?? full;
    if (reason) reasons.set(obstacle.contact, reason);
  });
  return reasons;
}

async function reasonIn(
  ctx: Context,
  { sequence, ruleset }: Ruled,
  obstacle: Obstacle,
  rows: ReadonlyMap<number, EnrollmentRow>,
): Promise<Failure | null> {
  const latest = obstacle.latest === null ? undefined : rows.get(obstacle.latest);
  if (latest?.standing === "ACTIVE") return (await goesOn(ctx, latest)) ? { kind: "already_enrolled" } : null;
  if ((latest || obstacle.departed) && !takesAgain(sequence, ruleset)) return { kind: "enrolled_before" };
  for (const id of obstacle.rivals) {
    const rival = rows.get(id);
    if (rival && (await goesOn(ctx, rival))) return { kind: "shut_out" };
  }
  return obstacle.touched ? { kind: "touched_recently", seconds: ruleset?.touchedInterval ?? 0 } : null;
}

/**
 * Only what should have happened by now can have ended without the mirror knowing: whoever else ends a journey tells the mirror
 * himself. So a file of people who all wait for their next step wakes none of their objects. Whoever has just come in may be on
 * his way before the last who is due with him has his turn.
 */
async function goesOn(ctx: Context, row: EnrollmentRow): Promise<boolean> {
  const soonest = row.version === BEGUN ? row.dueAt : row.wakeBy;
  const mayHaveEnded = soonest !== null && soonest <= ctx.now.journey && !isHeld(row);
  return mayHaveEnded ? isLive(ctx, row) : true;
}
