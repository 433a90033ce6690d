/** Knows the verbs on sequences: create, show, list, update, archive. */
import type { Rules } from "../domain/condition";
import { missing, ok, type Result, refuse } from "../domain/failure";
import type { Standing } from "../domain/mirror";
import { jobOf, type Reenroll, type SequenceStatus, type StoredReplyAction, withExitOnReply } from "../domain/sequence";
import { standingsOf, totalOf } from "../storage/counts";
import {
  type Definition,
  findDefinition,
  findSequence,
  insertSequence,
  listSequences,
  revise,
} from "../storage/sequences";
import type { Context } from "./context";
import { nudge } from "./jobs";
import { type Page, type Paged, windowOf } from "./page";

export interface SequenceDraft {
  name: string;
  rules: Rules;
  primaryReplyAction: StoredReplyAction;
  reenroll: Reenroll;
  status: Exclude<SequenceStatus, "ARCHIVED">;
  /** The user on whose behalf it is made. */
  userId: number;
}

export interface SequencePatch {
  name?: string | undefined;
  status?: SequenceStatus | undefined;
  exitOnReply?: boolean | undefined;
  reenroll?: Reenroll | undefined;
  rules?: Rules | undefined;
  userId: number;
}

/** Edits that may come between look and write before the caller is told to try again. */
const MOST_TRIES = 5;

export async function create(ctx: Context, { userId, ...draft }: SequenceDraft): Promise<Definition> {
  const at = ctx.now.journey;
  return insertSequence(ctx.db, {
    ...draft,
    workspaceId: ctx.workspaceId,
    creatorId: userId,
    ownerId: userId,
    updaterId: userId,
    enabledAt: draft.status === "ACTIVE" ? at : null,
    createdAt: at,
    updatedAt: at,
  });
}

export async function show(ctx: Context, id: number): Promise<Result<Definition>> {
  const definition = await findDefinition(ctx.db, ctx.workspaceId, id);
  return definition ? ok(definition) : missing("sequence");
}

export async function showWithStandings(
  ctx: Context,
  id: number,
): Promise<Result<Definition & { standings: Record<Standing, number> }>> {
  const [definition, standings] = await Promise.all([
    findDefinition(ctx.db, ctx.workspaceId, id),
    standingsOf(ctx.db, ctx.workspaceId, id),
  ]);
  return definition ? ok({ ...definition, standings }) : missing("sequence");
}

export async function list(ctx: Context, page: Page): Promise<Paged<Definition>> {
  const [items, total] = await Promise.all([
    listSequences(ctx.db, ctx.workspaceId, windowOf(page)),
    totalOf(ctx.db, ctx.workspaceId, "sequences"),
  ]);
  return { ...page, items, total };
}

/** Changes what is named. What the change asks of the journeys under way is written down in the same batch. */
export async function update(ctx: Context, id: number, patch: SequencePatch): Promise<Result<Definition>> {
  const { db, workspaceId, now } = ctx;
  for (let tries = 0; tries < MOST_TRIES; tries++) {
    const sequence = await findSequence(db, workspaceId, id);
    if (!sequence) return missing("sequence");
    const {
      name = sequence.name,
      status = sequence.status,
      reenroll = sequence.reenroll,
      rules = sequence.rules,
    } = patch;
    const { exitOnReply, userId } = patch;
    const primaryReplyAction =
      exitOnReply === undefined
        ? sequence.primaryReplyAction
        : withExitOnReply(sequence.primaryReplyAction, exitOnReply);
    const enabledAt = status !== "ACTIVE" ? null : (sequence.enabledAt ?? now.journey);
    const kind = jobOf(sequence.status, status);
    const revised = await revise(db, {
      sequence,
      edit: crypto.randomUUID(),
      set: { name, status, reenroll, rules, primaryReplyAction, enabledAt, updaterId: userId, updatedAt: now.journey },
      job: kind && { workspaceId, kind, subjectId: id, journey: now.journey, wall: now.wall },
    });
    if (revised) {
      if (revised.job !== null) await nudge(ctx, [{ id: revised.job }]);
      return show(ctx, id);
    }
  }
  return refuse({ kind: "unavailable", what: "the sequence is being edited" });
}

/** Every deletion is an archiving: live enrollments end. Archiving twice is no error. */
export function archive(ctx: Context, id: number, userId: number): Promise<Result<Definition>> {
  return update(ctx, id, { status: "ARCHIVED", userId });
}
