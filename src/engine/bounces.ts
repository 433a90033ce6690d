/** Knows what follows when a mail could not be delivered, or was complained of. */
import { addressOn } from "../domain/contact";
import type { MessageFact } from "../domain/message";
import { DAY, journeyAt } from "../domain/time";
import { findByIds } from "../storage/contacts";
import { type EnrollmentRow, wasWrittenTo } from "../storage/enrollments";
import type { ReplyRow } from "../storage/replies";
import type { Context } from "./context";
import { command } from "./journey";
import { report } from "./messages";
import { unlessOutage } from "./outage";
import type { Match } from "./replymatch";
import { put } from "./suppressions";

/** How long servers try before they give a mail up, and a day. */
const LONGEST_TRY = 6 * DAY;

/**
 * Notes it of the message that it names, and has nobody write to that address any more. Where it names none, he must have been
 * written to of late; says whether anything was done.
 */
export async function takeReport(
  ctx: Context,
  row: ReplyRow,
  fact: Extract<MessageFact, "bounced" | "complained">,
  { contactId, by }: Match,
): Promise<boolean> {
  const { db, workspaceId, now } = ctx;
  if (row.answers !== null) {
    const when = journeyAt(now, Math.min(row.receivedAt, now.wall));
    const told = await report(ctx, row.answers, { fact, when, url: null });
    if (!told.ok) unlessOutage(told.failure);
    return told.ok;
  }
  if (!(await wasWrittenTo(db, workspaceId, contactId, now.journey - LONGEST_TRY))) return false;
  const { platform, sender } = row;
  const [contact] = by === "contact" ? [] : await findByIds(db, workspaceId, [contactId]);
  const address = by === "contact" ? sender : contact && addressOn(contact, platform)?.address;
  return address !== undefined && (await put(ctx, [{ platform, address, reason: fact, contactId }])).ok;
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
