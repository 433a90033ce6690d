/** Knows the columns in which the mirror shows what an enrollment's messages came to, and since when it is what it is. */
import { integer, text } from "drizzle-orm/sqlite-core";
import type { PauseReason } from "../domain/enrollment";
import type { Snapshot } from "../domain/mirror";
import { momentsFrom } from "../domain/moments";
import { NO_FATES, type Tally, tallyOf } from "../domain/tally";

const count = (name: string) => integer(name).notNull().default(0);

export const countedColumns = () => ({
  scheduleCount: count("schedule_count"),
  deliverCount: count("deliver_count"),
  openCount: count("open_count"),
  clickCount: count("click_count"),
  bounceCount: count("bounce_count"),
  failureCount: count("failure_count"),
  positiveReplyCount: count("positive_reply_count"),
  neutralReplyCount: count("neutral_reply_count"),
  negativeReplyCount: count("negative_reply_count"),
  optOutCount: count("opt_out_count"),
  updatedAt: integer("updated_at"),
  stateChangedAt: integer("state_changed_at"),
  activeAt: integer("active_at"),
  pauseReason: text("pause_reason").$type<PauseReason>(),
});

/** The columns as a snapshot fills them. */
export function countedIn({ tally, moments }: Pick<Snapshot, "tally" | "moments">) {
  return { ...countsOf(tally), ...moments };
}

function countsOf(tally: Tally) {
  return {
    scheduleCount: tally.scheduled,
    deliverCount: tally.delivered,
    openCount: tally.opened,
    clickCount: tally.clicked,
    bounceCount: tally.bounced,
    failureCount: tally.failed,
    positiveReplyCount: tally.positive,
    neutralReplyCount: tally.neutral,
    negativeReplyCount: tally.negative,
    optOutCount: tally.optedOut,
  };
}

/** Of an enrollment that was admitted then, and of which nothing was told yet. */
export function uncounted(at: number) {
  return countedIn({ tally: tallyOf({ fates: NO_FATES, noted: {} }), moments: momentsFrom(at) });
}
