/** Knows how those who fall due at one instant are let go one after another, so that neither D1 nor a receiver meets them all at once. */
import { scatter } from "./chance";
import type { LivePhase, State } from "./enrollment";
import type { Facts } from "./facts";
import { dueAt, latestOf, type Setting } from "./schedule";
import { isTouch, type Step } from "./step";
import { type Journey, MINUTE, type Reading, type Wall } from "./time";
import { onward, type Tree } from "./tree";

/**
 * Wall milliseconds a journey, a hundred a second. One that is due costs D1, which does one thing at a time, a millisecond or
 * two: so a wave takes up a fifth of it at most, and people hardly notice.
 */
export const PACE = 10;
/** Nobody waits longer, however many there are: of a large sequence only a part is due at one instant. */
export const LONGEST_WAVE = 15 * MINUTE;

export type Waiting = Extract<LivePhase, { is: "waiting" }>;

/** How long one of a crowd waits for its turn: the same whenever it is asked, and nothing where it is alone. */
export function turnOf(enrollment: number, crowd: number): Wall {
  return scatter(`${enrollment}/turn`, spanOf(crowd));
}

/** How long a crowd takes. */
function spanOf(crowd: number, room: Wall = Infinity): Wall {
  return Math.min((crowd - 1) * PACE, LONGEST_WAVE, room);
}

/** What its time and its turn depend on, of the journey and of the world. */
type Standing = Pick<State, "trip" | "anchorAt" | "abreast">;
type Known = Setting & { tree: Tree; sequence: Pick<Facts["sequence"], "live"> };

interface Turn {
  facts: Known;
  now: Reading;
}

export interface Wave {
  /** When all of them are due. */
  at: Journey;
  crowd: number;
  /** From when on it would be too late; Infinity where there is no such time. */
  until: Journey;
}

/** When the last of them may go. The later half of what room there is, is left to what comes late. */
export function lastIn({ at, crowd, until }: Wave, { speed }: Reading): Journey {
  return at + Math.floor(Math.max(0, spanOf(crowd, (until - at) / 2 / speed)) * speed);
}

/** The part of a phase that says when one of them may go, left out where that is as soon as it is due. */
export function releasedIn(wave: Wave, enrollment: number, now: Reading): { releaseAt?: Journey } {
  return releasedBetween({ at: wave.at, last: lastIn(wave, now) }, enrollment, now);
}

/** The same, where it was told before when the last of them may go. */
export function releasedBetween(
  { at, last }: { at: Journey; last: Journey },
  enrollment: number,
  { speed }: Reading,
): { releaseAt?: Journey } {
  const releaseAt = at + Math.floor(scatter(`${enrollment}/turn`, (last - at) / speed) * speed);
  return releaseAt > at ? { releaseAt } : {};
}

/** How a journey stands before a step: its time, and its turn where that is ahead and it is not the only one to come then. */
export function standBefore(state: Standing, step: Step, facts: Known, now: Reading): Waiting {
  const due = dueAt(state.anchorAt, step, facts);
  const phase: Waiting = { is: "waiting", step: step.id, dueAt: due };
  const crowd = due > now.journey ? crowdBefore(state, step, facts) : 0;
  return { ...phase, ...turnBefore(state, step, { at: due, crowd }, { facts, now }) };
}

/** Its turn among so many who may do a step from the same instant on. */
export function turnBefore(
  { trip }: Standing,
  step: Step,
  { at, crowd }: Pick<Wave, "at" | "crowd">,
  { facts, now }: Turn,
): { releaseAt?: Journey } {
  if (crowd < 2) return {};
  return releasedIn({ at, crowd, until: untilFor(step, at, facts, now) }, trip.id, now);
}

/**
 * How many may fall due along with it. A window that opens, or a time of day, is the same to all who are live. A delay of
 * its own ends when that of others does only where they have set out together.
 */
export function crowdBefore({ anchorAt, abreast }: Standing, step: Step, facts: Known): number {
  const { live } = facts.sequence;
  if (live < 2) return 0;
  return isSetForAll(anchorAt, step, facts) ? live : Math.min(abreast, live);
}

/** Whether whoever set out a moment sooner would be due at the same instant. */
export function isSetForAll(anchorAt: Journey, step: Step, setting: Setting): boolean {
  return dueAt(anchorAt - 1, step, setting) === dueAt(anchorAt, step, setting);
}

/** Until when it must go: as long as the step may be done, or, if it touches nobody, the one that comes after it at once. */
export function untilFor(step: Step, due: Journey, facts: Setting & { tree: Tree }, now: Reading): Journey {
  const farthest = due + 2 * LONGEST_WAVE * now.speed;
  let next: Step | null = step;
  while (next !== null && !isTouch(next)) {
    next = onward(facts.tree, next);
    if (next !== null && dueAt(due, next, facts) > due) return Infinity;
  }
  return next === null ? Infinity : latestOf(next, due, facts, farthest);
}

/** Whether what it waited for has come, and its turn has not. Whoever watches looks whenever he is told to. */
export function isTurnAhead({ releaseAt, opensAt, booked, dueAt, held, watching }: Waiting, now: Reading): boolean {
  if (releaseAt === undefined || releaseAt <= now.journey || held !== undefined || watching) return false;
  return (opensAt ?? booked?.at ?? dueAt) <= now.journey;
}
