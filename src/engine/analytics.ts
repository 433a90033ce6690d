/** Knows the verb that tells what a sequence has come to. */
import { type Funnel, funnelOf, HAPPENINGS, type Happenings } from "../domain/analytics";
import { dateOf, dayNumber } from "../domain/day";
import { missing, ok, type Result, refuse } from "../domain/failure";
import type { Standing } from "../domain/mirror";
import { DAY } from "../domain/time";
import { recordedOf } from "../storage/analytics";
import { type Definition, findDefinition } from "../storage/sequences";
import type { Context } from "./context";

/** Days in one answer: a leap year of them. */
const MOST_DAYS = 366;
/** Where nobody says how many. */
const USUAL_DAYS = 30;

export interface Analytics extends Funnel {
  definition: Definition;
  standings: Record<Standing, number>;
  contactsReached: number;
  contactsReplied: number;
  /**
   * Days of UTC, each one of them, as they follow each other. What was counted by one zone's days cannot be cut into another's:
   * that would take a count of every hour, and a row for each, and the sequence's zone may be changed.
   */
  days: (Happenings & { date: string })[];
}

/** Both days belong to it; `to` is today, and `from` a month before it, unless they are told. */
export async function analyse(
  ctx: Context,
  id: number,
  asked: { from?: string | undefined; to?: string | undefined },
): Promise<Result<Analytics>> {
  const to = asked.to === undefined ? Math.floor(ctx.now.journey / DAY) : dayNumber(asked.to);
  const from = asked.from === undefined ? to - USUAL_DAYS + 1 : dayNumber(asked.from);
  if (from > to) return refuse({ kind: "bad_value", field: "from", message: "must not be after to" });
  if (to - from >= MOST_DAYS) {
    return refuse({ kind: "bad_value", field: "from", message: `must be at most ${MOST_DAYS - 1} days before to` });
  }
  const definition = await findDefinition(ctx.db, ctx, id);
  if (!definition) return missing("sequence");
  const recorded = await recordedOf(ctx.db, ctx.workspaceId, { sequenceId: id, from, to });
  const { standings, contactsReached, contactsReplied } = recorded;
  const days = Array.from({ length: to - from + 1 }, (_, i) => ({
    date: dateOf(from + i),
    ...(recorded.days.get(from + i) ?? NOTHING),
  }));
  return ok({ definition, ...funnelOf(definition.steps, recorded), standings, contactsReached, contactsReplied, days });
}

const NOTHING = Object.fromEntries(HAPPENINGS.map((name) => [name, 0])) as Happenings;
