/** Knows how many messages one contact may get in a stretch of time, and who waits until there is room again. */
import type { Facts } from "./facts";
import type { Journey } from "./time";

/** At most so many messages in so many seconds of journey time, whichever sequences they come from. */
export interface FrequencyCap {
  messages: number;
  seconds: number;
}

/** A cap as its two columns hold it: both, or none. */
export function capOf(row: { capMessages: number | null; capSeconds: number | null }): FrequencyCap | null {
  const { capMessages: messages, capSeconds: seconds } = row;
  return messages === null || seconds === null ? null : { messages, seconds };
}

/** What was asked for a message: room, or the time from which there is some. */
export interface Slot {
  message: number;
  freeAt: Journey | null;
}

/** The bounds of a cap. */
export const MOST_CAPPED = 1000;
export const LONGEST_CAP = 31 * 24 * 3600;

/**
 * Until when a message waits for room; null where it may be attempted. One that no room was asked for asks at once.
 * What is transactional neither waits nor counts.
 */
export function roomAt({ cap, slot, sequence }: Facts, message: number, now: Journey): Journey | null {
  if (!cap || sequence.transactional) return null;
  return slot?.message === message ? slot.freeAt : now;
}
