/** Knows how a sender gives out its slots: in the order of first asking, and never more than really may go. */
import type { Limits } from "../domain/mailbox";
import { beginOf, dayOf, gapOf, hourOf, limitOn, paceOf, slotFrom } from "../domain/seats";
import { type Journey, type Reading, SECOND } from "../domain/time";
import type { Book, Day, Seat, Told } from "./book";

export interface Ask extends Told {
  message: number;
  /** No slot before that is of use; now, where any is. */
  notBefore: Journey;
  now: Reading;
}

/** Longer than facts live by which a claim is made, and shorter than the wait before another attempt. */
const GRANT = 10 * SECOND;
/** Days for which a place is kept though nobody asks for it, as in a long outage. */
const KEPT = 3;

/**
 * When the message may go; null: now. Its seat is planned when it first asks, and is its own until it is given back.
 *
 * | its ticket                                | it is told                                                    |
 * | ----------------------------------------- | ------------------------------------------------------------- |
 * | none yet                                  | the first slot that is left                                   |
 * | its slot is ahead                         | the same again                                                |
 * | its slot is ahead, and of no use          | another: of those that are left, where it has only just come  |
 * | of a day that is over (late, tried again) | to take the place of somebody who came after it               |
 * | its slot has come, and there is room      | to go                                                         |
 * | … and those before it need the day's rest | the next day, in front of those who came after it             |
 * | … and the mail before is too near         | when that is far enough behind                                |
 */
export function ask(book: Book, asking: Ask): Journey | null {
  const { message, notBefore, now } = asking;
  const limits = adopt(book, asking);
  const today = dayOf(now.journey, limits.zone);
  book.forget(today - KEPT);
  let seat = book.find(message) ?? firstSeat(book, asking, limits);
  if (notBefore > Math.max(seat.at, now.journey)) seat = reseat(book, seat, { asking, limits });
  if (seat.at > now.journey) return seat.at;
  if (seat.day < today) seat = moved(book, seat, now.journey, limits);
  if (seat.granted !== null && now.wall - seat.granted < GRANT) return null;
  if (seat.granted === null && !hasRoom(book, seat, limits)) {
    return moved(book, seat, beginOf(today + 1, limits.zone), limits).at;
  }
  const apart = farEnough(book, seat, limits, now.journey);
  if (apart !== null) return apart;
  book.grant(seat, { at: now.journey, wall: now.wall, rate: limits.rate });
  return null;
}

function firstSeat(book: Book, { message, notBefore, now }: Ask, limits: Limits): Seat {
  const at = slotFrom(notBefore, limits, book.planFrom(notBefore, dayOf(notBefore, limits.zone), limits));
  const seat = { message, place: now.journey, day: dayOf(at, limits.zone), at, granted: null, promised: 0 } as const;
  return book.seat(seat, null, limits);
}

/** Who has only just come takes what is left; who has waited keeps his place, though the day be full: the last give way. */
function reseat(book: Book, seat: Seat, { asking, limits }: { asking: Ask; limits: Limits }): Seat {
  const { notBefore, now } = asking;
  if (seat.place < now.journey) return moved(book, seat, notBefore, limits);
  const plan = book.planFrom(notBefore, dayOf(notBefore, limits.zone), limits);
  return moved(book, seat, slotFrom(notBefore, limits, plan, seat.day), limits);
}

function moved(book: Book, seat: Seat, at: Journey, limits: Limits): Seat {
  const day = dayOf(at, limits.zone);
  const granted = day === seat.day ? seat.granted : null;
  return book.seat({ ...seat, day, at, granted, promised: 0 }, seat, limits);
}

/** By what really went today; where more have a seat than may go, those who came first have it. */
function hasRoom(book: Book, seat: Seat, limits: Limits): boolean {
  const { taken, granted } = book.day(seat.day);
  const limit = limitOn(seat.day, limits);
  if (granted >= limit) return false;
  return taken <= limit || granted + book.aheadOf(seat) < limit;
}

/**
 * When the mail is far enough behind the one before; null: now. Whoever comes when others wait in front of him is promised
 * a slot behind theirs, so that they do not all come again at once; those are a little closer than planned ones, so that
 * what was late is made up for.
 */
function farEnough(book: Book, seat: Seat, { rate }: Limits, now: Journey): Journey | null {
  if (rate === null) return null;
  const gap = gapOf(rate);
  const slack = paceOf(rate) - gap;
  const { last, promised } = book.line();
  const front = Math.max(last, promised);
  const free = gap + (seat.promised ? last : front);
  if (free <= now) return null;
  if (seat.promised && free - now <= slack) return free;
  const behind = front + gap + Math.ceil(slack / 2);
  book.promise(seat, behind);
  return behind;
}

/** The limits as they were last told. Where those are others than before, all who wait are given new seats, in their order. */
function adopt(book: Book, { limits, asOf, now }: Ask): Limits {
  const told = book.told();
  if (told !== null && (asOf < told.asOf || JSON.stringify(told.limits) === JSON.stringify(limits))) return told.limits;
  book.tell({ limits, asOf });
  if (told !== null) planAnew(book, limits, now.journey);
  return limits;
}

function planAnew(book: Book, limits: Limits, now: Journey): void {
  const { zone } = limits;
  const days = new Map<number, Day>();
  const taken = new Map<number, number>();
  const last = new Map<number, Journey>();
  const count = (day: number, granted: number) => {
    const before = days.get(day) ?? { taken: 0, granted: 0 };
    days.set(day, { taken: before.taken + 1, granted: before.granted + granted });
    taken.set(day, before.taken + 1);
  };
  for (const at of book.gone()) count(dayOf(at, zone), 1);
  let from = now;
  const seats = book.waiting().map((seat) => {
    from = slotFrom(from, limits, { taken, last });
    const day = dayOf(from, zone);
    count(day, 0);
    last.set(hourOf(from), from);
    return { ...seat, day, at: from, promised: 0 as const };
  });
  book.replace(days, limits.rate ? last : new Map(), seats);
}
