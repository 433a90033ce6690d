/** Knows how enrollments of a sequence are found by who is in them. */
import { sql } from "drizzle-orm";
import type { Standing } from "../domain/mirror";
import type { Database } from "./database";
import type { EnrollmentRow } from "./enrollments";
import { enrollments } from "./schema";

/** The newest first; each contact costs what he has had in this sequence. */
export function enrollmentsAmong(
  db: Database,
  workspaceId: number,
  { sequenceId, contactIds, standing }: Among,
  limit: number,
): Promise<EnrollmentRow[]> {
  return db
    .select()
    .from(enrollments)
    .where(
      sql`${enrollments.contactId} IN (SELECT value FROM json_each(${JSON.stringify(contactIds)}))
        AND ${enrollments.sequenceId} = ${sequenceId} AND +${enrollments.workspaceId} = ${workspaceId}
        AND (${standing} IS NULL OR +${enrollments.standing} = ${standing})`,
    )
    .orderBy(sql`${enrollments.id} DESC`)
    .limit(limit);
}

export interface Among {
  sequenceId: number;
  contactIds: readonly number[];
  standing: Standing | null;
}
