/** Knows how those who wait in front of a throttle are let in: as many as there is room for, and each is started. */
import type { Sequence } from "../domain/sequence";
import { isHeld, isSameThrottle, isThrottled, type Throttle, whyHeld } from "../domain/throttle";
import type { Waiting } from "../domain/waiting";
import { warn } from "../log";
import { type EnrollmentRow, findRows } from "../storage/enrollments";
import { countThere, letThrough, type Place, placesOf, tallyOf, waitingAt } from "../storage/throttles";
import type { Context } from "./context";
import { each } from "./each";
import { catchUp } from "./journey";

/** Enrollments let in in one go, and the pages after which others get their turn. */
const PAGE = 100;
const PAGES_A_TURN = 5;

/** Lets in who fits. What a crash leaves undone here the sweep finds: who waits though there is room, and who was let in. */
export async function letIn(ctx: Context, place: Place): Promise<void> {
  for (let pages = 0; pages < PAGES_A_TURN; pages++) {
    const ids = await letThrough(ctx.db, { ...place, at: ctx.now.journey, limit: PAGE });
    await startAll(ctx, ids);
    if (ids.length < PAGE) return;
  }
  await nudgePlaces(ctx, [place]);
}

/** The row that waits, and those before it. */
export function letInBefore(ctx: Context, { sequenceId, userId }: EnrollmentRow): Promise<void> {
  return letIn(ctx, { workspaceId: ctx.workspaceId, sequenceId, userId: userId ?? 0 });
}

/** Starts, or takes up again, those who were let in, who are as many as set out at that instant unless more are told. */
export async function startAll(ctx: Context, ids: readonly number[], abreast = ids.length): Promise<void> {
  if (ids.length === 0) return;
  await each(await findRows(ctx.db, ids), (row) =>
    catchUp(ctx, row, { abreast }).catch((error: unknown) => {
      warn("a start was left to the sweep", { enrollment: row.id, error });
    }),
  );
}

/** Gives away what these enrollments, which have ended, leave free. */
export async function giveAway(ctx: Context, ended: readonly number[]): Promise<void> {
  if (ended.length === 0) return;
  for (const place of await placesOf(ctx.db, ctx.workspaceId, ended)) await letIn(ctx, place);
}

/** Tells the queue where somebody waits. It stands in D1, so a nudge that is lost is sent again by the sweep. */
export async function nudgePlaces({ jobs }: Context, places: readonly Place[]): Promise<void> {
  for (const { workspaceId, sequenceId: sequence, userId: user } of places) {
    await jobs.send({ v: 1, kind: "let_in", workspaceId, sequence, user }).catch((error: unknown) => {
      warn("a throttle was left to the sweep", { sequence, error });
    });
  }
}

export function throttleAfter(
  before: Throttle,
  set: { [field in keyof Throttle]?: number | null | undefined },
): Throttle {
  const { throttleCapacity, throttleMaxAdds, throttlePausedAt } = before;
  return {
    throttleCapacity: set.throttleCapacity === undefined ? throttleCapacity : set.throttleCapacity,
    throttleMaxAdds: set.throttleMaxAdds === undefined ? throttleMaxAdds : set.throttleMaxAdds,
    throttlePausedAt: set.throttlePausedAt === undefined ? throttlePausedAt : set.throttlePausedAt,
  };
}

/** What an edit must write besides, where it gives a sequence its first throttle. */
export function countingFor({ db, workspaceId, now }: Context, before: Sequence, after: Throttle) {
  if (isThrottled(before) || !isThrottled(after)) return {};
  return { statements: countThere(db, { workspaceId, sequenceId: before.id, at: now.journey }) };
}

/** After an edit of a throttle, lets in whom it has made room for. */
export async function reopen(ctx: Context, before: Sequence, after: Throttle): Promise<void> {
  if (!isThrottled(before) || isSameThrottle(before, after)) return;
  await nudgePlaces(ctx, await waitingAt(ctx.db, ctx.workspaceId, before.id));
}

/** Why somebody is held back; null where he is not. */
export async function heldBy(ctx: Context, sequence: Sequence, row: EnrollmentRow): Promise<Waiting | null> {
  if (!isHeld(row)) return null;
  const { workspaceId, sequenceId, userId } = row;
  return whyHeld(sequence, await tallyOf(ctx.db, { workspaceId, sequenceId, userId: userId ?? 0 }), ctx.now.journey);
}
