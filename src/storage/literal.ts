/** Knows how a number is written into a statement's text. */
import { type SQL, sql } from "drizzle-orm";

/** SQLite looks at a limit when it plans: where that is bound, it plans the statement anew each time it is run. */
export function literal(limit: number): SQL {
  return sql.raw(String(Math.trunc(limit)));
}
