/** Knows how instants and lengths of time are told to people. */
import { DAY, HOUR, MINUTE, SECOND } from "../../domain/time";

export function isoOf(at: number): string {
  return new Date(at).toISOString();
}

/** `22 Nov 2026, 14:05`, in UTC. */
export function readable(at: number): string {
  return WORDS.format(at);
}

const WORDS = new Intl.DateTimeFormat("en-GB", {
  ...{ day: "numeric", month: "short", year: "numeric", hour: "2-digit", minute: "2-digit" },
  timeZone: "UTC",
});

const UNITS: [number, string][] = [
  [DAY, "d"],
  [HOUR, "h"],
  [MINUTE, "min"],
  [SECOND, "s"],
];

/** `2 d 4 h`: milliseconds in their two largest units. */
export function lengthOf(ms: number): string {
  const at = UNITS.findIndex(([unit]) => ms >= unit);
  if (at < 0) return "0 s";
  const [[unit, name] = [SECOND, "s"], smaller] = UNITS.slice(at);
  const rest = smaller ? Math.floor((ms % unit) / smaller[0]) : 0;
  return `${Math.floor(ms / unit)} ${name}${smaller && rest > 0 ? ` ${rest} ${smaller[1]}` : ""}`;
}

export function agoOf(at: number, now: number): string {
  if (Math.abs(now - at) < SECOND) return "just now";
  return at < now ? `${lengthOf(now - at)} ago` : `in ${lengthOf(at - now)}`;
}
