/** Knows rulesets as a resource. */

import { type Failure, ok, refuse } from "../../../domain/failure";
import { RULESET_PRIORITIES, RULESET_STAGES } from "../../../domain/ruleset";
import { create, type RulesetFields, remove, update } from "../../../engine/rulesets";
import { resource } from "../resource";
import { blankName, defined, keptOf, nullIn } from "../said";
import type { Written } from "../table";
import { ruleset } from "../tables/content";

type Body = Written<typeof ruleset.attributes, typeof ruleset.relationships>;

export const rulesets = resource({
  table: ruleset,
  scopes: { read: "sequences_read", write: "sequences_write" },
  links: ["owner", ...RULESET_STAGES, ...RULESET_PRIORITIES],
  extras: ({ details }) => details,
  create: async (ctx, body) => {
    const { name } = body.attributes;
    const fault = blankName(name, { mayLack: false }) ?? faultIn(body);
    if (fault) return refuse(fault);
    const { details = {}, ...fields } = fieldsOf(body);
    const said = Object.fromEntries(Object.entries(details).filter(([, value]) => value !== null));
    const made = await create(ctx, { ...fields, details: said, name: name ?? "" });
    return made.ok ? ok(made.value.id) : made;
  },
  update: async (ctx, id, body) => {
    const fault = blankName(body.attributes.name, { mayLack: true }) ?? faultIn(body);
    return fault ? refuse(fault) : update(ctx, id, fieldsOf(body));
  },
  remove,
});

const NEVER_NULL = [
  "autoResumeOotoProspects",
  "emailOptOutAction",
  "includeUnsubscribeLinks",
  "ootoAutoExtractionEnabled",
  "permitDuplicateProspects",
  "sequenceExclusivity",
] as const;

const SECONDS = [
  "autoResumeOotoProspectsExpiresIn",
  "autoResumeOotoProspectsIn",
  "minimumProspectTouchedInterval",
] as const;
const LONGEST_INTERVAL = 10 * 366 * 24 * 3600;

function faultIn({ attributes }: Body): Failure | null {
  const wrong = SECONDS.find((name) => (attributes[name] ?? 0) < 0 || (attributes[name] ?? 0) > LONGEST_INTERVAL);
  if (wrong) {
    return { kind: "bad_value", field: wrong, message: `must be from 0 to ${LONGEST_INTERVAL} seconds` };
  }
  return nullIn(attributes, NEVER_NULL);
}

const OWN = [...NEVER_NULL, ...SECONDS, "name"];

/** The engine's names for what the vendor calls otherwise. */
function fieldsOf({ attributes, links: { owner, ...links } }: Body): RulesetFields {
  return defined({
    name: attributes.name ?? undefined,
    permitDuplicates: attributes.permitDuplicateProspects ?? undefined,
    exclusivity: attributes.sequenceExclusivity ?? undefined,
    touchedInterval: attributes.minimumProspectTouchedInterval,
    emailOptOutAction: attributes.emailOptOutAction ?? undefined,
    autoResume: attributes.autoResumeOotoProspects ?? undefined,
    autoResumeIn: attributes.autoResumeOotoProspectsIn,
    autoResumeExpiresIn: attributes.autoResumeOotoProspectsExpiresIn,
    oooExtraction: attributes.ootoAutoExtractionEnabled ?? undefined,
    includeUnsubscribeLinks: attributes.includeUnsubscribeLinks ?? undefined,
    ownerId: owner,
    details: { ...keptOf(ruleset, attributes, OWN), ...links },
  });
}
