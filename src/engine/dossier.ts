/** Knows how all that is known about a contact is gathered: piece by piece, so that nobody's is too large. */
import type { Contact } from "../domain/contact";
import { missing, ok, type Result } from "../domain/failure";
import { senderOf } from "../domain/reply";
import { type CallRow, listCalls } from "../storage/calls";
import { findContact } from "../storage/contacts";
import type { DeadLetter } from "../storage/deadletters";
import {
  findProfile,
  lettersAbout,
  lettersFrom,
  messagesOf,
  type ProfileRow,
  pageOfReplies,
  segmentsWith,
} from "../storage/dossier";
import { type EnrollmentRow, enrollmentsOf } from "../storage/enrollments";
import type { MessageRow } from "../storage/messages";
import type { ReplyRow } from "../storage/replies";
import { type SuppressionRow, suppressionsOf } from "../storage/suppressions";
import { listTasks, type TaskRow } from "../storage/tasks";
import type { Context } from "./context";
import { objectOf } from "./journey";
import { pastOf, type Told } from "./late";

export type { ProfileRow } from "../storage/dossier";

/** Rows that are read at a time. */
const PAGE = 100;
/** Objects that are asked at a time: each may answer with thousands of texts. */
const OBJECTS = 5;
/** Each takes a call of its object and a query of that, and a request may make only so many of both. */
const MOST_JOURNEYS = 250;

export interface Journey {
  row: EnrollmentRow;
  /** Null before it has started. */
  view: Told | null;
  messages: MessageRow[];
  letters: DeadLetter[];
}

export interface Dossier {
  contact: Contact;
  profile: ProfileRow;
  segments: { id: number; name: string }[];
  suppressions: SuppressionRow[];
  replies: AsyncGenerator<ReplyRow>;
  tasks: AsyncGenerator<TaskRow>;
  calls: AsyncGenerator<CallRow>;
  letters: () => Promise<DeadLetter[]>;
  /** Returns behind which journey the next document goes on; null where there is none. */
  journeys: AsyncGenerator<Journey, number | null>;
}

/**
 * Everything about a contact, also what belongs to sequences that only their owner sees: whoever asks what is known of him is
 * to be answered in full. What is read while he changes is as it is then.
 */
export async function dossierOf(ctx: Context, contactId: number, after: number): Promise<Result<Dossier>> {
  const { db, workspaceId } = ctx;
  const [contact, profile] = [
    await findContact(db, workspaceId, contactId),
    await findProfile(db, workspaceId, contactId),
  ];
  if (!contact || !profile) return missing("contact");
  const viewer = { workspaceId, userId: null };
  const senders = contact.addresses.map(({ platform, key }) => senderOf(platform, key));
  return ok({
    contact,
    profile,
    segments: await segmentsWith(db, contactId),
    suppressions: await suppressionsOf(db, contactId),
    replies: paged((page) => pageOfReplies(db, contact, page)),
    tasks: paged((page) => listTasks(db, viewer, { ...EVERY_TASK, contactId }, page)),
    calls: paged((page) => listCalls(db, viewer, { contactId }, page)),
    letters: () => lettersFrom(db, workspaceId, senders),
    journeys: journeysOf(ctx, contactId, after),
  });
}

const EVERY_TASK = { sequenceId: null, enrollmentId: null, ownerId: null, state: null };

async function* paged<T extends { id: number }>(
  read: (page: { below: number | null; limit: number }) => Promise<T[]>,
): AsyncGenerator<T> {
  for (let below: number | null = null; ; ) {
    const rows: T[] = await read({ below, limit: PAGE });
    yield* rows;
    if (rows.length < PAGE) return;
    below = rows.at(-1)?.id ?? null;
  }
}

async function* journeysOf(ctx: Context, contactId: number, after: number): AsyncGenerator<Journey, number | null> {
  let cursor = after;
  for (let seen = 0; seen < MOST_JOURNEYS; seen += OBJECTS) {
    const rows = await enrollmentsOf(ctx.db, contactId, cursor, OBJECTS);
    const ids = rows.map(({ id }) => id);
    const [messages, letters, ...views] = await Promise.all([
      messagesOf(ctx.db, ids),
      lettersAbout(ctx.db, ctx.workspaceId, ids),
      ...ids.map((id) => objectOf(ctx, id).view()),
    ]);
    const past = await pastOf(ctx.db, rows, messages);
    for (const [i, row] of rows.entries()) {
      const his = <T extends { enrollmentId: number | null }>(one: T) => one.enrollmentId === row.id;
      yield {
        row,
        view: views[i] ?? past.get(row.id) ?? null,
        messages: messages.filter(his),
        letters: letters.filter(his),
      };
    }
    if (rows.length < OBJECTS) return null;
    cursor = rows.at(-1)?.id ?? cursor;
  }
  const more = await enrollmentsOf(ctx.db, contactId, cursor, 1);
  return more.length > 0 ? cursor : null;
}
