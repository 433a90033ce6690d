/** Knows the verbs on subscribers, contacts with an EMAIL address: list them, find one by it, make or change one. */
import type { Contact } from "../domain/contact";
import { missing, ok, type Result, refuse } from "../domain/failure";
import { addressKey } from "../domain/platform";
import { findByAddress, findContact } from "../storage/contacts";
import { totalOf } from "../storage/counts";
import * as storage from "../storage/subscribers";
import { BEING_EDITED, update } from "./contactedit";
import { type ContactDraft, create } from "./contacts";
import type { Context } from "./context";
import { type Paged, windowOf } from "./page";
import { addTags, refusedTags } from "./tags";
import { beforeTry, MOST_TRIES } from "./tries";

export const SUBSCRIBERS_A_PAGE = 250;

/** The oldest first. */
export async function listSubscribers(ctx: Context, page: number): Promise<Paged<Contact>> {
  const paged = { page, limit: SUBSCRIBERS_A_PAGE };
  const [items, total] = await Promise.all([
    storage.listSubscribers(ctx.db, ctx.workspaceId, windowOf(paged)),
    totalOf(ctx.db, ctx.workspaceId, "subscribers"),
  ]);
  return { ...paged, items, total };
}

/** When each of a page of subscribers was last sent a mail. */
export function lastMailed(ctx: Context, contacts: readonly Contact[]): Promise<Map<number, number>> {
  return storage.lastMailed(
    ctx.db,
    contacts.map(({ id }) => id),
  );
}

export async function findByEmail(ctx: Context, email: string): Promise<Result<Contact>> {
  const { db, workspaceId } = ctx;
  const id = await findByAddress(db, workspaceId, { platform: "EMAIL", key: addressKey("EMAIL", email) });
  const contact = id === null ? null : await findContact(db, workspaceId, id);
  return contact ? ok(contact) : missing("contact");
}

export interface Subscriber extends ContactDraft {
  email: string;
}

/** Makes the subscriber, or changes what is named of the one with that address; tags given are added to his. */
export async function upsertByEmail(
  ctx: Context,
  { email, tags = [], ...draft }: Subscriber,
): Promise<Result<{ contact: Contact; made: boolean }>> {
  for (let tries = 0; tries < MOST_TRIES; tries++) {
    await beforeTry(tries);
    const found = await findByEmail(ctx, email);
    if (found.ok) {
      const changed = await change(ctx, found.value, tags, draft);
      return changed.ok ? ok({ contact: changed.value, made: false }) : changed;
    }
    const refusal = refusedTags(tags);
    if (refusal) return refuse(refusal);
    const made = await create(ctx, { ...draft, tags, platform: "EMAIL", address: email });
    if (made.ok) return ok({ contact: made.value, made: true });
    // Somebody else was quicker to make him.
    if (made.failure.kind !== "address_taken") return made;
  }
  return refuse(BEING_EDITED);
}

/** Only the tags are added by themselves, so that none that is added meanwhile is lost; what they refuse comes first. */
async function change(ctx: Context, contact: Contact, tags: string[], draft: ContactDraft): Promise<Result<Contact>> {
  const refusal = refusedTags([...contact.tags, ...tags]);
  if (refusal) return refuse(refusal);
  const updated = await update(ctx, contact.id, draft);
  return updated.ok && tags.length > 0 ? addTags(ctx, contact.id, tags) : updated;
}
