/** Knows categories of content, and which sequences and templates are in them. */
import { and, eq, sql } from "drizzle-orm";
import { integer, sqliteTable, text } from "drizzle-orm/sqlite-core";
import type { ContentType } from "../domain/content";
import type { Database } from "./database";

const categories = sqliteTable("categories", {
  id: integer("id").primaryKey({ autoIncrement: true }),
  workspaceId: integer("workspace_id").notNull(),
  name: text("name").notNull(),
  color: text("color"),
  allowSequences: integer("allow_sequences", { mode: "boolean" }).notNull().default(true),
  allowSnippets: integer("allow_snippets", { mode: "boolean" }).notNull().default(true),
  allowTemplates: integer("allow_templates", { mode: "boolean" }).notNull().default(true),
  creatorId: integer("creator_id"),
  createdAt: integer("created_at").notNull(),
  updatedAt: integer("updated_at").notNull(),
});

const memberships = sqliteTable("memberships", {
  id: integer("id").primaryKey({ autoIncrement: true }),
  workspaceId: integer("workspace_id").notNull(),
  categoryId: integer("category_id").notNull(),
  contentType: text("content_type").$type<ContentType>().notNull(),
  contentId: integer("content_id").notNull(),
  creatorId: integer("creator_id"),
  createdAt: integer("created_at").notNull(),
});

export type Category = typeof categories.$inferSelect;
export type NewCategory = typeof categories.$inferInsert;
export type NewMembership = typeof memberships.$inferInsert;

interface Of {
  id: number;
  workspaceId: number;
}

const isCategory = ({ id, workspaceId }: Of) => and(eq(categories.id, id), eq(categories.workspaceId, workspaceId));

export async function findCategory(db: Database, of: Of): Promise<Category | null> {
  const [row] = await db.select().from(categories).where(isCategory(of));
  return row ?? null;
}

export async function insertCategory(db: Database, category: NewCategory): Promise<number | null> {
  const [made] = await db.insert(categories).values(category).returning({ id: categories.id });
  return made?.id ?? null;
}

/** Says whether it is there. */
export async function updateCategory(db: Database, of: Of, set: Partial<NewCategory>): Promise<boolean> {
  const changed = await db.update(categories).set(set).where(isCategory(of)).returning({ id: categories.id });
  return changed.length > 0;
}

/** Deletes a category, and what says that something is in it. Says whether it was there. */
export async function deleteCategory(db: Database, of: Of): Promise<boolean> {
  const [gone] = await db.batch([
    db.delete(categories).where(isCategory(of)).returning({ id: categories.id }),
    db.delete(memberships).where(and(eq(memberships.categoryId, of.id), eq(memberships.workspaceId, of.workspaceId))),
  ]);
  return gone.length > 0;
}

/** The id of what was made; null where that is in the category already, or the category has just been deleted. */
export async function insertMembership(db: Database, membership: NewMembership): Promise<number | null> {
  const { workspaceId, categoryId, contentType, contentId, creatorId, createdAt } = membership;
  const [made] = await db.all<{ id: number }>(sql`
    INSERT INTO memberships (workspace_id, category_id, content_type, content_id, creator_id, created_at)
    SELECT workspace_id, id, ${contentType}, ${contentId}, ${creatorId ?? null}, ${createdAt}
    FROM categories WHERE id = ${categoryId} AND workspace_id = ${workspaceId}
    ON CONFLICT DO NOTHING RETURNING id`);
  return made?.id ?? null;
}

/** Says whether it was there. */
export async function deleteMembership(db: Database, { id, workspaceId }: Of): Promise<boolean> {
  const gone = await db
    .delete(memberships)
    .where(and(eq(memberships.id, id), eq(memberships.workspaceId, workspaceId)))
    .returning({ id: memberships.id });
  return gone.length > 0;
}
