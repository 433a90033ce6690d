/** Knows which resources are served. */
import type { Resource } from "./resource";
import { calls } from "./resources/calls";
import { contentCategories, contentCategoryMemberships } from "./resources/categories";
import { mailboxes } from "./resources/mailboxes";
import { mailings } from "./resources/mailings";
import { taskPriorities } from "./resources/priorities";
import { prospects } from "./resources/prospects";
import { rulesets } from "./resources/rulesets";
import { schedules } from "./resources/schedules";
import { sequences } from "./resources/sequences";
import { stages } from "./resources/stages";
import { sequenceStates } from "./resources/states";
import { sequenceSteps } from "./resources/steps";
import { tasks } from "./resources/tasks";
import { templates } from "./resources/templates";
import { users } from "./resources/users";
import { sequenceTemplates } from "./resources/variants";

export const SERVED: readonly Resource[] = [
  sequences,
  sequenceSteps,
  sequenceStates,
  sequenceTemplates,
  templates,
  prospects,
  stages,
  mailings,
  mailboxes,
  users,
  contentCategories,
  contentCategoryMemberships,
  schedules,
  rulesets,
  tasks,
  calls,
  taskPriorities,
];

const BY_PLURAL = new Map(SERVED.map((resource) => [resource.table.plural, resource]));
const BY_TYPE = new Map(SERVED.map((resource) => [resource.table.type, resource]));

export function servedAt(plural: string): Resource | null {
  return BY_PLURAL.get(plural) ?? null;
}

export function servedAs(type: string): Resource | null {
  return BY_TYPE.get(type) ?? null;
}
