/** Knows how often an optimistic write is tried, and how long it waits before it is tried again. */

/** Edits that may come between look and write before the caller is told to try again. */
export const MOST_TRIES = 30;

const LONGEST_WAIT = 40; // milliseconds

/** Lets the others go first, a little longer each time and never twice the same, so that all come through. */
export async function beforeTry(tries: number): Promise<void> {
  if (tries > 0) await scheduler.wait(Math.random() * Math.min(2 ** tries, LONGEST_WAIT));
}
