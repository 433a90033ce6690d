/** Knows the figures of the whole service, and asks for them no oftener than every few seconds, however many watch. */
import { MINUTE, SECOND, wallAt } from "../domain/time";
import { sharedDatabase } from "../storage/database";
import { readFigures } from "../storage/figures";
import type { Doors } from "./context";

/** In wall milliseconds. */
const KEPT = 10 * SECOND;
/** What is due is done within seconds; what is this late has been held up. In wall milliseconds. */
const LATE = MINUTE;

/** Of what is several, each by what tells it apart. */
export type Figures = Record<string, number | Record<string, number>>;

const known = new WeakMap<object, { at: number; figures: Figures }>();

export async function figures({ bindings, now }: Doors): Promise<Figures> {
  const last = known.get(bindings.DB);
  if (last && now.wall - last.at < KEPT && now.wall >= last.at) return last.figures;
  const late = now.journey - LATE * now.speed;
  const { oldest, deadLetters, backlog, paused, ...alone } = await readFigures(sharedDatabase(bindings.DB), {
    journey: now.journey,
    late,
  });
  const seconds = oldest === null ? 0 : Math.max(0, (now.wall - wallAt(now, oldest)) / SECOND);
  const figures = { ...alone, oldest_overdue_seconds: seconds, dead_letters: deadLetters, backlog, paused };
  known.set(bindings.DB, { at: now.wall, figures });
  return figures;
}
