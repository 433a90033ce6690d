/** Knows what a change of a sequence or of its steps would do to the journeys under way; nothing is written. */
import { type Change, effectsOn, type Plan as Stand, type Standing } from "../domain/effect";
import { missing, ok, type Result } from "../domain/failure";
import { jobsOf } from "../domain/sequence";
import { growTree } from "../domain/tree";
import { liveIn } from "../storage/counts";
import { readTiming } from "../storage/schedules";
import { type Definition, findDefinition } from "../storage/sequences";
import { liveStandings, overdueStandings } from "../storage/standings";
import { findWorkspace } from "../storage/workspaces";
import type { Context } from "./context";
import { type Plan, planned } from "./edits";
import type { SequencePatch } from "./sequencefields";
import * as sequences from "./sequences";

/** Journeys that are looked at, whatever the size of a sequence. */
export const MOST_LOOKED_AT = 10_000;

export interface DryRun {
  /** Enrollments that are under way. */
  live: number;
  /** Of those, the ones for which the change makes a difference. */
  touched: number;
  /** Sends that fall due at once by it. */
  dueNow: number;
  /** Journeys that end by it. */
  ending: number;
  /** Only the first of them were looked at, so there are more. */
  truncated: boolean;
  /** When the last step ran was guessed of some, by their last message. */
  estimated: boolean;
}

export async function dryEdit(ctx: Context, sequenceId: number, plan: Result<Plan>): Promise<Result<DryRun>> {
  if (!plan.ok) return plan;
  const made = await planned(ctx, sequenceId, plan.value);
  if (!made.ok) return made;
  const { definition, change } = made.value;
  return ok(await dryRunOf(ctx, definition, { ...definition, steps: [...(change.after ?? definition.steps)] }));
}

export async function dryUpdate(ctx: Context, id: number, patch: SequencePatch): Promise<Result<DryRun>> {
  const change = await sequences.planned(ctx, id, patch);
  if (!change.ok) return change;
  const before = await findDefinition(ctx.db, ctx, id);
  if (!before) return missing("sequence");
  return ok(await dryRunOf(ctx, before, { ...before, sequence: { ...before.sequence, ...change.value.set } }));
}

/** Every deletion is an archiving. */
export function dryArchive(ctx: Context, id: number, userId: number): Promise<Result<DryRun>> {
  return dryUpdate(ctx, id, { status: "ARCHIVED", userId });
}

async function dryRunOf(ctx: Context, before: Definition, after: Definition): Promise<DryRun> {
  const { db, workspaceId, now } = ctx;
  const { id } = before.sequence;
  const live = await liveIn(db, workspaceId, id);
  const turned = before.sequence.status !== after.sequence.status;
  const none = { live, touched: turned ? live : 0, dueNow: 0, ending: 0, truncated: false, estimated: false };
  if (live === 0) return none;
  if (turned && after.sequence.status === "ARCHIVED") return { ...none, ending: live };
  const rows = await rowsFor(ctx, before, after);
  const workspace = await findWorkspace(db, workspaceId);
  const stopped = workspace === null || workspace.pausedAt !== null;
  const change: Change = {
    before: await standOf(ctx, before),
    after: await standOf(ctx, after),
    now: now.journey,
    stopped,
  };
  const effects = effectsOn(rows.slice(0, MOST_LOOKED_AT), change);
  const count = (is: "touched" | "sends" | "ends" | "guessed") => effects.filter((effect) => effect[is]).length;
  return {
    live,
    touched: turned ? live : count("touched"),
    dueNow: count("sends"),
    ending: count("ends"),
    truncated: rows.length > MOST_LOOKED_AT,
    estimated: count("guessed") > 0,
  };
}

/** Only what is overdue goes by an activation; whoever is paused does nothing; another name is nothing to anybody. */
async function rowsFor(ctx: Context, before: Definition, after: Definition): Promise<Standing[]> {
  const { db, workspaceId, now } = ctx;
  const looked = { workspaceId, sequenceId: before.sequence.id, limit: MOST_LOOKED_AT + 1 };
  const jobs = jobsOf(before.sequence, after.sequence);
  if (before.steps !== after.steps || jobs.includes("reschedule")) return liveStandings(db, looked);
  return jobs.includes("wake") ? overdueStandings(db, looked, now.journey) : [];
}

async function standOf({ db }: Context, { sequence, steps }: Definition): Promise<Stand> {
  return { sequence, tree: growTree(steps, 0), timing: await readTiming(db, sequence, steps) };
}
