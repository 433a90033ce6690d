/** Knows the verbs on mailboxes: create, show, list, update, pause, resume, remove. */
import { type Failure, missing, ok, type Result, refuse } from "../domain/failure";
import { dayOf, limitOn } from "../domain/seats";
import type { Journey } from "../domain/time";
import type { Statements } from "../storage/database";
import { together } from "../storage/database";
import { writeWakes } from "../storage/jobs";
import {
  deleteMailbox,
  findMailbox,
  insertMailbox,
  listMailboxes,
  type MailboxRow,
  mailboxTouched,
  pauseMailbox,
  resumeMailbox,
  unnameMailbox,
  updateMailbox,
} from "../storage/mailboxes";
import type { Context } from "./context";
import { nudge } from "./jobs";
import { columnsOf, type MailboxFields } from "./mailboxfields";
import { type Page, type Paged, windowOf } from "./page";

export type { MailboxRow } from "../storage/mailboxes";
export type { MailboxFields } from "./mailboxfields";

export interface ShownMailbox {
  row: MailboxRow;
  /** Null where that cannot be told right now. */
  sentToday: number | null;
  /** Null: as many as come. */
  limitToday: number | null;
  /** How many mails wait for a slot, by the day on which it is; null where that cannot be told right now. */
  waiting: { day: number; n: number }[] | null;
}

const TAKEN: Failure = { kind: "bad_value", field: "email", message: "has already been taken" };

export async function create(
  ctx: Context,
  { email, userId, ...fields }: MailboxFields & { email: string; userId: number },
): Promise<Result<number>> {
  const { workspaceId, now } = ctx;
  const columns = await columnsOf(ctx, { ...fields, email, userId }, null);
  if (!columns.ok) return columns;
  const details = Object.fromEntries(Object.entries(fields.details ?? {}).filter(([, value]) => value !== null));
  const by = { creatorId: ctx.userId, updaterId: ctx.userId, createdAt: now.journey, updatedAt: now.journey };
  const mailbox = { ...columns.value, workspaceId, details, ...by };
  const [made] = await withWakes(ctx, mailbox, [insertMailbox(ctx.db, mailbox)]);
  return made ? ok(made.id) : refuse(TAKEN);
}

/** What frees mails that wait, or has others leave from it, has all that are due look again. */
export async function update(ctx: Context, id: number, fields: MailboxFields): Promise<Result<void>> {
  const { db, workspaceId, now } = ctx;
  const before = await findMailbox(db, { id, workspaceId });
  if (!before) return missing("mailbox");
  const columns = await columnsOf(ctx, fields, before);
  if (!columns.ok) return columns;
  const set = { ...columns.value, details: fields.details ?? {}, updaterId: ctx.userId, updatedAt: now.journey };
  const [changed] = await withWakes(ctx, { id }, [updateMailbox(db, { id, workspaceId }, set)]);
  if (changed) return ok(undefined);
  return (await findMailbox(db, { id, workspaceId })) ? refuse(TAKEN) : missing("mailbox");
}

/** Journeys that were to leave from it choose another. What its slots are given out by is forgotten along with it. */
export async function remove(ctx: Context, id: number): Promise<Result<void>> {
  const { db, workspaceId, now } = ctx;
  const of = { id, workspaceId };
  const [gone] = await withWakes(ctx, { id }, [deleteMailbox(db, of, now.journey), unnameMailbox(db, of)]);
  if (!gone) return missing("mailbox");
  await senderOf(ctx, id)
    .forget()
    .catch(() => undefined); // it holds nothing that anybody could see
  return ok(undefined);
}

export async function pause(ctx: Context, id: number, reason: string): Promise<Result<ShownMailbox>> {
  const { db, workspaceId, now } = ctx;
  await pauseMailbox(db, { id, workspaceId, reason, now: now.journey });
  return show(ctx, id);
}

export async function resume(ctx: Context, id: number): Promise<Result<ShownMailbox>> {
  await withWakes(ctx, { id }, [resumeMailbox(ctx.db, { id, workspaceId: ctx.workspaceId }, ctx.now.journey)]);
  return show(ctx, id);
}

export async function show(ctx: Context, id: number): Promise<Result<ShownMailbox>> {
  const row = await findMailbox(ctx.db, { id, workspaceId: ctx.workspaceId });
  return row ? ok(await counted(ctx, row)) : missing("mailbox");
}

export async function list(ctx: Context, page: Page): Promise<Paged<ShownMailbox>> {
  const { rows, total } = await listMailboxes(ctx.db, ctx.workspaceId, windowOf(page));
  return { ...page, items: await Promise.all(rows.map((row) => counted(ctx, row))), total };
}

async function counted(ctx: Context, row: MailboxRow): Promise<ShownMailbox> {
  const at = ctx.now.journey;
  const limit = limitOn(dayOf(at, row.zone), row);
  const standing = await senderOf(ctx, row.id)
    .standing(at, row.zone)
    .catch(() => null);
  return {
    row,
    sentToday: standing?.sent ?? null,
    limitToday: Number.isFinite(limit) ? limit : null,
    waiting: standing?.waiting ?? null,
  };
}

/** When a mail could leave that asked now; null where that cannot be told right now. */
export function nextFree(ctx: Context, { id, daily, rate, warmup, zone }: MailboxRow): Promise<Journey | null> {
  const limits = { daily, rate, warmup, zone };
  return senderOf(ctx, id)
    .nextFree(ctx.now.journey, limits)
    .catch(() => null);
}

/** A change of a mailbox may free what waits for it: the jobs that wake it are written with the change. */
async function withWakes(
  ctx: Context,
  which: { id: number } | { emailKey: string },
  statements: Statements,
): Promise<{ id: number }[]> {
  const { db, workspaceId, now } = ctx;
  const touched = mailboxTouched(workspaceId, which, now.journey);
  const wakes = writeWakes(db, { workspaceId, journey: now.journey, wall: now.wall }, touched);
  const results = (await together(db, [...statements, wakes])) as { id: number }[][];
  await nudge(ctx, results.at(-1) ?? []);
  return results[0] ?? [];
}

function senderOf(ctx: Context, id: number) {
  return ctx.senders.get(ctx.senders.idFromName(String(id)));
}
