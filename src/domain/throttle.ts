/** Knows what a throttle is, who is held back by it, and how it says why. */
import type { Sequence } from "./sequence";
import { DAY, type Journey } from "./time";
import type { Waiting } from "./waiting";

export type Throttle = Pick<Sequence, "throttleCapacity" | "throttleMaxAdds" | "throttlePausedAt">;

/** What a user has in a sequence. */
export interface Tally {
  /** Let in, and not ended. */
  active: number;
  /** The newest day on which somebody was let in, in days since 1970 (UTC), and how many were. */
  day: number;
  added: number;
}

export function isThrottled({ throttleCapacity, throttleMaxAdds, throttlePausedAt }: Throttle): boolean {
  return throttleCapacity !== null || throttleMaxAdds !== null || throttlePausedAt !== null;
}

export function isSameThrottle(one: Throttle, other: Throttle): boolean {
  return (
    one.throttleCapacity === other.throttleCapacity &&
    one.throttleMaxAdds === other.throttleMaxAdds &&
    one.throttlePausedAt === other.throttlePausedAt
  );
}

export function dayOf(at: Journey): number {
  return Math.floor(at / DAY);
}

/** Whether he waits in front of the throttle: to be started, or to be taken up again after a failure. */
export function isHeld({ state, why }: { state: string; why: string | null }): boolean {
  return state === "pending" && why === "throttle";
}

/** Why he waits, the reason that only people can lift before the one that time does. */
export function whyHeld(throttle: Throttle, { active, day, added }: Tally, now: Journey): Waiting {
  const held = { for: "throttle", until: null } as const;
  const { throttleCapacity: capacity, throttleMaxAdds: adds, throttlePausedAt } = throttle;
  if (throttlePausedAt !== null) return { ...held, detail: "the sequence's throttle is paused and lets nobody in" };
  if (capacity !== null && active >= capacity) {
    return { ...held, detail: `the throttle lets ${capacity} be under way at a time, and ${active} are` };
  }
  const today = dayOf(now);
  if (adds !== null && day >= today && added >= adds) {
    return {
      ...held,
      until: (day + 1) * DAY,
      detail: `the throttle lets ${adds} in on a day, and ${added} came today`,
    };
  }
  return { ...held, detail: "the throttle has room and lets in those who came first" };
}
