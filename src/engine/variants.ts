/** Knows the verbs on variants, the templates that a message step sends; each is an edit of the step's sequence. */
import type { SQL } from "drizzle-orm";
import { type Failure, missing, ok, type Result, refuse } from "../domain/failure";
import { isShown, type StepOf } from "../domain/step";
import type { Tree } from "../domain/tree";
import { MOST_VARIANTS } from "../domain/variant";
import type { Statements } from "../storage/database";
import { findSequence } from "../storage/sequences";
import { sequenceOfStep } from "../storage/steps";
import { findTemplate, type Template } from "../storage/templates";
import {
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
  const { db, workspaceId } = ctx;
  const sequenceId = await sequenceOfStep(db, ctx, stepId);
  if (sequenceId === null) return missing("step");
  const template = await findTemplate(db, ctx, templateId);
  if (!template) return missing("template");
  if ((await usesOf(db, workspaceId, templateId)) >= MOST_USES) {
    return refuse({ kind: "too_many", what: "steps that send one template", max: MOST_USES });
  }
  const made = await editStep(ctx, { sequenceId, stepId }, (step) => {
    const fault = faultInVariant(step, template);
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

export function update(ctx: Context, id: number, patch: { isReply?: boolean }): Promise<Result<PlacedVariant>> {
  return change(ctx, id, () => patch);
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
  setFor: (variant: PlacedVariant) => { isReply?: boolean; enabledAt?: number | null },
): Promise<Result<PlacedVariant>> {
  const known = await show(ctx, id);
  if (!known.ok) return known;
  const { by, at } = writtenBy(ctx);
  const set = { ...setFor(known.value), updaterId: by, updatedAt: at };
  const written = await editStep(ctx, known.value, () => ok((guard) => writeVariant(ctx.db, id, set, guard)));
  if (!written.ok) return written;
  const [[row]] = written.value as [{ id: number }[]];
  if (row) return show(ctx, id);
  return (await show(ctx, id)).ok ? missing("template") : missing("sequence template");
}

/** Edits a message step that is there; the statements' answers are returned. */
async function editStep(
  ctx: Context,
  { sequenceId, stepId }: Pick<PlacedVariant, "sequenceId" | "stepId">,
  statementsFor: (step: StepOf<"message">) => Result<(guard: SQL) => Statements>,
): Promise<Result<unknown[]>> {
  const sequence = await findSequence(ctx.db, ctx, sequenceId);
  if (sequence?.status === "ARCHIVED") return refuse({ kind: "sequence_archived" });
  const edited = await edit(ctx, sequenceId, (tree) => {
    const step = messageIn(tree, stepId);
    if (!step.ok) return step;
    const statements = statementsFor(step.value);
    return statements.ok ? ok({ statements: statements.value, reschedules: false }) : statements;
  });
  return edited.ok ? ok(edited.value.results) : edited;
}

function messageIn(tree: Tree, stepId: number): Result<StepOf<"message">> {
  const step = tree.steps.get(stepId);
  if (!step || step.deletedAt !== null) return missing("step");
  if (!isShown(step) || step.kind !== "message") return refuse(bad("stepId", "must name a step that sends messages"));
  return ok(step);
}

function faultInVariant({ id, variants }: StepOf<"message">, template: Template): Failure | null {
  if (variants.length >= MOST_VARIANTS) return { kind: "too_many", what: "templates of one step", max: MOST_VARIANTS };
  if (variants.some(({ templateId }) => templateId === template.id))
    return bad("templateId", "is sent by that step already");
  const foreign = template.privateStepId !== null && template.privateStepId !== id;
  return foreign ? bad("templateId", "is the private text of another step") : null;
}

function bad(field: string, message: string): Failure {
  return { kind: "bad_value", field, message };
}
