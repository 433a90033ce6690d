/** Knows how a bulk enrollment is done: chunk by chunk behind a cursor, and those who were admitted started behind another. */
import { addressOfCandidate, type BulkJob, type RowRefusal } from "../domain/bulk";
import type { Entry } from "../domain/candidate";
import type { Failure } from "../domain/failure";
import { bulkNudge } from "../domain/nudge";
import { BEGUN } from "../domain/record";
import { isHeld } from "../domain/throttle";
import { warn } from "../log";
import { leaveToSweep } from "../storage/admission";
import { closeJob, crossOut, failJob, findBulkJob, noteStarted, readChunk, touchJob } from "../storage/bulk";
import { type EnrollmentRow, pageThrough } from "../storage/enrollments";
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
/** Seconds until something is tried again that may have failed by no fault of its own, */
const BACK_OFF = 5;
/** and how often it is before the rest of the job goes on without it: most of what is brief is over by then. */
const MOST_TRIES = 6;

/** It stands in D1, so a nudge that is lost is sent again by the sweep. */
export async function nudgeBulk(
  { jobs, workspaceId }: Context,
  job: number,
  { tries = 0, delaySeconds = 0 } = {},
): Promise<void> {
  await jobs.send(bulkNudge(workspaceId, job, tries), { delaySeconds }).catch((error: unknown) => {
    warn("a nudge was left to the sweep", { job, error });
  });
}

/** Does a job as far as one turn goes, unless another run of it is ahead. */
export async function runBulk(ctx: Context, id: number, tries = 0): Promise<void> {
  let job = await findBulkJob(ctx.db, { workspaceId: ctx.workspaceId, userId: null }, id);
  if (!job || job.closed) return;
  const own = { ...ctx, userId: job.userId };
  for (let steps = 0; steps < STEPS_A_TURN; steps++) {
    // What was put off is the first that is seen to again.
    const next: Step = await step(own, job, steps === 0 ? tries : 0);
    if (next === "ends") return;
    if (next === "backs off") return backOff(own, job, steps === 0 ? tries + 1 : 1);
    job = next;
    await scheduler.wait(BREATH);
  }
  await nudgeBulk(ctx, id);
}

/** Of several runs only one goes on: or each sweep would add another. */
async function backOff(ctx: Context, job: BulkJob, tries: number): Promise<void> {
  if (await touchJob(ctx.db, job, ctx.now.wall)) await nudgeBulk(ctx, job.id, { tries, delaySeconds: BACK_OFF });
}

/** The job as it is afterwards; it ends where nothing is left, or another run is ahead. */
type Step = BulkJob | "ends" | "backs off";

async function step(ctx: Context, job: BulkJob, tries: number): Promise<Step> {
  const unstarted = job.mark - job.startedTo;
  if (job.cursor < job.chunks && unstarted < MOST_UNSTARTED) return doChunk(ctx, job, tries);
  if (unstarted > 0) return startPage(ctx, job, tries);
  await closeJob(ctx.db, job, ctx.now.wall);
  return "ends";
}

async function doChunk(ctx: Context, job: BulkJob, tries: number): Promise<Step> {
  const { journey, wall } = ctx.now;
  const entries = await readChunk(ctx.db, job);
  if (entries === null) {
    await failJob(ctx.db, job, journey);
    return (await findBulkJob(ctx.db, { ...ctx, userId: null }, job.id)) ?? "ends";
  }
  const { refusals, putOff } = await seeTo({ ctx, job, seen: new Set() }, entries);
  if (putOff.length > 0 && tries < MOST_TRIES) return "backs off";
  const done = { job, rows: entries.length, refusals: [...refusals, ...putOff], journey, wall };
  return (await crossOut(ctx.db, done)) ?? "ends";
}

interface Chunk {
  ctx: Context;
  job: BulkJob;
  /** Contacts whose first row in it was seen to. */
  seen: Set<number>;
}

/** Where the entries fail together each half is seen to by itself, down to the one that cannot be taken in: it harms no other. */
async function seeTo(chunk: Chunk, entries: readonly Entry[]): Promise<Outcome> {
  const { ctx, job } = chunk;
  try {
    return await takeIn(chunk, entries);
  } catch (error) {
    // Changes nothing. In an outage this fails too, be it of writes alone, and the chunk stays for later.
    await touchJob(ctx.db, job, job.touchedAt);
    const [first] = entries;
    if (entries.length === 1 && first) {
      warn("a row was set apart", { job: job.id, row: first.row, error });
      return { refusals: [], putOff: [refusalOf(first, POISONED)] };
    }
    const half = Math.ceil(entries.length / 2);
    const before = await seeTo(chunk, entries.slice(0, half));
    const after = await seeTo(chunk, entries.slice(half));
    return { refusals: [...before.refusals, ...after.refusals], putOff: [...before.putOff, ...after.putOff] };
  }
}

const POISONED: Failure = { kind: "unavailable", what: "the row could not be taken in" };

async function takeIn({ ctx, job, seen }: Chunk, entries: readonly Entry[]): Promise<Outcome> {
  const faulty = entries.flatMap((entry) => ("failure" in entry ? [refusalOf(entry, entry.failure)] : []));
  const known = entries.flatMap((entry) => ("contact" in entry ? [{ row: entry.row, contactId: entry.contact }] : []));
  const brought: Brought[] = entries.flatMap((entry) => ("candidate" in entry ? [entry] : []));
  const { found, refusals } = await resolve(ctx, job, brought, await shutFailure(ctx, job));
  const applicants = [...known, ...found].sort((a, b) => a.row - b.row);
  const outcome = await admitAll(ctx, job, applicants, seen);
  return { refusals: [...faulty, ...refusals, ...outcome.refusals], putOff: outcome.putOff };
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

/**
 * Where most starts of a page fail it is no fault of theirs: they are tried again, and only after a while left to the sweep, as
 * one that fails alone is at once.
 */
async function startPage(ctx: Context, job: BulkJob, tries: number): Promise<Step> {
  const { sequenceId, startedTo: after, mark: upto } = job;
  const rows = await pageThrough(ctx.db, { sequenceId, standing: "ACTIVE", after, upto, limit: PAGE });
  const unstarted = rows.filter((row) => row.version <= BEGUN && !isHeld(row));
  const failed: EnrollmentRow[] = [];
  await each(unstarted, (row) =>
    catchUp(ctx, row, { abreast: job.total }).catch((error: unknown) => {
      failed.push(row);
      warn("a start has failed", { enrollment: row.id, error });
    }),
  );
  if (failed.length > unstarted.length / 2 && tries < MOST_TRIES) return "backs off";
  for (const { id } of failed) await leaveToSweep(ctx.db, id, ctx.now.journey);
  const to = rows.length < PAGE ? upto : (rows.at(-1)?.id ?? upto);
  return (await noteStarted(ctx.db, job, to, ctx.now.wall)) ?? "ends";
}
