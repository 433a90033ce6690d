/** Knows how v1 spells ids: a prefix and the number. */
import type { Refusal } from "./errors";

export const PREFIXES = {
  workspace: "ws",
  sequence: "seq",
  step: "step",
  enrollment: "enroll",
  contact: "contact",
  message: "msg",
  reply: "reply",
  letter: "dead",
  segment: "segment",
  schedule: "sched",
  user: "user",
  key: "key",
  task: "task",
  priority: "priority",
  ruleset: "ruleset",
  mailbox: "mailbox",
  secret: "secret",
  suppression: "suppression",
  job: "job",
  webhook: "hook",
  delivery: "delivery",
  variant: "variant",
} as const;
export type IdNoun = keyof typeof PREFIXES;

/** Stands for ids that are well formed and never given out, so that looking them up finds nothing. */
export const NOBODY = 0;

export function spell(noun: IdNoun, id: number): string {
  return `${PREFIXES[noun]}_${id}`;
}

/** How an id of a noun looks, whether it is one of ours or not. */
export function patternOf(noun: IdNoun): string {
  return `^${PREFIXES[noun]}_[A-Za-z0-9]{1,64}$`;
}

/** The number of an id, NOBODY for one that is well formed but not ours, null for one that is malformed. */
export function read(noun: IdNoun, text: string): number | null {
  if (!new RegExp(patternOf(noun)).test(text)) return null;
  const rest = text.slice(PREFIXES[noun].length + 1);
  return /^[1-9]\d{0,14}$/.test(rest) ? Number(rest) : NOBODY;
}

export function malformed(field: string, noun: IdNoun): Refusal {
  return { code: "BAD_REQUEST", message: `${field} is not a valid ${noun} id: it looks like ${PREFIXES[noun]}_…` };
}
