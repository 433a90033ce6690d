/** Knows how many live enrollments a workspace has and may have, as a condition of whatever adds one. */
import { type SQL, sql } from "drizzle-orm";
import type { LimitsByPlan } from "../domain/limits";
import { PLANS } from "../domain/plan";
import type { Database } from "./database";

/** Where nothing limits it. */
const BOUNDLESS = 1_000_000_000;

/** The limit of a `workspaces` row `w`: its own, which may be that there is none, and else that of its plan. */
function mostOf(byPlan: LimitsByPlan): SQL {
  const plans = JSON.stringify(Object.fromEntries(PLANS.map((plan) => [plan, byPlan[plan].enrollments])));
  return sql`CASE WHEN json_type(w.limits, '$.enrollments') IS NOT NULL THEN w.limits->>'enrollments'
    ELSE json_extract(${plans}, '$.' || w.plan) END`;
}

/** Of a workspace's id; null where nobody has counted. */
function liveOf(id: SQL): SQL {
  return sql`(SELECT n FROM counts c WHERE c.workspace_id = ${id} AND c.sequence_id = 0 AND c.what = 'live')`;
}

const W = sql`w.id`;

/**
 * How many more may come in now. It is for the statement that lets them in, so that no two take the same room. Where there is
 * a limit and those who are there have not been counted yet, nobody may: whoever is refused counts them and comes again.
 */
export function roomIn(workspaceId: number, byPlan: LimitsByPlan): SQL {
  return sql`(SELECT CASE WHEN m.most IS NULL THEN ${BOUNDLESS} ELSE MAX(0, COALESCE(m.most - ${liveOf(sql`m.id`)}, 0)) END
    FROM (SELECT w.id AS id, ${mostOf(byPlan)} AS most FROM workspaces w WHERE w.id = ${workspaceId}) m)`;
}

/** Whether a `workspaces` row `w` has room, as far as anybody has counted. */
export function mayHaveRoom(byPlan: LimitsByPlan): SQL {
  return sql`COALESCE(${liveOf(W)} < ${mostOf(byPlan)}, 1)`;
}

export interface Crowd {
  /** Null: as many as come. */
  most: number | null;
  /** Null where nobody has counted yet. */
  live: number | null;
}

export async function crowdIn(db: Database, workspaceId: number, byPlan: LimitsByPlan): Promise<Crowd> {
  const [row] = await db.all<Crowd>(sql`
    SELECT ${mostOf(byPlan)} AS most, ${liveOf(W)} AS live FROM workspaces w WHERE w.id = ${workspaceId}`);
  return row ?? { most: 0, live: 0 };
}

const THERE = sql`(SELECT COALESCE(SUM(c.n), 0) FROM counts c WHERE c.workspace_id = w.id AND c.what = 'ACTIVE')`;

/** Counts those who are there, by sequence, once; from then on triggers keep the figure, at a row for each who comes or goes. */
export async function countLive(db: Database, workspaceId: number): Promise<void> {
  await db.run(sql`INSERT INTO counts (workspace_id, sequence_id, what, n)
    SELECT w.id, 0, 'live', ${THERE} FROM workspaces w WHERE w.id = ${workspaceId} ON CONFLICT DO NOTHING`);
}

/** Keeps the figure no more, where there is no limit to it. */
export function forgetLive(db: Database, workspaceId: number) {
  return db.run(sql`DELETE FROM counts WHERE workspace_id = ${workspaceId} AND sequence_id = 0 AND what = 'live'`);
}
