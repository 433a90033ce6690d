/** Knows what a sequence is, and which change of status does what to its journeys. */
import type { Rules } from "./condition";
import type { ReplyAction } from "./enrollment";
import { type Journey, SECOND } from "./time";

export const SEQUENCE_STATUSES = ["DRAFT", "ACTIVE", "PAUSED", "ARCHIVED"] as const;
export type SequenceStatus = (typeof SEQUENCE_STATUSES)[number];

export const REPLY_ACTIONS = ["finish", "continue", "pause"] as const;
export type StoredReplyAction = (typeof REPLY_ACTIONS)[number];

/** domain: where a reply ends a journey, it ends those of everybody else at the same company. */
export const REPLY_SCOPES = ["contact", "domain"] as const;
export type ReplyScope = (typeof REPLY_SCOPES)[number];

/** Seconds that a pause by a reply lasts unless the sequence says otherwise, before the journey ends: two days. */
export const REPLY_PAUSE = 172_800;
export const LONGEST_REPLY_PAUSE = 366 * 24 * 3600;

export const REENROLLS = ["after_exit", "never"] as const;
export type Reenroll = (typeof REENROLLS)[number];

export const SHARE_TYPES = ["private", "read_only", "shared"] as const;
export type ShareType = (typeof SHARE_TYPES)[number];

export const SALES_MOTIONS = ["outbound", "inbound", "follow-up", "nurture", "other"] as const;
export type SalesMotion = (typeof SALES_MOTIONS)[number];

export const SEQUENCE_TYPES = ["interval", "date"] as const;
export type SequenceType = (typeof SEQUENCE_TYPES)[number];

export const INTERVAL_TYPES = ["calendar", "schedule"] as const;
export type IntervalType = (typeof INTERVAL_TYPES)[number];

/** Enrollments that a date sequence takes unless it says otherwise. */
export const MOST_ACTIVATIONS = 150;
/** That any of its limits may name. */
export const MOST_LET_IN = 1_000_000;

export interface Sequence {
  id: number;
  workspaceId: number;
  name: string;
  status: SequenceStatus;
  locked: boolean;
  transactional: boolean;
  /** What a reply by the contact himself does, and how many seconds the journey pauses before it ends, if it pauses. */
  primaryReplyAction: StoredReplyAction;
  primaryReplyPause: number;
  /** The same of a reply by somebody else in the thread; null where that does what the contact's own does. */
  secondaryReplyAction: StoredReplyAction | null;
  secondaryReplyPause: number;
  replyScope: ReplyScope;
  reenroll: Reenroll;
  rules: Rules;
  revision: number;
  enabledAt: Journey | null;
  trackOpens: boolean;
  trackClicks: boolean;
  /** Whether its mails leave from any of the workspace's mailboxes, or from these alone, where it names some. */
  useAnyMailbox: boolean;
  mailboxIds: number[];
  /** Adding this tag to a contact enrolls him, taking it from him takes him out. */
  initTag: string | null;
  /** Who comes into this segment is enrolled. */
  initSegmentId: number | null;
  /** Whether those two enroll somebody who was here before. */
  triggersReenroll: boolean;
  /** The sequence that this one was duplicated from. */
  parentSequenceId: number | null;
  description: string | null;
  /** private: only its owner sees it; read_only: others see it and enroll; shared: others edit it too. */
  shareType: ShareType;
  ownerId: number;
  creatorId: number;
  updaterId: number;
  salesMotion: SalesMotion | null;
  tags: string[];
  /** interval: each step comes so long after the one before it; date: each step has a day of its own. */
  sequenceType: SequenceType;
  /** Of a date sequence: how many enrollments it takes in all. */
  maxActivations: number;
  /** schedule: intervals count open time only; calendar: all time, and then the next opening. */
  scheduleIntervalType: IntervalType;
  scheduleId: number | null;
  rulesetId: number | null;
  /** Enrollments under way at a time, and let in on a day (UTC), by each user; null: as many as come. */
  throttleCapacity: number | null;
  throttleMaxAdds: number | null;
  /** While set, nobody is let in. */
  throttlePausedAt: Journey | null;
  lockedAt: Journey | null;
  createdAt: Journey;
  updatedAt: Journey;
}

/** What was said of it by name; null where nothing was: then people enroll somebody anew, and triggers do not. */
export function askedReenroll({ reenroll, triggersReenroll }: Pick<Sequence, "reenroll" | "triggersReenroll">) {
  return reenroll === "never" || triggersReenroll ? reenroll : null;
}

/** The kinds of work that a change can leave behind for the journeys under way. */
export type JobKind =
  | "wake"
  | "reschedule"
  | "archive"
  | "retry"
  /** Of a contact: his journeys end, by the way he went. */
  | "opt_out"
  | "deactivate"
  | "block"
  | "erase"
  /** Of a reply: the journeys of the writer's colleagues end. */
  | "colleagues"
  /** Of a contact who changed: his journeys that wait at a condition look at him again. */
  | "look"
  /** Of a segment: all contacts are looked at by its rules. */
  | "segment"
  /** Of a sequence: the members of its segment are enrolled. */
  | "segment_enroll"
  /** Of a sequence: those of its journeys that ended under an earlier release have their objects freed in time. */
  | "retire";

type Moving = Pick<Sequence, "status" | "initSegmentId" | "sequenceType" | "scheduleIntervalType" | "scheduleId">;

/**
 * What a change asks of the journeys: activation wakes those that are due, archiving ends them all, other times have them
 * look again, and the members of a segment are enrolled by the sequence that has come to it.
 */
export function jobsOf(before: Moving, after: Moving): JobKind[] {
  const jobs: JobKind[] = [];
  if (before.status !== after.status && after.status === "ACTIVE") jobs.push("wake");
  if (before.status !== after.status && after.status === "ARCHIVED") jobs.push("archive");
  if (isTimedAnew(before, after)) jobs.push("reschedule");
  const comes = before.initSegmentId !== after.initSegmentId || before.status === "ARCHIVED";
  if (after.initSegmentId !== null && after.status !== "ARCHIVED" && comes) jobs.push("segment_enroll");
  return jobs;
}

function isTimedAnew(before: Moving, after: Moving): boolean {
  return (
    before.sequenceType !== after.sequenceType ||
    before.scheduleIntervalType !== after.scheduleIntervalType ||
    before.scheduleId !== after.scheduleId
  );
}

/** What a switch that knows only on and off makes of a status: off pauses what runs, and leaves all else. */
export function switched(status: SequenceStatus, on: boolean): SequenceStatus {
  if (on) return "ACTIVE";
  return status === "ACTIVE" ? "PAUSED" : status;
}

type ReplyRules = Pick<
  Sequence,
  "primaryReplyAction" | "primaryReplyPause" | "secondaryReplyAction" | "secondaryReplyPause"
>;

/** What a reply asks of the journey; a pause ends it so many seconds after the reply. */
export function replyActionOf(rules: ReplyRules, by: "contact" | "another", at: Journey): ReplyAction {
  const another = by === "another" ? rules.secondaryReplyAction : null;
  const kind = another ?? rules.primaryReplyAction;
  const pause = another === null ? rules.primaryReplyPause : rules.secondaryReplyPause;
  return kind === "pause" ? { kind, finishAt: at + pause * SECOND } : { kind };
}

/** `exitOnReply` and `finishOnReply` written on top of the stored action: false only takes away a `finish`. */
export function withExitOnReply(stored: StoredReplyAction, exits: boolean): StoredReplyAction {
  if (exits) return "finish";
  return stored === "finish" ? "continue" : stored;
}
