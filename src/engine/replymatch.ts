/** Knows whom a reply is about, and which of his journeys. */
import { enrollmentOf } from "../domain/message";
import { addressKey } from "../domain/platform";
import type { InboundReply } from "../domain/reply";
import { findByAddress } from "../storage/contacts";
import { type EnrollmentRow, findEnrollment, findRows, liveOf } from "../storage/enrollments";
import { enrollmentOfMessage } from "../storage/messages";
import { noteJourneys, type ReplyRow } from "../storage/replies";
import type { Context } from "./context";

export interface Match {
  contactId: number;
  by: "contact" | "another";
  rows: EnrollmentRow[];
}

/**
 * Whom a reply is about, whether he wrote it himself, and which of his journeys it concerns: the one it answers, or, where that has ended or none is
 * named, all live ones on its platform.
 */
export async function matchOf(ctx: Context, reply: InboundReply): Promise<Match | null> {
  const { db, workspaceId } = ctx;
  const answered = await answeredBy(ctx, reply);
  const key = addressKey(reply.platform, reply.from);
  const sender = await findByAddress(db, workspaceId, { platform: reply.platform, key });
  const contactId = answered?.contactId ?? sender;
  if (contactId === null) return null;
  const by = sender === contactId ? "contact" : "another";
  if (answered?.standing === "ACTIVE") return { contactId, by, rows: [answered] };
  // What somebody else writes is about the thread that he writes in, and about no other journey.
  if (by === "another") return { contactId, by, rows: [] };
  const live = await liveOf(db, workspaceId, contactId);
  return { contactId, by, rows: live.filter((row) => row.platform === reply.platform) };
}

/** By the message that a door has made sure of, or else by the one that the reply itself names. */
async function answeredBy(ctx: Context, { message = null, inReplyTo }: InboundReply): Promise<EnrollmentRow | null> {
  if (message !== null) return findEnrollment(ctx.db, ctx, enrollmentOf(message));
  if (inReplyTo === null) return null;
  const ours = /\bmsg_(\d{1,15})\b/.exec(inReplyTo);
  const named = { id: ours ? Number(ours[1]) : null, providerId: inReplyTo };
  const enrollment = await enrollmentOfMessage(ctx.db, ctx.workspaceId, named);
  return enrollment === null ? null : findEnrollment(ctx.db, ctx, enrollment);
}

/**
 * The journeys to be told, written down before they are: told again after a crash, those that it has ended meanwhile still
 * count among those that took it in.
 */
export async function journeysFor(ctx: Context, row: ReplyRow, match: Match): Promise<Match> {
  if (row.enrollments.length > 0) return { ...match, rows: await findRows(ctx.db, row.enrollments) };
  const enrollments = match.rows.map(({ id }) => id);
  if (enrollments.length > 0) await noteJourneys(ctx.db, row.id, enrollments);
  return match;
}
