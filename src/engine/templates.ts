/** Knows the verbs on templates: create, show, list, update, remove. */
import { faultInTemplate } from "../domain/draft";
import { type Failure, missing, ok, type Result, refuse } from "../domain/failure";
import type { ShareType } from "../domain/sequence";
import { mayChange } from "../domain/sharing";
import { isTag, LONGEST_TAG, MOST_TAGS } from "../domain/tag";
import type { Text } from "../domain/variant";
import { findSequence } from "../storage/sequences";
import { sequenceOfStep } from "../storage/steps";
import {
  buryTemplate,
  changeTemplate,
  findTemplate,
  insertTemplate,
  listTemplates,
  type Template,
  type TemplateChange,
} from "../storage/templates";
import type { Context } from "./context";

export type { Template } from "../storage/templates";

/** What may be said of a template when it is made and later; what is left out stays as it is. */
export interface TemplateFields extends Partial<Pick<Text, "body" | "format">> {
  subject?: string | null | undefined;
  name?: string | undefined;
  shareType?: ShareType | undefined;
  trackOpens?: boolean | undefined;
  trackLinks?: boolean | undefined;
  tags?: string[] | undefined;
  ownerId?: number | null | undefined;
  archived?: boolean | undefined;
  /** What is only kept and shown, as a whole. */
  details?: Record<string, unknown> | undefined;
}

export type TemplateDraft = TemplateFields & Text & { name: string };

export const LONGEST_NAME = 225;

export async function create(ctx: Context, draft: TemplateDraft): Promise<Result<Template>> {
  const fault = faultIn(draft);
  if (fault) return refuse(fault);
  const { db, workspaceId, userId, now } = ctx;
  return ok(
    await insertTemplate(db, {
      shareType: "shared",
      trackOpens: false,
      trackLinks: false,
      tags: [],
      details: {},
      ...named({ ...draft, archivedAt: draft.archived ? now.journey : undefined }),
      name: draft.name,
      subject: draft.subject,
      body: draft.body,
      format: draft.format,
      workspaceId,
      ownerId: draft.ownerId ?? userId,
      creatorId: userId,
      updaterId: userId,
      createdAt: now.journey,
      updatedAt: now.journey,
    }),
  );
}

export async function show(ctx: Context, id: number): Promise<Result<Template>> {
  const template = await findTemplate(ctx.db, ctx, id);
  return template ? ok(template) : missing("template");
}

/** In the order in which they were made, those behind an id; private copies of steps are among them. */
export function list(ctx: Context, page: { after: number; limit: number }): Promise<Template[]> {
  return listTemplates(ctx.db, ctx, page);
}

/** Changes what is named. Journeys under way take the edited text; that of a locked sequence stays as it is. */
export async function update(ctx: Context, id: number, patch: TemplateFields): Promise<Result<Template>> {
  const known = await findChangeable(ctx, id);
  if (!known.ok) return known;
  const { name = known.value.name, subject = known.value.subject, body = known.value.body, tags } = patch;
  const fault = faultIn({ name, subject, body, tags });
  if (fault) return refuse(fault);
  const archivedAt = patch.archived === undefined ? undefined : patch.archived ? archivedSince(ctx, known.value) : null;
  const set = { ...named({ ...patch, archivedAt }), updaterId: ctx.userId, updatedAt: ctx.now.journey };
  const ofText = [patch.subject, patch.body, patch.format].some((value) => value !== undefined);
  const changed = await changeTemplate(ctx.db, known.value, set, { ofText });
  if (changed) return ok(changed);
  if (!(await show(ctx, id)).ok) return missing("template");
  return refuse({ kind: patch.archived ? "template_in_use" : "sequence_locked" });
}

function archivedSince({ now }: Context, { archivedAt }: Template): number {
  return archivedAt ?? now.journey;
}

/** A template that a live step sends stays. */
export async function remove(ctx: Context, id: number): Promise<Result<void>> {
  const { db, workspaceId, userId, now } = ctx;
  const known = await findChangeable(ctx, id);
  if (!known.ok) return known;
  const set = { deletedAt: now.journey, updaterId: userId };
  if (await buryTemplate(db, { id, workspaceId }, set)) return ok(undefined);
  return (await show(ctx, id)).ok ? refuse({ kind: "template_in_use" }) : missing("template");
}

/** A template that the caller may change: that of a step alone, if he may change its sequence. */
async function findChangeable(ctx: Context, id: number): Promise<Result<Template>> {
  const known = await show(ctx, id);
  if (!known.ok) return known;
  const { shareType, ownerId, privateStepId } = known.value;
  const sequenceId = privateStepId === null ? null : await sequenceOfStep(ctx.db, ctx, privateStepId);
  const sequence = sequenceId === null ? null : await findSequence(ctx.db, ctx, sequenceId);
  const may = [sequence, { shareType, ownerId: ownerId ?? 0 }].every(
    (one) => one === null || mayChange(one, ctx.userId),
  );
  return may ? known : refuse({ kind: "read_only" });
}

function faultIn({ name, subject, body, tags = [] }: Pick<TemplateDraft, "name" | "subject" | "body" | "tags">) {
  if (name.trim() === "") return { kind: "blank", field: "name" } satisfies Failure;
  if ([...name].length > LONGEST_NAME) return tooLong("name", `must have at most ${LONGEST_NAME} characters`);
  if (tags.length > MOST_TAGS) return tooLong("tags", `must be at most ${MOST_TAGS}`);
  if (!tags.every(isTag)) return tooLong("tags", `must have 1 to ${LONGEST_TAG} characters each, on one line`);
  return faultInTemplate({ subject, body });
}

function tooLong(field: string, message: string): Failure {
  return { kind: "bad_value", field, message };
}

/** The fields that are named. */
function named(fields: TemplateFields & { archivedAt?: number | null | undefined }): TemplateChange {
  const { name, subject, body, format, shareType, trackOpens, trackLinks, tags, ownerId, details, archivedAt } = fields;
  const all = { name, subject, body, format, shareType, trackOpens, trackLinks, tags, ownerId, details, archivedAt };
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined));
}
