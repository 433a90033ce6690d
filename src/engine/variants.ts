/** Knows the verbs on variants, the templates that a step sends; each is an edit of the step's sequence. */
import type { SQL } from "drizzle-orm";
import { type Failure, missing, ok, type Result, refuse } from "../domain/failure";
import { isWriter, type Writer } from "../domain/step";
import type { Tree } from "../domain/tree";
import { MOST_VARIANTS } from "../domain/variant";
import type { Statements } from "../storage/database";
import { findSequence } from "../storage/sequences";
import { sequenceOfStep } from "../storage/steps";
import { findTemplate, type Template } from "../storage/templates";
import {
  buryPrivate,
  findVariant,
  insertVariant,
  type PlacedVariant,
  removeVariant,
  usesOf,
  variantsOfStep,
  writeVariant,
} from "../storage/variants";
import type { Context } from "./context";
import { edit } from "./edits";
import { writtenBy } from "./texts";

export type { PlacedVariant } from "../storage/variants";

/** Steps that send one template: each change of it revises all their sequences. */
const MOST_USES = 1000;

/** Has a step send a template, at once. */
export async function create(
  ctx: Context,
  { stepId, templateId, isReply = false }: { stepId: number; templateId: number; isReply?: boolean },
): Promise<Result<PlacedVariant>> {
  const { db } = ctx;
  const sequenceId = await sequenceOfStep(db, ctx, stepId);
  if (sequenceId === null) return missing("step");
  const sendable = await findSendable(ctx, templateId);
  if (!sendable.ok) return sendable;
  const made = await editStep(ctx, { sequenceId, stepId }, (step) => {
    const full = step.variants.length >= MOST_VARIANTS;
    if (full) return refuse({ kind: "too_many", what: "templates of one step", max: MOST_VARIANTS });
    const fault = faultInTemplate(step, sendable.value);
    const insertion = { stepId, templateId, isReply };
    return fault ? refuse(fault) : ok((guard) => insertVariant(db, insertion, writtenBy(ctx), guard));
  });
  if (!made.ok) return made;
  const [[row]] = made.value as [{ id: number }[]];
  return row ? show(ctx, row.id) : missing("template");
}

export async function show(ctx: Context, id: number): Promise<Result<PlacedVariant>> {
  const variant = await findVariant(ctx.db, ctx, id);
  return variant ? ok(variant) : missing("sequence template");
}

/** Of a step, in the order in which they were made. */
export async function list(ctx: Context, stepId: number): Promise<Result<PlacedVariant[]>> {
  const sequenceId = await sequenceOfStep(ctx.db, ctx, stepId);
  return sequenceId === null ? missing("step") : ok(await variantsOfStep(ctx.db, ctx, stepId));
}

/** What it has sent so far stays counted where it was. */
export async function update(
  ctx: Context,
  id: number,
  { isReply, templateId }: { isReply?: boolean | undefined; templateId?: number | undefined },
): Promise<Result<PlacedVariant>> {
  const same = isReply === undefined ? {} : { isReply };
  const known = await show(ctx, id);
  if (!known.ok) return known;
  if (templateId === undefined || templateId === known.value.templateId) return change(ctx, id, () => same);
  const sendable = await findSendable(ctx, templateId);
  if (!sendable.ok) return sendable;
  const set = { ...same, templateId };
  return change(
    ctx,
    id,
    () => set,
    (step) => faultInTemplate(step, sendable.value),
  );
}

/** From here on it is sent, beside the others that are. Doing it again changes nothing. */
export function activate(ctx: Context, id: number): Promise<Result<PlacedVariant>> {
  return change(ctx, id, ({ enabledAt }) => (enabledAt === null ? { enabledAt: ctx.now.journey } : {}));
}

/** No message that is yet to be written is taken from it. */
export function deactivate(ctx: Context, id: number): Promise<Result<PlacedVariant>> {
  return change(ctx, id, () => ({ enabledAt: null }));
}

export async function remove(ctx: Context, id: number): Promise<Result<void>> {
  const known = await show(ctx, id);
  if (!known.ok) return known;
  const { value } = known;
  const removed = await editStep(ctx, value, (step) =>
    step.variants.some((variant) => variant.id === id)
      ? ok((guard) => removeVariant(ctx.db, value, ctx.now.journey, guard))
      : missing("sequence template"),
  );
  return removed.ok ? ok(undefined) : removed;
}

async function change(
  ctx: Context,
  id: number,
  setFor: (variant: PlacedVariant) => { isReply?: boolean; templateId?: number; enabledAt?: number | null },
  faultIn: (step: Writer) => Failure | null = () => null,
): Promise<Result<PlacedVariant>> {
  const known = await show(ctx, id);
  if (!known.ok) return known;
  const { by, at } = writtenBy(ctx);
  const set = { ...setFor(known.value), updaterId: by, updatedAt: at };
  const written = await editStep(ctx, known.value, (step) => {
    const fault = faultIn(step);
    if (fault) return refuse(fault);
    return ok((guard) => [
      ...writeVariant(ctx.db, id, set, guard),
      ...(set.templateId === undefined ? [] : [buryPrivate(ctx.db, known.value, at, guard)]),
    ]);
  });
  if (!written.ok) return written;
  const [[row]] = written.value as [{ id: number }[]];
  if (row) return show(ctx, id);
  if (!(await show(ctx, id)).ok) return missing("sequence template");
  return (await findTemplate(ctx.db, ctx, known.value.templateId)) ? refuse(ARCHIVED) : missing("template");
}

/** Edits a step that is there and sends messages; the statements' answers are returned. */
export async function editStep(
  ctx: Context,
  { sequenceId, stepId }: Pick<PlacedVariant, "sequenceId" | "stepId">,
  statementsFor: (step: Writer) => Result<(guard: SQL) => Statements>,
): Promise<Result<unknown[]>> {
  const sequence = await findSequence(ctx.db, ctx, sequenceId);
  if (sequence?.status === "ARCHIVED") return refuse({ kind: "sequence_archived" });
  const edited = await edit(ctx, sequenceId, (tree) => {
    const step = writerIn(tree, stepId);
    if (!step.ok) return step;
    const statements = statementsFor(step.value);
    return statements.ok ? ok({ statements: statements.value, reschedules: false }) : statements;
  });
  return edited.ok ? ok(edited.value.results) : edited;
}

function writerIn(tree: Tree, stepId: number): Result<Writer> {
  const step = tree.steps.get(stepId);
  if (!step || step.deletedAt !== null) return missing("step");
  if (!isWriter(step)) return refuse(bad("stepId", "must name a step that sends messages"));
  return ok(step);
}

/** A template that one more step may send. */
async function findSendable(ctx: Context, id: number): Promise<Result<Template>> {
  const template = await findTemplate(ctx.db, ctx, id);
  if (!template) return missing("template");
  if (template.archivedAt !== null) return refuse(ARCHIVED);
  const uses = await usesOf(ctx.db, ctx.workspaceId, id);
  return uses < MOST_USES
    ? ok(template)
    : refuse({ kind: "too_many", what: "steps that send one template", max: MOST_USES });
}

function faultInTemplate({ id, variants }: Writer, template: Template): Failure | null {
  if (variants.some(({ templateId }) => templateId === template.id))
    return bad("templateId", "is sent by that step already");
  const foreign = template.privateStepId !== null && template.privateStepId !== id;
  return foreign ? bad("templateId", "is the private text of another step") : null;
}

const ARCHIVED = bad("templateId", "is archived");

function bad(field: string, message: string): Failure {
  return { kind: "bad_value", field, message };
}
