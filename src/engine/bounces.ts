/** Knows what follows when a mail could not be delivered, or was complained of. */
import type { MessageFact } from "../domain/message";
import { DAY, journeyAt } from "../domain/time";
import { type EnrollmentRow, wasWrittenTo } from "../storage/enrollments";
import { block } from "../storage/exclusion";
import type { ReplyRow } from "../storage/replies";
import type { Context } from "./context";
import { nudge } from "./jobs";
import { command } from "./journey";
import { report } from "./messages";
import { unlessOutage } from "./outage";
import type { Match } from "./replymatch";

/** How long servers try before they give a mail up, and a day. */
const LONGEST_TRY = 6 * DAY;

/**
 * Notes it of the message that it names, and has nobody write to him any more. Where it names none, he must have been
 * written to of late; says whether anything was done.
 */
export async function takeReport(
  ctx: Context,
  row: ReplyRow,
  fact: Extract<MessageFact, "bounced" | "complained">,
  { contactId }: Match,
): Promise<boolean> {
  const { db, workspaceId, now } = ctx;
  if (row.answers !== null) {
    const when = journeyAt(now, Math.min(row.receivedAt, now.wall));
    const told = await report(ctx, row.answers, { fact, when, url: null });
    if (!told.ok) unlessOutage(told.failure);
    return told.ok;
  }
  if (!(await wasWrittenTo(db, workspaceId, contactId, now.journey - LONGEST_TRY))) return false;
  await nudge(ctx, await block(db, { workspaceId, contactId, journey: now.journey, wall: now.wall }));
  return true;
}

/** What may pass is put down in the history, and changes nothing. */
export async function noteSoftly(
  ctx: Context,
  rows: readonly EnrollmentRow[],
  { key, reason }: { key: string; reason: string },
): Promise<void> {
  for (const row of rows) {
    const done = await command(ctx, row, { kind: "remark", key, reason: softly(reason) });
    if (!done.ok) unlessOutage(done.failure);
  }
}

function softly(reason: string): string {
  return reason === "" ? "a bounce that may pass" : `a bounce that may pass: ${reason}`;
}
