/** Knows which sequences somebody sees; what hangs on one that he does not see shows none. */
import { type SQL, sql } from "drizzle-orm";
import type { Viewer } from "./collection";

/** Of the table of sequences under an alias. */
export function seenSequence(alias: string, { userId }: Viewer): SQL {
  const of = (column: string) => sql.raw(`${alias}.${column}`);
  return sql`(${of("status")} <> 'ARCHIVED' AND (${of("share_type")} <> 'private' OR ${of("owner_id")} IS ${userId}))`;
}
