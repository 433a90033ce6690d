/** Knows inbound replies: each is kept once, and shown whether or not it fitted somebody. */
import { and, asc, desc, eq, isNull, lt, type SQL, sql } from "drizzle-orm";
import type { Contact } from "../domain/contact";
import type { Database } from "./database";
import { replies } from "./traffic";
import type { Window } from "./window";

export type ReplyRow = typeof replies.$inferSelect;
export type NewReply = typeof replies.$inferInsert;
export type ReplyOutcome = NonNullable<ReplyRow["outcome"]>;

/** Keeps a reply, or finds the one of that key. */
export async function keepReply(db: Database, reply: NewReply): Promise<ReplyRow> {
  const [, [row]] = await db.batch([
    db.insert(replies).values(reply).onConflictDoNothing(),
    db
      .select()
      .from(replies)
      .where(and(eq(replies.workspaceId, reply.workspaceId), eq(replies.dedupe, reply.dedupe))),
  ]);
  if (!row) throw new Error("the reply was not kept");
  return row;
}

export async function findReply(db: Database, workspaceId: number, id: number): Promise<ReplyRow | null> {
  const [row] = await db
    .select()
    .from(replies)
    .where(and(eq(replies.id, id), eq(replies.workspaceId, workspaceId)));
  return row ?? null;
}

/** Those of these keys that are kept. */
export async function repliesBy(db: Database, workspaceId: number, keys: readonly string[]): Promise<ReplyRow[]> {
  if (keys.length === 0) return [];
  return db
    .select()
    .from(replies)
    .where(
      sql`${replies.workspaceId} = ${workspaceId}
        AND ${replies.dedupe} IN (SELECT value FROM json_each(${JSON.stringify(keys)}))`,
    );
}

/** Counts a reply once, by how it was meant, for the sequence of each enrollment that took it in. */
export function countReply(db: Database, id: number, enrollments: readonly number[]) {
  return db.run(sql`
    INSERT INTO counts (workspace_id, sequence_id, what, n)
    SELECT e.workspace_id, e.sequence_id, 'reply.' || r.sentiment, COUNT(*)
    FROM replies r CROSS JOIN json_each(${JSON.stringify(enrollments)}) i CROSS JOIN enrollments e ON e.id = i.value
    WHERE r.id = ${id} AND r.outcome IS NULL AND r.sentiment IS NOT NULL
    GROUP BY e.workspace_id, e.sequence_id
    ON CONFLICT DO UPDATE SET n = n + excluded.n`);
}

/** Notes which journeys a reply is to be told to, until it has been taken in. */
export async function noteJourneys(db: Database, id: number, enrollments: number[]): Promise<void> {
  await db
    .update(replies)
    .set({ enrollments })
    .where(and(eq(replies.id, id), isNull(replies.outcome)));
}

export function settleReply(
  db: Database,
  id: number,
  settled: { outcome: ReplyOutcome; contactId: number | null; enrollments: number[] },
) {
  return db.update(replies).set(settled).where(eq(replies.id, id));
}

export async function listReplies(db: Database, workspaceId: number, { limit, offset }: Window): Promise<ReplyRow[]> {
  return db
    .select()
    .from(replies)
    .where(eq(replies.workspaceId, workspaceId))
    .orderBy(desc(replies.id))
    .limit(limit)
    .offset(offset);
}

/** Replies that were written down and not taken in since, the longest forgotten first. */
export async function forgottenReplies(db: Database, before: number, limit: number): Promise<ReplyRow[]> {
  return db
    .select()
    .from(replies)
    .where(and(isNull(replies.outcome), lt(replies.touchedAt, before)))
    .orderBy(asc(replies.touchedAt))
    .limit(limit);
}

export async function touchReplies(db: Database, ids: readonly number[], wall: number): Promise<void> {
  await db.run(sql`UPDATE replies SET touched_at = ${wall}
    WHERE outcome IS NULL AND id IN (SELECT value FROM json_each(${JSON.stringify(ids)}))`);
}

/** What stays of a reply whose sender was erased. */
export const WORDLESS = {
  sender: "",
  senderKey: "",
  text: "",
  subject: null,
  headers: {},
  messageId: null,
  inReplyTo: null,
  outcome: "unmatched",
} as const;

/** Blanks what a person wrote: replies that were matched to him, and those from his addresses that never were. */
export function eraseReplies(db: Database, contact: Contact) {
  return db
    .update(replies)
    .set({ ...WORDLESS, outcome: sql`COALESCE(outcome, 'unmatched')` })
    .where(repliesOf(contact));
}

export function repliesOf({ id, workspaceId, addresses }: Contact): SQL {
  const from = JSON.stringify(addresses.map(({ platform, key }) => ({ platform, key })));
  return sql`${replies.id} IN (
    SELECT id FROM replies WHERE contact_id = ${id}
    UNION SELECT r.id FROM json_each(${from}) f CROSS JOIN replies r
      ON r.workspace_id = ${workspaceId} AND r.platform = f.value->>'platform' AND r.sender_key = f.value->>'key')`;
}
