/** Knows sequences and their steps, and how a change of them is written: all of it with a new revision, or none. */
import { and, desc, eq, ne, type SQL, sql } from "drizzle-orm";
import type { Edit } from "../domain/edit";
import type { Sequence } from "../domain/sequence";
import type { Step } from "../domain/step";
import { type Database, type Statements, together } from "./database";
import { type NewJob, writeJob } from "./jobs";
import { sequences, steps } from "./schema";
import type { Window } from "./window";

export type SequenceRow = typeof sequences.$inferSelect;

export function selectSequence(db: Database, workspaceId: number, id: number) {
  return db
    .select()
    .from(sequences)
    .where(and(eq(sequences.id, id), eq(sequences.workspaceId, workspaceId)));
}

export function selectSteps(db: Database, sequenceId: number) {
  return db.select().from(steps).where(eq(steps.sequenceId, sequenceId));
}

export async function findSequence(db: Database, workspaceId: number, id: number): Promise<Sequence | null> {
  const [sequence] = await selectSequence(db, workspaceId, id);
  return sequence ?? null;
}

export interface Definition {
  sequence: SequenceRow;
  steps: Step[];
}

/** A sequence with all its steps, deleted ones too. */
export async function findDefinition(db: Database, workspaceId: number, id: number): Promise<Definition | null> {
  const [[sequence], rows] = await db.batch([selectSequence(db, workspaceId, id), selectSteps(db, id)]);
  return sequence ? { sequence, steps: rows } : null;
}

/** The newest first, archived ones left out. */
export async function listSequences(
  db: Database,
  workspaceId: number,
  { limit, offset }: Window,
): Promise<Definition[]> {
  const page = and(eq(sequences.workspaceId, workspaceId), ne(sequences.status, "ARCHIVED"));
  const ids = db
    .select({ id: sequences.id })
    .from(sequences)
    .where(page)
    .orderBy(desc(sequences.id))
    .limit(limit)
    .offset(offset);
  const [rows, all] = await db.batch([
    db.select().from(sequences).where(page).orderBy(desc(sequences.id)).limit(limit).offset(offset),
    db.select().from(steps).where(sql`${steps.sequenceId} IN (SELECT id FROM (${ids}))`),
  ]);
  return rows.map((sequence) => ({ sequence, steps: all.filter((step) => step.sequenceId === sequence.id) }));
}

type NewSequence = typeof sequences.$inferInsert;

/** Makes a sequence with its entry step. */
export async function insertSequence(db: Database, sequence: NewSequence): Promise<Definition> {
  const at = sequence.createdAt;
  const [[made], [entry]] = await db.batch([
    db.insert(sequences).values(sequence).returning(),
    db.all<Step>(sql`
      INSERT INTO steps (sequence_id, kind, created_at, updated_at)
      VALUES ((SELECT seq FROM sqlite_sequence WHERE name = 'sequences'), 'entry', ${at}, ${at})
      RETURNING id`),
  ]);
  if (!made || !entry) throw new Error("the sequence was not made");
  return { sequence: made, steps: await selectSteps(db, made.id) };
}

export interface Revision {
  sequence: Sequence;
  /** Tells this edit from any other. */
  edit: string;
  set: Partial<NewSequence>;
  /** More statements; each must carry the guard, which holds only if this edit has won. */
  statements?: (guard: SQL) => Statements;
  job?: NewJob | null;
}

/** Writes a change of the revision that was read. Null when another edit came first; else the job's id, if there is one. */
export async function revise(db: Database, revision: Revision): Promise<{ job: number | null } | null> {
  const { sequence, edit, set, job } = revision;
  const guard = sql`EXISTS (SELECT 1 FROM sequences WHERE id = ${sequence.id} AND edit = ${edit})`;
  const results = await together(db, [
    db
      .update(sequences)
      .set({ ...set, edit, revision: sequence.revision + 1 })
      .where(and(eq(sequences.id, sequence.id), eq(sequences.revision, sequence.revision)))
      .returning({ id: sequences.id }),
    ...(job ? [writeJob(db, job, guard)] : []),
    ...(revision.statements?.(guard) ?? []),
  ]);
  const [won, jobs] = results as [{ id: number }[], { id: number }[]?];
  if (won.length === 0) return null;
  return { job: job ? (jobs?.[0]?.id ?? null) : null };
}

/** The step that the same batch has just inserted. */
const newestOf = (sequenceId: number) => sql`(SELECT MAX(id) FROM steps WHERE sequence_id = ${sequenceId})`;

export type NewStep = Pick<Step, "kind" | "delay" | "subject" | "body" | "format" | "createdAt">;

export function writeEdit(db: Database, sequenceId: number, edit: Edit, step: NewStep | null, guard: SQL): Statements {
  const newest = newestOf(sequenceId);
  const insert = step && [
    db.run(sql`
      INSERT INTO steps (sequence_id, parent_id, kind, delay, subject, body, format, created_at, updated_at)
      SELECT ${sequenceId}, ${edit.under ?? null}, ${step.kind}, ${step.delay}, ${step.subject}, ${step.body},
        ${step.format}, ${step.createdAt}, ${step.createdAt} WHERE ${guard}`),
  ];
  const parents = edit.parents.map(({ step: id, parent }) =>
    db.run(sql`UPDATE steps SET parent_id = ${parent === "new" ? newest : parent} WHERE id = ${id} AND ${guard}`),
  );
  return [...(insert ?? []), ...parents];
}

export type StepChange = Partial<Pick<Step, "delay" | "subject" | "body" | "format" | "updatedAt" | "deletedAt">>;

export function writeStep(db: Database, id: number, set: StepChange, guard: SQL): Statements {
  return [
    db
      .update(steps)
      .set(set)
      .where(and(eq(steps.id, id), guard)),
  ];
}
