/** Knows how somebody stops what is written to him, by whichever door, and how he takes that back by the same link. */
import { missing, ok, type Result } from "../domain/failure";
import { warn } from "../log";
import { noteStop, optOut, readConsent, selectStopper } from "../storage/consent";
import { together } from "../storage/database";
import type { EnrollmentRow } from "../storage/enrollments";
import { writeJob } from "../storage/jobs";
import type { Departed } from "../storage/retention";
import { update } from "./contactedit";
import type { Context } from "./context";
import { nudge, run } from "./jobs";
import { command } from "./journey";
import { announce } from "./webhooknudges";

/** A message, and the journey that it belongs to, or what is left of it. */
export interface Named {
  enrollment: EnrollmentRow | Departed;
  message: number;
}

/** How his consent stands, as he is to see it. */
export interface Standing {
  /** Whom the mails are from. */
  workspace: string;
  /** What the mailbox says to those who want to stop. */
  words: string | null;
  optedOut: boolean;
  /** Whether this message is what made him stop: only then may its link take it back. */
  undoable: boolean;
}

/** Null once he was erased. */
export async function standingOf(ctx: Context, { enrollment, message }: Named): Promise<Standing | null> {
  const consent = await readConsent(ctx.db, ctx.workspaceId, enrollment.id);
  if (consent === null) return null;
  const { workspace, words, optedOut, optedOutBy } = consent;
  return { workspace, words, optedOut, undoable: optedOut && optedOutBy === message };
}

/**
 * Opts the recipient of a message out, wherever he is: once it is written down it happens, though objects and queues are out
 * of reach. Coming twice it changes nothing.
 */
export async function unsubscribe(ctx: Context, named: Named): Promise<Result<Standing>> {
  const { enrollment, message } = named;
  const before = await standingOf(ctx, named);
  if (!before) return missing("contact");
  const { jobs, stopper } = await writeStop(ctx, enrollment.contactId, message);
  await announce(ctx);
  const undoable = stopper === message;
  try {
    for (const { id } of jobs) await run(ctx, id);
    if (undoable) await tellOf(ctx, named);
  } catch (error) {
    warn("an opt-out was left to its job", { enrollment: enrollment.id, error });
    await nudge(ctx, jobs);
  }
  return ok({ ...before, optedOut: true, undoable });
}

/** Writes the opt-out and the job that ends his journeys together, and does the job at once. */
export async function optOutAll(ctx: Context, contactId: number): Promise<void> {
  const { jobs } = await writeStop(ctx, contactId, null);
  for (const { id } of jobs) await run(ctx, id);
}

interface Written {
  /** Each time there is one, so that what an earlier one could not do is done. */
  jobs: { id: number }[];
  /** The message that made him stop, now or before. */
  stopper: number | null;
}

async function writeStop(ctx: Context, contactId: number, by: number | null): Promise<Written> {
  const { db, workspaceId, now } = ctx;
  const stop = { workspaceId, contactId, by, at: now.journey };
  const [, , jobs, [row]] = (await together(db, [
    optOut(db, stop),
    noteStop(db, stop),
    writeJob(db, { workspaceId, kind: "opt_out", subjectId: contactId, journey: now.journey, wall: now.wall }),
    selectStopper(db, workspaceId, contactId),
  ])) as [unknown, unknown, Written["jobs"], { message: number | null }[]];
  return { jobs, stopper: row?.message ?? null };
}

/** Where the opt-out has not ended the message's own journey, as of a transactional one, its history tells of it all the same. */
async function tellOf(ctx: Context, { enrollment, message }: Named): Promise<void> {
  if (!("trail" in enrollment)) return; // there is nothing left to tell
  await command(ctx, enrollment, { kind: "noted", message, fact: "unsubscribed", when: ctx.now.journey, url: null });
}

/** Takes back what this very message made him do; journeys that have ended stay so. */
export async function resubscribe(ctx: Context, named: Named): Promise<Result<Standing>> {
  const before = await standingOf(ctx, named);
  if (!before) return missing("contact");
  if (!before.undoable) return ok(before);
  const updated = await update(ctx, named.enrollment.contactId, { optedOut: false });
  return updated.ok ? ok({ ...before, optedOut: false, undoable: false }) : updated;
}
