/** Knows the histories of journeys whose objects were freed: a row each, packed. */
import { type SQL, sql } from "drizzle-orm";
import type { Kept } from "../domain/retention";
import type { Database } from "./database";

/** By which a row is found: a journey's row tells all three. */
export interface Past {
  workspaceId: number;
  endedAt: number | null;
  id: number;
}

/** How far a journey has come as its object tells it, and what is to be kept of it. */
export interface Leaving {
  id: number;
  version: number;
  entries: number;
  history: Kept[];
  /** Whether no words of a person are in it. */
  wordless: boolean;
}

/**
 * Keeps the history of a journey that has ended; says whether it is kept. Coming twice it changes nothing. It is not where the
 * mirror does not know the end yet, where a retry has begun, and where the person was erased and his words are still in it.
 */
export async function keepHistory(
  db: Database,
  { id, version, entries, history, wordless }: Leaving,
): Promise<boolean> {
  const rows = await db.all(sql`
    INSERT INTO histories (workspace_id, ended_at, enrollment_id, entries)
    SELECT e.workspace_id, e.ended_at, e.id, ${await pack(history)}
    FROM enrollments e LEFT JOIN contacts c ON c.id = e.contact_id AND c.erased_at IS NULL
    WHERE e.id = ${id} AND e.state = 'ended' AND e.version >= ${version} AND e.complete_to >= ${entries}
      AND (c.id IS NOT NULL OR ${wordless ? 1 : 0})
    ON CONFLICT DO UPDATE SET entries = excluded.entries
    RETURNING 1`);
  return rows.length > 0;
}

/** By enrollment; those whose objects were not freed have none. */
export async function readHistories(db: Database, of: readonly Past[]): Promise<Map<number, Kept[]>> {
  const ended = of.filter(({ endedAt }) => endedAt !== null);
  if (ended.length === 0) return new Map();
  const rows = await db.all<{ id: number; entries: number[] }>(sql`
    SELECT h.enrollment_id AS id, h.entries FROM json_each(${JSON.stringify(ended)}) p
    CROSS JOIN histories h ON h.workspace_id = p.value->>'workspaceId' AND h.ended_at = p.value->>'endedAt'
      AND h.enrollment_id = p.value->>'id'`);
  return new Map(await Promise.all(rows.map(async ({ id, entries }) => [id, await unpack(entries)] as const)));
}

export async function rewriteHistory(db: Database, { workspaceId, endedAt, id }: Past, history: Kept[]): Promise<void> {
  await db.run(sql`UPDATE histories SET entries = ${await pack(history)}
    WHERE workspace_id = ${workspaceId} AND ended_at = ${endedAt} AND enrollment_id = ${id}`);
}

/** Whether the row of `enrollments` that is being written has an object still. */
export const HAS_OBJECT: SQL = sql`NOT EXISTS (SELECT 1 FROM histories h WHERE h.workspace_id = enrollments.workspace_id
  AND h.ended_at = enrollments.ended_at AND h.enrollment_id = enrollments.id)`;

async function pack(history: readonly Kept[]): Promise<Uint8Array> {
  return through(new CompressionStream("deflate-raw"), JSON.stringify(history));
}

async function unpack(packed: readonly number[]): Promise<Kept[]> {
  const bytes = await through(new DecompressionStream("deflate-raw"), Uint8Array.from(packed));
  return JSON.parse(new TextDecoder().decode(bytes)) as Kept[];
}

async function through(
  stream: ReadableWritablePair<Uint8Array, Uint8Array<ArrayBuffer>>,
  given: string | Uint8Array<ArrayBuffer>,
): Promise<Uint8Array<ArrayBuffer>> {
  return new Uint8Array(await new Response(new Blob([given]).stream().pipeThrough(stream)).arrayBuffer());
}
