/** Knows how many mails a mailbox may send on a day and how far apart, and finds the first slot that is left. */
import { dayNumber } from "./day";
import { instantOf } from "./localtime";
import type { Limits, Rate } from "./mailbox";
import { DAY, HOUR, type Journey, SECOND } from "./time";
import { offset } from "./zone";

/** The day that a clock in the zone shows, in days since 1970. */
export function dayOf(at: Journey, zone: string): number {
  return Math.floor((at + offset(at, zone)) / DAY);
}

export function beginOf(day: number, zone: string): Journey {
  return instantOf(day * DAY, zone);
}

/** Mails on a day; Infinity where nothing limits them. */
export function limitOn(day: number, { daily, warmup }: Limits): number {
  const ramp = warmup ? warmup.start + warmup.step * Math.max(0, day - dayNumber(warmup.since)) : Infinity;
  return Math.min(daily ?? Infinity, ramp);
}

/** How far apart two mails are at the least. */
export function gapOf(rate: Rate | null): number {
  return rate ? Math.ceil((rate.seconds * SECOND) / rate.messages) : 0;
}

/** How far apart they are planned: a little further, so that who comes a little late puts off nobody behind him. */
export function paceOf(rate: Rate | null): number {
  return Math.ceil(gapOf(rate) * 1.05);
}

/** What is given out already. */
export interface Plan {
  /** Seats by the day. */
  taken: ReadonlyMap<number, number>;
  /** The last slot by the hour; of no matter where nothing says how far apart they are to be. */
  last: ReadonlyMap<number, Journey>;
}

export function hourOf(at: Journey): number {
  return Math.floor(at / HOUR);
}

/** The first slot at an instant or after it; on its own day whoever asks has a seat already. */
export function slotFrom(from: Journey, limits: Limits, plan: Plan, own: number | null = null): Journey {
  const pace = paceOf(limits.rate);
  let at = from;
  for (;;) {
    const day = dayOf(at, limits.zone);
    const open = dayWithRoom(day, limits, plan, own);
    if (open > day) {
      at = beginOf(open, limits.zone);
      continue;
    }
    const free = freeFrom(at, pace, plan);
    if (free === at || dayOf(free, limits.zone) === day) return free;
    at = free;
  }
}

function dayWithRoom(from: number, limits: Limits, { taken }: Plan, own: number | null): number {
  let day = from;
  while (day !== own && (taken.get(day) ?? 0) >= limitOn(day, limits)) day++;
  return day;
}

/** The first instant that is far enough behind what is planned in its hour and before. */
function freeFrom(from: Journey, pace: number, { last }: Plan): Journey {
  if (pace === 0) return from;
  let at = from;
  for (;;) {
    let free = at;
    for (let hour = hourOf(at - pace); hour <= hourOf(at); hour++) {
      free = Math.max(free, (last.get(hour) ?? -Infinity) + pace);
    }
    if (free === at) return at;
    at = free;
  }
}
