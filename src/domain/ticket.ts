/** Knows tickets: what a message is told that asks its mailbox for a slot, and until when it is put off. */
import type { State } from "./enrollment";
import type { Facts } from "./facts";
import { roomAt } from "./frequency";
import type { Journey } from "./time";

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

/** What a message waits for that is due: room under the cap, and then a slot of its mailbox. */
export type Delay = { fullUntil: Journey } | { booked: Booking };

/** Null where it may be attempted. Who has not asked yet asks at once. */
export function delayOf(facts: Facts, message: number, now: Journey): Delay | null {
  const fullUntil = roomAt(facts, message, now);
  if (fullUntil !== null) return { fullUntil };
  const box = facts.post?.box ?? null;
  if (box === null || box.limits === null) return null;
  const { ticket } = facts;
  if (ticket?.message !== message || ticket.mailbox !== box.id) return { booked: { mailbox: box.id, at: now } };
  return ticket.at === null ? null : { booked: { mailbox: box.id, at: ticket.at } };
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
