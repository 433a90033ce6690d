/** Knows time zones: which names they have, and how far each is ahead of UTC. */
import { tzOffset } from "@date-fns/tz/tzOffset";
import { type Journey, MINUTE } from "./time";

/** What the face of a clock in a zone shows, written as the milliseconds since 1970 that UTC would show it at. */
export type Face = number;

/** Whether this is an IANA zone name that the runtime knows, such as `Europe/Berlin`. */
export function isZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat("en", { timeZone: name });
    return /^[A-Za-z]/.test(name);
  } catch {
    return false;
  }
}

/** How far the zone is ahead of UTC at an instant. */
export function offset(instant: Journey, zone: string): number {
  // The library keeps a formatter for each spelling of a name that it meets, so let it meet one.
  const minutes = tzOffset(zone.toLowerCase(), new Date(instant));
  if (Number.isNaN(minutes)) {
    throw new RangeError(`No offset is known for the zone ${zone} at ${instant}`);
  }
  return Math.round(minutes * MINUTE);
}
