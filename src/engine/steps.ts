/** Knows the verbs on steps; each is an edit of the tree, written with a new revision of its sequence. */
import { faultInStep } from "../domain/draft";
import { delayBefore, delayUnder, moveUnder, removal } from "../domain/edit";
import { missing, ok, type Result, refuse } from "../domain/failure";
import { isShown, type Shows, type Step, type StepDraft, type Timed } from "../domain/step";
import { growTree, shownSteps, type Tree } from "../domain/tree";
import { afterEdit } from "../domain/walkable";
import { findDefinition } from "../storage/sequences";
import { buryStep, writeEdit, writeStep } from "../storage/steps";
import type { Context } from "./context";
import { type Edited, edit, faultAfter, type Plan, unplaced } from "./edits";
import { limitsHere } from "./limits";
import { insertionAt, moveOf, type Place } from "./places";
import { faultInScheduleId } from "./schedules";
import { faultInPatch, isTimedAnew, keeping, trackingFor } from "./stepchanges";
import { faultInTarget, faultInTargetAfter } from "./targets";
import { textChange, withoutText, writtenBy } from "./texts";

export type StepPatch = Partial<Pick<StepDraft, "label" | "delay" | "subject" | "body" | "format" | "settings">> &
  Partial<Timed> & {
    /** The delay with that of the delay steps directly before it, in seconds. */
    delayInAll?: number | undefined;
    /** Its number among the steps that `shows` tells; among those of v1 unless told. */
    order?: number | undefined;
    shows?: Shows | undefined;
  };

export type NewStep = StepDraft & Pick<StepPatch, "delayInAll">;

export interface ShownStep {
  step: Step;
  order: number;
  /** Its own delay and that of the delay steps directly before it, in seconds. */
  delayInAll: number;
}

export interface Planted {
  step: Step;
  tree: Tree;
}

export interface StepOf {
  sequenceId: number;
  stepId: number;
}

/** The tree of a sequence as it stands, deleted steps at the place they had. */
export async function treeOf(ctx: Context, sequenceId: number): Promise<Result<Tree>> {
  const definition = await findDefinition(ctx.db, ctx, sequenceId);
  return definition ? ok(growTree(definition.steps, definition.sequence.revision)) : missing("sequence");
}

export async function show(ctx: Context, { sequenceId, stepId }: StepOf): Promise<Result<Planted>> {
  const tree = await treeOf(ctx, sequenceId);
  if (!tree.ok) return tree;
  return planted(tree.value, stepId);
}

export async function list(ctx: Context, sequenceId: number, shows: Shows = isShown): Promise<Result<ShownStep[]>> {
  const tree = await treeOf(ctx, sequenceId);
  return tree.ok ? ok(numberedIn(tree.value, shows)) : tree;
}

/** The shown steps of a sequence with their numbers. */
export function numbered(steps: readonly Step[]): ShownStep[] {
  return numberedIn(growTree(steps, 0));
}

export function numberedIn(tree: Tree, shows: Shows = isShown): ShownStep[] {
  const shown = shownSteps(tree, shows);
  return shown.map((step, i) => ({ step, order: i + 1, delayInAll: step.delay + delayBefore(tree, step) }));
}

/** Adds a step; a condition comes with its two branches. */
export async function add(
  ctx: Context,
  sequenceId: number,
  draft: NewStep,
  place: Place = "end",
): Promise<Result<Planted>> {
  const plan = await adding(ctx, sequenceId, draft, place);
  if (!plan.ok) return plan;
  const edited = await edit(ctx, sequenceId, plan.value);
  if (!edited.ok) return edited;
  const [[made]] = edited.value.results as [{ id: number }[]];
  return made ? plantedIn(edited.value, made.id) : missing("step");
}

export async function adding(
  ctx: Context,
  sequenceId: number,
  { delayInAll, ...draft }: NewStep,
  place: Place = "end",
): Promise<Result<Plan>> {
  const fault =
    faultInStep(draft) ??
    (await faultInTarget(ctx, sequenceId, draft)) ??
    (await faultInScheduleId(ctx, draft.scheduleId));
  if (fault) return refuse(fault);
  const { stepsPerSequence: most } = await limitsHere(ctx);
  return ok((tree) => {
    const change = insertionAt(tree, place);
    if (!change.ok) return change;
    const unwalkable = faultAfter(tree, change.value, { draft, most });
    if (unwalkable) return refuse(unwalkable);
    const before = delayUnder(tree, change.value);
    const delay = delayInAll === undefined ? draft.delay : delayInAll - before;
    if (delay < 0) return refuse({ kind: "delay_too_short", least: before });
    const insertion = { sequenceId, step: { ...draft, delay }, ...writtenBy(ctx) };
    return ok({
      after: afterEdit(tree.steps.values(), change.value, unplaced(insertion.step)),
      statements: (guard) => writeEdit(ctx.db, change.value, insertion, guard),
      proviso: keeping(ctx, draft.scheduleId),
      set: trackingFor(draft),
      reschedules: true,
    });
  });
}

/** Changes what the patch names; a patch may depend on what the step is. */
export async function update(ctx: Context, of: StepOf, patchFor: PatchFor): Promise<Result<Planted>> {
  const plan = await changing(ctx, of, patchFor);
  if (!plan.ok) return plan;
  const edited = await edit(ctx, of.sequenceId, plan.value);
  return edited.ok ? plantedIn(edited.value, of.stepId) : edited;
}

type PatchFor = (step: Step) => Result<StepPatch>;

export async function changing(
  ctx: Context,
  { sequenceId, stepId }: StepOf,
  patchFor: PatchFor,
): Promise<Result<Plan>> {
  const known = await show(ctx, { sequenceId, stepId });
  if (!known.ok) return known;
  const target = patchFor(known.value.step);
  if (!target.ok) return target;
  const lost =
    (await faultInTargetAfter(ctx, known.value.step, target.value)) ??
    (await faultInScheduleId(ctx, target.value.scheduleId));
  if (lost) return refuse(lost);
  return ok((tree) => {
    const step = liveIn(tree, stepId);
    if (!step.ok) return step;
    const asked = patchFor(step.value);
    if (!asked.ok) return asked;
    const fault = faultInPatch(step.value, asked.value);
    if (fault) return refuse(fault);
    const { order, shows, delayInAll, ...patch } = asked.value;
    const move = moveOf(tree, step.value, { order, shows });
    if (!move.ok) return move;
    const delay =
      delayInAll === undefined ? (patch.delay ?? step.value.delay) : delayInAll - delayBefore(tree, step.value);
    if (delay < 0) return refuse({ kind: "delay_too_short", least: delayBefore(tree, step.value) });
    const set = { ...patch, delay, updaterId: ctx.userId, updatedAt: ctx.now.journey };
    const after = { ...step.value, ...set } as Step;
    const others = [...tree.steps.values()].map((one) => (one.id === stepId ? after : one));
    return ok({
      after: afterEdit(others, move.value ?? { parents: [] }),
      statements: (guard) => [
        ...writeStep(ctx.db, stepId, withoutText(step.value.kind, set), guard),
        ...textChange(ctx, step.value, after, guard),
        ...(move.value ? writeEdit(ctx.db, move.value, null, guard) : []),
      ],
      proviso: keeping(ctx, patch.scheduleId),
      set: trackingFor(after),
      reschedules: (move.value?.parents.length ?? 0) > 0 || isTimedAnew(step.value, after),
    });
  });
}

/** Moves a step directly after another; a condition takes its branches along, what came after it closes up. */
export async function move(ctx: Context, of: StepOf, underId: number): Promise<Result<Planted>> {
  const edited = await edit(ctx, of.sequenceId, moving(ctx, of.stepId, underId));
  return edited.ok ? plantedIn(edited.value, of.stepId) : edited;
}

export function moving(ctx: Context, stepId: number, underId: number): Plan {
  return (tree) => {
    const step = liveIn(tree, stepId);
    if (!step.ok) return step;
    const under = liveIn(tree, underId);
    if (!under.ok) return refuse({ kind: "bad_value", field: "underId", message: "is no step of this sequence" });
    const change = moveUnder(tree, step.value, under.value);
    if (!change.ok) return change;
    const unwalkable = faultAfter(tree, change.value, null);
    if (unwalkable) return refuse(unwalkable);
    const set = { updaterId: ctx.userId, updatedAt: ctx.now.journey };
    return ok({
      after: afterEdit(tree.steps.values(), change.value),
      statements: (guard) => [
        ...writeStep(ctx.db, stepId, set, guard),
        ...writeEdit(ctx.db, change.value, null, guard),
      ],
      reschedules: true,
    });
  };
}

/** Deletes a step: it keeps its place, unseen, so that who awaits it comes to the one after it. */
export async function remove(ctx: Context, of: StepOf, along: Along = {}): Promise<Result<void>> {
  const edited = await edit(ctx, of.sequenceId, removing(ctx, of.stepId, along));
  return edited.ok ? ok(undefined) : edited;
}

/** What goes with a step. */
interface Along {
  branches?: boolean;
  delays?: boolean;
}

export function removing(ctx: Context, stepId: number, along: Along): Plan {
  return (tree) => {
    const step = liveIn(tree, stepId);
    if (!step.ok) return step;
    const gone = removal(tree, step.value, along);
    if (!gone.ok) return gone;
    const ids = gone.value.map(({ id }) => id);
    const deletedAt = ctx.now.journey;
    return ok({
      after: [...tree.steps.values()].map((one) => (ids.includes(one.id) ? { ...one, deletedAt } : one)),
      statements: (guard) => ids.flatMap((id) => buryStep(ctx.db, id, writtenBy(ctx), guard)),
      reschedules: true,
    });
  };
}

function plantedIn({ definition: { steps, sequence } }: Edited, stepId: number): Result<Planted> {
  return planted(growTree(steps, sequence.revision), stepId);
}

function planted(tree: Tree, stepId: number): Result<Planted> {
  const step = liveIn(tree, stepId);
  return step.ok ? ok({ step: step.value, tree }) : step;
}

function liveIn(tree: Tree, stepId: number): Result<Step> {
  const step = tree.steps.get(stepId);
  return step && step.deletedAt === null ? ok(step) : missing("step");
}
