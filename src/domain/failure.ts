/** Knows every way an expected request can be refused; each dialect turns these into its own words. */
import type { Block } from "./suppression";

/** What a missing thing was; ids of other workspaces are missing too. */
export type Noun =
  | "sequence"
  | "step"
  | "enrollment"
  | "contact"
  | "message"
  | "channel"
  | "reply"
  | "dead letter"
  | "segment"
  | "schedule"
  | "user"
  | "key"
  | "task"
  | "call"
  | "ruleset"
  | "stage"
  | "mailbox"
  | "category"
  | "membership"
  | "workspace"
  | "template"
  | "sequence template"
  | "variant"
  | "job"
  | "secret"
  | "suppression"
  | "webhook"
  | "delivery";

export type Failure =
  | { kind: "not_found"; what: Noun }
  | { kind: "already_enrolled" }
  | { kind: "enrolled_before" }
  | { kind: "sequence_archived" }
  | { kind: "sequence_locked" }
  /** Seen by all, and changed by its owner alone. */
  | { kind: "read_only" }
  /** No key makes one that may do more than itself. */
  | { kind: "beyond_scope"; scope: string }
  /** A date sequence takes no more enrollments. */
  | { kind: "sequence_full"; max: number }
  | { kind: "no_address"; platform: string }
  | { kind: "opted_out" }
  | { kind: "blocked"; platform: string; reason: Block }
  /** An opt-out is lifted only by whoever says that the person agreed. */
  | { kind: "needs_consent" }
  | { kind: "inactive" }
  | { kind: "rules_unmet"; condition: string }
  | { kind: "already_ended" }
  | { kind: "already_paused" }
  /** He waits in front of the throttle. */
  | { kind: "held_back" }
  | { kind: "not_paused" }
  | { kind: "not_failed" }
  /** What it would need to go on was freed long after its end. */
  | { kind: "no_longer_kept" }
  | { kind: "already_complete" }
  /** A mail is under way that will complete the task. */
  | { kind: "task_sending" }
  | { kind: "no_mail" }
  /** Nothing travels on from a task that no sequence made. */
  | { kind: "not_sequenced" }
  | { kind: "address_taken"; platform: string; address: string }
  | { kind: "bad_address"; platform: string }
  | { kind: "branched" }
  /** Steps would stand where no journey could come, or come twice. */
  | { kind: "unwalkable"; message: string }
  | { kind: "branches_not_empty" }
  /** The delay steps before it already make it longer, in seconds. */
  | { kind: "delay_too_short"; least: number }
  | { kind: "too_many_steps"; max: number }
  | { kind: "too_many"; what: string; max: number }
  | { kind: "segment_in_use" }
  | { kind: "schedule_in_use" }
  | { kind: "ruleset_in_use" }
  /** He is live in another sequence, and the rulesets of the two shut each other out. */
  | { kind: "shut_out" }
  /** He was written to less than so many seconds ago. */
  | { kind: "touched_recently"; seconds: number }
  /** The same contact is in a row before this one. */
  | { kind: "repeated_row" }
  /** The idempotency key came with another request before. */
  | { kind: "key_reused" }
  /** The key has a successor, and no two keys have one predecessor. */
  | { kind: "key_replaced" }
  | { kind: "template_in_use" }
  /** The step sends nothing else. */
  | { kind: "last_text" }
  | { kind: "bad_template"; field: string; message: string; line: number; column: number }
  | { kind: "blank"; field: string }
  | { kind: "bad_value"; field: string; message: string }
  /** No index leads to few enough rows; by what to narrow the question. */
  | { kind: "too_broad"; max: number; by: string[] }
  | { kind: "unavailable"; what: string };

export type Result<T, F = Failure> = { ok: true; value: T } | { ok: false; failure: F };

export function ok<T>(value: T): { ok: true; value: T } {
  return { ok: true, value };
}

export function refuse<F = Failure>(failure: F): { ok: false; failure: F } {
  return { ok: false, failure };
}

export function missing(what: Noun): { ok: false; failure: Failure } {
  return refuse({ kind: "not_found", what });
}
