/** Knows variants as a collection: sequence templates, the templates as steps use them. */
import { sql } from "drizzle-orm";
import type { Viewer } from "../sight";
import { type Collection, flags, plain } from "./collection";
import { withCounts } from "./tallied";
import { seenSequence, seenTemplate } from "./visible";

export function sequenceTemplates(viewer: Viewer): Collection {
  const { workspaceId } = viewer;
  return {
    from: sql`sequence_templates t CROSS JOIN steps p ON p.id = t.step_id CROSS JOIN sequences s ON s.id = p.sequence_id
      LEFT JOIN templates w ON w.id = t.template_id AND ${seenTemplate("w", viewer)}`,
    workspace: sql`t.workspace_id`,
    where: sql`p.deleted_at IS NULL AND ${seenSequence("s", viewer)}`,
    fields: {
      ...plain({ enabledAt: "enabled_at", createdAt: "created_at", updatedAt: "updated_at" }),
      ...flags({ isReply: "is_reply" }),
      sequenceOwner: { sql: sql`s.owner_id` },
      sequenceShareType: { sql: sql`s.share_type` },
      enabled: { sql: sql`t.enabled_at IS NOT NULL`, kind: "flag" },
    },
    toOne: {
      sequenceStep: { to: "sequenceStep", id: sql`t.step_id`, lead: "unsorted" },
      template: { to: "template", id: sql`w.id`, key: sql`t.template_id`, lead: "alone" },
      creator: { to: "user", id: sql`t.creator_id` },
      updater: { to: "user", id: sql`t.updater_id` },
    },
    toMany: {},
    complete: (db, rows) => withCounts(db, { workspaceId, scope: "sequence template" }, rows),
  };
}
