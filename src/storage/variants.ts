/** Knows variants: the templates that a step sends. */
import { and, asc, eq, type SQL, sql } from "drizzle-orm";
import { integer, sqliteTable } from "drizzle-orm/sqlite-core";
import { USUAL_WEIGHT } from "../domain/variant";
import type { Database, Statements } from "./database";
import { sequences, steps } from "./schema";
import { type Viewer, visibleTo } from "./sight";
import type { Written } from "./steps";
import { templates } from "./templates";

export const sequenceTemplates = sqliteTable("sequence_templates", {
  id: integer("id").primaryKey({ autoIncrement: true }),
  workspaceId: integer("workspace_id").notNull(),
  stepId: integer("step_id").notNull(),
  templateId: integer("template_id").notNull(),
  isReply: integer("is_reply", { mode: "boolean" }).notNull(),
  weight: integer("weight").notNull().default(USUAL_WEIGHT),
  enabledAt: integer("enabled_at"),
  creatorId: integer("creator_id"),
  updaterId: integer("updater_id"),
  createdAt: integer("created_at").notNull(),
  updatedAt: integer("updated_at").notNull(),
});

export type SequenceTemplate = typeof sequenceTemplates.$inferSelect;

/** A variant with the sequence of its step. */
export type PlacedVariant = SequenceTemplate & { sequenceId: number };

const PLACED = {
  id: sequenceTemplates.id,
  workspaceId: sequenceTemplates.workspaceId,
  sequenceId: steps.sequenceId,
  stepId: sequenceTemplates.stepId,
  templateId: sequenceTemplates.templateId,
  isReply: sequenceTemplates.isReply,
  weight: sequenceTemplates.weight,
  enabledAt: sequenceTemplates.enabledAt,
  creatorId: sequenceTemplates.creatorId,
  updaterId: sequenceTemplates.updaterId,
  createdAt: sequenceTemplates.createdAt,
  updatedAt: sequenceTemplates.updatedAt,
};

/** Those of steps that were deleted are not there any more. */
function selectPlaced(db: Database, viewer: Viewer, which: SQL) {
  return db
    .select(PLACED)
    .from(sequenceTemplates)
    .innerJoin(steps, and(eq(steps.id, sequenceTemplates.stepId), sql`${steps.deletedAt} IS NULL`))
    .innerJoin(sequences, eq(sequences.id, steps.sequenceId))
    .where(and(which, visibleTo(viewer)))
    .orderBy(asc(sequenceTemplates.id));
}

export async function findVariant(db: Database, viewer: Viewer, id: number): Promise<PlacedVariant | null> {
  const [variant] = await selectPlaced(db, viewer, sql`${sequenceTemplates.id} = ${id}`);
  return variant ?? null;
}

export async function variantsOfStep(db: Database, viewer: Viewer, stepId: number): Promise<PlacedVariant[]> {
  return selectPlaced(db, viewer, sql`${sequenceTemplates.stepId} = ${stepId}`);
}

/** How many steps use a template, deleted ones too: all their sequences are revised with it. */
export async function usesOf(db: Database, workspaceId: number, templateId: number): Promise<number> {
  const [row] = await db
    .select({ n: sql<number>`COUNT(*)` })
    .from(sequenceTemplates)
    .where(and(eq(sequenceTemplates.templateId, templateId), eq(sequenceTemplates.workspaceId, workspaceId)));
  return row?.n ?? 0;
}

/** Adds a variant, enabled, unless the template has been archived; its id is the statement's result. */
export function insertVariant(
  db: Database,
  { stepId, templateId, isReply }: { stepId: number; templateId: number; isReply: boolean },
  { by, at }: Written,
  guard: SQL,
): Statements {
  return [
    db.all<{ id: number }>(sql`
      INSERT INTO sequence_templates (workspace_id, step_id, template_id, is_reply, enabled_at, creator_id, updater_id, created_at, updated_at)
      SELECT t.workspace_id, ${stepId}, t.id, ${isReply ? 1 : 0}, ${at}, ${by}, ${by}, ${at}, ${at}
      FROM templates t WHERE t.id = ${templateId} AND t.archived_at IS NULL AND ${guard}
      RETURNING id`),
  ];
}

/** A variant is enabled, and given a template, only with one that is not archived. */
export function writeVariant(
  db: Database,
  id: number,
  set: Partial<Pick<SequenceTemplate, "isReply" | "templateId" | "weight" | "enabledAt" | "updaterId" | "updatedAt">>,
  guard: SQL,
): Statements {
  const template = set.templateId ?? sequenceTemplates.templateId;
  const there = sql`EXISTS (SELECT 1 FROM templates t WHERE t.id = ${template} AND t.archived_at IS NULL)`;
  const sends = set.enabledAt || set.templateId;
  return [
    db
      .update(sequenceTemplates)
      .set(set)
      .where(and(eq(sequenceTemplates.id, id), guard, sends ? there : undefined))
      .returning({ id: sequenceTemplates.id }),
  ];
}

/** Takes a variant away, and what it alone sent. */
export function removeVariant(
  db: Database,
  variant: Pick<PlacedVariant, "id" | "templateId" | "stepId">,
  at: number,
  guard: SQL,
): Statements {
  return [
    db.delete(sequenceTemplates).where(and(eq(sequenceTemplates.id, variant.id), guard)),
    buryPrivate(db, variant, at, guard),
  ];
}

/** Deletes a step's private copy that no variant of it sends any more. */
export function buryPrivate(
  db: Database,
  { templateId, stepId }: Pick<PlacedVariant, "templateId" | "stepId">,
  at: number,
  guard: SQL,
) {
  const unsent = sql`NOT EXISTS (SELECT 1 FROM sequence_templates v WHERE v.template_id = ${templateId})`;
  return db
    .update(templates)
    .set({ archivedAt: at, deletedAt: at, updatedAt: at })
    .where(and(eq(templates.id, templateId), eq(templates.privateStepId, stepId), unsent, guard));
}
