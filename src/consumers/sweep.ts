/** Knows what may have been forgotten, and brings it up again, in pages until dry. */
import { KEPT } from "../domain/idempotency";
import { STANDARD } from "../domain/limits";
import type { InboundReply } from "../domain/reply";
import { DAY, MINUTE, SECOND } from "../domain/time";
import { nudgeBulk } from "../engine/bulkwork";
import { type Context, contextFor, type Doors } from "../engine/context";
import { nudge } from "../engine/jobs";
import { syncPage } from "../engine/membership";
import { nudgePlaces } from "../engine/throttles";
import { tidy } from "../engine/tidying";
import { letTriggersIn, nudgeTriggers } from "../engine/triggers";
import { report, warn } from "../log";
import { dropPastAnswers } from "../storage/answers";
import { dropStaging } from "../storage/bulkstaging";
import { deadStagings, dropPastBulk, takeForgottenBulks } from "../storage/bulksweep";
import { type Database, sharedDatabase } from "../storage/database";
import { overdue, type SweepCursor } from "../storage/enrollments";
import { dropPastErasures } from "../storage/erasure";
import { takeForgottenItems } from "../storage/jobitems";
import { forgottenJobs, touchJobs } from "../storage/jobs";
import { changedWorkspace } from "../storage/members";
import { forgottenReplies, type ReplyRow, touchReplies } from "../storage/replies";
import { removeExpiredLinks } from "../storage/signinlinks";
import { dropPastSlots } from "../storage/slots";
import { skipOverdueTasks } from "../storage/tasks";
import { openPlaces } from "../storage/throttles";
import { removeExpired } from "../storage/tokens";
import { takeForgottenTriggers, waitingWorkspace } from "../storage/triggers";
import { sweepWebhooks } from "./webhooks";

/** What was to happen this long ago, in wall time, and did not, has been forgotten. */
const GRACE = 30 * SECOND;
/** A job that nobody touched for this long has lost its nudge. */
const JOB_GRACE = MINUTE;
/** A request that brings rows has died when it is older. */
const LONGEST_UPLOAD = 30 * MINUTE;
const PAGE = 100;
/** Pages of changed contacts that one sweep sees to in a workspace, so that it comes to its end; the rest is the next one's. */
const PAGES_A_SYNC = 10;
/** Tokens and sign-in links removed at a time, and how often in one sweep. */
const TOKENS = { page: 500, pages: 20 };

/** Slots that are removed at a time, and how often in a sweep. */
const CHUNK = 500;
const CHUNKS_A_SWEEP = 20;
/** Longer than a queue keeps a message (14 days at most), and than its dead letters are looked at. */
const UNDER_WAY = 30 * DAY;

export async function sweep(doors: Doors): Promise<void> {
  const db = sharedDatabase(doors.bindings.DB);
  const journeys = [
    sweepJobs,
    sweepBulk,
    sweepItems,
    sweepTriggers,
    sweepHeld,
    sweepSegments,
    sweepReplies,
    sweepOverdue,
    sweepThrottles,
  ];
  const tidying = [sweepTasks, sweepTokens, sweepSlots, sweepErasures, sweepAnswers, sweepPast];
  const chores = [...journeys, sweepWebhooks, ...tidying].map((chore) => chore(db, doors));
  for (const chore of await Promise.allSettled(chores)) {
    if (chore.status === "rejected") report("a sweep failed", { error: chore.reason });
  }
}

async function sweepJobs(db: Database, doors: Doors): Promise<void> {
  for (;;) {
    const jobs = await forgottenJobs(db, doors.now.wall - JOB_GRACE, PAGE);
    await touchJobs(
      db,
      jobs.map((job) => job.id),
      doors.now.wall,
    );
    for (const [ctx, group] of byWorkspace(doors, jobs)) await nudge(ctx, group);
    if (jobs.length < PAGE) return;
  }
}

/** Bulk enrollments that have lost their nudge, that died while they came in, and that are past. */
async function sweepBulk(db: Database, doors: Doors): Promise<void> {
  const { wall } = doors.now;
  for (;;) {
    const jobs = await takeForgottenBulks(db, { before: wall - JOB_GRACE, now: wall, limit: PAGE });
    for (const { id, workspaceId } of jobs) await nudgeBulk(contextFor(doors, workspaceId), id);
    if (jobs.length < PAGE) break;
  }
  for (const id of await deadStagings(db, wall - LONGEST_UPLOAD, PAGE)) await dropStaging(db, id);
  for (let chunks = 0; chunks < CHUNKS_A_SWEEP; chunks++)
    if (!(await dropPastBulk(db, wall - UNDER_WAY, CHUNK))) return;
}

async function sweepItems(db: Database, doors: Doors): Promise<void> {
  const { wall } = doors.now;
  for (;;) {
    const items = await takeForgottenItems(db, { before: wall - GRACE, now: wall, limit: PAGE });
    for (const { workspaceId, jobId: job, enrollmentId: enrollment } of items) {
      await doors.bindings.JOBS.send({ v: 1, kind: "item", workspaceId, job, enrollment });
    }
    if (items.length < PAGE) return;
  }
}

async function sweepTriggers(db: Database, doors: Doors): Promise<void> {
  const { wall } = doors.now;
  for (;;) {
    const triggers = await takeForgottenTriggers(db, { before: wall - GRACE, now: wall, limit: PAGE });
    for (const [ctx, group] of byWorkspace(doors, triggers)) await nudgeTriggers(ctx, group);
    if (triggers.length < PAGE) return;
  }
}

/** What enrolls by itself and found its workspace full. */
async function sweepHeld(db: Database, doors: Doors): Promise<void> {
  const { limits = STANDARD } = doors;
  for (let id = await waitingWorkspace(db, 0, limits); id !== null; id = await waitingWorkspace(db, id, limits)) {
    const ctx = contextFor(doors, id);
    await letTriggersIn(ctx).catch((error: unknown) => {
      warn("those who wait for room were left to the next sweep", { workspace: ctx.workspaceId, error });
    });
  }
}

/** The periodic sync of segments: it goes through the contacts that changed, workspace by workspace. */
async function sweepSegments(db: Database, doors: Doors): Promise<void> {
  for (let id = await changedWorkspace(db, 0); id !== null; id = await changedWorkspace(db, id)) {
    const ctx = contextFor(doors, id);
    await syncSome(ctx).catch((error: unknown) => {
      warn("a sync was left to the next sweep", { workspace: ctx.workspaceId, error });
    });
  }
}

async function syncSome(ctx: Context): Promise<void> {
  for (let pages = 0; pages < PAGES_A_SYNC; pages++) if (!(await syncPage(ctx))) return;
}

async function sweepReplies(db: Database, doors: Doors): Promise<void> {
  for (;;) {
    const replies = await forgottenReplies(db, doors.now.wall - GRACE, PAGE);
    await touchReplies(
      db,
      replies.map((reply) => reply.id),
      doors.now.wall,
    );
    for (const row of replies) {
      await doors.bindings.REPLIES.send(inboundOf(row)).catch((error: unknown) => {
        warn("a reply was left to the next sweep", { error });
      });
    }
    if (replies.length < PAGE) return;
  }
}

/** A reply as it came to the queue at first. */
function inboundOf({ sender: from, answers: message, ...row }: ReplyRow): InboundReply {
  const { workspaceId, platform, text, messageId, inReplyTo, receivedAt, headers, sentiment, kind, subject } = row;
  const said = { text, messageId, inReplyTo, receivedAt, headers, sentiment, kind, subject, message };
  return { v: 1, workspaceId, platform, from, ...said };
}

async function sweepTokens(db: Database, { now }: Doors): Promise<void> {
  for (const remove of [removeExpired, removeExpiredLinks])
    for (let pages = 0; pages < TOKENS.pages; pages++) if (!(await remove(db, now.wall, TOKENS.page))) break;
}

/** Tasks that no journey waits for have no alarm: here is where they are skipped. */
async function sweepTasks(db: Database, { now }: Doors): Promise<void> {
  await skipOverdueTasks(db, now.journey);
}

async function sweepOverdue(db: Database, doors: Doors): Promise<void> {
  const before = doors.now.journey - GRACE * doors.now.speed;
  let cursor: SweepCursor = { sequenceId: 0, wakeBy: 0, id: 0 };
  for (let crowd = 0; ; ) {
    const rows = await overdue(db, before, cursor, PAGE);
    crowd += rows.length;
    for (const [{ workspaceId, jobs }, group] of byWorkspace(doors, rows)) {
      await jobs.send({ v: 1, kind: "wake", workspaceId, enrollments: group.map((row) => row.id), crowd });
    }
    const last = rows.at(-1);
    if (!last || rows.length < PAGE) return;
    cursor = { sequenceId: last.sequenceId, wakeBy: last.wakeBy ?? 0, id: last.id };
  }
}

/** A day has begun, or an end or an edit was not heard of: somebody waits though there is room. */
async function sweepThrottles(db: Database, doors: Doors): Promise<void> {
  let after = { sequenceId: 0, userId: 0 };
  for (;;) {
    const places = await openPlaces(db, { at: doors.now.journey, after, limit: PAGE });
    for (const [ctx, group] of byWorkspace(doors, places)) await nudgePlaces(ctx, group);
    const last = places.at(-1);
    if (!last || places.length < PAGE) return;
    after = last;
  }
}

/** What no longer counts to a cap. Those that a sweep leaves are the next one's. */
async function sweepSlots(db: Database, doors: Doors): Promise<void> {
  for (let chunks = 0; chunks < CHUNKS_A_SWEEP; chunks++) {
    if ((await dropPastSlots(db, doors.now.journey, CHUNK)) < CHUNK) return;
  }
}

/** Nothing is under way for so long. */
async function sweepErasures(db: Database, { now }: Doors): Promise<void> {
  const before = now.wall - UNDER_WAY;
  for (let chunks = 0; chunks < CHUNKS_A_SWEEP; chunks++)
    if ((await dropPastErasures(db, before, CHUNK)) < CHUNK) return;
}

/** Answers to writes that are taken for new when they come again. */
async function sweepAnswers(db: Database, { now }: Doors): Promise<void> {
  for (let chunks = 0; chunks < CHUNKS_A_SWEEP; chunks++)
    if ((await dropPastAnswers(db, now.wall - KEPT, CHUNK)) < CHUNK) return;
}

function sweepPast(_: Database, doors: Doors): Promise<void> {
  return tidy(doors);
}

function byWorkspace<T extends { workspaceId: number }>(doors: Doors, items: readonly T[]): [Context, T[]][] {
  const groups = Map.groupBy(items, (item) => item.workspaceId);
  return [...groups].map(([workspaceId, group]) => [contextFor(doors, workspaceId), group]);
}
