/** Knows what a mailbox is told of its limits, and from which mailbox the mails of a journey leave. */
import { scatter } from "./chance";
import { isDate } from "./day";
import type { Failure } from "./failure";
import { isZone } from "./zone";

/** At most so many mails in so many seconds. */
export interface Rate {
  messages: number;
  seconds: number;
}

/** From the day `since` on at most `start`, and on every day after it `step` more. */
export interface Warmup {
  start: number;
  step: number;
  /** `YYYY-MM-DD`, in the mailbox's zone. */
  since: string;
}

/** How much a mailbox sends. Its days are those of its zone. */
export interface Limits {
  /** Null: as many as come. */
  daily: number | null;
  rate: Rate | null;
  warmup: Warmup | null;
  zone: string;
}

export const MOST_DAILY = 1_000_000;
export const MOST_RATED = 10_000;
export const LONGEST_RATE = 24 * 3600;

/** What is wrong with limits, named by the field; null when they can be kept. */
export function faultInLimits({ daily, rate, warmup, zone }: Partial<Limits>): Failure | null {
  const counts: [field: string, value: number | null | undefined, least: number, most: number][] = [
    ["dailyLimit", daily, 1, MOST_DAILY],
    ["rate.messages", rate?.messages, 1, MOST_RATED],
    ["rate.seconds", rate?.seconds, 1, LONGEST_RATE],
    ["warmup.start", warmup?.start, 1, MOST_DAILY],
    ["warmup.step", warmup?.step, 0, MOST_DAILY],
  ];
  for (const [field, value, least, most] of counts) {
    const isFit = value === null || value === undefined || (Number.isInteger(value) && value >= least && value <= most);
    if (!isFit) return { kind: "bad_value", field, message: `must be from ${least} to ${most}` };
  }
  if (warmup && !isDate(warmup.since)) {
    return { kind: "bad_value", field: "warmup.since", message: "must be a day such as 2027-12-25" };
  }
  if (zone === undefined || isZone(zone)) return null;
  return { kind: "bad_value", field: "timezone", message: "must be an IANA time zone, such as Europe/Berlin" };
}

/** The mailboxes of a workspace that are looked at where nothing names any. */
export const MOST_CONSIDERED = 100;
/** As fine as chance is. */
const WEIGHTS = 0x1_0000_0000;

/** One that may be chosen. */
export interface Choice {
  id: number;
  pausedAt: number | null;
}

/**
 * | there is                                        | leaves from                                            |
 * | ----------------------------------------------- | ------------------------------------------------------ |
 * | one of its own: its thread's, or a named one    | that one, though it be paused: no thread changes hands |
 * | one that is not paused                          | one of those                                           |
 * | one at all                                      | one of them, and waits                                 |
 * | none                                            | nowhere: the channel says who sends                    |
 *
 * Among several each enrollment draws lots: it keeps its lot while the same are there, and where one comes or goes only
 * those move that are to go there or that were there.
 */
export function chooseMailbox<M extends Choice>(
  mailboxes: readonly M[],
  { enrollment, own }: { enrollment: number; own: readonly (number | null)[] },
): M | null {
  for (const id of own) {
    const found = mailboxes.find((mailbox) => mailbox.id === id);
    if (found) return found;
  }
  const open = mailboxes.filter(({ pausedAt }) => pausedAt === null);
  const lots = (open.length > 0 ? open : mailboxes).map((mailbox) => ({
    mailbox,
    lot: scatter(`mailbox/${mailbox.id}/${enrollment}/`, WEIGHTS),
  }));
  lots.sort((a, b) => b.lot - a.lot || a.mailbox.id - b.mailbox.id);
  return lots[0]?.mailbox ?? null;
}
