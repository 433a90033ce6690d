/** Knows templates as a collection; the texts that steps alone have are among them. */
import { sql } from "drizzle-orm";
import type { Viewer } from "../sight";
import { type Collection, flags, plain } from "./collection";
import { counts, lastUsed, withCounts } from "./tallied";
import { seenTemplate } from "./visible";

export function templates(viewer: Viewer): Collection {
  const { workspaceId } = viewer;
  return {
    from: sql`templates t`,
    workspace: sql`t.workspace_id`,
    where: seenTemplate("t", viewer),
    fields: {
      updatedAt: { sql: sql`t.updated_at`, lead: "workspace" },
      ...plain({ name: "name", subject: "subject", body: "body", format: "format", shareType: "share_type" }),
      ...plain({ createdAt: "created_at", archivedAt: "archived_at" }),
      ...flags({ trackLinks: "track_links", trackOpens: "track_opens" }),
      archived: { sql: sql`t.archived_at IS NOT NULL`, kind: "flag" },
      tags: { sql: sql`t.tags`, kind: "json" },
      details: { sql: sql`t.details`, kind: "json" },
      ...counts(OWN),
      lastUsedAt: lastUsed(OWN),
    },
    toOne: {
      owner: { to: "user", id: sql`t.owner_id` },
      creator: { to: "user", id: sql`t.creator_id` },
      updater: { to: "user", id: sql`t.updater_id` },
    },
    toMany: {
      sequenceTemplates: { to: "sequenceTemplate", by: "template" },
      contentCategoryMemberships: {
        to: "contentCategoryMembership",
        by: "content",
        only: sql`t.content_type = 'template'`,
      },
    },
    complete: (db, rows) => withCounts(db, { workspaceId, scope: "template" }, rows),
  };
}

/** By the index, which has those with a template alone. */
const OWN = sql`template_id = t.id AND template_id > 0`;
