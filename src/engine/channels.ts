/** Knows the verbs on channels: set, show, remove, pause, resume. */
import { missing, ok, type Result, refuse } from "../domain/failure";
import { forbidden } from "../domain/guard";
import type { Platform } from "../domain/platform";
import {
  type ChannelRow,
  findChannel,
  listChannels,
  pauseChannel,
  putChannel,
  removeChannel,
  resumeChannel,
} from "../storage/channels";
import type { Statements } from "../storage/database";
import { together } from "../storage/database";
import { writeWakes } from "../storage/jobs";
import type { Context } from "./context";
import { nudge } from "./jobs";

export type { ChannelRow } from "../storage/channels";

export type ChannelDraft = { kind: "outbox" } | { kind: "webhook"; url: string };

/** Sets the channel of a platform. A webhook is given a new signing secret, which no later answer shows. */
export async function put(ctx: Context, platform: Platform, draft: ChannelDraft): Promise<Result<ChannelRow>> {
  const { workspaceId, now } = ctx;
  const refusal = draft.kind === "webhook" ? forbidden(draft.url, ctx.production) : null;
  if (refusal !== null) return refuse({ kind: "bad_value", field: "url", message: refusal });
  const row = {
    workspaceId,
    platform,
    kind: draft.kind,
    url: draft.kind === "webhook" ? draft.url : null,
    secret: draft.kind === "webhook" ? newSecret() : null,
    transport: null,
    sealed: null,
    sender: null,
    pausedAt: null,
    pauseReason: null,
    createdAt: now.journey,
    updatedAt: now.journey,
  };
  const [written] = await withWakes(ctx, [putChannel(ctx.db, row)]);
  return ok(written ?? row);
}

export async function show(ctx: Context, platform: Platform): Promise<Result<ChannelRow>> {
  const row = await findChannel(ctx.db, ctx.workspaceId, platform);
  return row ? ok(row) : missing("channel");
}

export function list(ctx: Context): Promise<ChannelRow[]> {
  return listChannels(ctx.db, ctx.workspaceId);
}

/** Back to the embedded outbox. */
export async function remove(ctx: Context, platform: Platform): Promise<Result<void>> {
  const rows = await withWakes(ctx, [removeChannel(ctx.db, ctx.workspaceId, platform)]);
  return rows.length > 0 ? ok(undefined) : missing("channel");
}

/** Holds all messages of a platform until it is resumed, the outbox's where nobody has set a channel. */
export async function pause(ctx: Context, platform: Platform, reason: string): Promise<Result<ChannelRow>> {
  const found = await show(ctx, platform);
  if (!found.ok) await put(ctx, platform, { kind: "outbox" });
  await pauseChannel(ctx.db, { workspaceId: ctx.workspaceId, platform, reason, now: ctx.now.journey });
  return show(ctx, platform);
}

export async function resume(ctx: Context, platform: Platform): Promise<Result<ChannelRow>> {
  const [row] = await withWakes(ctx, [resumeChannel(ctx.db, ctx.workspaceId, platform, ctx.now.journey)]);
  return row ? ok(row) : missing("channel");
}

/** A change of a channel may free what it held: the jobs that wake it are written with the change. */
async function withWakes(ctx: Context, statements: Statements): Promise<ChannelRow[]> {
  const { db, workspaceId, now } = ctx;
  const wakes = writeWakes(db, { workspaceId, journey: now.journey, wall: now.wall });
  const [rows, jobs] = (await together(db, [...statements, wakes])) as [ChannelRow[], { id: number }[]];
  await nudge(ctx, jobs);
  return rows;
}

/** A secret in the form of Standard Webhooks: 24 random bytes, base64, with its prefix. */
function newSecret(): string {
  return `whsec_${crypto.getRandomValues(new Uint8Array(24)).toBase64()}`;
}
