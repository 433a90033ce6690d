/** Knows sequences and their steps, and how a change of them is written: all of it with a new revision, or none. */
import { and, desc, eq, ne, type SQL, sql } from "drizzle-orm";
import type { Sequence } from "../domain/sequence";
import type { Step } from "../domain/step";
import { type Database, type Statements, together } from "./database";
import { type NewJob, writeJob } from "./jobs";
import { sequences, steps } from "./schema";
import { insertSteps, type PlacedStep, selectSteps, stepsOf } from "./steps";
import type { Window } from "./window";
import { counts } from "./work";

export type SequenceRow = typeof sequences.$inferSelect;

export function selectSequence(db: Database, workspaceId: number, id: number) {
  return db
    .select()
    .from(sequences)
    .where(and(eq(sequences.id, id), eq(sequences.workspaceId, workspaceId)));
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
  return sequence ? { sequence, steps: stepsOf(rows) } : null;
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
  const bySequence = Map.groupBy(stepsOf(all), (step) => step.sequenceId);
  return rows.map((sequence) => ({ sequence, steps: bySequence.get(sequence.id) ?? [] }));
}

/** A page of sequences without their steps, each with the number of its live enrollments, which a trigger keeps. */
export async function listLive(
  db: Database,
  workspaceId: number,
  { limit, offset }: Window,
): Promise<{ sequence: SequenceRow; live: number }[]> {
  return db
    .select({ sequence: sequences, live: sql<number>`COALESCE(${counts.n}, 0)` })
    .from(sequences)
    .leftJoin(
      counts,
      sql`${counts.workspaceId} = ${workspaceId} AND ${counts.sequenceId} = ${sequences.id} AND ${counts.what} = 'ACTIVE'`,
    )
    .where(and(eq(sequences.workspaceId, workspaceId), ne(sequences.status, "ARCHIVED")))
    .orderBy(desc(sequences.id))
    .limit(limit)
    .offset(offset);
}

export type NewSequence = typeof sequences.$inferInsert;

/** The sequence that the same batch has just made. */
export const NEWEST_SEQUENCE = sql`(SELECT seq FROM sqlite_sequence WHERE name = 'sequences')`;

/** Makes a sequence with its steps, the entry first, and a job for it, if any. Fails where its segment has been deleted. */
export async function insertSequence(
  db: Database,
  sequence: NewSequence,
  placed: readonly PlacedStep[],
  job: NewJob | null,
): Promise<{ definition: Definition; jobs: { id: number }[] }> {
  const results = await together(db, [
    db.insert(sequences).values(sequence).returning(),
    ...(job ? [writeJob(db, job)] : []),
    ...insertSteps(db, placed, sequence.createdAt),
  ]);
  const [[made], jobs] = results as [SequenceRow[], { id: number }[]];
  if (!made) throw new Error("the sequence was not made");
  const definition = { sequence: made, steps: stepsOf(await selectSteps(db, made.id)) };
  return { definition, jobs: job ? jobs : [] };
}

export interface Revision {
  sequence: Sequence;
  /** Tells this edit from any other. */
  edit: string;
  set: Partial<NewSequence>;
  /** What must be so besides for the edit to win. */
  provided?: readonly SQL[];
  /** More statements; each must carry the guard, which holds only if this edit has won. */
  statements?: (guard: SQL) => Statements;
  /** What the edit asks of the journeys under way. */
  jobs?: readonly NewJob[];
}

export interface Revised {
  jobs: { id: number }[];
  /** What the further statements have answered. */
  results: unknown[];
}

/** Writes a change of the revision that was read, with its jobs. Null when another edit came first. */
export async function revise(db: Database, revision: Revision): Promise<Revised | null> {
  const { sequence, edit, set, provided = [], jobs = [] } = revision;
  const guard = sql`EXISTS (SELECT 1 FROM sequences WHERE id = ${sequence.id} AND edit = ${edit})`;
  const results = await together(db, [
    db
      .update(sequences)
      .set({ ...set, edit, revision: sequence.revision + 1 })
      .where(and(eq(sequences.id, sequence.id), eq(sequences.revision, sequence.revision), ...provided))
      .returning({ id: sequences.id }),
    ...jobs.map((job) => writeJob(db, job, guard)),
    ...(revision.statements?.(guard) ?? []),
  ]);
  const [won, ...rest] = results as { id: number }[][];
  return won?.length ? { jobs: rest.slice(0, jobs.length).flat(), results: rest.slice(jobs.length) } : null;
}
