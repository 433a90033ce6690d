/** Knows how what is old is removed from the tables that only grow, in chunks that an index leads to. */
import { type SQL, sql } from "drizzle-orm";
import { STANDINGS } from "../domain/mirror";
import { type Database, together } from "./database";

export interface Tidied {
  id: number;
  /** What the workspace says itself: 0 for ever, null nothing. */
  retentionDays: number | null;
}

/** The workspaces that nobody has tidied since, the longest ago first. */
export async function untidied(db: Database, before: number, limit: number): Promise<Tidied[]> {
  return db.all<Tidied>(sql`SELECT id, retention_days AS retentionDays FROM workspaces
    WHERE tidied_at < ${before} ORDER BY tidied_at LIMIT ${limit}`);
}

export async function noteTidied(db: Database, id: number, at: number): Promise<void> {
  await db.run(sql`UPDATE workspaces SET tidied_at = ${at} WHERE id = ${id}`);
}

/** The rest of a table's old rows lies behind this; null where none is left. */
export type Rest = { at: number; id: number } | null;
export type Chunk = { before: number; after: { at: number; id: number }; limit: number };

interface Table {
  name: string;
  /** The column by which its rows are old, in the order of an index that begins with the workspace. */
  order: SQL;
  at: SQL;
  /** What of it goes. */
  goes: SQL;
}

/** Of these the ids grow with the time, so the workspace's own index has them in order. */
const BY_ID = sql`id`;
const NO_JOURNEY = sql`(enrollment_id IS NULL OR NOT EXISTS (SELECT 1 FROM enrollments e WHERE e.id = t.enrollment_id))`;

/** What goes by its own age. What belongs to a journey whose row is there goes with that. */
const TABLES: readonly Table[] = [
  { name: "replies", order: BY_ID, at: sql`created_at`, goes: sql`outcome IS NOT NULL` },
  { name: "calls", order: BY_ID, at: sql`created_at`, goes: NO_JOURNEY },
  { name: "dead_letters", order: BY_ID, at: sql`created_at`, goes: NO_JOURNEY },
  { name: "tasks", order: sql`updated_at, id`, at: sql`updated_at`, goes: sql`state = 'complete' AND ${NO_JOURNEY}` },
];

export const TIDIED_TABLES = TABLES.map(({ name }) => name);

/**
 * Looks at a chunk of a table's rows from before, the oldest first, and removes what goes of it; what stays is passed over
 * until the next time.
 */
export async function removeOld(db: Database, workspaceId: number | null, table: string, chunk: Chunk): Promise<Rest> {
  const of = TABLES.find(({ name }) => name === table);
  if (!of) return null;
  const { before, after, limit } = chunk;
  const name = sql.identifier(of.name);
  const behind = of.order === BY_ID ? sql`id > ${after.id}` : sql`(updated_at, id) > (${after.at}, ${after.id})`;
  const old = sql`SELECT * FROM (SELECT * FROM ${name} WHERE workspace_id IS ${workspaceId} AND ${behind}
    ORDER BY ${of.order} LIMIT ${limit}) t WHERE ${of.at} < ${before}`;
  const [found] = (await together(db, [
    db.all(sql`SELECT id, ${of.at} AS at FROM (${old}) ORDER BY ${of.order}`),
    db.run(sql`DELETE FROM ${name} WHERE id IN (SELECT id FROM (${old}) t WHERE ${of.goes})`),
  ])) as [{ id: number; at: number }[]];
  return found.length === limit ? (found.at(-1) ?? null) : null;
}

export type Old = Pick<Chunk, "before" | "limit">;

/** Jobs that were done before; says how many. */
export async function removeJobs(db: Database, { before, limit }: Old): Promise<number> {
  const rows = await db.all(sql`DELETE FROM jobs WHERE id IN (
    SELECT id FROM jobs WHERE done_at IS NOT NULL AND done_at < ${before} ORDER BY done_at LIMIT ${limit}) RETURNING 1`);
  return rows.length;
}

/**
 * Removes steps that were deleted before, once nobody is left who was enrolled while they were there: nothing awaits them then,
 * and nothing that is shown counts them. What hung on one hangs on what that hung on; says how many. A step between two deleted
 * ones waits for the upper one to go first.
 */
export async function removeSteps(db: Database, workspaceId: number, { before, limit }: Old): Promise<number> {
  const rows = await db.all<{ id: number; sequenceId: number }>(sql`
    SELECT s.id, s.sequence_id AS sequenceId FROM steps s
    WHERE s.workspace_id = ${workspaceId} AND s.deleted_at IS NOT NULL AND s.deleted_at < ${before} AND ${IS_FORGOTTEN}
      AND (NOT EXISTS (SELECT 1 FROM steps c WHERE c.parent_id = s.id) OR (
        s.kind <> 'condition_branch' AND NOT EXISTS (SELECT 1 FROM steps c WHERE c.parent_id = s.id AND c.kind = 'condition_branch')
        AND EXISTS (SELECT 1 FROM steps p WHERE p.id = s.parent_id AND p.deleted_at IS NULL)))
    ORDER BY s.deleted_at LIMIT ${limit}`);
  if (rows.length === 0) return 0;
  const ids = JSON.stringify(rows.map(({ id }) => id));
  const those = sql`(SELECT value FROM json_each(${ids}))`;
  await together(db, [
    db.run(sql`UPDATE steps SET parent_id = (SELECT p.parent_id FROM steps p WHERE p.id = steps.parent_id)
      WHERE parent_id IN (SELECT s.id FROM steps s WHERE s.id IN ${those} AND s.deleted_at IS NOT NULL)`),
    db.run(sql`UPDATE templates SET archived_at = COALESCE(archived_at, ${before}), deleted_at = COALESCE(deleted_at, ${before})
      WHERE private_step_id IS NOT NULL AND private_step_id IN ${those}`),
    db.run(sql`DELETE FROM sequence_templates WHERE step_id IN ${those}`),
    db.run(sql`DELETE FROM steps WHERE id IN ${those} AND deleted_at IS NOT NULL`),
    // Who edits meanwhile by what was there looks again.
    db.run(sql`UPDATE sequences SET revision = revision + 1
      WHERE id IN (SELECT value FROM json_each(${JSON.stringify([...new Set(rows.map((row) => row.sequenceId))])}))`),
  ]);
  return rows.length;
}

/** The oldest enrollment of a standing is the first in its index; all others of a sequence were enrolled after the oldest of all. */
const FIRSTS = STANDINGS.map(
  (standing) => sql`COALESCE((SELECT MIN(id) FROM enrollments
    WHERE sequence_id = s.sequence_id AND standing = ${standing}), ${Number.MAX_SAFE_INTEGER})`,
);
const IS_FORGOTTEN = sql`COALESCE((SELECT e.enrolled_at FROM enrollments e WHERE e.id = MIN(${sql.join(FIRSTS, sql`, `)}))
  > s.deleted_at, 1)`;

/** Templates and mailboxes that were deleted before and that nothing names any more; says how many. */
export async function removeDeleted(db: Database, workspaceId: number, { before, limit }: Old): Promise<number> {
  const [templates, mailboxes] = (await together(db, [
    db.all(sql`DELETE FROM templates WHERE id IN (
      SELECT t.id FROM templates t WHERE t.workspace_id = ${workspaceId} AND t.deleted_at IS NOT NULL AND t.deleted_at < ${before}
        AND NOT EXISTS (SELECT 1 FROM sequence_templates v WHERE v.template_id = t.id)
      ORDER BY t.deleted_at LIMIT ${limit}) RETURNING 1`),
    db.all(sql`DELETE FROM mailboxes WHERE id IN (
      SELECT id FROM mailboxes WHERE workspace_id = ${workspaceId} AND deleted_at IS NOT NULL AND deleted_at < ${before}
      ORDER BY deleted_at LIMIT ${limit}) RETURNING 1`),
  ])) as [unknown[], unknown[]];
  return templates.length + mailboxes.length;
}
