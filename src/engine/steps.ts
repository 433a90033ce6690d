/** Knows the verbs on steps; each is an edit of the tree, written with a new revision of its sequence. */
import type { SQL } from "drizzle-orm";
import { type Edit, insertAt, moveTo, orders } from "../domain/edit";
import { type Failure, missing, ok, type Result, refuse } from "../domain/failure";
import { isShown, MOST_STEPS, type Step } from "../domain/step";
import { checkTemplate, type Format } from "../domain/template";
import { growTree, shownSteps, type Tree } from "../domain/tree";
import type { Statements } from "../storage/database";
import { type Definition, findDefinition, type NewStep, revise, writeEdit, writeStep } from "../storage/sequences";
import type { Context } from "./context";
import { nudge } from "./jobs";

export interface MessageDraft {
  body: string;
  subject: string | null;
  format: Format;
  /** Seconds. */
  delay: number;
  /** Left out, it is appended. */
  order?: number | undefined;
}

export interface StepPatch {
  body?: string | undefined;
  delay?: number | undefined;
  order?: number | undefined;
}

export interface ShownStep {
  step: Step;
  order: number;
}

export interface StepOf {
  sequenceId: number;
  stepId: number;
}

export async function list(ctx: Context, sequenceId: number): Promise<Result<ShownStep[]>> {
  const definition = await findDefinition(ctx.db, ctx.workspaceId, sequenceId);
  return definition ? ok(numbered(definition.steps)) : missing("sequence");
}

/** The shown steps of a sequence with their numbers. */
export function numbered(steps: readonly Step[]): ShownStep[] {
  return shownSteps(growTree(steps, 0)).map((step, i) => ({ step, order: i + 1 }));
}

export async function add(ctx: Context, sequenceId: number, draft: MessageDraft): Promise<Result<ShownStep>> {
  const fault = faultIn("messageTemplate", draft.body);
  if (fault) return refuse(fault);
  const { body, subject, format, delay } = draft;
  const step: NewStep = { kind: "message", body, subject, format, delay, createdAt: ctx.now.journey };
  const edited = await edit(ctx, sequenceId, (tree) => {
    if (shownSteps(tree).length >= MOST_STEPS) return refuse({ kind: "too_many_steps", max: MOST_STEPS });
    const { min, max } = orders(tree, false);
    const order = draft.order ?? max;
    if (order < min || order > max) return refuse(badOrder(min, max));
    const change = insertAt(tree, order);
    if (!change) return refuse({ kind: "branched" });
    return ok({ statements: (guard) => writeEdit(ctx.db, sequenceId, change, step, guard), reschedules: true });
  });
  if (!edited.ok) return edited;
  const newest = numbered(edited.value.steps).reduce((a, b) => (b.step.id > a.step.id ? b : a));
  return ok(newest);
}

export async function update(
  ctx: Context,
  { sequenceId, stepId }: StepOf,
  patch: StepPatch,
): Promise<Result<ShownStep>> {
  const fault = patch.body === undefined ? null : faultIn("messageTemplate", patch.body);
  if (fault) return refuse(fault);
  const edited = await edit(ctx, sequenceId, (tree) => {
    const step = tree.steps.get(stepId);
    if (!step || !isShown(step)) return missing("step");
    const change = moveOf(tree, step, patch.order);
    return change.ok ? ok(updateOf(ctx, step, patch, change.value)) : change;
  });
  if (!edited.ok) return edited;
  const shown = numbered(edited.value.steps).find(({ step }) => step.id === stepId);
  return shown ? ok(shown) : missing("step");
}

/** Deletes a step: it keeps its place, unseen, so that who awaits it comes to the one after it. */
export async function remove(ctx: Context, { sequenceId, stepId }: StepOf): Promise<Result<void>> {
  const edited = await edit(ctx, sequenceId, (tree) => {
    const step = tree.steps.get(stepId);
    if (!step || !isShown(step)) return missing("step");
    const gone = { deletedAt: ctx.now.journey, updatedAt: ctx.now.journey };
    return ok({ statements: (guard) => writeStep(ctx.db, stepId, gone, guard), reschedules: true });
  });
  return edited.ok ? ok(undefined) : edited;
}

interface Change {
  statements: (guard: SQL) => Statements;
  /** Whether it changes when something is due, so that journeys under way must look again. */
  reschedules: boolean;
}

/** Edits that may come between look and write before the caller is told to try again. */
const MOST_TRIES = 5;

async function edit(
  ctx: Context,
  sequenceId: number,
  change: (tree: Tree) => Result<Change>,
): Promise<Result<Definition>> {
  const { db, workspaceId, now } = ctx;
  for (let tries = 0; tries < MOST_TRIES; tries++) {
    const definition = await findDefinition(db, workspaceId, sequenceId);
    if (!definition) return missing("sequence");
    const { sequence, steps } = definition;
    if (sequence.locked) return refuse({ kind: "sequence_locked" });
    const changed = change(growTree(steps, sequence.revision));
    if (!changed.ok) return changed;
    const { statements, reschedules } = changed.value;
    const job = {
      workspaceId,
      kind: "reschedule",
      subjectId: sequenceId,
      journey: now.journey,
      wall: now.wall,
    } as const;
    const set = { updatedAt: now.journey };
    const revised = await revise(db, {
      sequence,
      edit: crypto.randomUUID(),
      set,
      statements,
      job: reschedules ? job : null,
    });
    if (!revised) continue;
    if (revised.job !== null) await nudge(ctx, [{ id: revised.job }]);
    const after = await findDefinition(db, workspaceId, sequenceId);
    return after ? ok(after) : missing("sequence");
  }
  return refuse({ kind: "unavailable", what: "the sequence is being edited" });
}

function moveOf(tree: Tree, step: Step, order: number | undefined): Result<Edit | null> {
  if (order === undefined) return ok(null);
  const { min, max } = orders(tree, true);
  if (order < min || order > max) return refuse(badOrder(min, max));
  const move = moveTo(tree, step, order);
  return move ? ok(move) : refuse({ kind: "branched" });
}

function updateOf(ctx: Context, step: Step, { body, delay }: StepPatch, move: Edit | null): Change {
  const set = {
    ...(body === undefined ? {} : { body }),
    ...(delay === undefined ? {} : { delay }),
    updatedAt: ctx.now.journey,
  };
  const statements = (guard: SQL) => [
    ...writeStep(ctx.db, step.id, set, guard),
    ...(move ? writeEdit(ctx.db, step.sequenceId, move, null, guard) : []),
  ];
  const moves = move !== null && move.parents.length > 0;
  return { statements, reschedules: moves || (delay !== undefined && delay !== step.delay) };
}

function badOrder(min: number, max: number): Failure {
  return { kind: "bad_value", field: "stepOrder", message: `must be between ${min} and ${max}` };
}

function faultIn(field: string, source: string): Failure | null {
  const checked = checkTemplate(source);
  return checked.ok ? null : { kind: "bad_template", field, ...checked.failure };
}
