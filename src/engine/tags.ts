/** Knows the verbs on a contact's tags: add some, take some away. */
import type { Contact } from "../domain/contact";
import { type Failure, missing, ok, type Result, refuse } from "../domain/failure";
import { MOST_TAGS } from "../domain/tag";
import { findContact } from "../storage/contacts";
import { changeTags, firstTags } from "../storage/tags";
import type { Context } from "./context";
import { nudge } from "./jobs";
import { nudgeTriggers } from "./triggers";

const TOO_MANY: Failure = { kind: "bad_value", field: "tags", message: `must have at most ${MOST_TAGS} entries` };

export function addTags(ctx: Context, contactId: number, tags: readonly string[]): Promise<Result<Contact>> {
  return change(ctx, contactId, { add: tags, remove: [] });
}

export function removeTags(ctx: Context, contactId: number, tags: readonly string[]): Promise<Result<Contact>> {
  return change(ctx, contactId, { add: [], remove: tags });
}

/** Tags that somebody has, to choose from; the first ones where there are many. */
export function tagsInUse({ db, workspaceId }: Context, limit: number): Promise<string[]> {
  return firstTags(db, workspaceId, limit);
}

/** Why nobody can have all these tags. */
export function refusedTags(tags: readonly string[]): Failure | null {
  return new Set(tags).size > MOST_TAGS ? TOO_MANY : null;
}

async function change(
  ctx: Context,
  contactId: number,
  tags: { add: readonly string[]; remove: readonly string[] },
): Promise<Result<Contact>> {
  const { db, workspaceId, now } = ctx;
  const who = { workspaceId, contactId, journey: now.journey, wall: now.wall };
  const { full, triggers, jobs } = await changeTags(db, { ...who, ...tags });
  await nudgeTriggers(ctx, triggers);
  await nudge(ctx, jobs);
  if (full) return refuse(TOO_MANY);
  const contact = await findContact(db, workspaceId, contactId);
  return contact ? ok(contact) : missing("contact");
}
