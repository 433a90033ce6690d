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

/** A binding lives as long as its isolate, so what was made for it once serves all requests. */
const opened = new WeakMap<D1Database, ReturnType<typeof make>>();

function open(binding: D1Database) {
  const known = opened.get(binding) ?? make(binding);
  opened.set(binding, known);
  return known;
}

/**
 * In a batch, drizzle's driver binds the parameters to a query's `stmt`, which raw queries lack: they get one here, when it
 * is asked for, and their text is built once.
 */
function make(binding: D1Database) {
  const db = drizzle(binding);
  const batchable = <Q extends { getQuery(): { sql: string } }>(query: Q): Q => {
    let built: ReturnType<Q["getQuery"]> | undefined;
    const build = query.getQuery.bind(query) as () => ReturnType<Q["getQuery"]>;
    const getQuery = () => {
      built ??= build();
      return built;
    };
    return Object.defineProperty(Object.assign(query, { getQuery }), "stmt", {
      get: () => binding.prepare(getQuery().sql),
    });
  };
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
