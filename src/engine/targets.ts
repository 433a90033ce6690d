/** Knows what the settings of a step may name, which must be there: the sequence that it moves to, the priority of its tasks. */
import type { Failure } from "../domain/failure";
import type { Step, StepDraft } from "../domain/step";
import { findSequence } from "../storage/sequences";
import type { Context } from "./context";
import { faultInPriorityId } from "./priorities";

export async function faultInTarget(ctx: Context, sequenceId: number, draft: StepDraft): Promise<Failure | null> {
  if (draft.kind === "task") return faultInPriorityId(ctx, draft.settings.priorityId);
  return draft.kind === "move_to_sequence" ? faultInMove(ctx, sequenceId, draft.settings.sequenceId) : null;
}

/** Settings that stay as they are are not looked at again. */
export async function faultInTargetAfter(
  ctx: Context,
  step: Step,
  patch: { settings?: StepDraft["settings"] },
): Promise<Failure | null> {
  const after = { ...step, ...patch } as StepDraft;
  const isTheSame = JSON.stringify(step.settings) === JSON.stringify(after.settings);
  return isTheSame ? null : faultInTarget(ctx, step.sequenceId, after);
}

/** A move leads to another sequence of the workspace that is there. */
async function faultInMove(ctx: Context, sequenceId: number, target: number): Promise<Failure | null> {
  if (target === sequenceId) return badTarget("must be another sequence than its own");
  const found = await findSequence(ctx.db, ctx, target);
  return found && found.status !== "ARCHIVED" ? null : UNKNOWN_TARGET;
}

/** What is not there for who asks is none, like what never was. */
export const UNKNOWN_TARGET = badTarget("is no sequence that one could move to");

function badTarget(message: string): Failure {
  return { kind: "bad_value", field: "sequenceId", message };
}
