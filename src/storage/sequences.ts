/** Knows sequences and their steps, and how a change of them is written: all of it with a new revision, or none. */
import { and, desc, eq, getTableColumns, type SQL, sql } from "drizzle-orm";
import type { Sequence, SequenceStatus } from "../domain/sequence";
import type { Step } from "../domain/step";
import { type Database, type Statements, together } from "./database";
import { type NewJob, writeJob } from "./jobs";
import { remembered } from "./remembered";
import { sequences, steps } from "./schema";
import { pageOfVisible, type Viewer, visibleTo } from "./sight";
import { insertSteps, type PlacedStep, selectSteps, selectStepsWhere, stepsOf } from "./steps";
import type { Window } from "./window";
import { counts } from "./work";

export type SequenceRow = typeof sequences.$inferSelect;

const sequenceSeen = remembered((db, { id, workspaceId, userId }: SightOf) =>
  db
    .select()
    .from(sequences)
    .where(and(eq(sequences.id, id), visibleTo({ workspaceId, userId }))),
);

interface SightOf extends Viewer {
  id: number;
}

/** Only whoever may see it finds it; so it is with all queries below. */
export function selectSequence(db: Database, { workspaceId, userId }: Viewer, id: number) {
  return sequenceSeen(db, { id, workspaceId, userId });
}

export async function findSequence(db: Database, viewer: Viewer, id: number): Promise<Sequence | null> {
  const [sequence] = await selectSequence(db, viewer, id);
  return sequence ?? null;
}

/** Whether any of these sequences is there, and not for the viewer. */
export async function someHidden(db: Database, viewer: Viewer, ids: readonly number[]): Promise<boolean> {
  if (ids.length === 0) return false;
  const [row] = await db
    .select({ id: sequences.id })
    .from(sequences)
    .where(sql`${sequences.id} IN (SELECT value FROM json_each(${JSON.stringify(ids)}))
      AND ${sequences.workspaceId} = ${viewer.workspaceId} AND NOT (${visibleTo(viewer)})`)
    .limit(1);
  return row !== undefined;
}

export interface Definition {
  sequence: SequenceRow;
  steps: Step[];
}

/** A sequence with all its steps, deleted ones too. */
export async function findDefinition(db: Database, viewer: Viewer, id: number): Promise<Definition | null> {
  const [[sequence], rows] = await db.batch([selectSequence(db, viewer, id), selectSteps(db, id)]);
  return sequence ? { sequence, steps: stepsOf(rows) } : null;
}

const sequencesOn = remembered((db, { limit, offset, ...viewer }: Viewer & Window) =>
  db
    .select()
    .from(sequences)
    .where(sql`${sequences.id} IN (${pageOfVisible(viewer, limit, offset)})`)
    .orderBy(desc(sequences.id)),
);

const stepsOn = remembered((db, { limit, offset, ...viewer }: Viewer & Window) =>
  selectStepsWhere(db, sql`${steps.sequenceId} IN (${pageOfVisible(viewer, limit, offset)})`),
);

/** The newest first, archived ones left out. */
export async function listSequences(
  db: Database,
  { workspaceId, userId }: Viewer,
  { limit, offset }: Window,
): Promise<Definition[]> {
  const page = { workspaceId, userId, limit, offset };
  const [rows, all] = await db.batch([sequencesOn(db, page), stepsOn(db, page)]);
  const bySequence = Map.groupBy(stepsOf(all), (step) => step.sequenceId);
  return rows.map((sequence) => ({ sequence, steps: bySequence.get(sequence.id) ?? [] }));
}

/** A page of sequences without their steps, each with the number of its live enrollments, which a trigger keeps. */
export async function listLive(
  db: Database,
  { workspaceId, userId }: Viewer,
  { limit, offset }: Window,
): Promise<{ sequence: SequenceRow; live: number }[]> {
  const rows = await liveOn(db, { workspaceId, userId, limit, offset });
  return rows.map(({ live, ...sequence }) => ({ sequence, live }));
}

const liveOn = remembered((db, { limit, offset, ...viewer }: Viewer & Window) =>
  db
    .select({ ...getTableColumns(sequences), live: sql<number>`COALESCE(${counts.n}, 0)`.as("live") })
    .from(sequences)
    .leftJoin(
      counts,
      sql`${counts.workspaceId} = ${viewer.workspaceId} AND ${counts.sequenceId} = ${sequences.id} AND ${counts.what} = 'ACTIVE'`,
    )
    .where(sql`${sequences.id} IN (${pageOfVisible(viewer, limit, offset)})`)
    .orderBy(desc(sequences.id)),
);

/** Sequences that a filter looks through: those changed last. */
export const MOST_LOOKED_AT = 500;

/** A page of those with a status, archived ones too, the one that was changed last first. */
export async function listByStatus(
  db: Database,
  viewer: Viewer,
  status: SequenceStatus,
  { limit, offset }: Window,
): Promise<{ items: Sequence[]; total: number }> {
  const found = await db.all<{ id: number }>(sql`SELECT id FROM (
    SELECT id, status FROM sequences WHERE ${visibleTo(viewer)} ORDER BY updated_at DESC LIMIT ${MOST_LOOKED_AT})
    WHERE status = ${status}`);
  const ids = found.slice(offset, offset + limit).map(({ id }) => id);
  const rows = await db
    .select()
    .from(sequences)
    .where(sql`${sequences.id} IN (SELECT value FROM json_each(${JSON.stringify(ids)}))
      AND +${sequences.workspaceId} = ${viewer.workspaceId}`);
  return { items: rows.sort((a, b) => ids.indexOf(a.id) - ids.indexOf(b.id)), total: found.length };
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
    ...insertSteps(db, placed, { at: sequence.createdAt, by: sequence.creatorId }),
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
