/** Knows how the step trees of many sequences are read at once. */
import { sql } from "drizzle-orm";
import { growTree, type Tree } from "../../domain/tree";
import type { Database } from "../database";
import { remembered } from "../remembered";
import { steps } from "../schema";
import { selectStepsWhere, stepsOf } from "../steps";

export interface Trees {
  of(sequenceId: number): Tree;
}

const stepsAmong = remembered((db, { ids }: { ids: string }) =>
  selectStepsWhere(db, sql`${steps.sequenceId} IN (SELECT value FROM json_each(${ids}))`),
);

export async function treesOf(db: Database, sequenceIds: readonly number[]): Promise<Trees> {
  const rows = await stepsAmong(db, { ids: JSON.stringify(sequenceIds) });
  const bySequence = Map.groupBy(stepsOf(rows), ({ sequenceId }) => sequenceId);
  const grown = new Map([...bySequence].map(([id, found]) => [id, growTree(found, 0)]));
  const bare = growTree([], 0);
  return { of: (sequenceId) => grown.get(sequenceId) ?? bare };
}
