/** Knows the figures of the whole service, and asks for them no oftener than every few seconds, however many watch. */
import { MINUTE, SECOND, wallAt } from "../domain/time";
import { sharedDatabase } from "../storage/database";
import { type Lateness, readFigures } from "../storage/figures";
import type { Doors } from "./context";

/** In wall milliseconds. */
const KEPT = 10 * SECOND;
/** What is due is done within seconds; what is this late has been held up. In wall milliseconds. */
const LATE = MINUTE;
/** So long ago messages are recent, by which it is told how late they are. In wall milliseconds. */
const RECENT = 15 * MINUTE;

/** Of what is several, each by what tells it apart. */
export type Figures = Record<string, number | Record<string, number>>;

const known = new WeakMap<object, { at: number; figures: Figures }>();

export async function figures({ bindings, now }: Doors): Promise<Figures> {
  const last = known.get(bindings.DB);
  if (last && now.wall - last.at < KEPT && now.wall >= last.at) return last.figures;
  const late = now.journey - LATE * now.speed;
  const recent = now.journey - RECENT * now.speed;
  const { oldest, lateness, isMore, deadLetters, backlog, paused, ...alone } = await readFigures(
    sharedDatabase(bindings.DB),
    { journey: now.journey, late, recent },
  );
  const seconds = oldest === null ? 0 : Math.max(0, (now.wall - wallAt(now, oldest)) / SECOND);
  const figures = {
    ...alone,
    oldest_overdue_seconds: seconds,
    not_all_counted: isMore,
    ...latenessOf(lateness),
    ...{ dead_letters: deadLetters, backlog, paused },
  };
  known.set(bindings.DB, { at: now.wall, figures });
  return figures;
}

/** By quantiles; of no messages there are none. */
function latenessOf({ n, p50, p99, max }: Lateness) {
  const told = Object.entries({ "0.5": p50, "0.99": p99, "1": max }).flatMap(([quantile, late]) =>
    late === null ? [] : [[quantile, late / SECOND]],
  );
  return { lateness_sampled: n, lateness_seconds: Object.fromEntries(told) as Record<string, number> };
}
