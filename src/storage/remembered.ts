/** Knows queries whose text is built once: to build it takes longer than to fill in what is asked for. */
import { Column, fillPlaceholders, is, QueryPromise, SQL, sql } from "drizzle-orm";
import type { Database } from "./database";

interface Decoder {
  mapFromDriverValue(value: unknown): unknown;
}

interface Field {
  path: string[];
  field: Column | SQL | SQL.Aliased;
}

/** What drizzle makes of a query that is prepared, as far as its own batch uses it. */
interface Prepared {
  stmt: D1PreparedStatement;
  fields?: Field[];
  customResultMapper?: (rows: unknown[][]) => unknown[];
  getQuery(): { sql: string; params: unknown[] };
  execute(values: object): Promise<unknown>;
  mapResult(result: unknown, isFromBatch?: boolean): unknown;
}

/** In place of every value that is not null, a hole of its name. */
function holesFor<Values extends object>(values: Values): Values {
  const holes = Object.entries(values).map(([name, value]) => [name, value === null ? null : sql.placeholder(name)]);
  return Object.fromEntries(holes) as Values;
}

/** Which of the values are null: a query may look at that, and at nothing else of them. */
function shapeOf(values: object): string {
  let shape = "";
  for (const value of Object.values(values)) shape += value === null ? "0" : "1";
  return shape;
}

/**
 * A query of values that are only compared, or seen to be null: it is built the first time for each database, with holes in
 * their place. What it returns can be awaited, or be part of a batch, like the query itself; it cannot be built upon. The
 * values are always named in the same order.
 */
export function remembered<Values extends object, Query extends { prepare(): unknown }>(
  build: (db: Database, values: Values) => Query,
): (db: Database, values: Values) => Query {
  const known = new WeakMap<Database, Map<string, Prepared>>();
  return (db, values) => {
    const shapes = known.get(db) ?? new Map<string, Prepared>();
    known.set(db, shapes);
    const shape = shapeOf(values);
    const prepared = shapes.get(shape) ?? readingFast(build(db, holesFor(values)).prepare() as Prepared);
    shapes.set(shape, prepared);
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

/** Finds out once how each column is read, which drizzle asks of every value anew. Nested rows are left to it. */
function readingFast(prepared: Prepared): Prepared {
  const { fields } = prepared;
  if (!fields?.every(({ path }) => path.length === 1)) return prepared;
  const columns = fields.map(({ path, field }) => ({ name: String(path), decoder: decoderOf(field) }));
  const read = (row: unknown[]) => {
    const found: Record<string, unknown> = {};
    let at = 0;
    for (const { name, decoder } of columns) {
      const value = row[at++];
      found[name] = value === null ? null : decoder.mapFromDriverValue(value);
    }
    return found;
  };
  return Object.assign(prepared, { customResultMapper: (rows: unknown[][]) => rows.map(read) });
}

/** A column reads its values itself; an expression names who does. */
function decoderOf(field: Column | SQL | SQL.Aliased): Decoder {
  if (is(field, Column)) return field;
  const { decoder } = (is(field, SQL) ? field : field.sql) as unknown as { decoder: Decoder };
  return decoder;
}
