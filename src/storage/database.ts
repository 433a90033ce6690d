/** Knows which database holds a workspace. There is one today; every query passes here, so there may be several. */
import { drizzle } from "drizzle-orm/d1";

export type Database = ReturnType<typeof databaseFor>;

/** Statements for one atomic `batch`; D1 has no other transaction. */
export type Statements = Parameters<Database["batch"]>[0][number][];

export function databaseFor(binding: D1Database, _workspaceId: number) {
  return open(binding);
}

/** The database of keys, the clock and dead letters, which belong to no workspace. */
export function sharedDatabase(binding: D1Database) {
  return open(binding);
}

/** In a batch, drizzle's driver binds the parameters to a query's `stmt`, which raw queries lack: they get one here. */
function open(binding: D1Database) {
  const db = drizzle(binding);
  const batchable = <Q>(query: Q & { getQuery(): { sql: string } }): Q =>
    Object.assign(query, { stmt: binding.prepare(query.getQuery().sql) });
  const { all, run } = db;
  return Object.assign(db, {
    all: <T>(query: Parameters<typeof all>[0]) => batchable(all.call(db, query)) as ReturnType<typeof all<T>>,
    run: (query: Parameters<typeof run>[0]) => batchable(run.call(db, query)),
  });
}

/** Runs statements as one transaction: all of them, or none. */
export async function together(db: Database, statements: Statements): Promise<unknown[]> {
  const [first, ...rest] = statements;
  return first === undefined ? [] : db.batch([first, ...rest]);
}
