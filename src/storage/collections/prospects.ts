/** Knows contacts as a collection: prospects. What only sales know of them is kept among their custom fields. */
import { sql } from "drizzle-orm";
import type { Comparison } from "../../domain/listing";
import { addressKey } from "../../domain/platform";
import type { Viewer } from "../sight";
import { type Collection, type Field, plain } from "./collection";
import { compare } from "./comparison";

/** Of the custom fields, those by which somebody may ask. */
const ASKED = [
  "title",
  "externalSource",
  "githubUsername",
  "linkedInId",
  "linkedInSlug",
  "stackOverflowId",
  "twitterUsername",
  "sharingTeamId",
  "engagedScore",
];

export function prospects({ workspaceId }: Viewer): Collection {
  return {
    from: sql`contacts t`,
    workspace: sql`t.workspace_id`,
    where: sql`t.erased_at IS NULL`,
    fields: {
      emails: { sql: EMAILS, kind: "json", lead: "unsorted", match: (asked) => withEmail(workspaceId, asked) },
      updatedAt: { sql: sql`t.updated_at`, lead: "workspace" },
      ...plain({ firstName: "first_name", lastName: "last_name", source: "source", createdAt: "created_at" }),
      name: {
        sql: sql`COALESCE(t.display_name, NULLIF(TRIM(COALESCE(t.first_name, '') || ' ' || COALESCE(t.last_name, '')), ''))`,
      },
      tags: { sql: sql`t.tags`, kind: "json" },
      ...plain({ timeZone: "timezone", timeZoneIana: "timezone", optedOutAt: "opted_out_at" }),
      optedOut: { sql: sql`t.opted_out_at IS NOT NULL`, kind: "flag" },
      emailOptedOut: { sql: sql`t.opted_out_at IS NOT NULL`, kind: "flag" },
      emailsOptStatus: { sql: sql`CASE WHEN t.opted_out_at IS NOT NULL THEN 'opted_out' END` },
      emailsOptedAt: { sql: sql`t.opted_out_at` },
      ...Object.fromEntries(ASKED.map((name) => [name, custom(name)])),
      customFields: { sql: sql`t.custom_fields`, kind: "json" },
    },
    toOne: {
      owner: { to: "user", id: sql`t.owner_id`, lead: "alone" },
      stage: { to: "stage", id: sql`t.stage_id`, lead: "alone" },
      creator: { to: "user", id: sql`t.creator_id` },
      updater: { to: "user", id: sql`t.updater_id` },
    },
    toMany: {
      sequenceStates: { to: "sequenceState", by: "prospect" },
      activeSequenceStates: { to: "sequenceState", by: "prospect", only: sql`t.standing IN ('ACTIVE', 'FAILED')` },
    },
  };
}

const EMAILS = sql`(
  SELECT json_group_array(a.address) FROM addresses a WHERE a.contact_id = t.id AND a.platform = 'EMAIL')`;

function custom(name: string): Field {
  return { sql: sql`json_extract(t.custom_fields, ${sql.raw(`'$.${name}'`)})`, unread: true };
}

/** Addresses are compared without case. */
function withEmail(workspaceId: number, asked: Comparison) {
  const own = sql`SELECT a.contact_id FROM addresses a WHERE a.workspace_id = ${workspaceId} AND a.platform = 'EMAIL'`;
  if (asked.is === "null") return sql`t.id NOT IN (${own})`;
  const values = asked.is === "in" ? asked.values.map((value) => addressKey("EMAIL", String(value))) : [];
  return sql`t.id IN (${own} AND ${compare(sql`a.key`, asked.is === "in" ? { is: "in", values } : asked)})`;
}
