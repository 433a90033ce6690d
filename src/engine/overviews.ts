/** Knows sequences beside what has become of them: a page of them costs four queries, however much was sent. */
import type { Standing } from "../domain/mirror";
import type { Sequence, SequenceStatus } from "../domain/sequence";
import { type Standings, standingsOfAll } from "../storage/counts";
import { listByStatus } from "../storage/sequences";
import type { Context } from "./context";
import { type Page, type Paged, windowOf } from "./page";
import { listCounted } from "./sequences";
import { tallies } from "./tallies";

/** Sequences that a filter by status looks through: those changed last. */
export { MOST_LOOKED_AT } from "../storage/sequences";

export interface Overview {
  sequence: Sequence;
  standings: Record<Standing, number>;
  /** Contacts whom it has reached, and those who have answered, each once. */
  reached: number;
  replied: number;
}

const NOTHING: Standings = {
  standings: { ACTIVE: 0, COMPLETED: 0, EXITED: 0, FAILED: 0 },
  ...{ called: 0, replied: 0 },
};

/** Without a status all but archived ones, the newest first; with one those that were changed last first. */
export async function listOverviews(
  ctx: Context,
  { status, ...page }: Page & { status: SequenceStatus | null },
): Promise<Paged<Overview>> {
  const { db, workspaceId } = ctx;
  const { items, total } = await pageOf(ctx, status, page);
  const ids = items.map(({ id }) => id);
  const [counted, sent] = await Promise.all([standingsOfAll(db, workspaceId, ids), tallies(ctx, "sequence", ids)]);
  const overviews = items.map((sequence) => {
    const { standings, called, replied } = counted.get(sequence.id) ?? NOTHING;
    return { sequence, standings, reached: called + (sent.get(sequence.id)?.contacted ?? 0), replied };
  });
  return { ...page, items: overviews, total };
}

async function pageOf(
  ctx: Context,
  status: SequenceStatus | null,
  page: Page,
): Promise<{ items: Sequence[]; total: number }> {
  if (status !== null) return listByStatus(ctx.db, ctx, status, windowOf(page));
  const { items, total } = await listCounted(ctx, windowOf(page));
  return { items: items.map(({ sequence }) => sequence), total };
}
