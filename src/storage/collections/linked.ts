/** Knows how the many that rows are related to are found, for all rows of a page at once. */
import { type SQL, sql } from "drizzle-orm";
import type { Database } from "../database";
import type { Viewer } from "../sight";
import { all, scopeOf } from "./clause";
import type { ToMany } from "./collection";
import { compare } from "./comparison";
import { collectionOf } from "./registry";

/** By the row, the ids in their order; a row without any is left out. */
export async function linkedTo(
  db: Database,
  viewer: Viewer,
  { to, by, of, only }: ToMany,
  ids: readonly number[],
): Promise<Map<number, number[]>> {
  const target = collectionOf(to, viewer);
  const back = target?.toOne[by];
  if (!target || !back || ids.length === 0) return new Map();
  const key = back.key ?? back.id;
  const among = (id: SQL) => compare(id, { is: "in", values: ids });
  const ours = back.match ? back.match(among) : among(key);
  const [parent, from, joined] = of
    ? [sql`own.id`, sql`${sql.identifier(of.table)} own CROSS JOIN ${target.from}`, viaColumn(of.column, key, among)]
    : [key, target.from, ours];
  const rows = await db.all<{ parent: number; id: number }>(sql`
    SELECT ${parent} AS parent, t.id AS id FROM ${from}
    WHERE ${all([joined, scopeOf(target, viewer, "alone"), ...(only ? [only] : [])])}
    ORDER BY parent, t.id`);
  const groups = Map.groupBy(rows, ({ parent }) => parent);
  return new Map([...groups].map(([parent, found]) => [parent, found.map(({ id }) => id)]));
}

function viaColumn(column: string, key: SQL, among: (id: SQL) => SQL): SQL {
  return sql`(${among(sql`own.id`)} AND ${key} = ${sql.raw(`own.${column}`)})`;
}
