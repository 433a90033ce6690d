/** Knows how the members of segments are kept: those who changed are looked at, all others left alone. */
import { movesOf } from "../domain/membership";
import { contactsOf } from "../storage/contacts";
import { fireMembers } from "../storage/firing";
import type { Job } from "../storage/jobs";
import { purgeMembers, readChanges, readPage, writeMoves } from "../storage/members";
import { findSegment, noteBuilt } from "../storage/segments";
import { findSequence } from "../storage/sequences";
import type { Context } from "./context";
import { nudgeTriggers } from "./triggers";

/** Contacts looked at in one go. */
const PAGE = 100;
/** Pages that a request sees to before it reads; what is beyond is the sweep's. */
const PAGES_A_READ = 5;
const PURGED_AT_ONCE = 1000;

/** Sees to one page of the contacts that changed; says whether there may be more. */
export async function syncPage(ctx: Context): Promise<boolean> {
  const { db, workspaceId, now } = ctx;
  const { changes, segments, contacts, members } = await readChanges(db, workspaceId, PAGE);
  if (changes.length === 0) return false;
  const moves = movesOf(segments, contactsOf(contacts), members);
  const triggers = await writeMoves(db, { workspaceId, wall: now.wall, moves, changes });
  await nudgeTriggers(ctx, triggers);
  return changes.length === PAGE;
}

/** So that a request sees what was just written. */
export async function catchUpMembers(ctx: Context): Promise<void> {
  for (let pages = 0; pages < PAGES_A_READ; pages++) if (!(await syncPage(ctx))) return;
}

/**
 * Looks at a page of all contacts by a segment's rules; the cursor behind it, or null when none is left. Where the segment
 * was deleted, its members go, and the cursor only counts.
 */
export async function buildPage(ctx: Context, job: Job, after: number): Promise<number | null> {
  const { db, workspaceId, now } = ctx;
  const segment = await findSegment(db, workspaceId, job.subjectId);
  if (!segment) return (await purgeMembers(db, workspaceId, job.subjectId, PURGED_AT_ONCE)) ? after + 1 : null;
  const page = await readPage(db, workspaceId, { segmentId: segment.id, after, limit: PAGE });
  const moves = movesOf([segment], contactsOf(page.contacts), page.members);
  await nudgeTriggers(ctx, await writeMoves(db, { workspaceId, wall: now.wall, moves, changes: [] }));
  if (page.contacts.length === PAGE) return page.contacts.at(-1)?.id ?? null;
  await noteBuilt(db, segment.id, job);
  return null;
}

/** Has a page of the members of a sequence's segment enrolled; the cursor behind it, or null when none is left. */
export async function firePage(ctx: Context, job: Job, after: number): Promise<number | null | "overtaken"> {
  const sequence = await findSequence(ctx.db, ctx, job.subjectId);
  const segmentId = sequence?.initSegmentId ?? null;
  if (segmentId === null || sequence?.status === "ARCHIVED") return null;
  const fired = await fireMembers(ctx.db, job, { segmentId, after, limit: PAGE, wall: ctx.now.wall });
  if (fired === "overtaken") return fired;
  await nudgeTriggers(ctx, fired.triggers);
  return fired.cursor;
}
