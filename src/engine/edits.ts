/** Knows how an edit of a sequence's steps is made: computed from what was read, and written if nobody was quicker. */
import type { SQL } from "drizzle-orm";
import type { Edit } from "../domain/edit";
import { type Failure, missing, ok, type Result, refuse } from "../domain/failure";
import { mayChange } from "../domain/sharing";
import type { Step, StepDraft } from "../domain/step";
import { growTree, type Tree } from "../domain/tree";
import { afterEdit, faultOf } from "../domain/walkable";
import type { Statements } from "../storage/database";
import { type Definition, findDefinition, type NewSequence, revise } from "../storage/sequences";
import type { Context } from "./context";
import { nudge } from "./jobs";
import { beforeTry, MOST_TRIES } from "./tries";

/** What must be so besides for a change to be made, and what is wrong where it is not. */
export interface Proviso {
  holds: SQL;
  fault: () => Promise<Failure | null>;
}

export interface Change {
  statements: (guard: SQL) => Statements;
  proviso?: Proviso | undefined;
  /** The steps as they are afterwards, where that is any different but for their texts. */
  after?: readonly Step[];
  /** What changes of the sequence itself. */
  set?: Partial<NewSequence>;
  /** Whether it changes when something is due, so that journeys under way must look again. */
  reschedules: boolean;
}

/** What a tree is asked to become. */
export type Plan = (tree: Tree) => Result<Change>;

export interface Planned {
  definition: Definition;
  change: Change;
}

export interface Edited {
  definition: Definition;
  /** What the change's own statements have answered. */
  results: unknown[];
}

/** The change that the tree as it stands is asked for, if it may be made. */
export async function planned({ db, ...ctx }: Context, sequenceId: number, plan: Plan): Promise<Result<Planned>> {
  const definition = await findDefinition(db, ctx, sequenceId);
  if (!definition) return missing("sequence");
  const { sequence, steps } = definition;
  if (!mayChange(sequence, ctx.userId)) return refuse({ kind: "read_only" });
  if (sequence.locked) return refuse({ kind: "sequence_locked" });
  const change = plan(growTree(steps, sequence.revision));
  return change.ok ? ok({ definition, change: change.value }) : change;
}

/** Makes the change that a tree asks for; the definition returned is the one that came of it. */
export async function edit(ctx: Context, sequenceId: number, plan: Plan): Promise<Result<Edited>> {
  const { db, workspaceId, userId, now } = ctx;
  for (let tries = 0; tries < MOST_TRIES; tries++) {
    await beforeTry(tries);
    const made = await planned(ctx, sequenceId, plan);
    if (!made.ok) return made;
    const { sequence } = made.value.definition;
    const { statements, proviso, set, reschedules } = made.value.change;
    const job = {
      workspaceId,
      kind: "reschedule",
      subjectId: sequenceId,
      journey: now.journey,
      wall: now.wall,
    } as const;
    const revised = await revise(db, {
      sequence,
      edit: crypto.randomUUID(),
      set: { ...set, updaterId: userId ?? sequence.updaterId, updatedAt: now.journey },
      statements,
      provided: proviso ? [proviso.holds] : [],
      jobs: reschedules ? [job] : [],
    });
    const fault = revised ? null : await proviso?.fault();
    if (fault) return refuse(fault);
    if (!revised) continue;
    await nudge(ctx, revised.jobs);
    const after = await findDefinition(db, ctx, sequenceId);
    return after ? ok({ definition: after, results: revised.results }) : missing("sequence");
  }
  return refuse({ kind: "unavailable", what: "the sequence is being edited" });
}

export interface Inserted {
  draft: StepDraft;
  /** Steps that a sequence of the workspace may have. */
  most: number;
}

/** What keeps a tree from being edited so; null when it can be walked afterwards. */
export function faultAfter(tree: Tree, change: Edit, inserted: Inserted | null): Failure | null {
  const live = [...tree.steps.values()].filter(({ kind, deletedAt }) => deletedAt === null && kind !== "entry");
  if (inserted && live.length >= inserted.most) return { kind: "too_many_steps", max: inserted.most };
  const message = faultOf(afterEdit(tree.steps.values(), change, inserted && unplaced(inserted.draft)));
  return message === null ? null : { kind: "unwalkable", message };
}

/** A step as it will stand in the tree, before the database has given it an id. */
export function unplaced(draft: StepDraft): Step {
  const bare = { scheduleId: null, date: null, creatorId: null, updaterId: null, createdAt: 0, updatedAt: 0 };
  const unplanted = { id: -1, sequenceId: 0, parentId: null, branch: null, deletedAt: null };
  return draft.kind === "message" || draft.kind === "task"
    ? { ...bare, ...draft, ...unplanted, variants: [] }
    : { ...bare, ...draft, ...unplanted };
}
