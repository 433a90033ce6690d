/** Knows every collection by the name of what it holds. */

import type { Viewer } from "../sight";
import { calls } from "./calls";
import { contentCategories, contentCategoryMemberships } from "./categories";
import type { Collection } from "./collection";
import { mailboxes } from "./mailboxes";
import { mailings } from "./mailings";
import { taskPriorities } from "./priorities";
import { prospects } from "./prospects";
import { rulesets } from "./rulesets";
import { schedules } from "./schedules";
import { sequences } from "./sequences";
import { stages } from "./stages";
import { sequenceStates } from "./states";
import { sequenceSteps } from "./steps";
import { tasks } from "./tasks";
import { templates } from "./templates";
import { users } from "./users";
import { sequenceTemplates } from "./variants";

const COLLECTIONS = new Map<string, (viewer: Viewer) => Collection>([
  ["sequence", sequences],
  ["sequenceStep", sequenceSteps],
  ["sequenceState", sequenceStates],
  ["prospect", prospects],
  ["mailing", mailings],
  ["task", tasks],
  ["call", calls],
  ["taskPriority", taskPriorities],
  ["template", templates],
  ["sequenceTemplate", sequenceTemplates],
  ["user", users],
  ["mailbox", mailboxes],
  ["stage", stages],
  ["contentCategory", contentCategories],
  ["contentCategoryMembership", contentCategoryMemberships],
  ["schedule", schedules],
  ["ruleset", rulesets],
]);

/** What a collection is depends on its viewer alone, so an isolate makes it once for each. */
const made = new Map<string, Collection>();
const MOST_MADE = 500;

/** Null of what is kept nowhere. */
export function collectionOf(name: string, { workspaceId, userId }: Viewer): Collection | null {
  const key = `${workspaceId}/${userId}/${name}`;
  const collection = made.get(key) ?? COLLECTIONS.get(name)?.({ workspaceId, userId }) ?? null;
  if (made.size >= MOST_MADE) made.clear();
  if (collection) made.set(key, collection);
  return collection;
}
