/** Knows custom fields: how much of them one contact may have, and what a change makes of them. */
import type { Failure } from "./failure";

type Fields = Readonly<Record<string, unknown>>;

/** Characters of JSON: all of them are read for every message. */
export const MOST_CUSTOM = 10_000;

/** Null when they can be saved; else it is the longest of what was just written that is too long. */
export function faultInCustomFields(fields: Fields, written: readonly string[]): Failure | null {
  if (JSON.stringify(fields).length <= MOST_CUSTOM) return null;
  const sizeOf = (name: string) => JSON.stringify(fields[name] ?? null).length;
  const [longest = "customFields"] = written.toSorted((a, b) => sizeOf(b) - sizeOf(a));
  const message = `is too long (all custom fields together hold at most ${MOST_CUSTOM} characters)`;
  return { kind: "bad_value", field: longest, message };
}

/** What is null is taken away. */
export function withCustom(before: Fields, changes: Fields): Record<string, unknown> {
  return Object.fromEntries(Object.entries({ ...before, ...changes }).filter(([, value]) => value !== null));
}
