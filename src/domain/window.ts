/** Knows when a schedule is open: while a clock in its zone shows a day and a time that it names. */
import { dayNumber, weekdayOf } from "./day";
import { sinceMidnight } from "./localtime";
import { DAY, type Journey, MINUTE, SECOND } from "./time";
import { offset } from "./zone";

/** From a time of day on, until another one or until 24:00. What goes past midnight is two, of neighbouring days. */
export interface Opening {
  /** 1 for Monday to 7 for Sunday. */
  day: number;
  from: string;
  to: string;
}

/** An hour that the clocks skip is not open, one that they show twice is open twice. */
export interface Schedule {
  /** An IANA zone; null for the contact's own, or UTC where he has none. */
  zone: string | null;
  openings: readonly Opening[];
  /** Days, `YYYY-MM-DD`, on which it stays closed. */
  holidays: readonly string[];
}

interface Span {
  opens: Journey;
  closes: Journey;
}

/** Time in which a zone's offset stays the same. */
interface Stretch {
  start: Journey;
  end: Journey;
  ahead: number;
}

/** As long as the longest delay: what has not come by then comes then. */
const HORIZON = 10 * 366 * DAY;
/** No zone changes its offset and changes it back within a week. */
const LONGEST_STRETCH = 7 * DAY;

/** The first instant at or after `at` at which it is open. */
export function nextOpening(at: Journey, schedule: Schedule, zone: string): Journey {
  const [first] = spans(at, schedule, zone);
  return first ? first.opens : at + HORIZON;
}

export function isOpen(at: Journey, schedule: Schedule, zone: string): boolean {
  return nextOpening(at, schedule, zone) === at;
}

/** When it closes that is open at an instant, openings that touch being one; no later than `farthest`. */
export function closing(at: Journey, schedule: Schedule, zone: string, farthest: Journey): Journey {
  let closes = at;
  for (const span of spans(at, schedule, zone)) {
    if (span.opens > closes || closes >= farthest) break;
    closes = span.closes;
  }
  return Math.min(closes, farthest);
}

/** The first instant by which it has been open for so many seconds since `at`; that may be the one at which it closes. */
export function afterOpenTime(at: Journey, seconds: number, schedule: Schedule, zone: string): Journey {
  let left = seconds * SECOND;
  if (left === 0) return at;
  for (const { opens, closes } of spans(at, schedule, zone)) {
    if (closes - opens >= left) return opens + left;
    left -= closes - opens;
  }
  return at + HORIZON;
}

/** The times in which it is open, in order, from an instant on; the first has begun before where it is open then. */
function* spans(from: Journey, schedule: Schedule, zone: string): Generator<Span> {
  const holidays = new Set(schedule.holidays.map(dayNumber));
  const week = Map.groupBy(schedule.openings, ({ day }) => day);
  for (const stretch of stretches(from, zone)) {
    const { start, end, ahead } = stretch;
    for (let day = Math.floor((start + ahead) / DAY); day * DAY < end + ahead; day++) {
      const openings = holidays.has(day) ? [] : (week.get(weekdayOf(day)) ?? []);
      yield* spansOf(openings, day * DAY - ahead, stretch);
    }
  }
}

function* spansOf(openings: readonly Opening[], midnight: Journey, { start, end }: Stretch): Generator<Span> {
  for (const { from, to } of openings) {
    const opens = Math.max(midnight + sinceMidnight(from), start);
    const closes = Math.min(midnight + sinceMidnight(to), end);
    if (opens < closes) yield { opens, closes };
  }
}

function* stretches(from: Journey, zone: string): Generator<Stretch> {
  let ahead = offset(from, zone);
  for (let start = from; start < from + HORIZON; ) {
    const end = evenUntil(start, ahead, zone);
    yield { start, end, ahead };
    start = end;
    ahead = offset(start, zone);
  }
}

/** Until when a zone keeps its offset, to the minute; a week ahead at most. */
function evenUntil(start: Journey, ahead: number, zone: string): Journey {
  const latest = start + LONGEST_STRETCH;
  if (offset(latest, zone) === ahead) return latest;
  let same = Math.floor(start / MINUTE);
  let other = Math.ceil(latest / MINUTE);
  while (other - same > 1) {
    const middle = Math.floor((same + other) / 2);
    if (offset(middle * MINUTE, zone) === ahead) same = middle;
    else other = middle;
  }
  return other * MINUTE;
}
