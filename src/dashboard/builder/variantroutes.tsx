/** Knows the pages of the texts among which those who come to a message are split. */
import { Hono } from "hono";
import * as z from "zod";
import type { Front } from "../../dialects/http";
import { missing, ok } from "../../domain/failure";
import { MOST_WEIGHT, USUAL_WEIGHT } from "../../domain/variant";
import * as splits from "../../engine/splits";
import { ticked, wholeNumber } from "../kit/form";
import { type Asked, action, type Faulty, page } from "../kit/page";
import { paged, siteOf, stepPath } from "./site";
import { offered } from "./steproutes";
import { TextFields, textIn } from "./stepwire";
import { VariantEditor } from "./variants";

const stepOf = { id: "sequence", stepId: "step" } as const;
const variantOf = { ...stepOf, variantId: "variant" } as const;

const weight = wholeNumber(1, MOST_WEIGHT);

type Ids = "id" | "stepId";

function place({ id, stepId }: Record<Ids, number>) {
  return { sequenceId: id, stepId };
}

async function editor(asked: Asked<Ids, unknown>, variantId: number | null, faulty?: Faulty) {
  const { ctx, caller, ids } = asked;
  const site = await siteOf(ctx, caller, ids.id);
  if (!site.ok) return site;
  const step = site.value.tree.steps.get(ids.stepId);
  if (step?.kind !== "message" || step.deletedAt !== null) return missing("step");
  const variant = step.variants.find(({ id }) => id === variantId) ?? null;
  if (variantId !== null && variant === null) return missing("variant");
  const { known } = await offered(asked, site.value, step.kind);
  const title = variant ? "A text" : "Another text";
  return paged(title, <VariantEditor {...{ site: site.value, step, variant, known, faulty }} />);
}

export const variantRoutes = new Hono<Front>()
  .get(
    "/sequences/:id/steps/:stepId/variants/new",
    page({ scope: "sequences_write", ids: stepOf, show: (asked) => editor(asked, null) }),
  )
  .post(
    "/sequences/:id/steps/:stepId/variants/new",
    action({
      scope: "sequences_write",
      ids: stepOf,
      form: TextFields.extend({ weight: weight.default(USUAL_WEIGHT), enabled: ticked }),
      run: async ({ ctx, ids, form }) => {
        const { weight, enabled } = form;
        const made = await splits.add(ctx, place(ids), { ...textIn(form), weight, enabled });
        return made.ok ? ok({ to: stepPath(stepIn(ids)), said: "Added another text" }) : made;
      },
      again: (asked, faulty) => editor(asked, null, faulty),
    }),
  )
  .get(
    "/sequences/:id/steps/:stepId/variants/:variantId",
    page({ scope: "sequences_write", ids: variantOf, show: (asked) => editor(asked, asked.ids.variantId) }),
  )
  .post(
    "/sequences/:id/steps/:stepId/variants/:variantId",
    action({
      scope: "sequences_write",
      ids: variantOf,
      form: TextFields,
      run: ({ ctx, ids, form }) => changed(ctx, ids, textIn(form), "Saved the text"),
      again: (asked, faulty) => editor(asked, asked.ids.variantId, faulty),
    }),
  )
  .post(
    "/sequences/:id/steps/:stepId/variants/:variantId/weight",
    action({
      scope: "sequences_write",
      ids: variantOf,
      form: z.object({ weight }),
      run: ({ ctx, ids, form }) => changed(ctx, ids, form, "Set the weight"),
    }),
  )
  .post(
    "/sequences/:id/steps/:stepId/variants/:variantId/switch",
    action({
      scope: "sequences_write",
      ids: variantOf,
      form: z.object({ on: z.string().optional() }),
      run: ({ ctx, ids, form: { on } }) =>
        changed(ctx, ids, { enabled: on === "on" }, on === "on" ? "Switched on" : "Switched off"),
    }),
  )
  .post(
    "/sequences/:id/steps/:stepId/variants/:variantId/delete",
    action({
      scope: "sequences_write",
      ids: variantOf,
      run: async ({ ctx, ids }) => {
        const removed = await splits.remove(ctx, { ...place(ids), variantId: ids.variantId });
        return removed.ok ? ok({ to: stepPath(stepIn(ids)), said: "Deleted the text" }) : removed;
      },
    }),
  );

async function changed(
  ctx: Asked<Ids, unknown>["ctx"],
  ids: Record<Ids | "variantId", number>,
  patch: splits.SplitPatch,
  said: string,
) {
  const saved = await splits.change(ctx, { ...place(ids), variantId: ids.variantId }, patch);
  return saved.ok ? ok({ to: stepPath(stepIn(ids)), said }) : saved;
}

function stepIn({ id, stepId }: Record<Ids, number>) {
  return { sequenceId: id, id: stepId };
}
