/** Knows the ledger of messages. */
import { and, desc, eq, gte, lt, type SQL, sql } from "drizzle-orm";
import { enrollmentOf, type MessageStatus, ORDINALS } from "../domain/message";
import { isOf } from "./collections/ordinals";
import type { Database } from "./database";
import { remembered } from "./remembered";
import { enrollments } from "./schema";
import { belongsToVisible, type Viewer } from "./sight";
import { messages } from "./traffic";
import type { Window } from "./window";

export type MessageRow = typeof messages.$inferSelect;

export interface MessageFilter {
  enrollmentId: number | null;
  sequenceId: number | null;
  contactId: number | null;
  status: MessageStatus | null;
}

/** Only whoever may see its sequence finds it; so it is with the lists. */
export async function findMessage(db: Database, viewer: Viewer, id: number): Promise<MessageRow | null> {
  const [row] = await db
    .select()
    .from(messages)
    .where(
      and(
        eq(messages.id, id),
        eq(messages.workspaceId, viewer.workspaceId),
        belongsToVisible(viewer, sql`${messages.sequenceId}`),
      ),
    );
  return row ?? null;
}

/** The enrollment of the message that a reply names by our id or by the provider's. */
export async function enrollmentOfMessage(
  db: Database,
  workspaceId: number,
  named: { id: number | null; providerId: string },
): Promise<number | null> {
  if (named.id !== null) {
    const [row] = await db
      .select({ id: enrollments.id })
      .from(enrollments)
      .where(and(eq(enrollments.id, enrollmentOf(named.id)), eq(enrollments.workspaceId, workspaceId)));
    if (row) return row.id;
  }
  const [row] = await db
    .select({ id: messages.enrollmentId })
    .from(messages)
    .where(and(eq(messages.workspaceId, workspaceId), eq(messages.providerId, named.providerId)));
  return row?.id ?? null;
}

/** The message that the provider knows by an id of its own. */
export async function messageOfProvider(db: Database, workspaceId: number, providerId: string): Promise<number | null> {
  const [row] = await db
    .select({ id: messages.id })
    .from(messages)
    .where(and(eq(messages.workspaceId, workspaceId), eq(messages.providerId, providerId)));
  return row?.id ?? null;
}

interface Asked extends Viewer, MessageFilter {
  /** Null where the status is that of most messages, or is not asked for. */
  isException: true | null;
}

function askedBy({ workspaceId, userId }: Viewer, filter: MessageFilter): Asked {
  const { enrollmentId, sequenceId, contactId, status } = filter;
  const isException = status === null || status === "sent" ? null : true;
  return { workspaceId, userId, enrollmentId, sequenceId, contactId, status, isException };
}

/** Messages of one enrollment are a range of ids, those of a contact the ranges of his enrollments. */
function matching({ workspaceId, userId, ...filter }: Asked): SQL {
  const viewer = { workspaceId, userId };
  const conditions = [
    sql`${messages.workspaceId} = ${workspaceId}`,
    belongsToVisible(viewer, sql`${messages.sequenceId}`),
  ];
  const { enrollmentId, sequenceId, contactId, status, isException } = filter;
  if (enrollmentId !== null) {
    conditions.push(isOf(sql`${messages.id}`, sql`${enrollmentId}`));
  }
  if (sequenceId !== null) conditions.push(sql`${messages.sequenceId} = ${sequenceId}`);
  if (contactId !== null) {
    conditions.push(sql`${messages.contactId} = ${contactId} AND ${messages.id} IN (
      SELECT m.id FROM ${enrollments} e CROSS JOIN ${messages} m
        ON m.id >= e.id * ${sql.raw(String(ORDINALS))} AND m.id < (e.id + 1) * ${sql.raw(String(ORDINALS))}
      WHERE e.contact_id = ${contactId})`);
  }
  if (status !== null) conditions.push(sql`${messages.status} = ${status}`);
  // Said once more in the words of the partial index of the exceptions, which is used only then.
  if (isException !== null) conditions.push(sql`${messages.status} <> 'sent'`);
  return sql.join(conditions, sql` AND `);
}

/** The newest first. */
export async function listMessages(
  db: Database,
  viewer: Viewer,
  filter: MessageFilter,
  { limit, offset }: Window,
): Promise<MessageRow[]> {
  return messagesOn(db, { ...askedBy(viewer, filter), limit, offset });
}

const messagesOn = remembered((db, { limit, offset, ...asked }: Asked & Window) =>
  db
    .select()
    .from(messages)
    .where(matching(asked))
    .orderBy(desc(messages.createdAt), desc(messages.id))
    .limit(limit)
    .offset(offset),
);

/** Counts the rows themselves: for filters that narrow to one enrollment or contact. */
export async function countMessages(db: Database, viewer: Viewer, filter: MessageFilter): Promise<number> {
  const [row] = await db
    .select({ n: sql<number>`COUNT(*)` })
    .from(messages)
    .where(matching(askedBy(viewer, filter)));
  return row?.n ?? 0;
}

/** Takes the words out of the messages of an enrollment; ids, times and counts stay. */
export function eraseMessages(db: Database, enrollmentId: number) {
  return db
    .update(messages)
    .set({ subject: null, excerpt: null, error: null, mailId: null })
    .where(and(gte(messages.id, enrollmentId * ORDINALS), lt(messages.id, (enrollmentId + 1) * ORDINALS)));
}
