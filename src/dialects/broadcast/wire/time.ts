/** Knows how Broadcast writes times: ISO 8601 in milliseconds, and in whole seconds in its oldest list. */

export function instant(ms: number): string {
  return new Date(ms).toISOString();
}

export function instantOrNull(ms: number | null): string | null {
  return ms === null ? null : instant(ms);
}

export function second(ms: number): string {
  return `${instant(ms).slice(0, 19)}Z`;
}

export function secondOrNull(ms: number | null): string | null {
  return ms === null ? null : second(ms);
}
