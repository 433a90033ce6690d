/** Knows the verb that finds who is in a sequence by the words of his name and addresses. */

import { missing, ok, type Result } from "../domain/failure";
import type { Standing } from "../domain/mirror";
import { contactsOf, listContacts } from "../storage/contacts";
import { enrollmentsAmong } from "../storage/enrollmentsearch";
import { findDefinition } from "../storage/sequences";
import type { Context } from "./context";
import type { Shown } from "./enrollments";

/** Contacts that are looked at, the newest that fit, and enrollments that are found. */
export const MOST_FOUND = 100;

export interface Sought {
  sequenceId: number;
  standing: Standing | null;
  /** Each of them begins a word of his. */
  words: string[];
}

/** The newest first. `truncated`: more contacts fit than were looked at. */
export async function seek(
  ctx: Context,
  { sequenceId, standing, words }: Sought,
): Promise<Result<{ items: Shown[]; truncated: boolean }>> {
  const { db, workspaceId } = ctx;
  const fitting = { words, tags: [], platform: null };
  const [definition, rows] = await Promise.all([
    findDefinition(db, ctx, sequenceId),
    listContacts(db, workspaceId, fitting, { limit: MOST_FOUND + 1, offset: 0 }),
  ]);
  if (!definition) return missing("sequence");
  const contacts = new Map(contactsOf(rows.slice(0, MOST_FOUND)).map((contact) => [contact.id, contact]));
  const among = { sequenceId, standing, contactIds: [...contacts.keys()] };
  const found = await enrollmentsAmong(db, workspaceId, among, MOST_FOUND);
  const items = found.map((row) => ({ row, definition, contact: contacts.get(row.contactId) ?? null }));
  return ok({ items, truncated: rows.length > MOST_FOUND });
}
