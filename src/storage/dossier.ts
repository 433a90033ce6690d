/** Knows how to read, in pages, what all the tables hold about one contact. */
import { and, eq, isNull, type SQL, sql } from "drizzle-orm";
import type { Contact } from "../domain/contact";
import { ORDINALS } from "../domain/message";
import type { Database } from "./database";
import type { DeadLetter } from "./deadletters";
import type { MessageRow } from "./messages";
import { type ReplyRow, repliesOf } from "./replies";
import { contacts, segmentMembers, segments } from "./schema";
import { messages, replies } from "./traffic";
import { deadLetters } from "./work";

export type ProfileRow = typeof contacts.$inferSelect;

export async function findProfile(db: Database, workspaceId: number, id: number): Promise<ProfileRow | null> {
  const [row] = await db
    .select()
    .from(contacts)
    .where(and(eq(contacts.id, id), eq(contacts.workspaceId, workspaceId), isNull(contacts.erasedAt)));
  return row ?? null;
}

export async function segmentsWith(db: Database, contactId: number): Promise<{ id: number; name: string }[]> {
  return db
    .select({ id: segments.id, name: segments.name })
    .from(segmentMembers)
    .innerJoin(segments, eq(segments.id, segmentMembers.segmentId))
    .where(eq(segmentMembers.contactId, contactId));
}

/** Those that he wrote, and those that were about him; the newest first. */
export async function pageOfReplies(
  db: Database,
  contact: Contact,
  { below, limit }: { below: number | null; limit: number },
): Promise<ReplyRow[]> {
  return db
    .select()
    .from(replies)
    .where(and(repliesOf(contact), below === null ? undefined : sql`${replies.id} < ${below}`))
    .orderBy(sql`${replies.id} DESC`)
    .limit(limit);
}

/** The ledger's lines of some enrollments: each has a range of ids. */
export async function messagesOf(db: Database, enrollments: readonly number[]): Promise<MessageRow[]> {
  const each = sql.raw(String(ORDINALS));
  return db
    .select()
    .from(messages)
    .where(
      sql`${messages.id} IN (SELECT m.id FROM json_each(${JSON.stringify(enrollments)}) e CROSS JOIN messages m
        ON m.id >= e.value * ${each} AND m.id < (e.value + 1) * ${each})`,
    )
    .orderBy(messages.id);
}

export async function lettersAbout(
  db: Database,
  workspaceId: number,
  enrollments: readonly number[],
): Promise<DeadLetter[]> {
  return lettersBy(
    db,
    workspaceId,
    sql`${deadLetters.enrollmentId} IN (SELECT value FROM json_each(${JSON.stringify(enrollments)}))`,
  );
}

export async function lettersFrom(
  db: Database,
  workspaceId: number,
  senders: readonly string[],
): Promise<DeadLetter[]> {
  return lettersBy(
    db,
    workspaceId,
    sql`${deadLetters.sender} IN (SELECT value FROM json_each(${JSON.stringify(senders)}))`,
  );
}

async function lettersBy(db: Database, workspaceId: number, condition: SQL): Promise<DeadLetter[]> {
  return db.select().from(deadLetters).where(sql`+${deadLetters.workspaceId} = ${workspaceId} AND ${condition}`);
}
