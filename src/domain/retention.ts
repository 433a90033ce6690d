/** Knows how long what has ended is kept: a journey's object, what is told of it afterwards, and in how few words. */
import { nextWake } from "./alarm";
import { scatter } from "./chance";
import type { Entry, State } from "./enrollment";
import type { Facts } from "./facts";
import { DAY, type Journey, MINUTE, type Reading, type Wall, wallAt } from "./time";

/** In days of journey time, as an installation says it. */
export interface Retention {
  /** An object is freed so long after its journey has ended. */
  freedAfter: number;
  /** What is told of a journey that has ended goes after so long; null: never. A workspace may say otherwise. */
  kept: number | null;
}

export const RETENTION = { freedAfter: 30, kept: 365 } satisfies Retention;
/** The longest that may be said, about a hundred years. */
export const MOST_DAYS = 36_500;

/** What ended at one time is not freed at one time. */
const SPREAD = DAY;
/** In wall time, however fast the journey's clock runs: whoever has read a journey's row as it was before its end is done. */
const UNDER_WAY = 10 * MINUTE;

/** When the object of a journey that has ended is to be freed: one alarm, however far ahead. Null while it goes on. */
export function freedAt({ trip, phase }: State, now: Reading, days: number): Wall | null {
  if (phase.is !== "ended") return null;
  const at: Journey = phase.at + days * DAY + scatter(`freed/${trip.id}`, SPREAD);
  return Math.max(wallAt(now, at), wallAt(now, phase.at) + UNDER_WAY);
}

/**
 * | an ended journey                                            | its object        |
 * | ----------------------------------------------------------- | ----------------- |
 * | whose message is under way, or a click of which is in doubt | waits for that    |
 * | of which the mirror lacks anything                          | waits for that    |
 * | that ended too short a time ago                             | waits for its day |
 * | otherwise                                                   | is freed          |
 */
export function isToBeFreed(
  state: State,
  mirror: { version: number; completeTo: number },
  now: Reading,
  days: number,
): boolean {
  if (nextWake(state, now) !== null) return false;
  if (mirror.version < state.version || mirror.completeTo < state.entries) return false;
  const at = freedAt(state, now, days);
  return at !== null && at <= now.wall;
}

/**
 * Whether the mirror knows of a journey that this one has forgotten: it was freed, and a call that came too late to be right
 * has begun it anew. It has no way to go.
 */
export function isRevenant(state: State, { version, ended = false }: Facts["mirror"]): boolean {
  return version > state.version || (version === state.version && ended && state.phase.is !== "ended");
}

/** Before this, what a workspace keeps no longer has ended; null where it keeps all. `days` is its own word: 0 for ever. */
export function keptSince(days: number | null, { kept }: Retention, now: Journey): Journey | null {
  const lasting = keptDays(days, kept);
  return lasting === null ? null : now - lasting * DAY;
}

export function keptDays(own: number | null, kept: Retention["kept"]): number | null {
  return own === 0 ? null : (own ?? kept);
}

type MessageEntry = Extract<Entry, { what: "message" }>;

/** An entry as it is kept once its object is freed: of a message without what was sent, whose excerpt is in the ledger. */
export type Kept = Exclude<Entry, MessageEntry> | (Omit<MessageEntry, "content"> & { content: null; excerpt?: string });

/** Far more than journeys have; what is clicked and opened without end is not kept without end. */
const MOST_KEPT = 2000;

export function keptOf(entries: readonly Entry[]): Kept[] {
  return entries.slice(-MOST_KEPT).map((entry) => (entry.what === "message" ? { ...entry, content: null } : entry));
}
