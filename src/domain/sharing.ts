/** Knows who may change a sequence that he sees; who sees it at all stands in the queries. */
import type { Sequence } from "./sequence";

/** Null is nobody in particular: what acts by itself may all. */
export type UserId = number | null;

export function mayChange({ shareType, ownerId }: Pick<Sequence, "shareType" | "ownerId">, user: UserId): boolean {
  return user === null || shareType === "shared" || ownerId === user;
}
