/** Knows a ruleset as v1 writes and reads it. */
import * as z from "zod";
import { DUPLICATES, EXCLUSIVITIES, OPT_OUT_ACTIONS, type Ruleset } from "../../../domain/ruleset";
import type { RulesetFields } from "../../../engine/rulesets";
import { spell } from "../ids";
import { oneOf, spelled, text } from "./parse";
import { Instant } from "./shape";
import { instant } from "./time";

const LONGEST_INTERVAL = 10 * 366 * 24 * 3600;

const name = text(1, 255);
const seconds = z.int().min(0).max(LONGEST_INTERVAL).nullable().optional();

const fields = {
  permitDuplicateProspects: oneOf(DUPLICATES).optional(),
  sequenceExclusivity: oneOf(EXCLUSIVITIES).optional(),
  minimumProspectTouchedInterval: seconds,
  emailOptOutAction: oneOf(OPT_OUT_ACTIONS).optional(),
  autoResumeOotoProspects: z.boolean().optional(),
  autoResumeOotoProspectsIn: seconds,
  autoResumeOotoProspectsExpiresIn: seconds,
  ootoAutoExtractionEnabled: z.boolean().optional(),
  includeUnsubscribeLinks: z.boolean().optional(),
};

export const CreateRuleset = z.object({ name, ...fields });

export const UpdateRuleset = z.object({ name: name.optional(), ...fields });

/** The engine's names for what v1 calls as Outreach does. */
export function fieldsOf(body: z.output<typeof UpdateRuleset>): RulesetFields {
  return {
    name: body.name,
    permitDuplicates: body.permitDuplicateProspects,
    exclusivity: body.sequenceExclusivity,
    touchedInterval: body.minimumProspectTouchedInterval,
    emailOptOutAction: body.emailOptOutAction,
    autoResume: body.autoResumeOotoProspects,
    autoResumeIn: body.autoResumeOotoProspectsIn,
    autoResumeExpiresIn: body.autoResumeOotoProspectsExpiresIn,
    oooExtraction: body.ootoAutoExtractionEnabled,
    includeUnsubscribeLinks: body.includeUnsubscribeLinks,
  };
}

export const ShownRuleset = z
  .object({
    id: spelled("ruleset"),
    workspaceId: spelled("workspace"),
    name: z.string(),
    permitDuplicateProspects: z.enum(DUPLICATES),
    sequenceExclusivity: z.enum(EXCLUSIVITIES),
    minimumProspectTouchedInterval: z.int().nullable(),
    emailOptOutAction: z.enum(OPT_OUT_ACTIONS),
    autoResumeOotoProspects: z.boolean(),
    autoResumeOotoProspectsIn: z.int().nullable(),
    autoResumeOotoProspectsExpiresIn: z.int().nullable(),
    ootoAutoExtractionEnabled: z.boolean(),
    includeUnsubscribeLinks: z.boolean(),
    createdAt: Instant,
    updatedAt: Instant,
  })
  .meta({ id: "Ruleset" });

export function showRuleset(ruleset: Ruleset) {
  return {
    id: spell("ruleset", ruleset.id),
    workspaceId: spell("workspace", ruleset.workspaceId),
    name: ruleset.name,
    permitDuplicateProspects: ruleset.permitDuplicates,
    sequenceExclusivity: ruleset.exclusivity,
    minimumProspectTouchedInterval: ruleset.touchedInterval,
    emailOptOutAction: ruleset.emailOptOutAction,
    autoResumeOotoProspects: ruleset.autoResume,
    autoResumeOotoProspectsIn: ruleset.autoResumeIn,
    autoResumeOotoProspectsExpiresIn: ruleset.autoResumeExpiresIn,
    ootoAutoExtractionEnabled: ruleset.oooExtraction,
    includeUnsubscribeLinks: ruleset.includeUnsubscribeLinks,
    createdAt: instant(ruleset.createdAt),
    updatedAt: instant(ruleset.updatedAt),
  };
}
