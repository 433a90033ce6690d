/** Knows a sequence and its steps as v1 writes and reads them. */
import * as z from "zod";
import { NO_RULES } from "../../../domain/condition";
import { isDate } from "../../../domain/day";
import {
  INTERVAL_TYPES,
  LONGEST_REPLY_PAUSE,
  MOST_LET_IN,
  REENROLLS,
  REPLY_ACTIONS,
  REPLY_SCOPES,
  SEQUENCE_STATUSES,
  SEQUENCE_TYPES,
  type Sequence,
  SHARE_TYPES,
} from "../../../domain/sequence";
import type { Step, StepDraft } from "../../../domain/step";
import { type ShownStep as Numbered, numbered } from "../../../engine/steps";
import { spell } from "../ids";
import { idOf, oneOf, spelled, tag, text } from "./parse";
import { Rules, ShownRules } from "./rules";
import { Instant } from "./shape";
import { instant } from "./time";

const LONGEST_DELAY = 8760;
const HOUR = 3600;

const name = text(1, 255);
export const messageTemplate = text(1, 2000);
const delayHours = z.int().min(0).max(LONGEST_DELAY);

/** Who is enrolled anew, and what enrolls by itself. */
const enrolling = {
  reenroll: oneOf(REENROLLS).optional(),
  initTag: tag.nullable().optional(),
  initSegmentId: idOf("segment").nullable().optional(),
  rulesetId: idOf("ruleset").nullable().optional(),
};

const pause = z.int().min(0).max(LONGEST_REPLY_PAUSE).optional();

/** What a reply by the contact, and one by somebody else in the thread, does; and whether it ends colleagues' journeys too. */
const replying = {
  primaryReplyAction: oneOf(REPLY_ACTIONS).optional(),
  primaryReplyPauseDuration: pause,
  secondaryReplyAction: oneOf(REPLY_ACTIONS).nullable().optional(),
  secondaryReplyPauseDuration: pause,
  replyScope: oneOf(REPLY_SCOPES).optional(),
};

/** When its steps are due. */
const timing = {
  sequenceType: oneOf(SEQUENCE_TYPES).optional(),
  scheduleIntervalType: oneOf(INTERVAL_TYPES).optional(),
  scheduleId: idOf("schedule").nullable().optional(),
};

/** When a step is due besides its delay; the date counts in date sequences. */
const timed = {
  scheduleId: idOf("schedule").nullable().optional(),
  date: z.string().refine(isDate, "must be a day such as 2027-12-25").nullable().optional(),
};
/** Who sees and who edits it. */
const sharing = { shareType: oneOf(SHARE_TYPES).optional(), ownerId: idOf("user").optional() };

const MOST_MAILBOXES = 100;

/** Which mailboxes its mails leave from. */
const sending = {
  useAnyMailbox: z.boolean().optional(),
  mailboxIds: z.array(idOf("mailbox")).max(MOST_MAILBOXES).optional(),
};

const most = z.int().min(1).max(MOST_LET_IN).nullable().optional();

/** How many each user may have under way at a time, how many are let in on a day, and whether anybody is. */
const throttle = { throttleCapacity: most, throttleMaxAddsPerDay: most, throttlePaused: z.boolean().optional() };

const switches = { locked: z.boolean().optional(), transactional: z.boolean().optional() };

export const CreateSequence = z.object({
  name,
  enrollmentRules: Rules.default(NO_RULES),
  exitOnReply: z.boolean().default(true),
  ...enrolling,
  ...replying,
  ...throttle,
  ...timing,
  ...switches,
  ...sharing,
  ...sending,
});

export const UpdateSequence = z.object({
  name: name.optional(),
  status: oneOf(SEQUENCE_STATUSES).optional(),
  exitOnReply: z.boolean().optional(),
  enrollmentRules: Rules.optional(),
  ...enrolling,
  ...replying,
  ...throttle,
  ...timing,
  ...switches,
  ...sharing,
  ...sending,
});

export const AddStep = z.object({ messageTemplate, delayHours, stepOrder: z.int().optional(), ...timed });

export const UpdateStep = z.object({
  messageTemplate: messageTemplate.optional(),
  delayHours: delayHours.optional(),
  stepOrder: z.int().optional(),
  ...timed,
});

export const Duplicate = z.object({ name: name.optional() });

/** The only kind of step that this API writes. */
export function messageOf(body: string, delay: number): StepDraft {
  return { kind: "message", label: null, delay, subject: null, body, format: "text", settings: {} };
}

export function secondsOf(delayHours: number): number {
  return delayHours * HOUR;
}

interface Named {
  primaryReplyPauseDuration?: number | undefined;
  secondaryReplyPauseDuration?: number | undefined;
  throttleMaxAddsPerDay?: number | null | undefined;
}

/** The engine's names for the durations, in seconds here and there, and for the throttle. */
export function renamed<T extends Named>(named: T) {
  const { primaryReplyPauseDuration, secondaryReplyPauseDuration, throttleMaxAddsPerDay, ...same } = named;
  const pauses = { primaryReplyPause: primaryReplyPauseDuration, secondaryReplyPause: secondaryReplyPauseDuration };
  return { ...same, ...pauses, throttleMaxAdds: throttleMaxAddsPerDay };
}

export const ShownStep = z
  .object({
    id: spelled("step"),
    sequenceId: spelled("sequence"),
    stepOrder: z.int(),
    messageTemplate: z.string(),
    delayHours: z.int(),
    scheduleId: spelled("schedule").nullable(),
    date: z.string().nullable(),
    createdAt: Instant,
    updatedAt: Instant,
  })
  .meta({ id: "Step" });

export const ShownSequence = z
  .object({
    id: spelled("sequence"),
    workspaceId: spelled("workspace"),
    name: z.string(),
    enrollmentRules: ShownRules.partial(),
    exitOnReply: z.boolean(),
    reenroll: z.enum(REENROLLS),
    initTag: z.string().nullable(),
    initSegmentId: spelled("segment").nullable(),
    rulesetId: spelled("ruleset").nullable(),
    primaryReplyAction: z.enum(REPLY_ACTIONS),
    primaryReplyPauseDuration: z.int(),
    secondaryReplyAction: z.enum(REPLY_ACTIONS).nullable(),
    secondaryReplyPauseDuration: z.int(),
    replyScope: z.enum(REPLY_SCOPES),
    throttleCapacity: z.int().nullable(),
    throttleMaxAddsPerDay: z.int().nullable(),
    throttlePaused: z.boolean(),
    locked: z.boolean(),
    transactional: z.boolean(),
    useAnyMailbox: z.boolean(),
    mailboxIds: z.array(spelled("mailbox")),
    sequenceType: z.enum(SEQUENCE_TYPES),
    scheduleIntervalType: z.enum(INTERVAL_TYPES),
    scheduleId: spelled("schedule").nullable(),
    parentSequenceId: spelled("sequence").nullable(),
    shareType: z.enum(SHARE_TYPES),
    ownerId: spelled("user"),
    creatorId: spelled("user"),
    updaterId: spelled("user"),
    status: z.enum(SEQUENCE_STATUSES),
    steps: z.array(ShownStep),
    createdAt: Instant,
    updatedAt: Instant,
  })
  .meta({ id: "Sequence" });

export function showSequence(sequence: Sequence, steps: readonly Step[]) {
  return {
    id: spell("sequence", sequence.id),
    workspaceId: spell("workspace", sequence.workspaceId),
    name: sequence.name,
    enrollmentRules: sequence.rules.conditions.length === 0 ? {} : sequence.rules,
    exitOnReply: sequence.primaryReplyAction === "finish",
    reenroll: sequence.reenroll,
    initTag: sequence.initTag,
    initSegmentId: sequence.initSegmentId === null ? null : spell("segment", sequence.initSegmentId),
    rulesetId: sequence.rulesetId === null ? null : spell("ruleset", sequence.rulesetId),
    primaryReplyAction: sequence.primaryReplyAction,
    primaryReplyPauseDuration: sequence.primaryReplyPause,
    secondaryReplyAction: sequence.secondaryReplyAction,
    secondaryReplyPauseDuration: sequence.secondaryReplyPause,
    replyScope: sequence.replyScope,
    throttleCapacity: sequence.throttleCapacity,
    throttleMaxAddsPerDay: sequence.throttleMaxAdds,
    throttlePaused: sequence.throttlePausedAt !== null,
    locked: sequence.locked,
    transactional: sequence.transactional,
    useAnyMailbox: sequence.useAnyMailbox,
    mailboxIds: sequence.mailboxIds.map((id) => spell("mailbox", id)),
    sequenceType: sequence.sequenceType,
    scheduleIntervalType: sequence.scheduleIntervalType,
    scheduleId: sequence.scheduleId === null ? null : spell("schedule", sequence.scheduleId),
    parentSequenceId: sequence.parentSequenceId === null ? null : spell("sequence", sequence.parentSequenceId),
    shareType: sequence.shareType,
    ownerId: spell("user", sequence.ownerId),
    creatorId: spell("user", sequence.creatorId),
    updaterId: spell("user", sequence.updaterId),
    status: sequence.status,
    steps: numbered(steps).map(showStep),
    createdAt: instant(sequence.createdAt),
    updatedAt: instant(sequence.updatedAt),
  };
}

export function showStep({ step, order, delayInAll }: Numbered) {
  return {
    id: spell("step", step.id),
    sequenceId: spell("sequence", step.sequenceId),
    stepOrder: order,
    messageTemplate: step.body ?? "",
    delayHours: Math.ceil(delayInAll / HOUR),
    scheduleId: step.scheduleId === null ? null : spell("schedule", step.scheduleId),
    date: step.date,
    createdAt: instant(step.createdAt),
    updatedAt: instant(step.updatedAt),
  };
}
