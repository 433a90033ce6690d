/** Knows v1's routes on the variants of a step's text. */
import * as z from "zod";
import { ok, type Result } from "../../../domain/failure";
import type { Variant } from "../../../domain/variant";
import * as splits from "../../../engine/splits";
import { endpoint, routes } from "../endpoint";
import { Done, oneAs } from "../wire/shape";
import { AddVariant, ShownVariant, showVariant, UpdateVariant } from "../wire/variant";

const One = oneAs("variant", ShownVariant);

const stepOf = { id: "sequence", stepId: "step" } as const;
const variantOf = { ...stepOf, variantId: "variant" } as const;

function answer(step: number, done: Result<Variant>): Result<z.input<typeof One>> {
  return done.ok ? ok({ variant: showVariant(step, done.value) }) : done;
}

export const variantRoutes = routes()
  .get(
    "/:id/steps/:stepId/variants",
    endpoint({
      operation: "listVariants",
      summary: "The texts that a step sends, each to some of the contacts",
      answer: z.object({ variants: z.array(ShownVariant) }),
      scope: "sequences_read",
      ids: stepOf,
      run: async ({ ctx, ids: { id, stepId } }) => {
        const listed = await splits.list(ctx, { sequenceId: id, stepId });
        return listed.ok ? ok({ variants: listed.value.map((one) => showVariant(stepId, one)) }) : listed;
      },
    }),
  )
  .post(
    "/:id/steps/:stepId/variants",
    endpoint({
      operation: "createVariant",
      summary: "Add a text to a step",
      answer: One,
      scope: "sequences_write",
      ids: stepOf,
      body: AddVariant,
      status: 201,
      run: async ({ ctx, ids: { id, stepId }, body: { messageTemplate: body, ...split } }) =>
        answer(stepId, await splits.add(ctx, { sequenceId: id, stepId }, { body, ...split })),
    }),
  )
  .patch(
    "/:id/steps/:stepId/variants/:variantId",
    endpoint({
      operation: "updateVariant",
      summary: "Change a text, how often it is sent, and whether it is",
      answer: One,
      scope: "sequences_write",
      ids: variantOf,
      body: UpdateVariant,
      run: async ({ ctx, ids: { id, stepId, variantId }, body: { messageTemplate: body, ...split } }) =>
        answer(stepId, await splits.change(ctx, { sequenceId: id, stepId, variantId }, { body, ...split })),
    }),
  )
  .delete(
    "/:id/steps/:stepId/variants/:variantId",
    endpoint({
      operation: "deleteVariant",
      summary: "Take a text from a step, which must keep one that it sends",
      answer: Done,
      scope: "sequences_write",
      ids: variantOf,
      run: async ({ ctx, ids: { id, stepId, variantId } }) => {
        const removed = await splits.remove(ctx, { sequenceId: id, stepId, variantId });
        return removed.ok ? ok({ success: true }) : removed;
      },
    }),
  );
