/** Knows a workspace as the operator writes and reads it. */
import * as z from "zod";
import { LEAST, type Limit, type LimitsByPlan, limitsOf, MOST } from "../../domain/limits";
import { featuresOf, PLANS } from "../../domain/plan";
import type { WorkspaceRow } from "../../engine/workspaces";
import { spell } from "../v1/ids";
import { oneLine, oneOf } from "../v1/wire/parse";
import { instant, instantOrNull } from "../v1/wire/time";

const LONGEST_NAME = 255;

function within(name: Limit) {
  return z.int().min(LEAST[name]).max(MOST[name]);
}

/** Written whole: what is left out is as the plan says. A name that nobody knows would change nothing, so it is refused. */
const own = {
  features: z.strictObject({ dm_sequences: z.boolean().optional() }).optional(),
  limits: z
    .strictObject({
      requestsPerMinute: within("requestsPerMinute").optional(),
      enrollments: within("enrollments").nullable().optional(),
      stepsPerSequence: within("stepsPerSequence").optional(),
      bodyBytes: within("bodyBytes").optional(),
      pageSize: within("pageSize").optional(),
    })
    .optional(),
};

const name = oneLine(LONGEST_NAME);
const plan = oneOf(PLANS).optional();

export const CreateWorkspace = z.object({ name, plan, ...own });

export const UpdateWorkspace = z.object({
  name: name.optional(),
  plan,
  ...own,
  paused: z.boolean().optional(),
  locked: z.boolean().optional(),
});

/** What holds, and which of it is the workspace's own. */
export function showWorkspace(row: WorkspaceRow, byPlan: LimitsByPlan) {
  return {
    id: spell("workspace", row.id),
    name: row.name,
    plan: row.plan,
    features: featuresOf(row),
    limits: limitsOf(byPlan, row),
    own: { features: row.features, limits: row.limits },
    paused: row.pausedAt !== null,
    pausedAt: instantOrNull(row.pausedAt),
    locked: row.lockedAt !== null,
    lockedAt: instantOrNull(row.lockedAt),
    createdAt: instant(row.createdAt),
  };
}
