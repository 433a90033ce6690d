/** Knows who is at a company, and which of his journeys are under way. */
import { type SQL, sql } from "drizzle-orm";
import type { Database } from "./database";
import { type EnrollmentRow, findRows } from "./enrollments";

export interface Company {
  workspaceId: number;
  domains: readonly string[];
  sequenceIds: readonly number[];
  /** Whose colleagues they are. */
  but: number;
  /** Behind this contact, and enrolled no later than with this id. */
  after: number;
  upto: number;
  limit: number;
}

/** A page of contacts at a company, and their live journeys in some sequences; `last` is null behind the last page. */
export async function colleaguesIn(
  db: Database,
  { workspaceId, domains, sequenceIds, but, after, upto, limit }: Company,
): Promise<{ rows: EnrollmentRow[]; last: number | null }> {
  const found = await db.all<{ contact: number; enrollment: number | null }>(sql`
    SELECT c.contact_id AS contact, e.id AS enrollment
    FROM (
      SELECT DISTINCT a.contact_id FROM json_each(${JSON.stringify(domains)}) d CROSS JOIN addresses a
      WHERE a.workspace_id = ${workspaceId} AND substr(a.key, instr(a.key, '@') + 1) = d.value
        AND a.platform = 'EMAIL' AND a.contact_id > ${after}
      ORDER BY a.contact_id LIMIT ${limit}) c
    LEFT JOIN enrollments e ON e.contact_id = c.contact_id AND e.standing = 'ACTIVE' AND e.platform = 'EMAIL'
      AND e.id <= ${upto} AND c.contact_id <> ${but}
      AND e.sequence_id IN (SELECT value FROM json_each(${JSON.stringify(sequenceIds)}))
    ORDER BY c.contact_id`);
  const people = new Set(found.map(({ contact }) => contact));
  const ids = found.flatMap(({ enrollment }) => enrollment ?? []);
  const rows = ids.length === 0 ? [] : await findRows(db, ids);
  return { rows, last: people.size < limit ? null : (found.at(-1)?.contact ?? null) };
}

const shared = (enrollments: readonly number[]) => sql`
  json_each(${JSON.stringify(enrollments)}) i CROSS JOIN enrollments e ON e.id = i.value
  CROSS JOIN sequences s ON s.id = e.sequence_id AND s.workspace_id = e.workspace_id AND s.reply_scope = 'domain'`;

/** Holds where a reply that was told to these enrollments is about others too. */
export function concernsColleagues(enrollments: readonly number[]): SQL {
  return sql`EXISTS (SELECT 1 FROM ${shared(enrollments)})`;
}

/** The sequences of these enrollments in which it is. */
export async function sharedAmong(
  db: Database,
  workspaceId: number,
  enrollments: readonly number[],
): Promise<number[]> {
  const rows = await db.all<{ id: number }>(
    sql`SELECT DISTINCT s.id FROM ${shared(enrollments)} WHERE e.workspace_id = ${workspaceId}`,
  );
  return rows.map(({ id }) => id);
}
