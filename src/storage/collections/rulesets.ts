/** Knows rulesets as a collection. What is only kept and shown of them stands in their details, stages too. */

import { type SQL, sql } from "drizzle-orm";
import { RULESET_PRIORITIES, RULESET_STAGES } from "../../domain/ruleset";
import type { Viewer } from "../sight";
import { type Collection, flags, plain, type ToOne } from "./collection";

export function rulesets(_: Viewer): Collection {
  return {
    from: sql`rulesets t`,
    workspace: sql`t.workspace_id`,
    fields: {
      ...plain({ name: "name", permitDuplicateProspects: "permit_duplicates", sequenceExclusivity: "exclusivity" }),
      ...plain({ minimumProspectTouchedInterval: "touched_interval", emailOptOutAction: "email_opt_out_action" }),
      ...plain({ autoResumeOotoProspectsIn: "auto_resume_in" }),
      ...plain({ autoResumeOotoProspectsExpiresIn: "auto_resume_expires_in" }),
      ...plain({ createdAt: "created_at", updatedAt: "updated_at" }),
      ...flags({ autoResumeOotoProspects: "auto_resume", ootoAutoExtractionEnabled: "ooo_extraction" }),
      ...flags({ includeUnsubscribeLinks: "include_unsubscribe_links" }),
      details: { sql: sql`t.details`, kind: "json" },
    },
    toOne: {
      owner: { to: "user", id: sql`t.owner_id` },
      ...Object.fromEntries(RULESET_STAGES.map((name) => [name, stage(name)])),
      ...Object.fromEntries(RULESET_PRIORITIES.map((name) => [name, { to: "taskPriority", id: kept(name) }])),
    },
    toMany: { sequences: { to: "sequence", by: "ruleset" } },
  };
}

function kept(name: string): SQL {
  return sql`json_extract(t.details, ${sql.raw(`'$.${name}'`)})`;
}

/** One that was deleted meanwhile is not there. */
function stage(name: string): ToOne {
  return { to: "stage", id: sql`(SELECT g.id FROM stages g WHERE g.id = ${kept(name)})` };
}
