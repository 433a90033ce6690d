/** Knows that the messages and the tasks of one enrollment are a range of ids. */
import { type SQL, sql } from "drizzle-orm";
import { ORDINALS } from "../../domain/message";

export function isOf(id: SQL, enrollment: SQL): SQL {
  const first = sql`${enrollment} * ${sql.raw(String(ORDINALS))}`;
  return sql`${id} BETWEEN ${first} AND ${first} + ${sql.raw(String(ORDINALS - 1))}`;
}
