/** Knows which reads may be answered by a copy of the database, and how a client goes on from what it has written. */
import type { MiddlewareHandler } from "hono";
import type { Front, Http } from "./http";

/** Tells how new what was read or written is; sent back, nothing older is read. */
export const BOOKMARK = "x-dripline-bookmark";
const BOOKMARKS = /^[0-9a-f]{8}(?:-[0-9a-f]+){1,4}$/i;
const LONGEST = 200;

/**
 * Has reads go to the copy that is nearest, where the installation says so. Writes stay on the primary: a copy that lags would
 * have them decide by what is past. What they lead to is told after them, so that whoever sends it back reads what he wrote.
 */
export const replicas: MiddlewareHandler<Front> = async (c, next) => {
  const { doors } = c.var;
  if (!doors.replicas) return next();
  const { DB } = doors.bindings;
  if (c.req.method !== "GET" && c.req.method !== "HEAD") {
    await next();
    return tell(c, await newest(DB));
  }
  const session = DB.withSession(startOf(c));
  c.set("doors", { ...doors, bindings: { ...doors.bindings, DB: asDatabase(session, DB) } });
  await next();
  tell(c, session.getBookmark());
};

/** Without one any copy will do; where it is none of ours, what was written is not to be missed. */
function startOf(c: Http): string {
  const bookmark = c.req.header(BOOKMARK);
  if (bookmark === undefined) return "first-unconstrained";
  return bookmark.length <= LONGEST && BOOKMARKS.test(bookmark) ? bookmark : "first-primary";
}

/** Of the primary, once all is written, by whichever way. Without it the client reads what a copy has, and no harm is done. */
async function newest(db: D1Database): Promise<string | null> {
  const session = db.withSession("first-primary");
  return session
    .prepare("SELECT 1")
    .run()
    .then(() => session.getBookmark())
    .catch(() => null);
}

function tell(c: Http, bookmark: string | null): void {
  if (bookmark !== null && bookmark !== "") c.res.headers.set(BOOKMARK, bookmark);
}

/** What is asked for reads is asked of the session; nobody here asks for more. */
function asDatabase(session: D1DatabaseSession, db: D1Database): D1Database {
  return {
    prepare: (query: string) => session.prepare(query),
    batch: <T>(statements: D1PreparedStatement[]) => session.batch<T>(statements),
    exec: (query: string) => db.exec(query),
    dump: () => db.dump(),
    withSession: (start?: string) => db.withSession(start),
  };
}
