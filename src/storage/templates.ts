/** Knows templates: how one is kept, found and changed, and which sequences send it. */
import { and, asc, eq, gt, isNull, type SQL, sql } from "drizzle-orm";
import { integer, sqliteTable, text } from "drizzle-orm/sqlite-core";
import type { ShareType } from "../domain/sequence";
import type { Format } from "../domain/template";
import { type Database, together } from "./database";
import { belongsToVisible, type Viewer } from "./sight";

export const templates = sqliteTable("templates", {
  id: integer("id").primaryKey({ autoIncrement: true }),
  workspaceId: integer("workspace_id").notNull(),
  name: text("name").notNull(),
  subject: text("subject"),
  body: text("body").notNull(),
  format: text("format").$type<Format>().notNull(),
  shareType: text("share_type").$type<ShareType>().notNull(),
  trackOpens: integer("track_opens", { mode: "boolean" }).notNull(),
  trackLinks: integer("track_links", { mode: "boolean" }).notNull(),
  tags: text("tags", { mode: "json" }).$type<string[]>().notNull(),
  details: text("details", { mode: "json" }).$type<Record<string, unknown>>().notNull(),
  ownerId: integer("owner_id"),
  creatorId: integer("creator_id"),
  updaterId: integer("updater_id"),
  privateStepId: integer("private_step_id"),
  copiedFrom: integer("copied_from"),
  createdAt: integer("created_at").notNull(),
  updatedAt: integer("updated_at").notNull(),
  /** Sent by no step; it may come back. */
  archivedAt: integer("archived_at"),
  deletedAt: integer("deleted_at"),
});

export type Template = typeof templates.$inferSelect;
export type NewTemplate = typeof templates.$inferInsert;

/** The live steps by whose enabled variants a template is sent, with their sequences as `q`. */
const sending = (
  id: number,
) => sql`sequence_templates v JOIN steps s ON s.id = v.step_id JOIN sequences q ON q.id = s.sequence_id
  WHERE v.template_id = ${id} AND v.enabled_at IS NOT NULL AND s.deleted_at IS NULL AND q.status <> 'ARCHIVED'`;

export async function insertTemplate(db: Database, template: NewTemplate): Promise<Template> {
  const [made] = await db.insert(templates).values(template).returning();
  if (!made) throw new Error("the template was not made");
  return made;
}

/** Private templates are there for their owner alone, and a step's own text for whoever sees its sequence. */
function seenBy(viewer: Viewer): SQL | undefined {
  const { workspaceId, userId } = viewer;
  const step = sql`(SELECT sequence_id FROM steps WHERE id = ${templates.privateStepId})`;
  return and(
    eq(templates.workspaceId, workspaceId),
    userId === null ? undefined : sql`(${templates.shareType} <> 'private' OR ${templates.ownerId} IS ${userId})`,
    sql`(${templates.privateStepId} IS NULL OR ${belongsToVisible(viewer, step)})`,
  );
}

/** One that was not deleted. */
export async function findTemplate(db: Database, viewer: Viewer, id: number): Promise<Template | null> {
  const [template] = await db
    .select()
    .from(templates)
    .where(and(eq(templates.id, id), seenBy(viewer), isNull(templates.deletedAt)));
  return template ?? null;
}

/** In the order in which they were made, behind an id; archived and deleted ones are left out. */
export async function listTemplates(
  db: Database,
  viewer: Viewer,
  { after, limit }: { after: number; limit: number },
): Promise<Template[]> {
  return db
    .select()
    .from(templates)
    .where(and(seenBy(viewer), isNull(templates.archivedAt), isNull(templates.deletedAt), gt(templates.id, after)))
    .orderBy(asc(templates.id))
    .limit(limit);
}

export type TemplateChange = Partial<Omit<NewTemplate, "id" | "workspaceId" | "createdAt">>;

/**
 * Changes a template unless it was deleted. All sequences that send it have a new revision with it, so that journeys under
 * way read it again; a change of the text is refused while one of them is locked, and that it be archived while a live step
 * sends it: then null is returned.
 */
export async function changeTemplate(
  db: Database,
  { id, workspaceId }: Pick<Template, "id" | "workspaceId">,
  set: TemplateChange,
  { ofText }: { ofText: boolean },
): Promise<Template | null> {
  const free = ofText ? sql`NOT EXISTS (SELECT 1 FROM ${sending(id)} AND q.locked)` : undefined;
  const unsent = set.archivedAt ? sql`NOT EXISTS (SELECT 1 FROM ${sending(id)})` : undefined;
  const there = and(eq(templates.id, id), eq(templates.workspaceId, workspaceId), isNull(templates.deletedAt));
  const stands = and(there, free, unsent);
  const revises = ofText || set.trackOpens !== undefined || set.trackLinks !== undefined;
  const [, changed] = (await together(db, [
    ...(revises ? [reviseUsers(db, id, stands)] : [db.run(sql`SELECT 1`)]),
    db.update(templates).set(set).where(stands).returning(),
  ])) as [unknown, Template[]];
  return changed[0] ?? null;
}

/** By index; how many steps may send one template is bounded. */
function reviseUsers(db: Database, id: number, stands: SQL | undefined) {
  return db.run(sql`
    UPDATE sequences SET revision = revision + 1
    WHERE id IN (SELECT s.sequence_id FROM sequence_templates v JOIN steps s ON s.id = v.step_id WHERE v.template_id = ${id})
      AND EXISTS (SELECT 1 FROM templates WHERE ${stands})`);
}

/** Deletes a template that no live step sends. False where one does, or where there is none. */
export async function buryTemplate(
  db: Database,
  { id, workspaceId }: Pick<Template, "id" | "workspaceId">,
  set: { deletedAt: number; updaterId: number | null },
): Promise<boolean> {
  const rows = await db
    .update(templates)
    .set({ ...set, archivedAt: sql`COALESCE(${templates.archivedAt}, ${set.deletedAt})`, updatedAt: set.deletedAt })
    .where(
      and(
        eq(templates.id, id),
        eq(templates.workspaceId, workspaceId),
        isNull(templates.deletedAt),
        sql`NOT EXISTS (SELECT 1 FROM ${sending(id)})`,
      ),
    )
    .returning({ id: templates.id });
  return rows.length > 0;
}
