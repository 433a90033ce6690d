/** Knows what a sequence is, and which change of status does what to its journeys. */
import type { Rules } from "./condition";
import type { ReplyAction } from "./enrollment";
import type { Journey } from "./time";

export const SEQUENCE_STATUSES = ["DRAFT", "ACTIVE", "PAUSED", "ARCHIVED"] as const;
export type SequenceStatus = (typeof SEQUENCE_STATUSES)[number];

export const REPLY_ACTIONS = ["finish", "continue"] as const;
export type StoredReplyAction = (typeof REPLY_ACTIONS)[number];

export const REENROLLS = ["after_exit", "never"] as const;
export type Reenroll = (typeof REENROLLS)[number];

export interface Sequence {
  id: number;
  workspaceId: number;
  name: string;
  status: SequenceStatus;
  locked: boolean;
  transactional: boolean;
  primaryReplyAction: StoredReplyAction;
  reenroll: Reenroll;
  rules: Rules;
  revision: number;
  enabledAt: Journey | null;
  createdAt: Journey;
  updatedAt: Journey;
}

/** The kinds of work that a change can leave behind for the journeys under way. */
export type JobKind = "wake" | "reschedule" | "archive" | "retry" | "opt_out" | "erase";

/** What entering a status asks of the journeys: activation wakes those that are due, archiving ends them all. */
export function jobOf(before: SequenceStatus, after: SequenceStatus): JobKind | null {
  if (before === after) return null;
  switch (after) {
    case "ACTIVE":
      return "wake";
    case "ARCHIVED":
      return "archive";
    case "DRAFT":
    case "PAUSED":
      return null;
  }
}

export function replyActionOf(stored: StoredReplyAction): ReplyAction {
  return { kind: stored };
}

/** `exitOnReply` and `finishOnReply` written on top of the stored action: false only takes away a `finish`. */
export function withExitOnReply(stored: StoredReplyAction, exits: boolean): StoredReplyAction {
  if (exits) return "finish";
  return stored === "finish" ? "continue" : stored;
}
