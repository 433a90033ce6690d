/** Knows how jobs are begun, nudged and done: page by page, behind a cursor, one bad item harming nobody else. */
import { addressOn } from "../domain/contact";
import { enrollmentOf } from "../domain/message";
import { jobNudge } from "../domain/nudge";
import type { JobKind } from "../domain/sequence";
import { warn } from "../log";
import { selectStopper } from "../storage/consent";
import { findContact } from "../storage/contacts";
import { liveIn } from "../storage/counts";
import { type EnrollmentRow, enrollmentsOf, findRows, liveOf, pageThrough, watchingOf } from "../storage/enrollments";
import { setApart, takeBack } from "../storage/jobitems";
import { findJob, finishJob, type Job, progress, writeJob } from "../storage/jobs";
import { endedIn } from "../storage/retention";
import { findSequence } from "../storage/sequences";
import { COLLEAGUE_REPLIED, colleaguePage } from "./colleagues";
import type { Context } from "./context";
import { each } from "./each";
import { retryRow } from "./enrollments";
import { eraseJourney, veilAll } from "./erasure";
import { awaken, command, objectOf } from "./journey";
import { buildPage, firePage } from "./membership";

/** Enrollments that are worked on in one go. */
const PAGE = 200;
/** Pages after which a job gives way to others and asks for its next turn. */
const PAGES_A_TURN = 10;

export async function beginJob(ctx: Context, job: { kind: JobKind; subjectId: number }): Promise<void> {
  const { workspaceId, db, now } = ctx;
  const rows = await writeJob(db, { ...job, workspaceId, journey: now.journey, wall: now.wall });
  await nudge(ctx, rows);
}

/** Tells the queue of jobs. They stand in D1, so a nudge that is lost is sent again by the sweep. */
export async function nudge({ jobs, workspaceId }: Context, open: readonly { id: number }[]): Promise<void> {
  const messages = open.map(({ id }) => ({ body: jobNudge(workspaceId, id) }));
  for (let i = 0; i < messages.length; i += 100) {
    await jobs.sendBatch(messages.slice(i, i + 100)).catch((error: unknown) => {
      warn("a nudge was left to the sweep", { error });
    });
  }
}

/** Does a job as far as one turn goes, unless another run of it is ahead. What was begun anew is left to its own nudge. */
export async function run(ctx: Context, id: number): Promise<void> {
  const job = await findJob(ctx.db, id);
  if (!job || job.doneAt !== null || job.workspaceId !== ctx.workspaceId) return;
  let cursor = job.cursor;
  for (let pages = 0; pages < PAGES_A_TURN; pages++) {
    const next = await work(ctx, job, cursor);
    if (next === "overtaken") return;
    if (next === null) return finishJob(ctx.db, job, ctx.now.journey);
    cursor = next;
    // Who asks for members to be enrolled has moved the cursor in the same batch.
    if (job.kind !== "segment_enroll" && !(await progress(ctx.db, job, cursor, ctx.now.wall))) return;
  }
  await nudge(ctx, [job]);
}

/** A page of a job; the cursor behind it, or null when none is left. */
async function work(ctx: Context, job: Job, after: number): Promise<number | null | "overtaken"> {
  if (!isOfJourneys(job)) return job.kind === "segment" ? buildPage(ctx, job, after) : firePage(ctx, job, after);
  const [{ rows, next }, crowd] = await Promise.all([pageOf(ctx, job, after), crowdOf(ctx, job)]);
  await each(rows, (row) => actOrSetApart(ctx, { ...job, crowd }, row));
  return next;
}

/** How many are woken by it at most. */
async function crowdOf({ db, workspaceId }: Context, { kind, subjectId }: JourneyJob): Promise<number> {
  return kind === "wake" || kind === "reschedule" ? liveIn(db, workspaceId, subjectId) : 1;
}

/** One enrollment of a job, by itself. Where it fails again it stays set apart, and the next sweep brings it up. */
export async function runItem(ctx: Context, id: number, enrollment: number): Promise<void> {
  const [job, [row]] = await Promise.all([findJob(ctx.db, id), findRows(ctx.db, [enrollment])]);
  try {
    if (job && isOfJourneys(job) && row?.workspaceId === ctx.workspaceId) await act(ctx, { ...job, crowd: 1 }, row);
    await takeBack(ctx.db, id, enrollment);
  } catch (error) {
    warn("an item was left to the next sweep", { job: id, enrollment, error });
  }
}

/** Wakes enrollments that a sweep has found overdue, along with others. */
export async function wakeAll(ctx: Context, ids: readonly number[], crowd: number): Promise<void> {
  const rows = await findRows(ctx.db, ids);
  await each(
    rows.filter((row) => row.standing === "ACTIVE" && row.workspaceId === ctx.workspaceId),
    (row) =>
      awaken(ctx, row, crowd).catch((error: unknown) => {
        warn("a wake was left to the next sweep", { enrollment: row.id, error });
      }),
  );
}

/** The kinds of work that go through enrollments; the others go through contacts. */
type JourneyJob = Job & { kind: Exclude<JobKind, "segment" | "segment_enroll"> };

function isOfJourneys(job: Job): job is JourneyJob {
  return job.kind !== "segment" && job.kind !== "segment_enroll";
}

async function pageOf(
  ctx: Context,
  job: JourneyJob,
  after: number,
): Promise<{ rows: EnrollmentRow[]; next: number | null }> {
  if (job.kind === "colleagues") return colleaguePage(ctx, job, after);
  const rows = await rowsOf(ctx, { ...job, kind: job.kind }, after);
  return { rows, next: rows.length < PAGE ? null : (rows.at(-1)?.id ?? null) };
}

type StretchJob = Job & { kind: Exclude<JourneyJob["kind"], "colleagues"> };

async function rowsOf(ctx: Context, job: StretchJob, after: number): Promise<EnrollmentRow[]> {
  const { db, workspaceId, now } = ctx;
  const { kind, subjectId, upto } = job;
  const live = { sequenceId: subjectId, standing: "ACTIVE" as const, after, upto, limit: PAGE };
  switch (kind) {
    case "wake":
      return pageThrough(db, { ...live, dueBy: now.journey });
    case "reschedule":
    case "archive":
      return pageThrough(db, live);
    case "retry":
      return pageThrough(db, { ...live, standing: "FAILED", listed: true });
    case "opt_out":
    case "deactivate":
      // At most one a sequence, so one page holds them; who was enrolled since has come back.
      return after > 0 ? [] : (await liveOf(db, workspaceId, subjectId)).filter((row) => row.id <= upto);
    case "block":
      return after > 0 ? [] : (await blockedOf(ctx, subjectId)).filter((row) => row.id <= upto);
    case "look":
      return after > 0 ? [] : watchingOf(db, workspaceId, subjectId);
    case "retire":
      return endedIn(db, { sequenceId: subjectId, after, upto, limit: PAGE });
    case "erase":
      if (after === 0) await veilAll(ctx, subjectId);
      return enrollmentsOf(db, subjectId, after, PAGE);
  }
}

/** His journeys on the platforms on which his address is not to be written to. */
async function blockedOf({ db, workspaceId }: Context, contactId: number): Promise<EnrollmentRow[]> {
  const [contact, rows] = [await findContact(db, workspaceId, contactId), await liveOf(db, workspaceId, contactId)];
  return contact ? rows.filter(({ platform }) => addressOn(contact, platform)?.blocked) : [];
}

type Working = JourneyJob & { crowd: number };

async function act(ctx: Context, { kind, crowd }: Working, row: EnrollmentRow): Promise<void> {
  switch (kind) {
    case "wake":
    case "reschedule":
    case "look":
      return awaken(ctx, row, crowd);
    case "archive":
      await command(ctx, row, { kind: "exit", why: "archived" });
      return;
    case "retry":
      await retryRow(ctx, row);
      return;
    case "opt_out":
      return optOutOf(ctx, row);
    case "deactivate":
      await command(ctx, row, { kind: "exit", why: "removed" });
      return;
    case "block":
      await command(ctx, row, { kind: "exit", why: "bounced" });
      return;
    case "colleagues":
      await command(ctx, row, { kind: "exit", why: "removed", reason: COLLEAGUE_REPLIED });
      return;
    case "retire":
      return objectOf(ctx, row.id).wake(1);
    case "erase":
      return eraseJourney(ctx, row);
  }
}

async function optOutOf(ctx: Context, row: EnrollmentRow): Promise<void> {
  const sequence = await findSequence(ctx.db, ctx, row.sequenceId);
  if (sequence?.transactional) return;
  const [{ message } = { message: null }] = await selectStopper(ctx.db, ctx.workspaceId, row.contactId);
  const cause = message !== null && enrollmentOf(message) === row.id ? { message } : {};
  await command(ctx, row, { kind: "exit", why: "opted_out", ...cause });
}

/** What fails is written down before the job goes on without it; where even that fails, so does the job's turn. */
async function actOrSetApart(ctx: Context, job: Working, row: EnrollmentRow): Promise<void> {
  try {
    await act(ctx, job, row);
  } catch (error) {
    warn("an item was set apart", { job: job.id, enrollment: row.id, error });
    const { workspaceId, db, now } = ctx;
    await setApart(db, { jobId: job.id, enrollmentId: row.id, workspaceId, touchedAt: now.wall });
  }
}
