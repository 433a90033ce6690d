/** Knows when a step is due: after its delay or on its day, and, if it is a shown one, while its schedule is open. */
import type { Contact } from "./contact";
import { endOfDay, startOfDay } from "./day";
import { nextLocalTime } from "./localtime";
import type { IntervalType, SequenceType } from "./sequence";
import { isTouch, type Step } from "./step";
import { type Journey, SECOND } from "./time";
import { afterOpenTime, closing, nextOpening, type Schedule } from "./window";

/** What a sequence says of time besides the delays of its steps. */
export interface Timing {
  type: SequenceType;
  intervals: IntervalType;
  /** The sequence's own; null where it is always open. */
  scheduleId: number | null;
  /** That one, and those that steps have of their own. */
  schedules: ReadonlyMap<number, Schedule>;
}

export const ALWAYS_OPEN: Timing = { type: "interval", intervals: "calendar", scheduleId: null, schedules: new Map() };

/** What a step's time depends on besides the journey itself. */
export interface Setting {
  contact: Pick<Contact, "timezone"> | null;
  timing: Timing;
}

/** When a step is to be done that comes after an instant. One whose day is over is due at once, to be passed over. */
export function dueAt(anchorAt: Journey, step: Step, setting: Setting): Journey {
  if (isLapsed(step, { anchorAt, at: anchorAt }, setting)) return anchorAt;
  return opensAt(fallsDueAt(anchorAt, step, setting), step, setting);
}

/**
 * When it would be due if its schedule were always open. The step's own delay counts from when the step before it ran, or
 * from the start; after that, where the step waits for a time of day, it is the next such time in its zone, the contact's,
 * or UTC. In a date sequence a shown step comes on its day, or at once where it has none.
 */
export function fallsDueAt(anchorAt: Journey, step: Step, setting: Setting): Journey {
  const { contact, timing } = setting;
  if (timing.type === "date" && isTouch(step)) {
    return step.date === null ? anchorAt : Math.max(anchorAt, startOfDay(step.date, zoneOf(step, setting)));
  }
  const after = delayedFrom(anchorAt, step, setting);
  if (step.kind !== "delay_until_time") return after;
  return nextLocalTime(after, step.settings.time, step.settings.zone ?? contact?.timezone ?? "UTC");
}

/** When a step's own delay is over: counted in open time alone, where the sequence says so. */
function delayedFrom(anchorAt: Journey, step: Step, setting: Setting): Journey {
  const counted = setting.timing.intervals === "schedule" ? scheduleOf(step, setting.timing) : null;
  if (counted) return afterOpenTime(anchorAt, step.delay, counted, zoneOf(step, setting));
  return anchorAt + step.delay * SECOND;
}

/** One thing that a step waits for, and until when. */
export interface Wait {
  for: "delay" | "date" | "time_of_day" | "window";
  until: Journey;
}

/** What a step waits for that comes after an instant, one after the other; nothing where it is due at once. */
export function waitsOf(anchorAt: Journey, step: Step, setting: Setting): Wait[] {
  if (isLapsed(step, { anchorAt, at: anchorAt }, setting)) return [];
  const falls = fallsDueAt(anchorAt, step, setting);
  const dated = setting.timing.type === "date" && isTouch(step);
  const all: Wait[] = [
    dated ? { for: "date", until: falls } : { for: "delay", until: delayedFrom(anchorAt, step, setting) },
    { for: "time_of_day", until: falls },
    { for: "window", until: opensAt(falls, step, setting) },
  ];
  return all.filter(({ until }, i) => until > (all[i - 1]?.until ?? anchorAt));
}

/** When a step that is due may be done, at an instant or after it: shown ones only while their schedule is open. */
export function opensAt(at: Journey, step: Step, setting: Setting): Journey {
  const schedule = isTouch(step) ? scheduleOf(step, setting.timing) : null;
  return schedule ? nextOpening(at, schedule, zoneOf(step, setting)) : at;
}

/**
 * Whether it is too late at `at` for the day of a step: that day was over when the journey came to it, or there is no
 * opening left of the day on which it would have been done.
 */
export function isLapsed(step: Step, { anchorAt, at }: { anchorAt: Journey; at: Journey }, setting: Setting): boolean {
  if (setting.timing.type !== "date" || !isTouch(step) || step.date === null) return false;
  const zone = zoneOf(step, setting);
  const start = startOfDay(step.date, zone);
  if (anchorAt >= endOfDay(start, zone)) return true;
  const latest = endOfDay(opensAt(start, step, setting), zone);
  return opensAt(Math.max(start, at), step, setting) >= latest;
}

/** Until when a step may be done that may be at an instant; no later than `farthest`, beyond which nobody asks. */
export function latestOf(step: Step, at: Journey, setting: Setting, farthest: Journey): Journey {
  const { timing } = setting;
  const zone = zoneOf(step, setting);
  const schedule = scheduleOf(step, timing);
  const closes = schedule ? closing(at, schedule, zone, farthest) : farthest;
  return timing.type === "date" && step.date !== null ? Math.min(closes, endOfDay(at, zone)) : closes;
}

/** One that is no longer there binds nobody. */
function scheduleOf(step: Step, { scheduleId, schedules }: Timing): Schedule | null {
  const id = step.scheduleId ?? scheduleId;
  return id === null ? null : (schedules.get(id) ?? null);
}

function zoneOf(step: Step, { contact, timing }: Setting): string {
  return scheduleOf(step, timing)?.zone ?? contact?.timezone ?? "UTC";
}
