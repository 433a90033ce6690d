/** Knows how a step's own text is written: as a private template, and a variant by which the step sends it. */
import { and, eq, type SQL, sql } from "drizzle-orm";
import type { StepOf } from "../domain/step";
import { firstEnabled, type Text, USUAL_WEIGHT, type Variant } from "../domain/variant";
import type { Database, Statements } from "./database";
import type { Written } from "./steps";
import { templates } from "./templates";
import { sequenceTemplates } from "./variants";

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
 * Gives a step a text of its own: a private template and a variant of it, enabled unless it is told otherwise, whose id the
 * second statement answers. The step may be named by how it is found once the same batch has made it.
 */
export function insertText(
  db: Database,
  of: SQL | number,
  {
    weight = USUAL_WEIGHT,
    enabled = true,
    ...writing
  }: Writing & { weight?: number | undefined; enabled?: boolean | undefined },
  guard: SQL,
): Statements {
  const step = sql`${of}`;
  const { by, at } = writing;
  return [
    insertPrivate(db, step, { ...writing, from: null }, guard),
    db.all<{ id: number }>(sql`
      INSERT INTO sequence_templates (workspace_id, step_id, template_id, weight, enabled_at, creator_id, updater_id, created_at, updated_at)
      SELECT t.workspace_id, t.private_step_id, t.id, ${weight}, ${enabled ? at : null}, ${by}, ${by}, ${at}, ${at}
      FROM templates t WHERE t.id = ${newestOf(step)} AND ${guard} RETURNING id`),
  ];
}

/** Changes the text of a step that is there: that of its first variant; where none is enabled, a text of its own is added. */
export function writeText(db: Database, of: StepOf<"message">, writing: Writing, guard: SQL): Statements {
  const first = firstEnabled(of.variants);
  return first === null
    ? insertText(db, of.id, writing, guard)
    : rewrite(db, { step: of.id, variant: first }, writing, guard);
}

/**
 * Changes the text of a variant: in the step's private copy where it is one; else it is given a private copy in place of the
 * shared template. A subject begins a thread of its own.
 */
export function rewrite(
  db: Database,
  { step: id, variant: first }: { step: number; variant: Variant },
  writing: Writing,
  guard: SQL,
): Statements {
  const step = sql`${id}`;
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
      INSERT INTO sequence_templates (workspace_id, step_id, template_id, is_reply, weight, enabled_at, creator_id, updater_id, created_at, updated_at)
      SELECT v.workspace_id, base.id + (c.value->>'n'), COALESCE((
          SELECT p.id FROM templates p WHERE p.private_step_id = base.id + (c.value->>'n') AND p.copied_from = t.id), t.id),
        v.is_reply, v.weight, CASE WHEN v.enabled_at IS NOT NULL THEN ${at} END, ${by}, ${by}, ${at}, ${at}
      FROM ${copied} ORDER BY c.value->>'n', v.id`),
  ];
}
