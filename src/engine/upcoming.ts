/** Knows what lies ahead of the journeys of one sequence, or of all that run, in the order of its time. */
import { missing, ok, type Result, refuse } from "../domain/failure";
import { findSequence } from "../storage/sequences";
import { activeSequences, type Range, type UpcomingRow, upcomingIn } from "../storage/upcoming";
import type { Context } from "./context";

export type { UpcomingRow } from "../storage/upcoming";

/** Sequences that are merged: each brings as many rows as a page has. Where more run, one must be named. */
export const MOST_MERGED = 100;

export interface Upcoming {
  items: UpcomingRow[];
  /** The last row that was looked at, where there are more. */
  last: UpcomingRow | null;
}

/** Those who wait for a person or are paused are passed over, so that a page may have fewer than were asked for. */
export async function upcoming(ctx: Context, sequenceId: number | null, range: Range): Promise<Result<Upcoming>> {
  const among = sequenceId === null ? await running(ctx) : await only(ctx, sequenceId);
  if (!among.ok) return among;
  const rows = await upcomingIn(ctx.db, among.value, { ...range, limit: range.limit + 1 });
  const page = rows.slice(0, range.limit);
  const last = rows.length > range.limit ? (page.at(-1) ?? null) : null;
  return ok({ items: page.filter(({ state, stepId }) => state === "waiting" && stepId !== null), last });
}

async function only(ctx: Context, id: number): Promise<Result<number[]>> {
  return (await findSequence(ctx.db, ctx, id)) ? ok([id]) : missing("sequence");
}

async function running(ctx: Context): Promise<Result<number[]>> {
  const ids = await activeSequences(ctx.db, ctx, MOST_MERGED + 1);
  return ids.length > MOST_MERGED ? refuse({ kind: "too_broad", max: MOST_MERGED, by: ["sequence"] }) : ok(ids);
}
