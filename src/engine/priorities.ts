/** Knows which priorities there are for tasks and the steps that make them. */
import type { Failure } from "../domain/failure";
import { findMostUrgent, findPriority } from "../storage/priorities";
import type { Context } from "./context";

export async function faultInPriorityId(
  { db, workspaceId }: Context,
  id: number | null | undefined,
): Promise<Failure | null> {
  if (id === null || id === undefined) return null;
  const isOne = Number.isSafeInteger(id) && id > 0 && (await findPriority(db, workspaceId, id)) !== null;
  return isOne ? null : { kind: "bad_value", field: "priorityId", message: "is no priority of this workspace" };
}

export async function mostUrgent({ db, workspaceId }: Context): Promise<number | null> {
  return (await findMostUrgent(db, workspaceId))?.id ?? null;
}
