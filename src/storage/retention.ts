/** Knows how journeys that ended long ago leave the database: row by row of theirs, a chunk in one transaction. */
import { type SQL, sql } from "drizzle-orm";
import { ORDINALS } from "../domain/message";
import { STANDINGS } from "../domain/mirror";
import { type Database, type Statements, together } from "./database";
import type { EnrollmentRow } from "./enrollments";
import { enrollments } from "./schema";

const ENDED = STANDINGS.filter((standing) => standing !== "ACTIVE");

/** Those of a sequence that have ended, behind an id and up to another: the standings' indexes are merged, so a page costs its own rows. */
export async function endedIn(
  db: Database,
  { sequenceId, after, upto, limit }: { sequenceId: number; after: number; upto: number; limit: number },
): Promise<EnrollmentRow[]> {
  const branches = ENDED.map(
    (standing) => sql`SELECT id FROM enrollments WHERE sequence_id = ${sequenceId} AND standing = ${standing}
      AND id > ${after} AND id <= ${upto} AND state = 'ended' AND version > 0`,
  );
  return db
    .select()
    .from(enrollments)
    .where(sql`id IN (${sql.join(branches, sql` UNION ALL `)} ORDER BY id LIMIT ${limit})`)
    .orderBy(sql`id`);
}

/**
 * Removes journeys that ended before, the oldest first, with all that is told of them; says how many. Only what was freed goes,
 * so no object is left that nobody would find. Statistics are counted on, and it stays known who was there.
 */
export async function removeJourneys(
  db: Database,
  workspaceId: number,
  { before, limit }: { before: number; limit: number },
): Promise<number> {
  const past = await db.all<{ id: number; at: number }>(sql`SELECT enrollment_id AS id, ended_at AS at FROM histories
    WHERE workspace_id = ${workspaceId} AND ended_at < ${before} ORDER BY ended_at, enrollment_id LIMIT ${limit}`);
  if (past.length > 0) {
    const ids = JSON.stringify(past.map(({ id }) => id));
    await together(db, [
      ...countOn(db, ids),
      ...removeWith(db, ids),
      db.run(sql`DELETE FROM enrollments WHERE id IN (SELECT value FROM json_each(${ids})) AND state = 'ended'`),
      db.run(sql`DELETE FROM histories WHERE (workspace_id, ended_at, enrollment_id) IN (
        SELECT ${workspaceId}, value->>'at', value->>'id' FROM json_each(${JSON.stringify(past)}))`),
    ]);
  }
  return past.length;
}

/** Those of the ids whose rows are there still: what comes twice counts once. */
function chosen(ids: string): SQL {
  return sql`FROM json_each(${ids}) i CROSS JOIN enrollments e ON e.id = i.value AND e.state = 'ended'`;
}

const STATUSES = ["retrying", "sent", "unconfirmed", "failed", "cancelled"];

function countOn(db: Database, ids: string): Statements {
  const names = STATUSES.map((status) => sql.raw(`past_${status} = past_${status} + p.${status}`));
  const sums = STATUSES.map((status) => sql.raw(`SUM(m.status = '${status}') AS ${status}`));
  return [
    db.run(sql`INSERT INTO departed (id, workspace_id, sequence_id, contact_id, reached, replied)
      SELECT e.id, e.workspace_id, e.sequence_id, e.contact_id, e.call_completed_at IS NOT NULL
        OR EXISTS (SELECT 1 FROM messages m WHERE ${ofJourney("m.id")} AND m.arrived), e.replied_at IS NOT NULL
      ${chosen(ids)} WHERE true ON CONFLICT DO NOTHING`),
    db.run(sql`INSERT INTO counts (workspace_id, sequence_id, what, n)
      SELECT e.workspace_id, e.sequence_id, 'past.' || e.standing, COUNT(*) ${chosen(ids)}
      GROUP BY e.workspace_id, e.sequence_id, e.standing
      ON CONFLICT DO UPDATE SET n = n + excluded.n`),
    db.run(sql`INSERT INTO counts (workspace_id, sequence_id, what, n)
      SELECT e.workspace_id, e.sequence_id, 'past.last', MAX(e.enrolled_at) ${chosen(ids)}
      GROUP BY e.workspace_id, e.sequence_id
      ON CONFLICT DO UPDATE SET n = MAX(n, excluded.n)`),
    db.run(sql`UPDATE tallies SET ${sql.join(names, sql`, `)}
      FROM (
        SELECT m.workspace_id, m.sequence_id, m.step_id, COALESCE(m.sequence_template_id, 0) AS variant,
          COALESCE(m.template_id, 0) AS template, ${sql.join(sums, sql`, `)}
        ${chosen(ids)} CROSS JOIN messages m ON ${ofJourney("m.id")}
        GROUP BY 1, 2, 3, 4, 5) p
      WHERE tallies.workspace_id = p.workspace_id AND tallies.sequence_id = p.sequence_id AND tallies.step_id = p.step_id
        AND tallies.sequence_template_id = p.variant AND tallies.template_id = p.template`),
  ];
}

/** What belongs to the journeys goes before their rows do, by which it is found. */
function removeWith(db: Database, ids: string): Statements {
  const inRange = (table: string) => sql`DELETE FROM ${sql.identifier(table)} WHERE id IN (
    SELECT x.id ${chosen(ids)} CROSS JOIN ${sql.identifier(table)} x ON ${ofJourney("x.id")})`;
  const named = (table: string) => sql`DELETE FROM ${sql.identifier(table)} WHERE enrollment_id IS NOT NULL
    AND enrollment_id IN (SELECT e.id ${chosen(ids)})`;
  return [inRange("messages"), inRange("tasks"), named("calls"), named("dead_letters")].map((query) => db.run(query));
}

function ofJourney(id: string): SQL {
  return sql.raw(`${id} >= e.id * ${ORDINALS} AND ${id} < (e.id + 1) * ${ORDINALS}`);
}

export interface Departed {
  id: number;
  contactId: number;
}

/** Whom a journey was about whose row was removed. */
export async function findDeparted(db: Database, workspaceId: number, id: number): Promise<Departed | null> {
  const [row] = await db.all<Departed>(sql`SELECT id, contact_id AS contactId FROM departed
    WHERE id = ${id} AND workspace_id = ${workspaceId}`);
  return row ?? null;
}

/** Whether one of his journeys in a sequence was removed. */
export async function hasDeparted(db: Database, contactId: number, sequenceId: number): Promise<boolean> {
  const rows = await db.all(sql`SELECT 1 ${departedOf(sql`${contactId}`, sql`${sequenceId}`)} LIMIT 1`);
  return rows.length > 0;
}

/** The removed journeys `d` of a contact in a sequence. */
export function departedOf(contact: SQL, sequence: SQL): SQL {
  return sql`FROM departed d WHERE d.contact_id = ${contact} AND d.sequence_id = ${sequence}`;
}
