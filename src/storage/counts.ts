/** Knows the totals that triggers keep: they cost the same for ten rows as for ten million. */
import { sql } from "drizzle-orm";
import { STANDINGS, type Standing } from "../domain/mirror";
import { SENTIMENTS, type Sentiment } from "../domain/sentiment";
import type { Database } from "./database";
import { remembered } from "./remembered";
import type { Viewer } from "./sight";
import { counts } from "./work";

type WorkspaceTotal =
  | "workspaces"
  | "users"
  | "contacts"
  | "subscribers"
  | "replies"
  | "dead_letters"
  | `segment.${number}`;

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

/** Sequences that are there for the viewer, archived ones left out: all but the private ones of others. */
export async function sequencesSeen(db: Database, { workspaceId, userId }: Viewer): Promise<number> {
  const names = userId === null ? ["sequences"] : ["sequences", "private", `private.${userId}`];
  const [row] = await db
    .select({
      n: sql<number>`COALESCE(SUM(CASE ${counts.what} WHEN 'private' THEN -${counts.n} ELSE ${counts.n} END), 0)`,
    })
    .from(counts)
    .where(sql`${counts.workspaceId} = ${workspaceId} AND ${counts.sequenceId} = 0
      AND ${counts.what} IN (SELECT value FROM json_each(${JSON.stringify(names)}))`);
  return row?.n ?? 0;
}

export interface SequenceTotals {
  /** Enrollments by standing, all four always there. */
  standings: Record<Standing, number>;
  /** Replies that were taken in, by how they were meant, all three always there. */
  replies: Record<Sentiment, number>;
}

/** Enrollments that lists have rows of. */
export async function standingsOf(db: Database, workspaceId: number, sequenceId: number) {
  const totals = await totalsIn(db, workspaceId, sequenceId);
  return totals(STANDINGS);
}

/** The totals of a sequence, with what was removed since; one row each is read. */
export async function sequenceTotals(db: Database, workspaceId: number, sequenceId: number): Promise<SequenceTotals> {
  const totals = await totalsIn(db, workspaceId, sequenceId);
  const [there, past] = [totals(STANDINGS), totals(STANDINGS, "past.")];
  const standings = Object.fromEntries(STANDINGS.map((name) => [name, there[name] + past[name]]));
  return { standings: standings as SequenceTotals["standings"], replies: totals(SENTIMENTS, "reply.") };
}

const countsOf = remembered((db, { workspaceId, sequenceId }: { workspaceId: number; sequenceId: number }) =>
  db
    .select({ what: counts.what, n: counts.n })
    .from(counts)
    .where(sql`${counts.workspaceId} = ${workspaceId} AND ${counts.sequenceId} = ${sequenceId}`),
);

async function totalsIn(db: Database, workspaceId: number, sequenceId: number) {
  const rows = await countsOf(db, { workspaceId, sequenceId });
  const found = new Map(rows.map((row) => [row.what, row.n]));
  return <K extends string>(names: readonly K[], prefix = "") =>
    Object.fromEntries(names.map((name) => [name, found.get(prefix + name) ?? 0])) as Record<K, number>;
}

export interface Standings {
  standings: Record<Standing, number>;
  /** Contacts whom calls have reached before any message did, and those who have answered, each once. */
  called: number;
  replied: number;
}

const TOLD = [...STANDINGS.flatMap((name) => [name, `past.${name}`]), "contacts_called", "contacts_replied"];

/** The same of several sequences at once, at most ten rows each; those of which nothing is counted yet are left out. */
export async function standingsOfAll(
  db: Database,
  workspaceId: number,
  sequenceIds: readonly number[],
): Promise<Map<number, Standings>> {
  const rows = await db.all<{ id: number; what: string; n: number }>(sql`
    SELECT i.value AS id, c.what, c.n FROM json_each(${JSON.stringify(sequenceIds)}) i
    CROSS JOIN counts c ON c.workspace_id = ${workspaceId} AND c.sequence_id = i.value
      AND c.what IN (SELECT value FROM json_each(${JSON.stringify(TOLD)}))`);
  return new Map([...Map.groupBy(rows, ({ id }) => id)].map(([id, counted]) => [id, standingsIn(counted)]));
}

function standingsIn(rows: readonly { what: string; n: number }[]): Standings {
  const n = new Map(rows.map((row) => [row.what, row.n]));
  const both = STANDINGS.map((name) => [name, (n.get(name) ?? 0) + (n.get(`past.${name}`) ?? 0)]);
  return {
    standings: Object.fromEntries(both) as Record<Standing, number>,
    called: n.get("contacts_called") ?? 0,
    replied: n.get("contacts_replied") ?? 0,
  };
}

/** Enrollments of a sequence that are under way; one row is read. */
export async function liveIn(db: Database, workspaceId: number, sequenceId: number): Promise<number> {
  const [row] = await db
    .select({ n: counts.n })
    .from(counts)
    .where(
      sql`${counts.workspaceId} = ${workspaceId} AND ${counts.sequenceId} = ${sequenceId} AND ${counts.what} = 'ACTIVE'`,
    );
  return row?.n ?? 0;
}

/** Enrollments that a sequence has ever had. */
export async function totalIn(db: Database, workspaceId: number, sequenceId: number): Promise<number> {
  const { standings } = await sequenceTotals(db, workspaceId, sequenceId);
  return Object.values(standings).reduce((sum, n) => sum + n, 0);
}
