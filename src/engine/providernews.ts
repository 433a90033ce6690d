/** Knows what a provider's news of a mail comes to. */
import { ok, type Result, refuse } from "../domain/failure";
import { enrollmentOf, type MessageFact } from "../domain/message";
import { journeyAt, MINUTE, type Wall } from "../domain/time";
import { findEnrollment } from "../storage/enrollments";
import { messageOfProvider } from "../storage/messages";
import { noteSoftly } from "./bounces";
import type { Context } from "./context";
import { report } from "./messages";

export interface MailNews {
  /** Tells the same news from others, however often it comes. */
  id: string;
  /** By our id, or by the provider's. */
  of: { message: number } | { providerId: string };
  /** A soft bounce may pass. */
  fact: MessageFact | "soft_bounce";
  at: Wall;
  url: string | null;
  reason: string;
}

/** For so long, a mail that is not in the ledger may be one whose line is still on its way there. */
const LATEST_LINE = 15 * MINUTE;

/** Told again it changes nothing. What is of no mail of ours is ignored; of one that may yet be, it is to come again. */
export async function takeNews(ctx: Context, news: MailNews): Promise<Result<"taken" | "ignored">> {
  const { now } = ctx;
  const message =
    "message" in news.of ? news.of.message : await messageOfProvider(ctx.db, ctx.workspaceId, news.of.providerId);
  if (message === null) {
    const early = now.wall - news.at < LATEST_LINE;
    return early ? refuse({ kind: "unavailable", what: "the message is not known yet" }) : ok("ignored");
  }
  if (news.fact === "soft_bounce") return takeSoftly(ctx, message, news);
  const when = journeyAt(now, Math.min(news.at, now.wall));
  const told = await report(ctx, message, { fact: news.fact, when, url: news.url });
  if (told.ok) return ok("taken");
  return told.failure.kind === "unavailable" ? told : ok("ignored");
}

async function takeSoftly(
  ctx: Context,
  message: number,
  { id, reason }: MailNews,
): Promise<Result<"taken" | "ignored">> {
  const row = await findEnrollment(ctx.db, ctx, enrollmentOf(message));
  if (row?.standing !== "ACTIVE") return ok("ignored");
  await noteSoftly(ctx, [row], { key: `hook/${id}`, reason });
  return ok("taken");
}
