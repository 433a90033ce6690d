/** Knows the verbs on replies: receive one at a door, and take it in from the queue. */
import { ok, type Result, refuse } from "../domain/failure";
import { enrollmentOf } from "../domain/message";
import { addressKey } from "../domain/platform";
import { classify, type InboundReply, moodOf, type ReplyKind } from "../domain/reply";
import { type Sentiment, sentimentOf } from "../domain/sentiment";
import { replyActionOf, type Sequence } from "../domain/sequence";
import type { SuppressionReason } from "../domain/suppression";
import { journeyAt } from "../domain/time";
import type { Command } from "../enrollment/object";
import { warn } from "../log";
import { concernsColleagues } from "../storage/colleagues";
import { findByIds, noteSeen } from "../storage/contacts";
import { totalOf } from "../storage/counts";
import { together } from "../storage/database";
import { type EnrollmentRow, findEnrollment, hiddenEnrollments, liveOf } from "../storage/enrollments";
import { writeJob } from "../storage/jobs";
import {
  countReply,
  keepReply,
  listReplies,
  type NewReply,
  type ReplyOutcome,
  type ReplyRow,
  repliesBy,
  settleReply,
  WORDLESS,
} from "../storage/replies";
import { findSequence } from "../storage/sequences";
import { suppressHash } from "../storage/suppressions";
import { awayFrom } from "./absence";
import { noteSoftly, takeReport } from "./bounces";
import type { Context } from "./context";
import { nudge } from "./jobs";
import { command } from "./journey";
import { unlessOutage } from "./outage";
import { type Page, type Paged, windowOf } from "./page";
import { journeysFor, type Match, matchOf } from "./replymatch";
import { optOutAll, unsubscribe } from "./unsubscribing";
import { forgottenSender } from "./veil";

export type { ReplyRow } from "../storage/replies";

export type Received = Omit<InboundReply, "v" | "workspaceId">;

/**
 * Accepts a reply: written down, and put on the queue, the only way in. Where D1 is down, the queue alone takes it; where
 * the queue is, the sweep brings what was written down. Only where both are is it refused, to be sent again.
 */
export async function receive(ctx: Context, received: Received): Promise<Result<ReplyRow | null>> {
  const reply: InboundReply = { v: 1, workspaceId: ctx.workspaceId, ...received };
  const kept = await keep(ctx, reply).catch(() => null);
  const sent = await ctx.replies.send(reply).then(
    () => true,
    () => false,
  );
  const [seen] = kept ? await asSeen(ctx, [kept]) : [];
  return kept || sent ? ok(seen ?? null) : refuse({ kind: "unavailable", what: "the reply could not be kept" });
}

export async function list(ctx: Context, page: Page): Promise<Paged<ReplyRow>> {
  const [rows, total] = await Promise.all([
    listReplies(ctx.db, ctx.workspaceId, windowOf(page)),
    totalOf(ctx.db, ctx.workspaceId, "replies"),
  ]);
  return { ...page, items: await asSeen(ctx, rows), total };
}

/** What was written, by the keys under which histories tell of it. */
export async function textsOf(ctx: Context, keys: readonly string[]): Promise<Map<string, ReplyRow>> {
  const rows = await repliesBy(ctx.db, ctx.workspaceId, keys);
  return new Map(rows.map((row) => [row.dedupe, row]));
}

/** Without the enrollments in sequences that are not there for the caller. */
export async function asSeen(ctx: Context, rows: ReplyRow[]): Promise<ReplyRow[]> {
  const ids = rows.flatMap(({ enrollments }) => enrollments);
  const hidden = await hiddenEnrollments(ctx.db, ctx, ids);
  return rows.map((row) => ({ ...row, enrollments: row.enrollments.filter((id) => !hidden.has(id)) }));
}

/** Takes a reply in. Coming twice, or again after a crash, it changes nothing that it has changed already. */
export async function takeIn(ctx: Context, reply: InboundReply): Promise<void> {
  const row = await keep(ctx, reply);
  if (row.outcome !== null) return;
  const match = await matchOf(ctx, reply);
  if (match === null) return close(ctx, row, { outcome: "unmatched", contactId: null, enrollments: [] });
  const { contactId, by } = match;
  switch (row.kind) {
    case "automatic":
      return close(ctx, row, { outcome: "ignored", contactId, enrollments: [] }, by);
    case "out_of_office": {
      const enrollments = by === "contact" ? await putOff(ctx, row, match) : [];
      return close(ctx, row, { outcome: enrollments.length > 0 ? "matched" : "ignored", contactId, enrollments }, by);
    }
    case "opt_out": {
      const live = await liveOf(ctx.db, ctx.workspaceId, contactId);
      const { rows } = await journeysFor(ctx, row, { ...match, rows: live });
      await stop(ctx, row, contactId);
      return close(ctx, row, { outcome: "matched", contactId, enrollments: rows.map(({ id }) => id) }, by);
    }
    case "bounce":
    case "complaint": {
      const told = await journeysFor(ctx, row, match);
      const done = await takeReport(ctx, row, row.kind === "bounce" ? "bounced" : "complained", match);
      const enrollments = done ? told.rows.map(({ id }) => id) : [];
      return close(ctx, row, { outcome: done ? "matched" : "ignored", contactId, enrollments }, "another");
    }
    case "soft_bounce":
      await noteSoftly(ctx, match.rows, { key: row.dedupe, reason: row.text });
      return close(ctx, row, { outcome: "ignored", contactId, enrollments: [] }, "another");
    case "human": {
      const told = await journeysFor(ctx, row, match);
      return close(ctx, row, { outcome: "matched", contactId, enrollments: await replyTo(ctx, row, told) }, by);
    }
  }
}

/** What nobody writes to an address after, though its holder was erased before it was heard of. */
const REASONS = new Map<ReplyKind, SuppressionReason>([
  ["opt_out", "opted_out"],
  ["bounce", "bounced"],
  ["complaint", "complained"],
]);

async function keep(ctx: Context, reply: InboundReply): Promise<ReplyRow> {
  const { v: _, from, message: answers, ...same } = reply;
  const kind = reply.kind ?? classify(reply);
  const kept: NewReply = {
    ...same,
    sender: from,
    senderKey: addressKey(reply.platform, from),
    dedupe: await dedupeKey(reply),
    kind,
    answers,
    sentiment: await moodIn(ctx, reply, kind),
    enrollments: [],
    createdAt: ctx.now.journey,
    touchedAt: ctx.now.wall,
  };
  const hash = await forgottenSender(ctx, reply);
  if (hash === null) return keepReply(ctx.db, kept);
  const reason = REASONS.get(kind);
  if (reason) await suppressHash(ctx.db, ctx.workspaceId, { ...reply, hash, reason, at: ctx.now.journey });
  return keepReply(ctx.db, { ...kept, ...WORDLESS });
}

/** A classifier that fails keeps no reply from being taken in: then the words that are known tell. */
async function moodIn(ctx: Context, reply: InboundReply, kind: ReplyKind): Promise<Sentiment | null> {
  try {
    return await moodOf(reply, kind, ctx.sentimentOf);
  } catch (error) {
    warn("a reply could not be classified", { error });
    return moodOf(reply, kind, sentimentOf);
  }
}

/** A hash of the provider's id; without one, the sender, the time and the text make two deliveries one. */
async function dedupeKey({ platform, messageId, from, receivedAt, text }: InboundReply): Promise<string> {
  const told = messageId !== null ? [platform, messageId] : [platform, addressKey(platform, from), receivedAt, text];
  const bytes = new TextEncoder().encode(JSON.stringify(told));
  return new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)).toHex();
}

async function replyTo(ctx: Context, row: ReplyRow, { rows, by }: Match): Promise<number[]> {
  const at = heardAt(ctx, row);
  const meant = row.sentiment === null ? {} : { sentiment: row.sentiment };
  return tellEach(ctx, rows, async (sequence) => {
    const action = replyActionOf(sequence, by, at);
    return { kind: "reply", key: row.dedupe, at, action, by, ...meant };
  });
}

/** Tells them that he is out of office. */
async function putOff(ctx: Context, row: ReplyRow, { contactId, rows }: Match): Promise<number[]> {
  const [contact] = await findByIds(ctx.db, ctx.workspaceId, [contactId]);
  const absence = { key: row.dedupe, text: row.text, at: heardAt(ctx, row), contact };
  return tellEach(ctx, rows, (sequence) => awayFrom(ctx, sequence, absence));
}

function heardAt({ now }: Context, { receivedAt }: ReplyRow): number {
  return journeyAt(now, Math.min(receivedAt, now.wall));
}

/**
 * Tells each journey what there is to tell, by its sequence; the ids of those that took it in are returned. Of somebody who is
 * being moved, the journey that he leaves comes first, and takes it in; where it has ended, it comes again until he has arrived.
 */
async function tellEach(
  ctx: Context,
  rows: readonly EnrollmentRow[],
  eventOf: (sequence: Sequence) => Promise<Command | null>,
): Promise<number[]> {
  const taken: number[] = [];
  for (const enrollment of [...rows].sort((a, b) => a.id - b.id)) {
    const sequence = await findSequence(ctx.db, ctx, enrollment.sequenceId);
    const event = sequence && (await eventOf(sequence));
    if (!event) continue;
    const done = await command(ctx, enrollment, event);
    if (done.ok) taken.push(enrollment.id);
    else if (!rows.some(({ id, sequenceId }) => sequenceId === enrollment.trail.at(-1) && taken.includes(id))) {
      unlessOutage(done.failure);
    }
  }
  return taken;
}

/** Of a message that he answers it is known that it made him stop. */
async function stop(ctx: Context, { answers }: ReplyRow, contactId: number): Promise<void> {
  const enrollment = answers === null ? null : await findEnrollment(ctx.db, ctx, enrollmentOf(answers));
  if (answers === null || enrollment === null) return optOutAll(ctx, contactId);
  await unsubscribe(ctx, { enrollment, message: answers });
}

async function close(
  ctx: Context,
  row: ReplyRow,
  settled: { outcome: ReplyOutcome; contactId: number | null; enrollments: number[] },
  by: Match["by"] = "contact",
): Promise<void> {
  const { db, workspaceId, now } = ctx;
  const { contactId, enrollments } = settled;
  const job = { workspaceId, kind: "colleagues", subjectId: row.id, journey: now.journey, wall: now.wall } as const;
  const [jobs] = await together(db, [
    ...(row.kind === "human" ? [writeJob(db, job, concernsColleagues(enrollments))] : []),
    countReply(db, row.id, enrollments),
    settleReply(db, row.id, settled),
    ...(contactId === null || by === "another" ? [] : [noteSeen(db, contactId, now.journey)]),
  ]);
  if (row.kind === "human") await nudge(ctx, jobs as { id: number }[]);
}
