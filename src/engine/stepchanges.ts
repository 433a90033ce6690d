/** Knows what a change of a step asks of its sequence, and what is wrong with it. */
import { faultInStep } from "../domain/draft";
import type { Failure } from "../domain/failure";
import type { Step, StepDraft } from "../domain/step";
import { scheduleStands } from "../storage/schedules";
import type { NewSequence } from "../storage/sequences";
import type { Context } from "./context";
import type { Proviso } from "./edits";
import { faultInScheduleId } from "./schedules";
import type { StepPatch } from "./steps";
import { changesText } from "./texts";

/** Conditions on opens and clicks need them to be tracked. */
export function trackingFor({ kind, settings }: Pick<StepDraft, "kind" | "settings">): Partial<NewSequence> {
  if (kind !== "condition" || !("test" in settings) || settings.test.on !== "message") return {};
  return settings.test.fact === "opened" ? { trackOpens: true } : { trackClicks: true };
}

export function isTimedAnew(before: Step, after: Step): boolean {
  if (before.delay !== after.delay || before.date !== after.date) return true;
  if (before.scheduleId !== after.scheduleId) return true;
  const waits = before.kind === "delay_until_time" || before.kind === "condition";
  return waits && JSON.stringify(before.settings) !== JSON.stringify(after.settings);
}

export function faultInPatch(
  step: Step,
  { order: _, shows: ___, delayInAll: __, ...patch }: StepPatch,
): Failure | null {
  if (step.kind === "entry" || step.kind === "condition_branch") return null;
  const after = { ...step, ...patch } as StepDraft;
  if (step.kind !== "message") return faultInStep(after);
  // A text that stays is that of a template, which has been looked at where it was written.
  return faultInStep(
    changesText(step, after) ? { ...after, body: after.body ?? "" } : { ...after, subject: null, body: null },
  );
}

/** The schedule that is named must not have been deleted by the time that it is written. */
export function keeping(ctx: Context, id: number | null = null): Proviso | undefined {
  if (id === null) return undefined;
  return { holds: scheduleStands(ctx.workspaceId, id), fault: () => faultInScheduleId(ctx, id) };
}
