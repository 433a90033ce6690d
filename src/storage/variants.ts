/** Knows variants: the templates that a step sends, and how a step's own text is written as one of them. */
import { and, asc, eq, type SQL, sql } from "drizzle-orm";
import { integer, sqliteTable } from "drizzle-orm/sqlite-core";
import type { StepOf } from "../domain/step";
import { firstEnabled, type Text } from "../domain/variant";
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
  set: Partial<Pick<SequenceTemplate, "isReply" | "templateId" | "enabledAt" | "updaterId" | "updatedAt">>,
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
export function removeVariant(db: Database, variant: PlacedVariant, at: number, guard: SQL): Statements {
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

const LONGEST_NAME = 225;

/** What a step's own text is called among the templates. */
function nameFor(label: string | null, subject: string | null): string {
  return [...(label || subject || "Message")].slice(0, LONGEST_NAME).join("");
}

export interface Writing extends Written {
  label: string | null;
  text: Text;
}

/**
 * Gives a step a text of its own: a private template and a variant of it, enabled. The step may be named by how it is found
 * once the same batch has made it.
 */
export function insertText(db: Database, step: SQL, writing: Writing, guard: SQL): Statements {
  const { by, at } = writing;
  return [
    insertPrivate(db, step, { ...writing, from: null }, guard),
    db.run(sql`
      INSERT INTO sequence_templates (workspace_id, step_id, template_id, enabled_at, creator_id, updater_id, created_at, updated_at)
      SELECT t.workspace_id, t.private_step_id, t.id, ${at}, ${by}, ${by}, ${at}, ${at}
      FROM templates t WHERE t.id = ${newestOf(step)} AND ${guard}`),
  ];
}

/**
 * Changes the text of a step that is there: in its private copy where the first variant is one; else that variant is given
 * a private copy in place of the shared template; and where none is enabled, a text of its own is added. A subject begins a
 * thread of its own.
 */
export function writeText(db: Database, of: StepOf<"message">, writing: Writing, guard: SQL): Statements {
  const step = sql`${of.id}`;
  const first = firstEnabled(of.variants);
  if (first === null) return insertText(db, step, writing, guard);
  const { text, at, by } = writing;
  const stamp = { updaterId: by, updatedAt: at };
  const isReply = first.isReply && text.subject === null;
  const own = and(eq(sequenceTemplates.id, first.id), guard);
  if (first.isPrivate) {
    // What continues a thread keeps the subject that it has for when there is none.
    const { subject, ...rest } = text;
    const set = { ...rest, ...(isReply ? {} : { subject }), ...stamp };
    return [
      db
        .update(templates)
        .set(set)
        .where(and(eq(templates.id, first.templateId), guard)),
      ...(isReply === first.isReply
        ? []
        : [
            db
              .update(sequenceTemplates)
              .set({ isReply, ...stamp })
              .where(own),
          ]),
    ];
  }
  return [
    insertPrivate(db, step, { ...writing, from: first.templateId }, guard),
    db
      .update(sequenceTemplates)
      .set({ templateId: newestOf(step), isReply, ...stamp })
      .where(own),
  ];
}

/** The newest private copy of a step. */
function newestOf(step: SQL): SQL {
  return sql`(SELECT MAX(id) FROM templates WHERE private_step_id = ${step})`;
}

function insertPrivate(
  db: Database,
  step: SQL,
  { label, text, at, by, from }: Writing & { from: number | null },
  guard: SQL,
) {
  const name = nameFor(label, text.subject);
  return db.run(sql`
    INSERT INTO templates (workspace_id, name, subject, body, format, owner_id, creator_id, updater_id, private_step_id, copied_from,
      track_opens, track_links, details, created_at, updated_at)
    SELECT q.workspace_id, ${name}, ${text.subject}, ${text.body}, ${text.format}, COALESCE(${by}, q.owner_id),
      ${by}, ${by}, s.id, ${from},
      COALESCE(o.track_opens, 0), COALESCE(o.track_links, 0), COALESCE(o.details, '{}'), ${at}, ${at}
    FROM steps s JOIN sequences q ON q.id = s.sequence_id LEFT JOIN templates o ON o.id = ${from} WHERE s.id = ${step} AND ${guard}`);
}

/** A step of a new sequence, by its place in the list, and the step that it is a copy of. */
export interface StepCopy {
  n: number;
  of: number;
}

/**
 * Gives the steps of a new sequence the variants of those they are copies of: templates stay shared, private ones are
 * copied. `base` is the id before that of the new entry.
 */
export function copyVariants(db: Database, copies: readonly StepCopy[], base: SQL, { at, by }: Written): Statements {
  const copied = sql`(SELECT ${base} AS id) base CROSS JOIN json_each(${JSON.stringify(copies)}) c
    CROSS JOIN sequence_templates v ON v.step_id = c.value->>'of' CROSS JOIN templates t ON t.id = v.template_id`;
  return [
    db.run(sql`
      INSERT INTO templates (workspace_id, name, subject, body, format, share_type, track_opens, track_links, tags, details,
        owner_id, creator_id, updater_id, private_step_id, copied_from, created_at, updated_at)
      SELECT t.workspace_id, t.name, t.subject, t.body, t.format, t.share_type, t.track_opens, t.track_links, t.tags, t.details,
        COALESCE(${by}, t.owner_id), COALESCE(${by}, t.creator_id), ${by}, base.id + (c.value->>'n'), t.id, ${at}, ${at}
      FROM ${copied} WHERE t.private_step_id = v.step_id AND t.archived_at IS NULL ORDER BY v.id`),
    db.run(sql`
      INSERT INTO sequence_templates (workspace_id, step_id, template_id, is_reply, enabled_at, creator_id, updater_id, created_at, updated_at)
      SELECT v.workspace_id, base.id + (c.value->>'n'), COALESCE((
          SELECT p.id FROM templates p WHERE p.private_step_id = base.id + (c.value->>'n') AND p.copied_from = t.id), t.id),
        v.is_reply, CASE WHEN v.enabled_at IS NOT NULL THEN ${at} END, ${by}, ${by}, ${at}, ${at}
      FROM ${copied} ORDER BY c.value->>'n', v.id`),
  ];
}
