/** Knows sequences as a resource, and what a body says of one. */
import { NO_RULES } from "../../../domain/condition";
import { type Failure, ok, type Result, refuse } from "../../../domain/failure";
import { LONGEST_REPLY_PAUSE, MOST_LET_IN } from "../../../domain/sequence";
import { isTag, LONGEST_TAG, MOST_TAGS } from "../../../domain/tag";
import type { SequenceFields } from "../../../engine/sequencefields";
import { archive, create, update } from "../../../engine/sequences";
import { type Acting, resource } from "../resource";
import type { Written } from "../table";
import { sequence } from "../tables/sequence";

/** Let in by each user on a day, unless a new sequence says otherwise. */
const USUAL_ADDS = 50;

type Body = Written<typeof sequence.attributes, typeof sequence.relationships>;

export const sequences = resource({
  table: sequence,
  scopes: { read: "sequences_read", write: "sequences_write" },
  links: ["owner", "ruleset", "schedule"],
  create: async (ctx, body) => {
    const { name } = body.attributes;
    const fault = faultIn(body, name ?? "");
    if (fault) return refuse(fault);
    const made = await create(ctx, {
      throttleMaxAdds: USUAL_ADDS,
      shareType: "read_only",
      reenroll: "never",
      ...fieldsOf(body),
      name: name ?? "",
      rules: NO_RULES,
      primaryReplyAction: actionOf(body) ?? "finish",
      status: "DRAFT",
      userId: ctx.userId,
    });
    return made.ok ? ok(made.value.sequence.id) : made;
  },
  update: async (ctx, id, body) => {
    const fault = faultIn(body, body.attributes.name);
    if (fault) return refuse(fault);
    const { finishOnReply } = body.attributes;
    return update(ctx, id, {
      ...fieldsOf(body),
      exitOnReply: finishOnReply ?? undefined,
      notArchived: true,
      userId: ctx.userId,
    });
  },
  remove: (ctx, id) => archive(ctx, id, ctx.userId),
  actions: {
    activate: (ctx, { id }) => change(ctx, id, { active: true }),
    deactivate: (ctx, { id }) => change(ctx, id, { active: false }),
    lock: (ctx, { id }) => change(ctx, id, { locked: true }),
    unlock: (ctx, { id }) => change(ctx, id, { locked: false }),
  },
  isEditable: ({ shareType, owner }, userId) => shareType === "shared" || owner === userId,
});

function change(ctx: Acting, id: number, set: { active?: boolean; locked?: boolean }): Promise<Result<unknown>> {
  return update(ctx, id, { ...set, notArchived: true, userId: ctx.userId });
}

const NEVER_NULL = [
  "finishOnReply",
  "maxActivations",
  "primaryReplyAction",
  "primaryReplyPauseDuration",
  "scheduleIntervalType",
  "secondaryReplyPauseDuration",
  "sequenceType",
  "shareType",
  "tags",
  "throttlePaused",
  "transactional",
] as const;

/** From what to what; a throttle that lets in nobody is paused, and one without limit is null. */
const COUNTS = [
  ["maxActivations", 0, MOST_LET_IN],
  ["primaryReplyPauseDuration", 0, LONGEST_REPLY_PAUSE],
  ["secondaryReplyPauseDuration", 0, LONGEST_REPLY_PAUSE],
  ["throttleCapacity", 1, MOST_LET_IN],
  ["throttleMaxAddsPerDay", 1, MOST_LET_IN],
] as const;

function faultIn({ attributes, links }: Body, name: string | null | undefined): Failure | null {
  if (name !== undefined && (name ?? "").trim() === "") return { kind: "blank", field: "name" };
  if (links.owner === null) return { kind: "blank", field: "ownerId" };
  const empty = NEVER_NULL.find((field) => attributes[field] === null);
  if (empty) return { kind: "blank", field: empty };
  return faultInCounts(attributes) ?? faultInTags(attributes.tags ?? []);
}

function faultInCounts(attributes: Body["attributes"]): Failure | null {
  for (const [field, least, most] of COUNTS) {
    const count = attributes[field] ?? least;
    if (count < least) return bad(field, `must be greater than or equal to ${least}`);
    if (count > most) return bad(field, `must be less than or equal to ${most}`);
  }
  return null;
}

function faultInTags(tags: readonly string[]): Failure | null {
  if (tags.length > MOST_TAGS) return bad("tags", `must have at most ${MOST_TAGS} entries`);
  return tags.every(isTag) ? null : bad("tags", `must have 1 to ${LONGEST_TAG} characters each, on one line`);
}

function bad(field: string, message: string): Failure {
  return { kind: "bad_value", field, message };
}

/** What the deprecated switch says of a new one counts only where the action itself is not named. */
function actionOf({ attributes: { primaryReplyAction, finishOnReply } }: Body) {
  return primaryReplyAction ?? (finishOnReply === false ? "continue" : undefined);
}

/** What is left out stays as it is. */
function fieldsOf({ attributes, links }: Body): SequenceFields {
  const { primaryReplyPauseDuration, secondaryReplyPauseDuration, throttleMaxAddsPerDay, ...same } = attributes;
  const fields = {
    name: same.name,
    description: same.description,
    primaryReplyAction: same.primaryReplyAction,
    primaryReplyPause: primaryReplyPauseDuration,
    secondaryReplyAction: same.secondaryReplyAction,
    secondaryReplyPause: secondaryReplyPauseDuration,
    salesMotion: same.salesMotion,
    sequenceType: same.sequenceType,
    scheduleIntervalType: same.scheduleIntervalType,
    maxActivations: same.maxActivations,
    shareType: same.shareType,
    tags: same.tags,
    throttleCapacity: same.throttleCapacity,
    throttleMaxAdds: throttleMaxAddsPerDay,
    throttlePaused: same.throttlePaused,
    transactional: same.transactional,
    ownerId: links.owner,
    rulesetId: links.ruleset,
    scheduleId: links.schedule,
  };
  // None that may not be null is: they were looked at before.
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as SequenceFields;
}
