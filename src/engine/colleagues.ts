/** Knows how somebody's reply ends the journeys of his colleagues, where a sequence asks for it. */
import { companiesOf } from "../domain/company";
import type { Contact } from "../domain/contact";
import { replyActionOf } from "../domain/sequence";
import { colleaguesIn, sharedAmong } from "../storage/colleagues";
import { findContact } from "../storage/contacts";
import type { EnrollmentRow } from "../storage/enrollments";
import type { Job } from "../storage/jobs";
import { findReply, type ReplyRow } from "../storage/replies";
import { findSequence } from "../storage/sequences";
import type { Context } from "./context";

/** What the history of those says whose journeys end so; of who replied it says nothing. */
export const COLLEAGUE_REPLIED = "somebody else at the company replied";

/** Contacts that are looked at in one go. */
const PAGE = 200;

/**
 * The journeys of a page of colleagues, in the sequences in which such a reply ends one, and the cursor behind them. Of a
 * contact who was erased since, nobody is a colleague.
 */
export async function colleaguePage(
  ctx: Context,
  { subjectId, upto }: Job,
  after: number,
): Promise<{ rows: EnrollmentRow[]; next: number | null }> {
  const { db, workspaceId } = ctx;
  const reply = await findReply(db, workspaceId, subjectId);
  const contact = reply?.contactId ? await findContact(db, workspaceId, reply.contactId) : null;
  if (!reply || !contact) return { rows: [], next: null };
  const domains = companiesOf(contact.addresses);
  const sequenceIds = await endingIn(ctx, reply, contact);
  if (domains.length === 0 || sequenceIds.length === 0) return { rows: [], next: null };
  const of = { workspaceId, domains, sequenceIds, but: contact.id, after, upto, limit: PAGE };
  const { rows, last } = await colleaguesIn(db, of);
  return { rows, next: last };
}

/** A reply that pauses a journey, or lets it go on, does no more to others. */
async function endingIn(ctx: Context, reply: ReplyRow, contact: Contact): Promise<number[]> {
  const { platform, senderKey, enrollments } = reply;
  const himself = contact.addresses.some((one) => one.platform === platform && one.key === senderKey);
  const by = himself ? "contact" : "another";
  const shared = await sharedAmong(ctx.db, ctx.workspaceId, enrollments);
  const sequences = await Promise.all(shared.map((id) => findSequence(ctx.db, ctx, id)));
  return sequences.flatMap((one) => (one && replyActionOf(one, by, 0).kind === "finish" ? one.id : []));
}
