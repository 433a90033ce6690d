/** Knows the verbs on sequences: create, show, list, update, archive. */
import type { SQL } from "drizzle-orm";
import { type Failure, missing, ok, type Result, refuse } from "../domain/failure";
import { type JobKind, jobsOf, type Sequence } from "../domain/sequence";
import { mayChange } from "../domain/sharing";
import { type SequenceTotals, sequencesSeen, sequenceTotals } from "../storage/counts";
import type { NewJob } from "../storage/jobs";
import { strangersAmong } from "../storage/mailboxes";
import { findRuleset, rulesetStands } from "../storage/rulesets";
import { scheduleStands } from "../storage/schedules";
import { findSegment, segmentStands } from "../storage/segments";
import {
  type Definition,
  findDefinition,
  findSequence,
  insertSequence,
  listLive,
  listSequences,
  NEWEST_SEQUENCE,
  revise,
} from "../storage/sequences";
import type { PlacedStep } from "../storage/steps";
import { findUser } from "../storage/users";
import type { Context } from "./context";
import { nudge } from "./jobs";
import { type Page, type Paged, windowOf } from "./page";
import { faultInScheduleId } from "./schedules";
import {
  changesOf,
  named,
  reenrollOf,
  type SequenceDraft,
  type SequenceFields,
  type SequencePatch,
  since,
} from "./sequencefields";
import { countingFor, reopen, throttleAfter } from "./throttles";
import { beforeTry, MOST_TRIES } from "./tries";
import { announce } from "./webhooknudges";

export interface LiveSequence {
  sequence: Sequence;
  /** Live enrollments. */
  live: number;
}

const ENTRY: PlacedStep = {
  n: 1,
  parent: null,
  kind: "entry",
  branch: null,
  label: null,
  delay: 0,
  subject: null,
  body: null,
  format: "text",
  settings: {},
};

export async function create(
  ctx: Context,
  draft: SequenceDraft,
  steps: readonly PlacedStep[] = [ENTRY],
): Promise<Result<Definition>> {
  const { userId, ...fields } = draft;
  const fault = await faultInFields(ctx, fields);
  if (fault) return refuse(fault);
  const at = ctx.now.journey;
  const job = fields.initSegmentId ? jobFor(ctx, "segment_enroll", NEWEST_SEQUENCE) : null;
  const sequence = {
    ...named(fields),
    ...reenrollOf(fields.reenroll ?? null),
    name: fields.name,
    rules: fields.rules,
    status: fields.status,
    primaryReplyAction: fields.primaryReplyAction,
    parentSequenceId: fields.parentSequenceId ?? null,
    workspaceId: ctx.workspaceId,
    creatorId: userId,
    ownerId: fields.ownerId ?? userId,
    updaterId: userId,
    enabledAt: fields.status === "ACTIVE" ? at : null,
    lockedAt: since(null, fields.locked, at),
    throttlePausedAt: since(null, fields.throttlePaused, at),
    createdAt: at,
    updatedAt: at,
  };
  const made = await unlessGone(ctx, { fields, steps }, () => insertSequence(ctx.db, sequence, steps, job));
  if (!made.ok) return made;
  await nudge(ctx, made.value.jobs);
  await announce(ctx);
  return ok(made.value.definition);
}

/** Runs a write that fails where something named was deleted meanwhile; any other fault is not ours to explain. */
async function unlessGone<T>(
  ctx: Context,
  { fields, steps }: { fields: SequenceFields; steps: readonly PlacedStep[] },
  write: () => Promise<T>,
): Promise<Result<T>> {
  try {
    return ok(await write());
  } catch (error) {
    const fault = (await faultInFields(ctx, fields)) ?? (await faultInSteps(ctx, steps));
    if (fault) return refuse(fault);
    throw error;
  }
}

export async function show(ctx: Context, id: number): Promise<Result<Definition>> {
  const definition = await findDefinition(ctx.db, ctx, id);
  return definition ? ok(definition) : missing("sequence");
}

export async function showWithTotals(ctx: Context, id: number): Promise<Result<Definition & SequenceTotals>> {
  const [definition, totals] = await Promise.all([
    findDefinition(ctx.db, ctx, id),
    sequenceTotals(ctx.db, ctx.workspaceId, id),
  ]);
  return definition ? ok({ ...definition, ...totals }) : missing("sequence");
}

/** The sequence, for dialects in which an archived one is no longer there. */
export async function find(ctx: Context, id: number): Promise<Result<Sequence>> {
  const sequence = await findSequence(ctx.db, ctx, id);
  return sequence && sequence.status !== "ARCHIVED" ? ok(sequence) : missing("sequence");
}

export async function list(ctx: Context, page: Page): Promise<Paged<Definition>> {
  const [items, total] = await Promise.all([listSequences(ctx.db, ctx, windowOf(page)), sequencesSeen(ctx.db, ctx)]);
  return { ...page, items, total };
}

/** Without their steps, and with their live enrollments; the newest first. */
export async function listCounted(
  ctx: Context,
  window: { limit: number; offset: number },
): Promise<{ items: LiveSequence[]; total: number }> {
  const [items, total] = await Promise.all([listLive(ctx.db, ctx, window), sequencesSeen(ctx.db, ctx)]);
  return { items, total };
}

export interface Planned {
  sequence: Sequence;
  set: ReturnType<typeof changesOf>;
}

/** The sequence and what a patch changes of it, if it may be changed. */
export async function planned(ctx: Context, id: number, patch: SequencePatch): Promise<Result<Planned>> {
  const sequence = await findSequence(ctx.db, ctx, id);
  if (!sequence || (patch.notArchived && sequence.status === "ARCHIVED")) return missing("sequence");
  if (!mayChange(sequence, ctx.userId)) return refuse({ kind: "read_only" });
  const fault = await faultInFields(ctx, patch);
  return fault ? refuse(fault) : ok({ sequence, set: changesOf(sequence, patch, ctx.now.journey) });
}

/** Changes what is named. What the change asks of the journeys under way is written down in the same batch. */
export async function update(ctx: Context, id: number, patch: SequencePatch): Promise<Result<Definition>> {
  const { db } = ctx;
  const provided = standing(ctx, patch);
  for (let tries = 0; tries < MOST_TRIES; tries++) {
    await beforeTry(tries);
    const change = await planned(ctx, id, patch);
    if (!change.ok) return change;
    const { sequence, set } = change.value;
    const jobs = jobsOf(sequence, { ...sequence, ...set }).map((kind) => jobFor(ctx, kind, id));
    const throttle = throttleAfter(sequence, set);
    const counting = countingFor(ctx, sequence, throttle);
    const revised = await revise(db, { sequence, edit: crypto.randomUUID(), set, jobs, provided, ...counting });
    if (!revised) continue;
    await nudge(ctx, revised.jobs);
    await reopen(ctx, sequence, throttle);
    // Whoever has given it away hears what came of it, though it may be out of his sight from here on.
    const [shown] = await Promise.all([show({ ...ctx, userId: null }, id), announce(ctx)]);
    return shown;
  }
  return refuse({ kind: "unavailable", what: "the sequence is being edited" });
}

/** Every deletion is an archiving: live enrollments end. Archiving twice is no error. */
export function archive(ctx: Context, id: number, userId: number): Promise<Result<Definition>> {
  return update(ctx, id, { status: "ARCHIVED", userId });
}

function jobFor({ workspaceId, now }: Context, kind: JobKind, subjectId: NewJob["subjectId"]): NewJob {
  return { workspaceId, kind, subjectId, journey: now.journey, wall: now.wall };
}

/** What is named must be there when the change is written, too. */
function standing({ workspaceId }: Context, { initSegmentId, scheduleId, rulesetId }: SequenceFields): SQL[] {
  return [
    ...(initSegmentId ? [segmentStands(workspaceId, initSegmentId)] : []),
    ...(scheduleId ? [scheduleStands(workspaceId, scheduleId)] : []),
    ...(rulesetId ? [rulesetStands(workspaceId, rulesetId)] : []),
  ];
}

async function faultInFields(ctx: Context, fields: SequenceFields): Promise<Failure | null> {
  const { initSegmentId, scheduleId, rulesetId, ownerId } = fields;
  return (
    (await faultInMailboxes(ctx, fields)) ??
    (await faultInSegment(ctx, initSegmentId)) ??
    (await faultInScheduleId(ctx, scheduleId)) ??
    (await faultInRuleset(ctx, rulesetId)) ??
    (await faultInOwner(ctx, ownerId))
  );
}

/** One that goes while this is written is passed over when a mail is to leave from it. */
async function faultInMailboxes(
  ctx: Context,
  { mailboxIds = [], keepsStrangers }: SequenceFields,
): Promise<Failure | null> {
  const [stranger] = keepsStrangers ? [] : await strangersAmong(ctx.db, ctx.workspaceId, mailboxIds);
  if (stranger === undefined) return null;
  return { kind: "bad_value", field: "mailboxIds", message: "must be mailboxes of this workspace" };
}

async function faultInRuleset(ctx: Context, id: number | null | undefined): Promise<Failure | null> {
  if (id === null || id === undefined || (await findRuleset(ctx.db, ctx.workspaceId, id))) return null;
  return { kind: "bad_value", field: "rulesetId", message: "is no ruleset" };
}

async function faultInSteps(ctx: Context, steps: readonly PlacedStep[]): Promise<Failure | null> {
  for (const id of new Set(steps.map(({ scheduleId }) => scheduleId))) {
    const fault = await faultInScheduleId(ctx, id);
    if (fault) return fault;
  }
  return null;
}

async function faultInOwner(ctx: Context, id: number | undefined): Promise<Failure | null> {
  if (id === undefined || (await findUser(ctx.db, ctx.workspaceId, id))) return null;
  return { kind: "bad_value", field: "ownerId", message: "is no user of this workspace" };
}

async function faultInSegment(ctx: Context, id: number | null | undefined): Promise<Failure | null> {
  if (id === null || id === undefined) return null;
  if (await findSegment(ctx.db, ctx.workspaceId, id)) return null;
  return { kind: "bad_value", field: "initSegmentId", message: "is no segment" };
}
