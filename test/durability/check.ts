/** Knows what a check of an audit is: what must hold, what was found against it, and the journeys to look into. */
import type { Journey } from "./account.ts";

export interface Finding {
  what: string;
  journey?: Journey | undefined;
}

export interface Check {
  name: string;
  ok: boolean;
  /** How much there was to look at, and what speaks against it. */
  looked: string;
  findings: Finding[];
}

/** Holds where nothing was found against it. */
export function check(name: string, looked: string, findings: readonly (Finding | string)[]): Check {
  const told = findings.map((finding) => (typeof finding === "string" ? { what: finding } : finding));
  return { name, ok: told.length === 0, looked, findings: told };
}
