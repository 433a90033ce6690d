/** Knows steps, and how an edit of their tree is written. */
import { and, eq, getTableColumns, isNull, type SQL, sql } from "drizzle-orm";
import type { Edit } from "../domain/edit";
import type { Step, StepDraft, StepOf } from "../domain/step";
import { firstEnabled, shownText, type Variant } from "../domain/variant";
import type { Database, Statements } from "./database";
import { remembered } from "./remembered";
import { sequences, steps } from "./schema";
import { type Viewer, visibleTo } from "./sight";
import { templates } from "./templates";
import { copyVariants, insertText } from "./texts";
import { sequenceTemplates } from "./variants";

/** In one column, since a sequence may have hundreds of steps. */
const VARIANT = sql<string | null>`CASE WHEN ${sequenceTemplates.id} IS NULL THEN NULL ELSE json_object(
  'id', ${sequenceTemplates.id}, 'templateId', ${templates.id}, 'isReply', ${sequenceTemplates.isReply},
  'enabledAt', ${sequenceTemplates.enabledAt}, 'weight', ${sequenceTemplates.weight}, 'isPrivate', ${templates.privateStepId} IS ${steps.id},
  'subject', ${templates.subject}, 'body', ${templates.body}, 'format', ${templates.format},
  'opens', ${templates.trackOpens}, 'clicks', ${templates.trackLinks}) END`.as("variant");

/** Steps with the texts that they send: a row each, and one more for each further variant. */
export function selectStepsWhere(db: Database, condition: SQL) {
  return db
    .select({ ...getTableColumns(steps), variant: VARIANT })
    .from(steps)
    .leftJoin(sequenceTemplates, eq(sequenceTemplates.stepId, steps.id))
    .leftJoin(templates, eq(templates.id, sequenceTemplates.templateId))
    .where(condition);
}

const stepsIn = remembered((db, { sequenceId }: { sequenceId: number }) =>
  selectStepsWhere(db, eq(steps.sequenceId, sequenceId)),
);

/** With every revision of a sequence its steps are read as a whole, deleted ones too. */
export function selectSteps(db: Database, sequenceId: number) {
  return stepsIn(db, { sequenceId });
}

export type StepRow = Awaited<ReturnType<typeof selectSteps>>[number];

/** Kind and settings fit each other: nothing else is ever written. */
export function stepsOf(rows: StepRow[]): Step[] {
  const variants = new Map<number, Variant[]>();
  const found = new Map<number, Step>();
  for (const { variant, ...step } of rows) {
    found.set(step.id, step as unknown as Step);
    if (variant !== null) variants.set(step.id, [...(variants.get(step.id) ?? []), variantIn(variant)]);
  }
  return [...found.values()].map((step) => {
    const own = (variants.get(step.id) ?? []).sort((a, b) => a.id - b.id);
    if (step.kind === "message") return withTexts(step, own);
    return step.kind === "task" ? { ...step, variants: own } : step;
  });
}

function withTexts(step: StepOf<"message">, variants: Variant[]): Step {
  return { ...step, ...shownText(variants), format: firstEnabled(variants)?.format ?? step.format, variants };
}

type Flag = "isReply" | "isPrivate" | "opens" | "clicks";
type VariantRow = Omit<Variant, Flag | "tracks"> & Record<Flag, number>;

function variantIn(row: string): Variant {
  const { opens, clicks, isReply, isPrivate, ...variant } = JSON.parse(row) as VariantRow;
  const tracks = { opens: opens === 1, clicks: clicks === 1 };
  return { ...variant, isReply: isReply === 1, isPrivate: isPrivate === 1, tracks };
}

/** The sequence of a step that is there. */
export async function sequenceOfStep(db: Database, viewer: Viewer, id: number): Promise<number | null> {
  const [row] = await db
    .select({ id: sequences.id })
    .from(steps)
    .innerJoin(sequences, eq(sequences.id, steps.sequenceId))
    .where(and(eq(steps.id, id), isNull(steps.deletedAt), visibleTo(viewer)));
  return row?.id ?? null;
}

/** A step of a new sequence: its place in the list, from 1, that of the step it comes after, and the one it is a copy of. */
export type PlacedStep = StepDraft & { n: number; parent: number | null; branch: boolean | null; copyOf?: number };

/** Bytes of steps in one parameter, a tenth of what D1 takes. */
const MOST_BYTES = 200_000;

/** When, and on whose behalf; null where nobody calls. */
export interface Written {
  at: number;
  by: number | null;
}

/** Steps on which templates may hang. */
const WRITERS = new Set<StepDraft["kind"]>(["message", "task"]);

/** Writes the steps of the sequence that the same batch has just made, the entry first; the rest count from its id. */
export function insertSteps(db: Database, placed: readonly PlacedStep[], written: Written): Statements {
  const rows = placed.map((step) =>
    JSON.stringify({ ...step, ...ownText(step), settings: JSON.stringify(step.settings) }),
  );
  const newest = sql`COALESCE((SELECT seq FROM sqlite_sequence WHERE name = 'steps'), 0)`;
  const beforeEntry = sql`(SELECT MIN(id) - 1 FROM steps
    WHERE sequence_id = (SELECT seq FROM sqlite_sequence WHERE name = 'sequences'))`;
  const copies = placed.flatMap(({ kind, n, copyOf }) => (WRITERS.has(kind) && copyOf ? [{ n, of: copyOf }] : []));
  return [
    ...chunksOf(rows).map((chunk, i) => insertChunk(db, chunk, i === 0 ? newest : beforeEntry, written)),
    ...(copies.length > 0 ? copyVariants(db, copies, beforeEntry, written) : []),
    ...placed.flatMap((step) => writeFirst(db, step, beforeEntry, written)),
  ];
}

/** The text of a message that is a copy of none. */
function writeFirst(db: Database, step: PlacedStep, beforeEntry: SQL, written: Written): Statements {
  const { kind, n, copyOf, label, subject, body, format } = step;
  if (kind !== "message" || copyOf !== undefined || body === null) return [];
  return insertText(
    db,
    sql`(${beforeEntry} + ${n})`,
    { label, text: { subject, body, format }, ...written },
    sql`true`,
  );
}

/** What is written on the step itself: messages have theirs in templates. */
function ownText({ kind, subject, body }: StepDraft): Pick<StepDraft, "subject" | "body"> {
  return kind === "message" ? { subject: null, body: null } : { subject, body };
}

function chunksOf(rows: readonly string[]): string[] {
  const chunks: { rows: string[]; bytes: number }[] = [];
  for (const row of rows) {
    const bytes = new TextEncoder().encode(row).length;
    const last = chunks.at(-1);
    if (last && last.bytes + bytes <= MOST_BYTES) {
      last.rows.push(row);
      last.bytes += bytes;
    } else chunks.push({ rows: [row], bytes });
  }
  return chunks.map((chunk) => `[${chunk.rows.join()}]`);
}

function insertChunk(db: Database, chunk: string, base: SQL, { at, by }: Written) {
  return db.run(sql`
    WITH base AS MATERIALIZED (SELECT ${base} AS id)
    INSERT INTO steps (id, sequence_id, parent_id, kind, branch, label, delay, subject, body, format, settings,
      schedule_id, date, created_at, updated_at, creator_id, updater_id)
    SELECT base.id + (value->>'n'), (SELECT seq FROM sqlite_sequence WHERE name = 'sequences'), base.id + (value->>'parent'),
      value->>'kind', value->>'branch', value->>'label', value->>'delay', value->>'subject', value->>'body',
      value->>'format', value->>'settings', value->>'scheduleId', value->>'date', ${at}, ${at}, ${by}, ${by}
    FROM base CROSS JOIN json_each(${chunk})`);
}

/** The step that the same batch has just inserted; the branches of a condition come after it. */
const newestOf = (sequenceId: number) =>
  sql`(SELECT MAX(id) FROM steps WHERE sequence_id = ${sequenceId} AND kind <> 'condition_branch')`;

export interface Insertion extends Written {
  sequenceId: number;
  step: StepDraft;
}

/** The inserted step, whose id is the first statement's result, with the branches of a condition, and the new parents. */
export function writeEdit(db: Database, edit: Edit, insertion: Insertion | null, guard: SQL): Statements {
  const newest = insertion ? newestOf(insertion.sequenceId) : sql`NULL`;
  const parents = edit.parents.map(({ step: id, parent }) =>
    db.run(sql`UPDATE steps SET parent_id = ${parent === "new" ? newest : parent} WHERE id = ${id} AND ${guard}`),
  );
  return [...(insertion ? insertStep(db, edit.under ?? null, insertion, guard) : []), ...parents];
}

function insertStep(db: Database, under: number | null, insertion: Insertion, guard: SQL): Statements {
  const { sequenceId, step, at, by } = insertion;
  const { subject, body } = ownText(step);
  const branches = [1, 0].map((branch) =>
    db.run(sql`
      INSERT INTO steps (sequence_id, parent_id, kind, branch, created_at, updated_at, creator_id, updater_id)
      SELECT ${sequenceId}, ${newestOf(sequenceId)}, 'condition_branch', ${branch}, ${at}, ${at}, ${by}, ${by} WHERE ${guard}`),
  );
  const writeOwn = ({ label, subject, format }: StepDraft, body: string) =>
    insertText(db, newestOf(sequenceId), { label, text: { subject, body, format }, at, by }, guard);
  return [
    db.all<{ id: number }>(sql`
      INSERT INTO steps (sequence_id, parent_id, kind, label, delay, subject, body, format, settings,
        schedule_id, date, created_at, updated_at, creator_id, updater_id)
      SELECT ${sequenceId}, ${under}, ${step.kind}, ${step.label}, ${step.delay}, ${subject}, ${body},
        ${step.format}, ${JSON.stringify(step.settings)}, ${step.scheduleId ?? null}, ${step.date ?? null},
        ${at}, ${at}, ${by}, ${by} WHERE ${guard}
      RETURNING id`),
    ...(step.kind === "condition" ? branches : []),
    ...(step.kind === "message" && step.body !== null ? writeOwn(step, step.body) : []),
  ];
}

/** Whether there is something to send: an enabled template, or a text of its own. */
export async function hasText(db: Database, id: number): Promise<boolean> {
  const enabled = sql`EXISTS (SELECT 1 FROM sequence_templates v WHERE v.step_id = ${id} AND v.enabled_at IS NOT NULL)`;
  const [row] = await db
    .select({ id: steps.id })
    .from(steps)
    .where(and(eq(steps.id, id), sql`(${steps.body} IS NOT NULL OR ${enabled})`));
  return row !== undefined;
}

export type StepChange = Partial<
  Pick<
    Step,
    "label" | "delay" | "subject" | "body" | "format" | "settings" | "scheduleId" | "date" | "updatedAt" | "updaterId"
  >
>;

export function writeStep(db: Database, id: number, set: StepChange, guard: SQL): Statements {
  return [
    db
      .update(steps)
      .set(set)
      .where(and(eq(steps.id, id), guard)),
  ];
}

export function buryStep(db: Database, id: number, { at, by }: Written, guard: SQL): Statements {
  return [
    db
      .update(steps)
      .set({ deletedAt: at, updatedAt: at, updaterId: by })
      .where(and(eq(steps.id, id), guard)),
  ];
}
