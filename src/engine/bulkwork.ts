/** Knows how a bulk enrollment is done: chunk by chunk behind a cursor, and those who were admitted started behind another. */
import { addressOfCandidate, type BulkJob, type RowRefusal } from "../domain/bulk";
import type { Entry } from "../domain/candidate";
import type { Failure } from "../domain/failure";
import { causeOf } from "../domain/fault";
import { bulkNudge } from "../domain/nudge";
import { BEGUN } from "../domain/record";
import { isHeld } from "../domain/throttle";
import { leaveToSweep } from "../storage/admission";
import { closeJob, crossOut, failJob, findBulkJob, noteStarted, readChunk, touchBulk } from "../storage/bulk";
import { pageThrough } from "../storage/enrollments";
import { findSequence } from "../storage/sequences";
import { admitAll, type Outcome } from "./bulkadmission";
import type { Context } from "./context";
import { each } from "./each";
import { catchUp } from "./journey";
import { type Brought, resolve } from "./newcomers";

/** Chunks, or pages of starts, after which a job gives way to others and asks for its next turn. */
const STEPS_A_TURN = 20;
/** Enrollments that are started in one go. */
const PAGE = 50;
/** Milliseconds between two steps. Where database and objects are in one process, as locally, requests come in only then. */
const BREATH = 1;
/**
 * Admission runs ahead of the starts by so many, and then waits for them: the sweep too starts whoever is due and is not under
 * way, and a crowd is not to be left to both.
 */
const MOST_UNSTARTED = 20_000;
/** Seconds that the objects are left alone after most starts of a page have failed. */
const BACK_OFF = 5;

/** It stands in D1, so a nudge that is lost is sent again by the sweep. */
export async function nudgeBulk({ jobs, workspaceId }: Context, job: number, delaySeconds = 0): Promise<void> {
  await jobs.send(bulkNudge(workspaceId, job), { delaySeconds }).catch((error: unknown) => {
    console.warn("a nudge was left to the sweep", { job, error: causeOf(error) });
  });
}

/** Does a job as far as one turn goes, unless another run of it is ahead. */
export async function runBulk(ctx: Context, id: number): Promise<void> {
  let job = await findBulkJob(ctx.db, { workspaceId: ctx.workspaceId, userId: null }, id);
  if (!job || job.closed) return;
  const own = { ...ctx, userId: job.userId };
  for (let steps = 0; steps < STEPS_A_TURN; steps++) {
    const next: Step = await step(own, job);
    if (next === "ends") return;
    if (next === "backs off") return nudgeBulk(ctx, id, BACK_OFF);
    job = next;
    await scheduler.wait(BREATH);
  }
  await nudgeBulk(ctx, id);
}

/** The job as it is afterwards; it ends where nothing is left, or another run is ahead. */
type Step = BulkJob | "ends" | "backs off";

async function step(ctx: Context, job: BulkJob): Promise<Step> {
  const unstarted = job.mark - job.startedTo;
  if (job.cursor < job.chunks && unstarted < MOST_UNSTARTED) return doChunk(ctx, job);
  if (unstarted > 0) return startPage(ctx, job);
  await closeJob(ctx.db, job, ctx.now.wall);
  return "ends";
}

async function doChunk(ctx: Context, job: BulkJob): Promise<Step> {
  const { journey, wall } = ctx.now;
  const entries = await readChunk(ctx.db, job);
  if (entries === null) {
    await failJob(ctx.db, job, journey);
    return (await findBulkJob(ctx.db, { ...ctx, userId: null }, job.id)) ?? "ends";
  }
  const { enrolled, refusals } = await seeTo(ctx, job, entries);
  return (await crossOut(ctx.db, { job, enrolled, refusals, journey, wall })) ?? "ends";
}

/**
 * Where the entries fail together each half is seen to by itself, down to the one that cannot be taken in: it harms no other.
 * In an outage the note that the job is at work fails too, and the chunk stays for later.
 */
async function seeTo(ctx: Context, job: BulkJob, entries: readonly Entry[]): Promise<Outcome> {
  try {
    return await takeIn(ctx, job, entries);
  } catch {
    await touchBulk(ctx.db, job, ctx.now.wall);
    const [first] = entries;
    if (entries.length === 1 && first) return takeInAlone(ctx, job, first);
    const half = Math.ceil(entries.length / 2);
    const before = await seeTo(ctx, job, entries.slice(0, half));
    const after = await seeTo(ctx, job, entries.slice(half));
    return { enrolled: before.enrolled + after.enrolled, refusals: [...before.refusals, ...after.refusals] };
  }
}

/** Milliseconds between the tries of one entry: of a database that refuses some writes, it would be unlucky each time. */
const PAUSES = [40, 120, 360, 1080];

async function takeInAlone(ctx: Context, job: BulkJob, entry: Entry): Promise<Outcome> {
  for (const pause of PAUSES) {
    await scheduler.wait(pause);
    try {
      return await takeIn(ctx, job, [entry]);
    } catch (error) {
      await touchBulk(ctx.db, job, ctx.now.wall);
      console.warn("a row could not be taken in", { job: job.id, row: entry.row, error: causeOf(error) });
    }
  }
  return { enrolled: 0, refusals: [refusalOf(entry, POISONED)] };
}

const POISONED: Failure = { kind: "unavailable", what: "the row could not be taken in" };

async function takeIn(ctx: Context, job: BulkJob, entries: readonly Entry[]): Promise<Outcome> {
  const faulty = entries.flatMap((entry) => ("failure" in entry ? [refusalOf(entry, entry.failure)] : []));
  const known = entries.flatMap((entry) => ("contact" in entry ? [{ row: entry.row, contactId: entry.contact }] : []));
  const brought: Brought[] = entries.flatMap((entry) => ("candidate" in entry ? [entry] : []));
  const { found, refusals } = await resolve(ctx, job, brought, await shutFailure(ctx, job));
  const applicants = [...known, ...found].sort((a, b) => a.row - b.row);
  const outcome = await admitAll(ctx, job, applicants);
  return { enrolled: outcome.enrolled, refusals: [...faulty, ...refusals, ...outcome.refusals] };
}

/** Why the sequence takes nobody any more. */
async function shutFailure(ctx: Context, job: BulkJob): Promise<Failure | null> {
  const sequence = await findSequence(ctx.db, ctx, job.sequenceId);
  if (!sequence) return { kind: "not_found", what: "sequence" };
  if (sequence.status === "ARCHIVED") return { kind: "sequence_archived" };
  return sequence.locked ? { kind: "sequence_locked" } : null;
}

function refusalOf(entry: Entry, failure: Failure): RowRefusal {
  const { row } = entry;
  if ("contact" in entry) return { row, contactId: entry.contact > 0 ? entry.contact : null, address: null, failure };
  const address = "candidate" in entry ? addressOfCandidate(entry.candidate) : entry.address;
  return { row, contactId: null, address, failure };
}

/** A start that fails is left to the sweep. Where most of them fail it is no fault of theirs: they are tried again later. */
async function startPage(ctx: Context, job: BulkJob): Promise<Step> {
  const { sequenceId, startedTo: after, mark: upto } = job;
  const rows = await pageThrough(ctx.db, { sequenceId, standing: "ACTIVE", after, upto, limit: PAGE });
  const unstarted = rows.filter((row) => row.version <= BEGUN && !isHeld(row));
  let failed = 0;
  await each(unstarted, (row) =>
    catchUp(ctx, row, { abreast: job.total }).catch(async (error: unknown) => {
      failed += 1;
      console.warn("a start was left to the sweep", { enrollment: row.id, error: causeOf(error) });
      await leaveToSweep(ctx.db, row.id, ctx.now.journey).catch(() => undefined);
    }),
  );
  if (failed > unstarted.length / 2) return "backs off";
  const to = rows.length < PAGE ? upto : (rows.at(-1)?.id ?? upto);
  return (await noteStarted(ctx.db, job, to, ctx.now.wall)) ?? "ends";
}
