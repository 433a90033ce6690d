/** Knows the journeys of contacts as one looks at them: by person, with the names of the sequences they lead through. */
import { desc, eq, sql } from "drizzle-orm";
import type { Database } from "./database";
import type { EnrollmentRow } from "./enrollments";
import { enrollments, sequences } from "./schema";
import { belongsToVisible, pageOfVisible, type Viewer } from "./sight";
import type { Window } from "./window";

export interface NamedJourney {
  row: EnrollmentRow;
  sequence: string;
}

const ofContact = (viewer: Viewer, contactId: number) =>
  sql`${enrollments.contactId} = ${contactId} AND +${enrollments.workspaceId} = ${viewer.workspaceId}
    AND ${belongsToVisible(viewer, sql`${enrollments.sequenceId}`)}`;

/** The newest first. */
export async function listJourneysOf(
  db: Database,
  viewer: Viewer,
  contactId: number,
  { limit, offset }: Window,
): Promise<NamedJourney[]> {
  return db
    .select({ row: enrollments, sequence: sequences.name })
    .from(enrollments)
    .innerJoin(sequences, eq(sequences.id, enrollments.sequenceId))
    .where(ofContact(viewer, contactId))
    .orderBy(desc(enrollments.id))
    .limit(limit)
    .offset(offset);
}

export async function countJourneysOf(db: Database, viewer: Viewer, contactId: number): Promise<number> {
  return db.$count(enrollments, ofContact(viewer, contactId));
}

/** How many journeys are under way for each of some contacts; who has none is left out. */
export async function countLiveAmong(
  db: Database,
  viewer: Viewer,
  contacts: readonly number[],
): Promise<Map<number, number>> {
  const rows = await db.all<{ contact: number; n: number }>(sql`
    SELECT e.contact_id AS contact, COUNT(*) AS n
    FROM json_each(${JSON.stringify(contacts)}) i CROSS JOIN enrollments e ON e.contact_id = i.value
    WHERE e.standing = 'ACTIVE' AND +e.workspace_id = ${viewer.workspaceId}
      AND ${belongsToVisible(viewer, sql`e.sequence_id`)}
    GROUP BY e.contact_id`);
  return new Map(rows.map(({ contact, n }) => [contact, n]));
}

/** Among the newest so many that a viewer sees, those that run and take somebody in. */
export async function listRunning(
  db: Database,
  viewer: Viewer,
  among: number,
): Promise<{ id: number; name: string }[]> {
  return db
    .select({ id: sequences.id, name: sequences.name })
    .from(sequences)
    .where(
      sql`${sequences.id} IN (${pageOfVisible(viewer, among, 0)})
        AND ${sequences.status} = 'ACTIVE' AND NOT ${sequences.locked}`,
    )
    .orderBy(desc(sequences.id));
}
