/** Knows categories of content as a collection, and as another which sequences and templates are in them. */
import { sql } from "drizzle-orm";
import type { Viewer } from "../sight";
import { type Collection, flags, plain } from "./collection";
import { seenSequence, seenTemplate } from "./visible";

export function contentCategories(_: Viewer): Collection {
  return {
    from: sql`categories t`,
    workspace: sql`t.workspace_id`,
    fields: {
      ...plain({ name: "name", color: "color", createdAt: "created_at", updatedAt: "updated_at" }),
      ...flags({ allowSequences: "allow_sequences", allowSnippets: "allow_snippets" }),
      ...flags({ allowTemplates: "allow_templates" }),
    },
    toOne: { creator: { to: "user", id: sql`t.creator_id` } },
    toMany: {},
  };
}

/** There for whom the sequence or template is. */
export function contentCategoryMemberships(viewer: Viewer): Collection {
  return {
    from: sql`memberships t
      LEFT JOIN sequences s ON t.content_type = 'sequence' AND s.id = t.content_id
      LEFT JOIN templates m ON t.content_type = 'template' AND m.id = t.content_id`,
    workspace: sql`t.workspace_id`,
    where: sql`CASE t.content_type WHEN 'sequence' THEN ${seenSequence("s", viewer)} ELSE ${seenTemplate("m", viewer)} END`,
    fields: plain({ createdAt: "created_at", updatedAt: "created_at" }),
    toOne: {
      content: { to: "", id: sql`t.content_id`, type: sql`t.content_type`, lead: "unsorted" },
      contentCategory: { to: "contentCategory", id: sql`t.category_id`, lead: "unsorted" },
      creator: { to: "user", id: sql`t.creator_id` },
    },
    toMany: {},
  };
}
