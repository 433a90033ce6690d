/** Knows tickets: what a message is told that asks its mailbox for a slot, and until when it is put off. */
import type { State } from "./enrollment";
import type { Facts } from "./facts";
import { roomAt } from "./frequency";
import type { Limits } from "./mailbox";
import { enrollmentOf } from "./message";
import { beginOf, dayOf, limitOn } from "./seats";
import type { Journey, Reading } from "./time";
import { releasedIn, untilFor } from "./wave";

/** What was asked for a message: that it may go now, or when its slot is. */
export interface Ticket {
  message: number;
  mailbox: number;
  at: Journey | null;
}

/** A slot that is waited for. */
export interface Booking {
  mailbox: number;
  at: Journey;
}

/** What a message waits for that is due: room under the cap, and then a slot of its mailbox, which may be that of many. */
export type Delay = { fullUntil: Journey } | { booked: Booking; releaseAt?: Journey };

/** Null where it may be attempted. Who has not asked yet asks at once. */
export function delayOf(facts: Facts, asking: Asking, now: Reading): Delay | null {
  const { message } = asking;
  const fullUntil = roomAt(facts, message, now.journey);
  if (fullUntil !== null) return { fullUntil };
  const box = facts.post?.box ?? null;
  if (box === null || box.limits === null) return null;
  const { ticket } = facts;
  if (ticket?.message !== message || ticket.mailbox !== box.id) return { booked: { mailbox: box.id, at: now.journey } };
  if (ticket.at === null) return null;
  const booked = { mailbox: box.id, at: ticket.at };
  return { booked, ...turnAt({ ...asking, at: ticket.at, limits: box.limits }, facts, now) };
}

interface Asking {
  message: number;
  step: number;
}

/** Where mails must be apart, so are the slots already; else all of a day have the same, and each goes in its turn. */
function turnAt(slot: Asking & { at: Journey; limits: Limits }, facts: Facts, now: Reading): { releaseAt?: Journey } {
  const { at, limits } = slot;
  if (limits.rate !== null) return {};
  const day = dayOf(at, limits.zone);
  const step = facts.tree.steps.get(slot.step);
  const over = beginOf(day + 1, limits.zone);
  const until = step ? Math.min(over, untilFor(step, at, facts, now)) : over;
  const crowd = Math.min(facts.sequence.live, limitOn(day, limits));
  return releasedIn({ at, crowd, until }, enrollmentOf(slot.message), now);
}

/** The mailbox that the journey's mails leave from once this one does. */
export function leavingFrom({ mailbox }: State, { post }: Facts): number | null {
  return post?.box?.id ?? mailbox;
}

/**
 * The mailboxes that were asked for a slot and wait for nobody any more: the journey has gone another way, or leaves from
 * another one.
 */
export function unneeded(before: State, after: State, turn: { asked: number | null; claimed: boolean }): number[] {
  const kept = bookingOf(after)?.mailbox ?? (turn.claimed ? after.mailbox : null);
  const had = new Set([bookingOf(before)?.mailbox ?? null, turn.asked]);
  return [...had].filter((mailbox): mailbox is number => mailbox !== null && mailbox !== kept);
}

function bookingOf({ phase }: State): Booking | undefined {
  return phase.is === "waiting" ? phase.booked : undefined;
}
