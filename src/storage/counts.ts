/** Knows the totals that triggers keep: they cost the same for ten rows as for ten million. */
import { sql } from "drizzle-orm";
import { STANDINGS, type Standing } from "../domain/mirror";
import type { Database } from "./database";
import { counts } from "./work";

type WorkspaceTotal = "sequences" | "contacts" | "subscribers" | "replies" | "dead_letters" | `segment.${number}`;

export function selectTotal(db: Database, workspaceId: number, what: WorkspaceTotal) {
  return db
    .select({ n: counts.n })
    .from(counts)
    .where(sql`${counts.workspaceId} = ${workspaceId} AND ${counts.sequenceId} = 0 AND ${counts.what} = ${what}`);
}

export async function totalOf(db: Database, workspaceId: number, what: WorkspaceTotal): Promise<number> {
  const [row] = await selectTotal(db, workspaceId, what);
  return row?.n ?? 0;
}

/** Enrollments of a sequence by standing, all four always there. */
export async function standingsOf(
  db: Database,
  workspaceId: number,
  sequenceId: number,
): Promise<Record<Standing, number>> {
  const rows = await db
    .select({ what: counts.what, n: counts.n })
    .from(counts)
    .where(sql`${counts.workspaceId} = ${workspaceId} AND ${counts.sequenceId} = ${sequenceId}`);
  const found = new Map(rows.map((row) => [row.what, row.n]));
  return Object.fromEntries(STANDINGS.map((standing) => [standing, found.get(standing) ?? 0])) as Record<
    Standing,
    number
  >;
}

/** Messages of a sequence, or of all of a workspace, by status; one row a sequence and status is read. */
export async function messageTotal(
  db: Database,
  workspaceId: number,
  { sequenceId, status }: { sequenceId: number | null; status: string | null },
): Promise<number> {
  const [row] = await db
    .select({ n: sql<number>`COALESCE(SUM(${counts.n}), 0)` })
    .from(counts)
    .where(
      sql`${counts.workspaceId} = ${workspaceId}
        AND ${sequenceId === null ? sql`${counts.sequenceId} > 0` : sql`${counts.sequenceId} = ${sequenceId}`}
        AND ${status === null ? sql`${counts.what} LIKE 'message.%'` : sql`${counts.what} = ${`message.${status}`}`}`,
    );
  return row?.n ?? 0;
}
