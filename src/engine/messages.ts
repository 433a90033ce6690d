/** Knows the verbs on messages: the ledger's lines, the full text from the object that sent it, and news of it. */
import { addressOn } from "../domain/contact";
import { missing, ok, type Result } from "../domain/failure";
import type { Agent } from "../domain/machine";
import { type Content, enrollmentOf, type MessageFact } from "../domain/message";
import type { Block } from "../domain/suppression";
import type { Journey } from "../domain/time";
import { findContact } from "../storage/contacts";
import { type EnrollmentRow, findEnrollment } from "../storage/enrollments";
import { countMessages, findMessage, listMessages, type MessageFilter, type MessageRow } from "../storage/messages";
import { findSequence } from "../storage/sequences";
import { messageTotal } from "../storage/tallies";
import type { Context } from "./context";
import { command, objectOf } from "./journey";
import { type Page, type Paged, windowOf } from "./page";
import { put } from "./suppressions";

export type { MessageRow } from "../storage/messages";

export interface FullMessage {
  row: MessageRow;
  /** Null when it is no longer kept. */
  content: Content | null;
}

export async function list(
  ctx: Context,
  { page, limit, ...filter }: Page & MessageFilter,
): Promise<Result<Paged<MessageRow>>> {
  const { db, workspaceId } = ctx;
  const { enrollmentId, sequenceId, contactId } = filter;
  if (sequenceId !== null && !(await findSequence(db, ctx, sequenceId))) return missing("sequence");
  if (contactId !== null && !(await findContact(db, workspaceId, contactId))) return missing("contact");
  if (enrollmentId !== null && !(await findEnrollment(db, ctx, enrollmentId))) return missing("enrollment");
  const narrow = enrollmentId !== null || contactId !== null;
  const [items, total] = await Promise.all([
    listMessages(db, ctx, filter, windowOf({ page, limit })),
    narrow ? countMessages(db, ctx, filter) : messageTotal(db, ctx, filter),
  ]);
  return ok({ page, limit, items, total });
}

export async function show(ctx: Context, id: number): Promise<Result<FullMessage>> {
  const line = await lineOf(ctx, id);
  if (!line.ok) return line;
  const row = line.value;
  return ok({ row, content: await objectOf(ctx, row.enrollmentId).content(id) });
}

/** The ledger's line alone: nobody's object is asked. */
export async function lineOf(ctx: Context, id: number): Promise<Result<MessageRow>> {
  const row = await findMessage(ctx.db, ctx, id);
  return row ? ok(row) : missing("message");
}

export interface News {
  fact: MessageFact;
  /** Journey time. */
  when: Journey;
  url: string | null;
  /** Who opened or clicked; a person, unless it is said. */
  by?: Agent;
}

/**
 * Takes in what a provider tells of a message after it was sent. Told again it changes nothing, and a click nothing where its link
 * has counted. An address that bounced or complained is not written to any more; the caller hears of success only once that is written down. Null where the message is still
 * on its way, and the ledger does not show it yet.
 */
export async function report(ctx: Context, id: number, { when, ...news }: News): Promise<Result<MessageRow | null>> {
  const { db, now } = ctx;
  const enrollment = await findEnrollment(db, ctx, enrollmentOf(id));
  if (!enrollment) return missing("message");
  const noted = await command(ctx, enrollment, {
    kind: "noted",
    message: id,
    when: Math.min(when, now.journey),
    ...news,
  });
  if (!noted.ok) return noted;
  if (news.fact === "bounced" || news.fact === "complained") await shun(ctx, enrollment, id, news.fact);
  return ok(await findMessage(db, ctx, id));
}

/** The address that the message went to, or where that is no longer known, the one that he has there now. */
async function shun(ctx: Context, row: EnrollmentRow, messageId: number, reason: Block): Promise<void> {
  const { contactId, platform } = row;
  const contact = await findContact(ctx.db, ctx.workspaceId, contactId);
  if (!contact) return;
  const sent = await objectOf(ctx, row.id).content(messageId);
  const address = sent?.to ?? addressOn(contact, platform)?.address;
  if (address !== undefined) await put(ctx, [{ platform, address, reason, contactId, messageId }]);
}
