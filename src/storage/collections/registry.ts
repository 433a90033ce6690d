/** Knows every collection by the name of what it holds. */

import type { Viewer } from "../sight";
import type { Collection } from "./collection";
import { mailings } from "./mailings";
import { prospects } from "./prospects";
import { sequences } from "./sequences";
import { sequenceStates } from "./states";
import { sequenceSteps } from "./steps";
import { users } from "./users";

const COLLECTIONS = new Map<string, (viewer: Viewer) => Collection>([
  ["sequence", sequences],
  ["sequenceStep", sequenceSteps],
  ["sequenceState", sequenceStates],
  ["prospect", prospects],
  ["mailing", mailings],
  ["user", users],
]);

/** Null of what is kept nowhere. */
export function collectionOf(name: string, viewer: Viewer): Collection | null {
  return COLLECTIONS.get(name)?.(viewer) ?? null;
}
