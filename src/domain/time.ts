/** Knows the two clocks: wall time (leases, retries) and journey time (delays), which may run faster in development. */

/** Milliseconds since 1970 on the real clock. Never scaled. */
export type Wall = number;
/** Milliseconds since 1970 on the clock that contacts travel by. Equal to wall time at speed 1. */
export type Journey = number;

export const SECOND = 1000;
export const MINUTE = 60 * SECOND;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;

/** One look at both clocks. It is an epoch too: any other instant can be converted by it. */
export interface Reading {
  wall: Wall;
  journey: Journey;
  /** Journey milliseconds in a wall millisecond, above 0. */
  speed: number;
}

/** Where journey time was set to run from; kept in D1 so that a restart does not turn the clock back. */
export type Epoch = Reading;

export function readingAt(epoch: Epoch, wall: Wall): Reading {
  return { wall, journey: journeyAt(epoch, wall), speed: epoch.speed };
}

/** The journey time at a wall time, rounded down, so that nothing is taken to be due before it is. */
export function journeyAt(epoch: Epoch, wall: Wall): Journey {
  return Math.floor(epoch.journey + (wall - epoch.wall) * epoch.speed);
}

/** The first wall time at which a journey time has been reached. */
export function wallAt(epoch: Epoch, journey: Journey): Wall {
  return Math.ceil(epoch.wall + (journey - epoch.journey) / epoch.speed);
}
