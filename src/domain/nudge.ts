/** Knows the messages on the `jobs` queue: pointers to work that stands in D1. */

export type Nudge =
  /** A job has something left to do. */
  | { v: 1; kind: "job"; workspaceId: number; job: number }
  /** One enrollment, told apart from its page because it failed there. */
  | { v: 1; kind: "item"; workspaceId: number; job: number; enrollment: number }
  /** Enrollments that are overdue. */
  | { v: 1; kind: "wake"; workspaceId: number; enrollments: number[] }
  /** Enrollments that something asks for by itself. */
  | { v: 1; kind: "trigger"; workspaceId: number; triggers: number[] };
