/** Knows queries whose text is built once: to build it takes longer than to fill in what is asked for. */
import { fillPlaceholders, QueryPromise, sql } from "drizzle-orm";
import type { Database } from "./database";

/** What drizzle makes of a query that is prepared, as far as its own batch uses it. */
interface Prepared {
  stmt: D1PreparedStatement;
  getQuery(): { sql: string; params: unknown[] };
  execute(values: object): Promise<unknown>;
  mapResult(result: unknown, isFromBatch?: boolean): unknown;
}

/** In place of every value, a hole of its name. */
const HOLES = new Proxy({}, { get: (_, name) => sql.placeholder(String(name)) });

/**
 * A query of values that are only compared, never looked at: it is built the first time for each database, with holes in
 * their place. What it returns can be awaited, or be part of a batch, like the query itself; it cannot be built upon.
 */
export function remembered<Values extends object, Query extends { prepare(): unknown }>(
  build: (db: Database, values: Values) => Query,
): (db: Database, values: Values) => Query {
  const known = new WeakMap<Database, Prepared>();
  return (db, values) => {
    const prepared = known.get(db) ?? (build(db, HOLES as Values).prepare() as Prepared);
    known.set(db, prepared);
    return filled(prepared, values) as unknown as Query;
  };
}

function filled(prepared: Prepared, values: object) {
  const { sql: text, params } = prepared.getQuery();
  const query = () => ({ sql: text, params: fillPlaceholders(params, { ...values }) });
  const mapResult = prepared.mapResult.bind(prepared);
  return Object.assign(Object.create(QueryPromise.prototype), {
    execute: () => prepared.execute(values),
    _prepare: () => ({ stmt: prepared.stmt, getQuery: query, mapResult }),
  });
}
