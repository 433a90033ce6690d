/** Knows the verbs on a contact's tags: add some, take some away. */
import type { Contact } from "../domain/contact";
import { type Failure, missing, ok, type Result, refuse } from "../domain/failure";
import { findContact } from "../storage/contacts";
import { changeTags, MOST_TAGS } from "../storage/tags";
import { BEING_EDITED, MOST_TRIES } from "./contactedit";
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
  for (let tries = 0; tries < MOST_TRIES; tries++) {
    const { triggers, jobs } = await changeTags(db, {
      workspaceId,
      contactId,
      ...tags,
      journey: now.journey,
      wall: now.wall,
    });
    await nudgeTriggers(ctx, triggers);
    await nudge(ctx, jobs);
    const contact = await findContact(db, workspaceId, contactId);
    if (!contact) return missing("contact");
    const wanting = tags.add.filter((tag) => !contact.tags.includes(tag));
    if (wanting.length === 0) return ok(contact);
    const refusal = refusedTags([...contact.tags, ...wanting]);
    if (refusal) return refuse(refusal);
  }
  return refuse(BEING_EDITED);
}
