/** Knows how v1 writes times, ISO 8601 in whole seconds with Z, and reads them. */
import * as z from "zod";

export function instant(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 19)}Z`;
}

export function instantOrNull(ms: number | null | undefined): string | null {
  return ms === null || ms === undefined ? null : instant(ms);
}

/** Providers cut to whole seconds stand for the whole of that second, lest something quick seems older than what caused it. */
export const timeOf = z.iso
  .datetime({ offset: true, error: "must be an ISO 8601 time with a zone" })
  .transform((value) => Date.parse(value) + (/\.\d+/.test(value) ? 0 : 999))
  .refine((ms) => ms > 0, "must not be before 1970");
