/** Knows the verbs on customers' endpoints: who is told what, where, and signed by which secret. */
import { heardBy, type WebhookDialect } from "../domain/envelope";
import { type Failure, missing, ok, type Result, refuse } from "../domain/failure";
import { forbidden } from "../domain/guard";
import { type Pattern, TEST } from "../domain/happening";
import { MOST_WEBHOOKS, overlapOf } from "../domain/webhook";
import { together } from "../storage/database";
import { type Delivery, findLetterTo, insertTest, resumeWebhook } from "../storage/deliveries";
import {
  findWebhook,
  insertWebhook,
  listWebhooks,
  pauseWebhook,
  replaceSecret,
  updateWebhook,
  type WebhookRow,
} from "../storage/webhooks";
import { lock, unlock } from "../vault";
import type { Context } from "./context";
import { nudgeWebhooks } from "./webhooknudges";

export type { WebhookRow } from "../storage/webhooks";

export interface WebhookDraft {
  url: string;
  description: string | null;
  dialect: WebhookDialect;
  events: Pattern[];
}

export type WebhookPatch = { [field in Exclude<keyof WebhookDraft, "dialect">]?: WebhookDraft[field] | undefined };

export interface Disclosed {
  webhook: WebhookRow;
  /** Shown this once, and never again. */
  secret: string;
}

export function list({ db, workspaceId }: Context): Promise<WebhookRow[]> {
  return listWebhooks(db, workspaceId);
}

export async function show({ db, workspaceId }: Context, id: number): Promise<Result<WebhookRow>> {
  const row = await findWebhook(db, workspaceId, id);
  return row ? ok(row) : missing("webhook");
}

export async function create(ctx: Context, draft: WebhookDraft): Promise<Result<Disclosed>> {
  const { db, workspaceId, now } = ctx;
  const wants = heardBy(draft.dialect, draft.events);
  const fault = faultInUrl(ctx, draft.url) ?? faultInEvents(wants, draft.dialect);
  if (fault) return refuse(fault);
  const secret = newSecret();
  const sealed = await lock(ctx.secret, ownerOf(ctx), secret);
  const row = await insertWebhook(db, { ...draft, workspaceId, wants, sealed, createdAt: now.journey }, MOST_WEBHOOKS);
  if (row === null) return refuse({ kind: "too_many", what: "webhooks", max: MOST_WEBHOOKS });
  return ok({ webhook: row, secret });
}

export async function update(ctx: Context, id: number, patch: WebhookPatch): Promise<Result<WebhookRow>> {
  const { db, workspaceId, now } = ctx;
  const found = await show(ctx, id);
  if (!found.ok) return found;
  const { dialect, url } = found.value;
  const { events } = patch;
  const wants = events && heardBy(dialect, events);
  const fault =
    (patch.url === undefined ? null : faultInUrl(ctx, patch.url)) ?? (wants ? faultInEvents(wants, dialect) : null);
  if (fault) return refuse(fault);
  const set = { ...patch, ...(wants ? { wants } : {}), updatedAt: now.journey };
  const isMoved = patch.url !== undefined && patch.url !== url;
  // Whoever is telling the URL before is disowned: what came of it there says nothing of the new one, where it is told again.
  const row = await updateWebhook(db, workspaceId, id, isMoved ? { ...set, leaseUntil: 0 } : set);
  if (!row) return missing("webhook");
  return isMoved && row.pausedAt === null ? resume(ctx, id) : ok(row);
}

/** What it was told is removed bit by bit. */
export async function remove({ db, workspaceId, now }: Context, id: number): Promise<Result<void>> {
  const gone = { deletedAt: now.journey, sealed: "", previousSealed: null, nextAt: null };
  return (await updateWebhook(db, workspaceId, id, gone)) ? ok(undefined) : missing("webhook");
}

/** A new secret; the one before signs beside it for so many hours, so that a receiver may change over when he likes. */
export async function rotate(ctx: Context, id: number, overlapHours: number): Promise<Result<Disclosed>> {
  const { db, now } = ctx;
  const found = await show(ctx, id);
  if (!found.ok) return found;
  const secret = newSecret();
  const sealed = await lock(ctx.secret, ownerOf(ctx), secret);
  const set = { sealed, previousUntil: now.wall + overlapOf(overlapHours), updatedAt: now.journey };
  const webhook = await replaceSecret(db, found.value, set);
  return webhook ? ok({ webhook, secret }) : refuse({ kind: "unavailable", what: "the secret is being rotated" });
}

/** Nothing is sent there until it is resumed; what happens meanwhile waits. */
export async function pause(ctx: Context, id: number, reason: string): Promise<Result<WebhookRow>> {
  await pauseWebhook(ctx.db, { workspaceId: ctx.workspaceId, id, reason, now: ctx.now.journey });
  return show(ctx, id);
}

/** What has waited for it is sent now. */
export async function resume(ctx: Context, id: number): Promise<Result<WebhookRow>> {
  const found = await show(ctx, id);
  if (!found.ok) return found;
  await together(ctx.db, resumeWebhook(ctx.db, found.value, ctx.now.journey));
  await nudgeWebhooks(ctx.webhooks, [found.value]);
  return show(ctx, id);
}

/** Has something sent that nobody else hears of. */
export async function test(ctx: Context, id: number): Promise<Result<Delivery>> {
  const found = await show(ctx, id);
  if (!found.ok) return found;
  const event = `evt_${crypto.randomUUID().replaceAll("-", "")}`;
  const number = await insertTest(ctx.db, found.value, { event, type: TEST, at: ctx.now.journey });
  const letter = number === null ? null : await findLetterTo(ctx.db, found.value, number);
  if (letter === null) return refuse({ kind: "unavailable", what: "too much waits to be sent there" });
  await nudgeWebhooks(ctx.webhooks, [found.value]);
  return ok(letter.delivery);
}

/** Those that sign now, the newest first. */
export async function secretsOf(
  { secret, now, workspaceId }: Pick<Context, "secret" | "now" | "workspaceId">,
  { sealed, previousSealed, previousUntil }: WebhookRow,
): Promise<string[]> {
  const old = previousUntil !== null && previousUntil > now.wall ? previousSealed : null;
  const opened = await Promise.all(
    [sealed, old].map((one) => (one === null ? null : unlock(secret, ownerOf({ workspaceId }), one))),
  );
  return opened.filter((one) => one !== null);
}

function faultInUrl({ production }: Context, url: string): Failure | null {
  const message = forbidden(url, production);
  return message === null ? null : { kind: "bad_value", field: "url", message };
}

function faultInEvents(wants: readonly string[], dialect: WebhookDialect): Failure | null {
  if (wants.length > 0) return null;
  return { kind: "bad_value", field: "events", message: `have no name in ${dialect}` };
}

/** A secret in the form of Standard Webhooks. */
function newSecret(): string {
  return `whsec_${crypto.getRandomValues(new Uint8Array(24)).toBase64()}`;
}

/** A secret of this kind opens nowhere else, nor does any other here. */
function ownerOf({ workspaceId }: Pick<Context, "workspaceId">): string {
  return `webhook/${workspaceId}`;
}
