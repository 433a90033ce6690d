/** Knows queue messages that nobody could take in, kept until an operator sends them again. */
import { and, asc, desc, eq, type SQL, sql } from "drizzle-orm";
import type { Database } from "./database";
import type { Window } from "./window";
import { deadLetters } from "./work";

export type DeadLetter = typeof deadLetters.$inferSelect;

/** What is about an erased contact is not kept: his objects tell again what the mirror lacks, without his words. */
export async function buryLetters(db: Database, letters: (typeof deadLetters.$inferInsert)[]): Promise<void> {
  await db.run(sql`
    INSERT INTO dead_letters (message_id, workspace_id, enrollment_id, sender, queue, body, created_at)
    SELECT value->>'messageId', value->>'workspaceId', value->>'enrollmentId', value->>'sender', value->>'queue', value->>'body', value->>'createdAt'
    FROM json_each(${JSON.stringify(letters)})
    WHERE NOT EXISTS (SELECT 1 FROM enrollments e JOIN contacts c ON c.id = e.contact_id
      WHERE e.id = value->>'enrollmentId' AND c.erased_at IS NOT NULL)
    ON CONFLICT DO NOTHING`);
}

export async function findLetter(db: Database, workspaceId: number, id: number): Promise<DeadLetter | null> {
  const [row] = await db
    .select()
    .from(deadLetters)
    .where(and(eq(deadLetters.id, id), eq(deadLetters.workspaceId, workspaceId)));
  return row ?? null;
}

export async function listLetters(db: Database, workspaceId: number, { limit, offset }: Window): Promise<DeadLetter[]> {
  return db
    .select()
    .from(deadLetters)
    .where(eq(deadLetters.workspaceId, workspaceId))
    .orderBy(desc(deadLetters.id))
    .limit(limit)
    .offset(offset);
}

/** Those of all workspaces, and of none: what an operator goes through, the oldest first. */
export interface Buried {
  queue: string | null;
  workspaceId: number | null;
  /** Only those that nobody has sent again. */
  unsent: boolean;
  after: number;
  limit: number;
}

export async function buriedLetters(
  db: Database,
  { queue, workspaceId, unsent, after, limit }: Buried,
): Promise<DeadLetter[]> {
  const asked = [
    sql`id > ${after}`,
    ...(unsent ? [sql`resent_at IS NULL`] : []),
    ...(queue === null ? [] : [sql`queue = ${queue}`]),
    ...(workspaceId === null ? [] : [sql`workspace_id = ${workspaceId}`]),
  ];
  const page = sql`SELECT id FROM dead_letters ${indexFor({ queue, workspaceId, unsent })}
    WHERE ${sql.join(asked, sql` AND `)} ORDER BY id LIMIT ${limit}`;
  return db.select().from(deadLetters).where(sql`id IN (${page})`).orderBy(asc(deadLetters.id));
}

/** Each has the ids in their order behind what it is by; left to itself the planner goes through all of them by their ids. */
function indexFor({ queue, workspaceId, unsent }: Pick<Buried, "queue" | "workspaceId" | "unsent">): SQL {
  const by = workspaceId !== null ? "_by_workspace" : queue !== null ? "_by_queue" : "";
  if (!unsent && by === "") return sql`NOT INDEXED`;
  return sql.raw(`INDEXED BY dead_letters${unsent ? "_unsent" : ""}${by}`);
}

export async function markAllResent(db: Database, ids: readonly number[], now: number): Promise<void> {
  await db.run(sql`UPDATE dead_letters SET resent_at = ${now}
    WHERE id IN (SELECT value FROM json_each(${JSON.stringify(ids)}))`);
}

export async function markResent(db: Database, id: number, now: number): Promise<void> {
  await db.update(deadLetters).set({ resentAt: now }).where(eq(deadLetters.id, id));
}

export function eraseLettersAbout(db: Database, enrollmentId: number) {
  return db.delete(deadLetters).where(eq(deadLetters.enrollmentId, enrollmentId));
}

/** Replies from a person's addresses, given as the letters' `sender`. */
export function eraseLettersFrom(db: Database, workspaceId: number, senders: readonly string[]) {
  return db.run(sql`DELETE FROM dead_letters WHERE workspace_id = ${workspaceId}
    AND sender IN (SELECT value FROM json_each(${JSON.stringify(senders)}))`);
}
