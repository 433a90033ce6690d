/** Knows the verbs on channels: set, show, remove, pause, resume. */
import { type Failure, missing, ok, type Result, refuse } from "../domain/failure";
import { forbidden } from "../domain/guard";
import type { Platform } from "../domain/platform";
import type { Sender } from "../domain/transport";
import {
  type ChannelRow,
  findChannel,
  listChannels,
  pauseChannel,
  pauseUnset,
  putChannel,
  removeChannel,
  resumeChannel,
} from "../storage/channels";
import type { Statements } from "../storage/database";
import { together } from "../storage/database";
import { writeWakes } from "../storage/jobs";
import type { Context } from "./context";
import { type Carried, keepTransport } from "./credentials";
import { nudge } from "./jobs";

export type { ChannelRow } from "../storage/channels";

export type ChannelDraft = { kind: "outbox" } | { kind: "webhook"; url: string } | MailDraft;

/** What is left out is the installation's. */
interface MailDraft {
  kind: "email";
  carried: Carried | null;
  from: Sender | null;
}

/** Sets the channel of a platform. A webhook is given a new signing secret, which no later answer shows. */
export async function put(ctx: Context, platform: Platform, draft: ChannelDraft): Promise<Result<ChannelRow>> {
  const { workspaceId, now } = ctx;
  const way = await wayOf(ctx, platform, draft);
  if (!way.ok) return way;
  const row = {
    workspaceId,
    platform,
    kind: draft.kind,
    ...way.value,
    isSet: true,
    pausedAt: null,
    pauseReason: null,
    createdAt: now.journey,
    updatedAt: now.journey,
  };
  const [written] = await withWakes(ctx, [putChannel(ctx.db, row)]);
  return ok(written ?? row);
}

type Way = Pick<ChannelRow, "url" | "secret" | "transport" | "sealed" | "sender">;

const NO_WAY: Way = { url: null, secret: null, transport: null, sealed: null, sender: null };

async function wayOf(ctx: Context, platform: Platform, draft: ChannelDraft): Promise<Result<Way>> {
  switch (draft.kind) {
    case "outbox":
      return ok(NO_WAY);
    case "webhook": {
      const refusal = forbidden(draft.url, ctx.production);
      if (refusal !== null) return badValue("url", refusal);
      return ok({ ...NO_WAY, url: draft.url, secret: newSecret() });
    }
    case "email":
      return wayOfMail(ctx, platform, draft);
  }
}

async function wayOfMail(ctx: Context, platform: Platform, { carried, from }: MailDraft): Promise<Result<Way>> {
  const { transport, sender } = ctx.installed;
  if (platform !== "EMAIL") return badValue("kind", "must be one of outbox, webhook: mails are sent on EMAIL alone");
  if (from === null && sender === null) return badValue("from", "is required, for there is no MAIL_FROM");
  if (carried === null && transport === null) return badValue("transport", "is required, for there is no SMTP_URL");
  if (carried === null) return ok({ ...NO_WAY, sender: from });
  const kept = await keepTransport(ctx, carried);
  return kept.ok ? ok({ ...NO_WAY, ...kept.value, sender: from }) : kept;
}

function badValue(field: string, message: string) {
  return refuse<Failure>({ kind: "bad_value", field, message });
}

/** What carries a platform's messages where its workspace has set nothing. */
export function unset({ installed }: Context, platform: Platform): ChannelDraft["kind"] {
  return platform === "EMAIL" && installed.transport !== null ? "email" : "outbox";
}

export async function show(ctx: Context, platform: Platform): Promise<Result<ChannelRow>> {
  const row = await findChannel(ctx.db, ctx.workspaceId, platform);
  return row ? ok(row) : missing("channel");
}

export function list(ctx: Context): Promise<ChannelRow[]> {
  return listChannels(ctx.db, ctx.workspaceId);
}

/** Back to what carries messages where nobody has set a channel. */
export async function remove(ctx: Context, platform: Platform): Promise<Result<void>> {
  const rows = await withWakes(ctx, [removeChannel(ctx.db, ctx.workspaceId, platform)]);
  return rows.length > 0 ? ok(undefined) : missing("channel");
}

/** Holds all messages of a platform until it is resumed, also where nobody has set a channel. */
export async function pause(ctx: Context, platform: Platform, reason: string): Promise<Result<ChannelRow>> {
  const { db, workspaceId, now } = ctx;
  const pausing = { workspaceId, platform, reason, now: now.journey };
  await pauseUnset(db, unset(ctx, platform), pausing);
  await pauseChannel(db, pausing);
  return show(ctx, platform);
}

/** One that was only paused, and never set, is gone with that: it must not stand in the way of what would carry its mails. */
export async function resume(ctx: Context, platform: Platform): Promise<Result<ChannelRow>> {
  const { db, workspaceId, now } = ctx;
  const found = await show(ctx, platform);
  if (!found.ok) return found;
  const { isSet } = found.value;
  const lifting = isSet
    ? resumeChannel(db, workspaceId, platform, now.journey)
    : removeChannel(db, workspaceId, platform);
  const [row] = await withWakes(ctx, [lifting]);
  return row ? ok({ ...row, pausedAt: null, pauseReason: null }) : missing("channel");
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
