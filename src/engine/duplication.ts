/** Knows how a sequence is duplicated: its settings and its steps, and nobody who is under way in it. */
import { missing, type Result, refuse } from "../domain/failure";
import { askedReenroll } from "../domain/sequence";
import type { Step, StepDraft } from "../domain/step";
import { growTree, liveParentOf, type Tree, walk } from "../domain/tree";
import type { Definition } from "../storage/sequences";
import { findDefinition, someHidden } from "../storage/sequences";
import type { PlacedStep } from "../storage/steps";
import type { Context } from "./context";
import { named, type SequenceDraft } from "./sequencefields";
import { create } from "./sequences";
import { UNKNOWN_TARGET } from "./targets";

const LONGEST_NAME = 255;

/** The copy is a draft, and nothing enrolls in it by itself until it is told to. */
export async function duplicate(
  ctx: Context,
  { id, name, userId }: { id: number; name?: string | undefined; userId: number },
): Promise<Result<Definition>> {
  const definition = await findDefinition(ctx.db, ctx, id);
  if (!definition || definition.sequence.status === "ARCHIVED") return missing("sequence");
  const { sequence, steps } = definition;
  if (await someHidden(ctx.db, ctx, targetsOf(steps))) return refuse(UNKNOWN_TARGET);
  // Nothing that enrolls by itself, no lock and no owner is taken over: it belongs to whoever copies.
  const { initTag: _, initSegmentId: __, locked: ___, ownerId: ____, ...settings } = named(sequence);
  const draft: SequenceDraft = {
    ...settings,
    keepsStrangers: true,
    rules: sequence.rules,
    primaryReplyAction: sequence.primaryReplyAction,
    reenroll: askedReenroll(sequence) ?? undefined,
    name: name ?? nameOfCopy(sequence.name),
    status: "DRAFT",
    parentSequenceId: id,
    userId,
  };
  return create(ctx, draft, placedIn(growTree(steps, 0)));
}

/** Where its moves lead: nobody writes one that leads where he sees nothing, not by copying either. */
function targetsOf(steps: readonly Step[]): number[] {
  return steps.flatMap((step) =>
    step.kind === "move_to_sequence" && step.deletedAt === null ? [step.settings.sequenceId] : [],
  );
}

function nameOfCopy(name: string): string {
  return [...`Copy of ${name}`].slice(0, LONGEST_NAME).join("");
}

/** The live steps in pre-order, each with the number of the live step it comes after. */
function placedIn(tree: Tree): PlacedStep[] {
  const live = [...walk(tree)].filter(({ deletedAt }) => deletedAt === null);
  const numbers = new Map(live.map(({ id }, i) => [id, i + 1]));
  return live.map((step, i) => {
    const parent = liveParentOf(tree, step);
    return {
      ...draftOf(step),
      n: i + 1,
      parent: parent && (numbers.get(parent.id) ?? null),
      branch: step.branch,
      copyOf: step.id,
    };
  });
}

function draftOf({ kind, label, delay, subject, body, format, settings, scheduleId, date }: Step): StepDraft {
  return { kind, label, delay, subject, body, format, settings, scheduleId, date } as StepDraft;
}
