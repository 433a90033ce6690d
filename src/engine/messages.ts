/** Knows the verbs on messages: the ledger's lines, and the full text from the object that sent it. */
import { missing, ok, type Result } from "../domain/failure";
import type { Content } from "../domain/message";
import { findContact } from "../storage/contacts";
import { messageTotal } from "../storage/counts";
import { findEnrollment } from "../storage/enrollments";
import { countMessages, findMessage, listMessages, type MessageFilter, type MessageRow } from "../storage/messages";
import { findSequence } from "../storage/sequences";
import type { Context } from "./context";
import { objectOf } from "./journey";
import { type Page, type Paged, windowOf } from "./page";

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
  if (sequenceId !== null && !(await findSequence(db, workspaceId, sequenceId))) return missing("sequence");
  if (contactId !== null && !(await findContact(db, workspaceId, contactId))) return missing("contact");
  if (enrollmentId !== null && !(await findEnrollment(db, workspaceId, enrollmentId))) return missing("enrollment");
  const narrow = enrollmentId !== null || contactId !== null;
  const [items, total] = await Promise.all([
    listMessages(db, workspaceId, filter, windowOf({ page, limit })),
    narrow ? countMessages(db, workspaceId, filter) : messageTotal(db, workspaceId, filter),
  ]);
  return ok({ page, limit, items, total });
}

export async function show(ctx: Context, id: number): Promise<Result<FullMessage>> {
  const row = await findMessage(ctx.db, ctx.workspaceId, id);
  if (!row) return missing("message");
  return ok({ row, content: await objectOf(ctx, row.enrollmentId).content(id) });
}
