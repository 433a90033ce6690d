/** Knows Broadcast's routes on the steps of a sequence. */
import * as z from "zod";
import { type Failure, ok, type Result, refuse } from "../../../domain/failure";
import { liveParentOf } from "../../../domain/tree";
import type { Context } from "../../../engine/context";
import type { Planted } from "../../../engine/steps";
import * as steps from "../../../engine/steps";
import { endpoint, type Ids, routes } from "../endpoint";
import { flag, integer, optional } from "../wire/parse";
import { ACTIONS, showStep, showSteps } from "../wire/step";
import { draftOf, formOfChange, formOfNew, kindOf, patchOf, StepFields } from "../wire/stepform";
import { sequenceOf } from "./sequences";

/** A step that is there, of a sequence that is there. */
async function stepOf(ctx: Context, ids: Ids): Promise<Result<Planted>> {
  const sequence = await sequenceOf(ctx, ids);
  return sequence.ok ? steps.show(ctx, { sequenceId: sequence.value.id, stepId: ids.stepId }) : sequence;
}

function nameOf({ step }: Planted) {
  return { sequenceId: step.sequenceId, stepId: step.id };
}

function answer(done: Result<Planted>): Result<object> {
  return done.ok ? ok(showStep(done.value)) : done;
}

/** Where a step stands is changed by moving it, and what it does by making another. */
function faultInChange({ step, tree }: Planted, body: z.output<typeof StepFields>): Failure | null {
  const { action = ACTIONS[step.kind], parent_id, true_branch = step.branch } = body;
  const parent = liveParentOf(tree, step)?.id ?? null;
  const elsewhere = "can't be changed: move the step";
  if (action !== ACTIONS[step.kind]) return { kind: "bad_value", field: "action", message: "can't be changed" };
  if ((parent_id === undefined ? parent : parent_id) !== parent) {
    return { kind: "bad_value", field: "parent_id", message: elsewhere };
  }
  return true_branch === step.branch ? null : { kind: "bad_value", field: "true_branch", message: elsewhere };
}

const Move = z.object({ under_id: integer });
const Delete = z.object({ delete_branches: optional(flag) });

export const stepRoutes = routes()
  .get(
    "/:id/steps",
    endpoint({
      scopes: ["sequences_read"],
      find: sequenceOf,
      run: async ({ ctx, found }) => {
        const tree = await steps.treeOf(ctx, found.id);
        return tree.ok ? ok({ data: showSteps(tree.value) }) : tree;
      },
    }),
  )
  .post(
    "/:id/steps",
    endpoint({
      scopes: ["sequences_write"],
      find: sequenceOf,
      body: StepFields,
      form: formOfNew,
      status: 201,
      run: async ({ ctx, found, body }) => {
        const { action, parent_id: under, true_branch: branch = null } = body;
        const kind = kindOf(action) ?? "entry"; // the form has seen to it
        const place = under === undefined || under === null ? "end" : { under, branch };
        return answer(await steps.add(ctx, found.id, draftOf(kind, body), place));
      },
    }),
  )
  .get(
    "/:id/steps/:stepId",
    endpoint({
      scopes: ["sequences_read"],
      find: stepOf,
      run: async ({ found }) => ok(showStep(found)),
    }),
  )
  .patch(
    "/:id/steps/:stepId",
    endpoint({
      scopes: ["sequences_write"],
      find: stepOf,
      body: StepFields,
      form: (given, { step }) => formOfChange(given, step),
      run: async ({ ctx, found, body }) => {
        const fault = faultInChange(found, body);
        if (fault) return refuse(fault);
        return answer(await steps.update(ctx, nameOf(found), (step) => ok(patchOf(step, body))));
      },
    }),
  )
  .post(
    "/:id/steps/:stepId/move",
    endpoint({
      scopes: ["sequences_write"],
      find: stepOf,
      body: Move,
      run: async ({ ctx, found, body }) => answer(await steps.move(ctx, nameOf(found), body.under_id)),
    }),
  )
  .delete(
    "/:id/steps/:stepId",
    endpoint({
      scopes: ["sequences_write"],
      find: stepOf,
      query: Delete,
      body: Delete,
      run: async ({ ctx, found, query, body }) => {
        const branches = body.delete_branches ?? query.delete_branches ?? false;
        const removed = await steps.remove(ctx, nameOf(found), { branches });
        return removed.ok ? ok({ id: found.step.id }) : removed;
      },
    }),
  );
