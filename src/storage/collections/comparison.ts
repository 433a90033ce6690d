/** Knows how a comparison is written in SQL. */
import { type SQL, sql } from "drizzle-orm";
import type { Comparison, Value } from "../../domain/listing";

export function compare(what: SQL, comparison: Comparison): SQL {
  switch (comparison.is) {
    case "null":
      return sql`${what} IS NULL`;
    case "not_null":
      return sql`${what} IS NOT NULL`;
    case "in":
      return isAmong(what, comparison.values);
    case "range":
      return within(what, comparison);
  }
}

/** Of a list kept as JSON: whether it holds such a value, or is empty. */
export function holding(list: SQL): (comparison: Comparison) => SQL {
  return (comparison) => {
    const among = (condition: SQL) => sql`EXISTS (SELECT 1 FROM json_each(${list}) one WHERE ${condition})`;
    return comparison.is === "null" ? sql`NOT ${among(sql`1`)}` : among(compare(sql`one.value`, comparison));
  };
}

/** One value is compared by itself, so that an index gives its rows in their order. */
function isAmong(what: SQL, values: readonly Value[]): SQL {
  const [first, ...rest] = values.map(bound);
  if (first !== undefined && rest.length === 0) return sql`${what} = ${first}`;
  return sql`${what} IN (SELECT value FROM json_each(${JSON.stringify(values.map(bound))}))`;
}

function within(what: SQL, { from, to }: Extract<Comparison, { is: "range" }>): SQL {
  if (from === null && to === null) return sql`${what} IS NOT NULL`;
  if (to === null) return sql`${what} >= ${bound(from)}`;
  if (from === null) return sql`${what} <= ${bound(to)}`;
  return sql`${what} BETWEEN ${bound(from)} AND ${bound(to)}`;
}

/** SQLite has no booleans. */
export function bound(value: Value | null): string | number | null {
  return typeof value === "boolean" ? Number(value) : value;
}
