/** Knows when an enrollment must wake next, so that none is ever without a wake-up that it needs. */
import { outOfDoubtAt } from "./clicks";
import type { State } from "./enrollment";
import { DAY, MINUTE, type Reading, SECOND, type Wall, wallAt } from "./time";
import type { Waiting } from "./wave";

/** A journey at rest makes sure of the mirror after this, then after twice that, and so on up to LONGEST_SETTLE. */
const SETTLE = 30 * SECOND;
const LONGEST_SETTLE = 60 * MINUTE;
/** Alarms are set no further ahead; a longer wait takes several hops. */
const LONGEST_HOP = 7 * DAY;

/** The wall time of the next alarm, or null when nothing lies ahead that the enrollment could do by itself. */
export function nextWake(state: State, now: Reading): Wall | null {
  const wakes = [journeyWake(state, now), outOfDoubtAt(state, now), state.settle?.at ?? null].filter(
    (at) => at !== null,
  );
  if (wakes.length === 0) return null;
  return Math.min(Math.max(Math.min(...wakes), now.wall + 1), now.wall + LONGEST_HOP);
}

function journeyWake(state: State, now: Reading): Wall | null {
  const { phase, inFlight } = state;
  if (inFlight !== null && inFlight.lease !== null) return inFlight.lease;
  switch (phase.is) {
    case "pending":
    case "ended":
      return null;
    case "working":
      return state.task === null || state.task.skipAt === null ? null : wallAt(now, state.task.skipAt);
    case "paused": {
      const until = [phase.resumeAt, phase.finishAt].filter((at) => at !== undefined);
      return until.length === 0 ? null : wallAt(now, Math.min(...until));
    }
    case "waiting":
      if (phase.held !== undefined) return phase.lookAt ?? null;
      if (phase.stirred) return now.wall;
      return waitingWake(phase, inFlight?.retryAt ?? null, now);
  }
}

/** What puts off a message that is due comes before the time of its next attempt, and its turn after either. */
function waitingWake(
  { releaseAt, dueAt, lookAt = Infinity, ...phase }: Waiting,
  retryAt: Wall | null,
  now: Reading,
): Wall {
  const barredUntil = phase.opensAt ?? phase.fullUntil ?? phase.booked?.at;
  if (barredUntil !== undefined) return wallAt(now, releaseAt ?? barredUntil);
  return retryAt ?? Math.min(lookAt, wallAt(now, releaseAt ?? dueAt));
}

/** Whether it rests until somebody stirs it: it has no wake-up of its own ahead, or a person must first hear of his task. */
export function isAtRest(state: State, now: Reading): boolean {
  return state.phase.is === "working" || journeyWake(state, now) === null;
}

/**
 * When a journey at rest looks again whether the mirror has everything. Null once it has, and while the journey has
 * wake-ups of its own, for it looks then anyway.
 */
export function settling(state: State, mirror: { version: number; completeTo: number } | null, now: Reading) {
  // Of one that has not begun its row knows better.
  if (state.phase.is === "pending" || !isAtRest(state, now)) return null;
  if (mirror && mirror.version >= state.version && mirror.completeTo >= state.entries) return null;
  const due = state.settle !== null && state.settle.at <= now.wall;
  if (state.settle !== null && !due) return state.settle;
  const tries = (state.settle?.tries ?? 0) + 1;
  return { at: now.wall + Math.min(SETTLE * 2 ** (tries - 1), LONGEST_SETTLE), tries };
}
