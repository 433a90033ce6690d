/** Knows, in SQL, whom the ruleset of a sequence keeps out: who is elsewhere, and who was written to of late. */
import { type SQL, sql } from "drizzle-orm";
import type { Database } from "./database";
import { departedOf } from "./retention";

/** Whether the sequence `s`, or rather its ruleset `r`, takes somebody who was there before. */
export const TAKES_AGAIN = sql`CASE WHEN r.id IS NULL THEN s.reenroll = 'after_exit' ELSE r.permit_duplicates <> 'disallow' END`;

/**
 * Of the sequence `s` under the ruleset `r`: a contact's live enrollments `o` elsewhere that it is shut out by. The one that
 * he moves from is none: it ends with the move.
 */
export function rivalsOf(contactId: number | SQL, from: number | null = null): SQL {
  return sql`FROM enrollments o JOIN sequences os ON os.id = o.sequence_id
      LEFT JOIN rulesets q ON q.id = os.ruleset_id AND q.workspace_id = os.workspace_id
    WHERE o.contact_id = ${contactId} AND o.standing = 'ACTIVE' AND o.sequence_id <> s.id AND o.id IS NOT ${from}
      AND (r.exclusivity = 'all_sequences' OR q.exclusivity = 'all_sequences'
        OR (r.exclusivity = 'exclusive_sequences' AND q.exclusivity = 'exclusive_sequences'))`;
}

/** Of the ruleset `r`: his enrollments `t` whose last message went out less than its interval ago. */
export function touchesOf(contactId: number | SQL, at: number): SQL {
  return sql`FROM enrollments t WHERE t.contact_id = ${contactId} AND t.last_sent_at > ${at} - r.touched_interval * 1000`;
}

const HERE = sql`sequences s LEFT JOIN rulesets r ON r.id = s.ruleset_id AND r.workspace_id = s.workspace_id`;

/** Whether the row of `enrollments` that is being written may live beside the contact's other ones. */
export const MAY_LIVE = sql`NOT EXISTS (SELECT 1 FROM ${HERE} WHERE s.id = enrollments.sequence_id
  AND EXISTS (SELECT 1 ${rivalsOf(sql`enrollments.contact_id`)}))`;

export interface Newcomer {
  sequenceId: number;
  contactId: number;
  from: number | null;
  at: number;
}

/** What the ruleset of a sequence has against somebody: the enrollments that shut him out, by their ids, and a touch of late. */
export async function keptOutBy(
  db: Database,
  { sequenceId, contactId, from, at }: Newcomer,
): Promise<{ rivals: number[]; touched: boolean }> {
  const [found] = await db.all<{ rivals: string; touched: number }>(sql`
    SELECT (SELECT json_group_array(o.id) ${rivalsOf(contactId, from)}) AS rivals,
      EXISTS (SELECT 1 ${touchesOf(contactId, at)}) AS touched
    FROM ${HERE} WHERE s.id = ${sequenceId}`);
  return { rivals: found ? JSON.parse(found.rivals) : [], touched: found?.touched === 1 };
}

export interface Obstacle {
  contact: number;
  /** His enrollment there: the live one, or else the latest. */
  latest: number | null;
  /** Whether he was there, and nothing is left of it but that. */
  departed: boolean;
  /** Those elsewhere that shut him out. */
  rivals: number[];
  touched: boolean;
}

/** What stands between a sequence and many contacts. */
export async function obstaclesBefore(
  db: Database,
  { sequenceId, contacts, at }: { sequenceId: number; contacts: readonly number[]; at: number },
): Promise<Obstacle[]> {
  const rows = await db.all<{
    contact: number;
    latest: number | null;
    rivals: string;
    departed: number;
    touched: number;
  }>(sql`
    SELECT n.value AS contact,
      (SELECT e.id FROM enrollments e WHERE e.contact_id = n.value AND e.sequence_id = s.id
        ORDER BY e.standing = 'ACTIVE' DESC, e.id DESC LIMIT 1) AS latest,
      (SELECT json_group_array(o.id) ${rivalsOf(sql`n.value`)}) AS rivals,
      EXISTS (SELECT 1 ${departedOf(sql`n.value`, sql`s.id`)}) AS departed,
      EXISTS (SELECT 1 ${touchesOf(sql`n.value`, at)}) AS touched
    FROM json_each(${JSON.stringify(contacts)}) n CROSS JOIN ${HERE} WHERE s.id = ${sequenceId}`);
  return rows.map(({ rivals, departed, touched, ...row }) => ({
    ...row,
    rivals: JSON.parse(rivals),
    departed: departed === 1,
    touched: touched === 1,
  }));
}
