/** Knows the verbs on addresses that nobody writes to: list them, put some on the list, lift one. */
import { missing, ok, type Result, refuse } from "../domain/failure";
import { isAddress, PLATFORMS, type Platform } from "../domain/platform";
import type { SuppressionReason } from "../domain/suppression";
import { findByAddress } from "../storage/contacts";
import { together } from "../storage/database";
import {
  countSuppressions,
  dropSuppressions,
  findListed,
  findSuppression,
  listSuppressions,
  type SuppressionFilter,
  type SuppressionRow,
  suppress,
} from "../storage/suppressions";
import { update } from "./contactedit";
import type { Context } from "./context";
import { nudge } from "./jobs";
import { type Page, type Paged, windowOf } from "./page";
import { veiled } from "./veil";

export type { SuppressionRow } from "../storage/suppressions";

export interface Suppressing {
  platform: Platform;
  address: string;
  reason: SuppressionReason;
  /** Whom it is about, and what it came of, where that is known. */
  contactId?: number;
  messageId?: number;
}

/** `address` looks one up on whichever platform, also where only its hash is left. */
export async function list(
  ctx: Context,
  { page, limit, address, ...filter }: Page & SuppressionFilter & { address: string | null },
): Promise<Paged<SuppressionRow>> {
  const { db, workspaceId } = ctx;
  const window = windowOf({ page, limit });
  if (address !== null) {
    const on = filter.platform ? [filter.platform] : PLATFORMS;
    const listed = await veiled(
      ctx,
      on.map((platform) => ({ platform, address })),
    );
    const found = (await findListed(db, workspaceId, listed)).filter(
      ({ reason }) => reason === (filter.reason ?? reason),
    );
    return { page, limit, items: found.slice(window.offset, window.offset + window.limit), total: found.length };
  }
  const [items, total] = await Promise.all([
    listSuppressions(db, workspaceId, filter, window),
    countSuppressions(db, workspaceId, filter),
  ]);
  return { page, limit, items, total };
}

export async function show(ctx: Context, id: number): Promise<Result<SuppressionRow>> {
  const row = await findSuppression(ctx.db, ctx.workspaceId, id);
  return row ? ok(row) : missing("suppression");
}

/** Coming again it changes nothing. Journeys to whoever has such an address end; says how many were not on the list before. */
export async function put(ctx: Context, list: readonly Suppressing[]): Promise<Result<{ added: number }>> {
  const at = list.findIndex(({ platform, address }) => !isAddress(platform, address));
  const wrong = list[at];
  if (wrong) {
    const field = list.length === 1 ? "address" : `suppressions.${at}.address`;
    return refuse({ kind: "bad_value", field, message: `is no ${wrong.platform} address` });
  }
  const { db, workspaceId, now } = ctx;
  const told = list.map((one) => ({ ...one, contactId: one.contactId ?? null, messageId: one.messageId ?? null }));
  const when = { workspaceId, journey: now.journey, wall: now.wall };
  const results = (await together(db, suppress(db, when, await veiled(ctx, told)))) as { id: number }[][];
  const [fresh = [], , jobs = []] = results.slice(-3);
  await nudge(ctx, jobs);
  return ok({ added: fresh.length });
}

/** Puts one on the list, and shows it there. */
export async function putOne(ctx: Context, one: Suppressing): Promise<Result<SuppressionRow>> {
  const done = await put(ctx, [one]);
  if (!done.ok) return done;
  const rows = await findListed(ctx.db, ctx.workspaceId, await veiled(ctx, [one]));
  const row = rows.find(({ reason }) => reason === one.reason);
  return row ? ok(row) : missing("suppression");
}

/** Of an opt-out, only where somebody says that the person agrees to be written to again. */
export interface Lifting {
  consent: boolean;
}

export async function lift(ctx: Context, id: number, lifting: Lifting): Promise<Result<void>> {
  const row = await findSuppression(ctx.db, ctx.workspaceId, id);
  return row ? liftAll(ctx, [row], lifting) : missing("suppression");
}

/** By the address itself, also where only its hash is left; for all reasons unless one is told. Nothing is lifted by half. */
export async function liftAddress(
  ctx: Context,
  named: { platform: Platform; address: string; reason: SuppressionReason | null },
  lifting: Lifting,
): Promise<Result<void>> {
  const found = await findListed(ctx.db, ctx.workspaceId, await veiled(ctx, [named]));
  const rows = found.filter(({ reason }) => reason === (named.reason ?? reason));
  return rows.length > 0 ? liftAll(ctx, rows, lifting) : missing("suppression");
}

/** Whoever has the address of an opt-out that is lifted agrees with it, and is open on all his addresses. */
async function liftAll(ctx: Context, rows: readonly SuppressionRow[], { consent }: Lifting): Promise<Result<void>> {
  const { db, workspaceId } = ctx;
  const optOuts = rows.filter(({ reason }) => reason === "opted_out");
  if (optOuts.length > 0 && !consent) return refuse({ kind: "needs_consent" });
  for (const { platform, key } of optOuts) {
    const holder = platform && key ? await findByAddress(db, workspaceId, { platform, key }) : null;
    const agreed = holder === null ? ok(undefined) : await update(ctx, holder, { optedOut: false });
    if (!agreed.ok && agreed.failure.kind !== "not_found") return agreed;
  }
  await dropSuppressions(
    db,
    workspaceId,
    rows.map(({ id }) => id),
  );
  return ok(undefined);
}
