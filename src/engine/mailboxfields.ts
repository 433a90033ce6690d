/** Knows what may be said of a mailbox, and what is kept of it. */
import { dateOf } from "../domain/day";
import { type Failure, ok, type Result, refuse } from "../domain/failure";
import { faultInLimits, type Limits, type Warmup } from "../domain/mailbox";
import { addressKey, isAddress } from "../domain/platform";
import { dayOf } from "../domain/seats";
import type { Transport } from "../domain/transport";
import { isZone } from "../domain/zone";
import type { MailboxRow, NewMailbox } from "../storage/mailboxes";
import { findUser } from "../storage/users";
import type { Context } from "./context";
import { type Carried, keepTransport } from "./credentials";

/** What is left out stays as it is. */
export interface MailboxFields extends Partial<Omit<Limits, "warmup">> {
  email?: string;
  /** It begins today unless it says when. */
  warmup?: (Omit<Warmup, "since"> & { since?: string | undefined }) | null;
  /** Whose it is: who makes it, unless told otherwise. */
  userId?: number;
  /** Whom its mails come from, beside the address. */
  name?: string | null;
  replyTo?: string | null;
  /** Its own; null: its mails go by the workspace's. */
  carried?: Carried | null;
  /** Why nothing leaves from it; null: it goes on. */
  pausedFor?: string | null;
  /** Of what is only kept and shown, these alone; null takes one away. */
  details?: Readonly<Record<string, unknown>>;
}

/** Of what a mailbox is made, what it has from the beginning. */
type Kept = Partial<NewMailbox>;
type Made = Pick<NewMailbox, "email" | "emailKey" | "userId">;

/** What is named, as columns; `before` is the mailbox that is changed. */
export function columnsOf(ctx: Context, fields: Whole, before: null): Promise<Result<Kept & Made>>;
export function columnsOf(ctx: Context, fields: MailboxFields, before: MailboxRow): Promise<Result<Kept>>;
export async function columnsOf(ctx: Context, fields: MailboxFields, before: MailboxRow | null): Promise<Result<Kept>> {
  const { daily, rate, zone } = fields;
  const limits = { daily, rate, zone, warmup: warmupOf(ctx, fields, before) };
  const fault = faultInLimits(named(limits)) ?? (await faultIn(ctx, fields));
  if (fault) return refuse(fault);
  const carrying = await carryingOf(ctx, fields.carried, before);
  if (!carrying.ok) return carrying;
  const { email, userId, name, replyTo } = fields;
  const address = email === undefined ? {} : { email: email.trim(), emailKey: addressKey("EMAIL", email) };
  const plain = named({ userId, name, replyTo: replyTo?.trim() ?? replyTo, ...limits });
  return ok({ ...address, ...plain, ...carrying.value, ...pauseOf(ctx, fields, before) });
}

type Whole = MailboxFields & { email: string; userId: number };

function named<T extends object>(fields: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  const said = Object.entries(fields).filter(([, value]) => value !== undefined);
  return Object.fromEntries(said) as { [K in keyof T]?: Exclude<T[K], undefined> };
}

/** One that is changed has begun when it began, unless it says otherwise. */
function warmupOf({ now }: Context, { warmup, zone }: MailboxFields, before: MailboxRow | null) {
  if (!warmup) return warmup;
  const today = dateOf(dayOf(now.journey, zone !== undefined && isZone(zone) ? zone : (before?.zone ?? "UTC")));
  return { ...warmup, since: warmup.since ?? before?.warmup?.since ?? today };
}

async function faultIn(ctx: Context, { email, replyTo, userId }: MailboxFields): Promise<Failure | null> {
  for (const [field, address] of Object.entries({ email, replyTo })) {
    if (address && !isAddress("EMAIL", address)) return { kind: "bad_value", field, message: "is no email address" };
  }
  if (email === "") return { kind: "blank", field: "email" };
  if (userId === undefined || (await findUser(ctx.db, ctx.workspaceId, userId))) return null;
  return { kind: "bad_value", field: "userId", message: "is no user of this workspace" };
}

async function carryingOf(
  ctx: Context,
  carried: Carried | null | undefined,
  before: MailboxRow | null,
): Promise<Result<Partial<Pick<MailboxRow, "transport" | "sealed">>>> {
  if (carried === undefined) return ok({});
  if (carried === null) return ok({ transport: null, sealed: null });
  const kept = await keepTransport(ctx, carried);
  if (!kept.ok) return kept;
  const { transport, sealed } = kept.value;
  return ok({
    transport,
    sealed: sealed ?? (isSameServer(before?.transport, transport) ? (before?.sealed ?? null) : null),
  });
}

/** A credential is never taken along to another server: whoever may name the server could have it told to him. */
function isSameServer(before: Transport | null | undefined, after: Transport): boolean {
  return before?.kind === "smtp" && after.kind === "smtp" && before.host === after.host;
}

/** The first reason stays. */
function pauseOf({ now }: Context, { pausedFor }: MailboxFields, before: MailboxRow | null) {
  if (pausedFor === null) return { pausedAt: null, pauseReason: null };
  if (pausedFor === undefined || (before && before.pausedAt !== null)) return {};
  return { pausedAt: now.journey, pauseReason: pausedFor };
}
