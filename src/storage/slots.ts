/** Knows the slots of a workspace with a cap: which messages count to it, given out one statement at a time. */
import { sql } from "drizzle-orm";
import type { FrequencyCap, Slot } from "../domain/frequency";
import { messageId } from "../domain/message";
import { SECOND } from "../domain/time";
import type { Database } from "./database";

export interface Ask {
  contactId: number;
  message: number;
  cap: FrequencyCap;
  at: number;
}

/**
 * Gives a message a slot if there is room beside the contact's others, or says when there will be. Looking and taking is
 * one statement, so no two take the last one; asked again, the same message keeps its own, counted from now.
 */
export async function askSlot(db: Database, { contactId, message, cap, at }: Ask): Promise<Slot> {
  const stretch = cap.seconds * SECOND;
  const others = sql`FROM slots WHERE contact_id = ${contactId} AND message_id <> ${message} AND at > ${at - stretch}`;
  const [granted, [full]] = await db.batch([
    db.all<{ message: number }>(sql`
      INSERT INTO slots (contact_id, message_id, at, past_at)
      SELECT ${contactId}, ${message}, ${at}, ${at + stretch} WHERE (SELECT COUNT(*) ${others}) < ${cap.messages}
      ON CONFLICT DO UPDATE SET at = excluded.at, past_at = excluded.past_at
      RETURNING message_id AS message`),
    db.all<{ at: number }>(sql`SELECT at ${others} ORDER BY at DESC LIMIT 1 OFFSET ${cap.messages - 1}`),
  ]);
  if (granted.length > 0) return { message, freeAt: null };
  return { message, freeAt: (full?.at ?? at) + stretch };
}

/** Gives back what an enrollment was given for messages that it has not claimed. */
export async function releaseSlots(
  db: Database,
  { contactId, enrollmentId, claimed }: { contactId: number; enrollmentId: number; claimed: number },
): Promise<void> {
  await db.run(sql`DELETE FROM slots WHERE contact_id = ${contactId}
    AND message_id > ${messageId(enrollmentId, claimed)} AND message_id < ${messageId(enrollmentId + 1, 0)}`);
}

/** Removes slots that no longer count, at most so many; says how many there were. */
export async function dropPastSlots(db: Database, now: number, limit: number): Promise<number> {
  const past = await db.all<{ contact: number; message: number }>(sql`
    SELECT contact_id AS contact, message_id AS message FROM slots WHERE past_at <= ${now} ORDER BY past_at LIMIT ${limit}`);
  if (past.length === 0) return 0;
  // One that was taken anew meanwhile counts again.
  await db.run(sql`DELETE FROM slots WHERE past_at <= ${now} AND (contact_id, message_id) IN (
    SELECT value->>'contact', value->>'message' FROM json_each(${JSON.stringify(past)}))`);
  return past.length;
}
