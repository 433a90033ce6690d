/** Knows contacts as a collection: prospects. What only sales know of them is kept among their custom fields. */
import { type SQL, sql } from "drizzle-orm";
import type { Comparison } from "../../domain/listing";
import { ORDINALS } from "../../domain/message";
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
      emailsOptStatus: {
        sql: sql`CASE WHEN t.opted_out_at IS NOT NULL THEN 'opted_out' WHEN t.subscribed_at IS NOT NULL THEN 'opted_in' END`,
      },
      emailsOptedAt: { sql: sql`COALESCE(t.opted_out_at, t.subscribed_at)` },
      touchedAt: { sql: TOUCHED_AT },
      engagedAt: { sql: sql`(SELECT MAX(e.replied_at) FROM enrollments e WHERE e.contact_id = t.id)` },
      openCount: { sql: sinceTouched(sql`m.opened_at`) },
      clickCount: { sql: sinceTouched(sql`m.clicked_at`) },
      replyCount: {
        sql: sql`(SELECT COUNT(*) FROM enrollments e WHERE e.contact_id = t.id AND e.replied_at >= ${TOUCHED_AT})`,
      },
      ...Object.fromEntries(ASKED.map((name) => [name, custom(name)])),
      customFields: { sql: sql`t.custom_fields`, kind: "json" },
    },
    toOne: {
      owner: { to: "user", id: sql`t.owner_id`, lead: "alone" },
      stage: {
        to: "stage",
        id: sql`(SELECT g.id FROM stages g WHERE g.id = t.stage_id)`,
        key: sql`t.stage_id`,
        lead: "alone",
      },
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
  SELECT json_group_array(a.address ORDER BY a.position) FROM addresses a
  WHERE a.contact_id = t.id AND a.platform = 'EMAIL')`;

/** When he was last sent a message, or called. */
const TOUCHED_AT = sql`NULLIF(MAX(
  COALESCE((SELECT MAX(e.last_sent_at) FROM enrollments e WHERE e.contact_id = t.id), 0),
  COALESCE((SELECT MAX(k.completed_at) FROM calls k WHERE k.contact_id = t.id), 0)), 0)`;

/** Of the messages to him, those to which this has happened since he was last touched; an enrollment's are a range of ids. */
function sinceTouched(at: SQL): SQL {
  const first = sql`e.id * ${sql.raw(String(ORDINALS))}`;
  const last = sql`${first} + ${sql.raw(String(ORDINALS - 1))}`;
  return sql`(SELECT COUNT(*) FROM enrollments e CROSS JOIN messages m ON m.id BETWEEN ${first} AND ${last}
    WHERE e.contact_id = t.id AND ${at} >= ${TOUCHED_AT})`;
}

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
