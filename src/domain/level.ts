/** Knows how much the log may be asked to tell. */

/** `info` tells of every request, batch and message; `warn` only of what went wrong. */
export const LEVELS = ["info", "warn"] as const;
export type Level = (typeof LEVELS)[number];
