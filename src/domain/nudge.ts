/** Knows the messages on the `jobs` queue: pointers to work that stands in D1. */

export type Nudge =
  /** A job has something left to do. */
  | { v: 1; kind: "job"; workspaceId: number; job: number }
  /** A bulk enrollment has rows left, or enrollments to start; and how often the next of them were tried. */
  | { v: 1; kind: "bulk"; workspaceId: number; job: number; tries: number }
  /** One enrollment, told apart from its page because it failed there. */
  | { v: 1; kind: "item"; workspaceId: number; job: number; enrollment: number }
  /** Enrollments that are overdue, and how many that are so were found by then. */
  | { v: 1; kind: "wake"; workspaceId: number; enrollments: number[]; crowd: number }
  /** Enrollments that something asks for by itself. */
  | { v: 1; kind: "trigger"; workspaceId: number; triggers: number[] }
  /** Somebody waits in front of a throttle that may have room. */
  | { v: 1; kind: "let_in"; workspaceId: number; sequence: number; user: number };

/** Triggers in one message. */
export const MOST_TRIGGERS = 20;

export function jobNudge(workspaceId: number, job: number): Nudge {
  return { v: 1, kind: "job", workspaceId, job };
}

export function bulkNudge(workspaceId: number, job: number, tries: number): Nudge {
  return { v: 1, kind: "bulk", workspaceId, job, tries };
}

export function triggerNudges(workspaceId: number, ids: readonly number[]): Nudge[] {
  const nudges: Nudge[] = [];
  for (let i = 0; i < ids.length; i += MOST_TRIGGERS) {
    nudges.push({ v: 1, kind: "trigger", workspaceId, triggers: ids.slice(i, i + MOST_TRIGGERS) });
  }
  return nudges;
}
