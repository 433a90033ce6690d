/** Knows when contacts were last written to, on whichever journey. */
import { lastTouches } from "../storage/touch";
import type { Context } from "./context";

/** By their ids; who was never written to is left out. */
export async function touchedAt(
  { db, workspaceId }: Context,
  contactIds: readonly number[],
): Promise<Map<number, number>> {
  const rows = await lastTouches(db, workspaceId, contactIds);
  return new Map(rows.map(({ contactId, at }) => [contactId, at]));
}
