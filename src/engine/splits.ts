/** Knows the verbs on the texts among which those who come to a step are split; each is an edit of the step's sequence. */
import { faultInTemplate } from "../domain/draft";
import { missing, ok, type Result, refuse } from "../domain/failure";
import { isShown, type Writer } from "../domain/step";
import type { Format } from "../domain/template";
import { MOST_VARIANTS, type Text, type Variant } from "../domain/variant";
import { insertText, rewrite } from "../storage/texts";
import { removeVariant, writeVariant } from "../storage/variants";
import type { Context } from "./context";
import { type StepOf, show } from "./steps";
import { writtenBy } from "./texts";
import { editStep } from "./variants";

export interface SplitPatch {
  body?: string | undefined;
  /** Null: none of its own. */
  subject?: string | null | undefined;
  weight?: number | undefined;
  enabled?: boolean | undefined;
  /** Text unless it is told otherwise. */
  format?: Format | undefined;
}

export type VariantOf = StepOf & { variantId: number };

/** Of a step that sends by itself, in the order in which they were made. */
export async function list(ctx: Context, of: StepOf): Promise<Result<readonly Variant[]>> {
  const found = await show(ctx, of);
  if (!found.ok) return found;
  const { step } = found.value;
  return isShown(step) && step.kind === "message" ? ok(step.variants) : missing("step");
}

export async function add(
  ctx: Context,
  of: StepOf,
  { body, subject = null, format = "text", ...split }: SplitPatch & Pick<Text, "body">,
): Promise<Result<Variant>> {
  const fault = faultInTemplate({ subject, body });
  if (fault) return refuse(fault);
  const known = await list(ctx, of);
  if (!known.ok) return known;
  const made = await editStep(ctx, of, ({ label, variants }) => {
    if (variants.length >= MOST_VARIANTS) {
      return refuse({ kind: "too_many", what: "variants of one step", max: MOST_VARIANTS });
    }
    const writing = { label, text: { subject, body, format }, ...split, ...writtenBy(ctx) };
    return ok((guard) => insertText(ctx.db, of.stepId, writing, guard));
  });
  if (!made.ok) return made;
  const [, [row]] = made.value as [unknown, { id: number }[]];
  return find(ctx, { ...of, variantId: row?.id ?? 0 });
}

/** What has been sent stays as it was; who is written to from now on is split by what stands then. */
export async function change(ctx: Context, of: VariantOf, patch: SplitPatch): Promise<Result<Variant>> {
  const known = await find(ctx, of);
  if (!known.ok) return known;
  const { db, now } = ctx;
  const changed = await editStep(ctx, of, (step) => {
    const variant = step.variants.find(({ id }) => id === of.variantId);
    if (!variant) return missing("variant");
    if (patch.enabled === false && isLast(step, variant)) return refuse({ kind: "last_text" });
    const text = textAfter(variant, patch);
    const fault = faultInTemplate(text);
    if (fault) return refuse(fault);
    const { by, at } = writtenBy(ctx);
    const { weight = variant.weight, enabled = variant.enabledAt !== null } = patch;
    const enabledAt = enabled ? (variant.enabledAt ?? now.journey) : null;
    const set = { weight, enabledAt, updaterId: by, updatedAt: at };
    const rewritten = [patch.body, patch.subject, patch.format].some((said) => said !== undefined);
    const writing = { label: step.label, text, at, by };
    return ok((guard) => [
      ...(rewritten ? rewrite(db, { step: step.id, variant }, writing, guard) : []),
      ...writeVariant(db, variant.id, set, guard),
    ]);
  });
  return changed.ok ? find(ctx, of) : changed;
}

/** What it has sent so far stays counted. */
export async function remove(ctx: Context, of: VariantOf): Promise<Result<void>> {
  const known = await find(ctx, of);
  if (!known.ok) return known;
  const removed = await editStep(ctx, of, (step) => {
    const variant = step.variants.find(({ id }) => id === of.variantId);
    if (!variant) return missing("variant");
    if (isLast(step, variant)) return refuse({ kind: "last_text" });
    const { id, templateId } = variant;
    return ok((guard) => removeVariant(ctx.db, { id, templateId, stepId: step.id }, ctx.now.journey, guard));
  });
  return removed.ok ? ok(undefined) : removed;
}

async function find(ctx: Context, { variantId, ...of }: VariantOf): Promise<Result<Variant>> {
  const listed = await list(ctx, of);
  if (!listed.ok) return listed;
  const variant = listed.value.find(({ id }) => id === variantId);
  return variant ? ok(variant) : missing("variant");
}

/** Without it, who comes to the step would fail there. */
function isLast({ variants }: Writer, { id }: Variant): boolean {
  return variants.every((one) => one.id === id || one.enabledAt === null);
}

/** What continues a thread shows no subject of its own, and goes on doing so unless it is given one. */
function textAfter(
  { isReply, ...variant }: Variant,
  { body = variant.body, subject, format = variant.format }: SplitPatch,
): Text {
  const shown = isReply ? null : variant.subject;
  return { subject: subject === undefined ? shown : subject, body, format };
}
