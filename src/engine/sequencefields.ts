/** Knows what may be said of a sequence, and what a change of it makes of the one that is there. */
import type { Rules } from "../domain/condition";
import {
  type IntervalType,
  type Reenroll,
  type ReplyScope,
  type SalesMotion,
  type Sequence,
  type SequenceStatus,
  type SequenceType,
  type ShareType,
  type StoredReplyAction,
  switched,
  withExitOnReply,
} from "../domain/sequence";

/** What may be said of a sequence when it is made and later; what is left out stays as it is. */
export interface SequenceFields {
  name?: string | undefined;
  rules?: Rules | undefined;
  reenroll?: Reenroll | undefined;
  trackOpens?: boolean | undefined;
  trackClicks?: boolean | undefined;
  useAnyMailbox?: boolean | undefined;
  mailboxIds?: number[] | undefined;
  /** Ids of mailboxes that are not there are kept, and nothing leaves from them: clients bring along those of elsewhere. */
  keepsStrangers?: true;
  initTag?: string | null | undefined;
  initSegmentId?: number | null | undefined;
  primaryReplyAction?: StoredReplyAction | undefined;
  primaryReplyPause?: number | undefined;
  secondaryReplyAction?: StoredReplyAction | null | undefined;
  secondaryReplyPause?: number | undefined;
  replyScope?: ReplyScope | undefined;
  /** Takes no new enrollments and no step changes. */
  locked?: boolean | undefined;
  /** Ignores that somebody has opted out. */
  transactional?: boolean | undefined;
  description?: string | null | undefined;
  shareType?: ShareType | undefined;
  /** Who makes it, unless told otherwise. */
  ownerId?: number | undefined;
  salesMotion?: SalesMotion | null | undefined;
  tags?: string[] | undefined;
  sequenceType?: SequenceType | undefined;
  maxActivations?: number | undefined;
  scheduleIntervalType?: IntervalType | undefined;
  scheduleId?: number | null | undefined;
  rulesetId?: number | null | undefined;
  throttleCapacity?: number | null | undefined;
  throttleMaxAdds?: number | null | undefined;
  throttlePaused?: boolean | undefined;
}

export interface SequenceDraft extends SequenceFields {
  name: string;
  rules: Rules;
  primaryReplyAction: StoredReplyAction;
  status: Exclude<SequenceStatus, "ARCHIVED">;
  /** The sequence that it is a copy of. */
  parentSequenceId?: number;
  /** The user on whose behalf it is made. */
  userId: number;
}

export interface SequencePatch extends SequenceFields {
  status?: SequenceStatus | undefined;
  /** The switch that some dialects have in place of a status. */
  active?: boolean | undefined;
  exitOnReply?: boolean | undefined;
  /** Where an archived sequence is no longer there, no change brings it back. */
  notArchived?: boolean;
  userId: number;
}

/** What a patch changes of the sequence that was read. */
export function changesOf(sequence: Sequence, patch: SequencePatch, at: number) {
  const { active, exitOnReply, userId, reenroll } = patch;
  const asked = patch.status ?? sequence.status;
  const status = active === undefined ? asked : switched(asked, active);
  const action = sequence.primaryReplyAction;
  const replied = exitOnReply === undefined ? action : withExitOnReply(action, exitOnReply);
  return {
    ...named(patch),
    ...(reenroll === undefined ? {} : reenrollOf(reenroll)),
    status,
    primaryReplyAction: patch.primaryReplyAction ?? replied,
    enabledAt: status !== "ACTIVE" ? null : (sequence.enabledAt ?? at),
    lockedAt: since(sequence.lockedAt, patch.locked, at),
    throttlePausedAt: since(sequence.throttlePausedAt, patch.throttlePaused, at),
    updaterId: userId,
    updatedAt: at,
  };
}

/** When a switch was set, after it was turned on, turned off, or left alone. */
export function since(before: number | null, on: boolean | undefined, at: number): number | null {
  if (on === undefined) return before;
  return on ? (before ?? at) : null;
}

const PLAIN_FIELDS = [
  "name",
  "rules",
  "trackOpens",
  "trackClicks",
  "useAnyMailbox",
  "mailboxIds",
  "initTag",
  "initSegmentId",
  "primaryReplyAction",
  "primaryReplyPause",
  "secondaryReplyAction",
  "secondaryReplyPause",
  "replyScope",
  "locked",
  "transactional",
  "description",
  "shareType",
  "ownerId",
  "salesMotion",
  "tags",
  "sequenceType",
  "maxActivations",
  "scheduleIntervalType",
  "scheduleId",
  "rulesetId",
  "throttleCapacity",
  "throttleMaxAdds",
] as const;

/** The plain fields that are named. */
export function named(fields: SequenceFields): Partial<Pick<Sequence, (typeof PLAIN_FIELDS)[number]>> {
  const plain = PLAIN_FIELDS.map((name) => [name, fields[name]] as const);
  return Object.fromEntries(plain.filter(([, value]) => value !== undefined));
}

/** Only who asks for it by name has triggers enroll somebody anew. */
export function reenrollOf(asked: Reenroll | null) {
  return { reenroll: asked ?? "after_exit", triggersReenroll: asked === "after_exit" } as const;
}
