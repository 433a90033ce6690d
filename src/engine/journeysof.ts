/** Knows what is to be seen of a contact's traffic: his journeys by the names of their sequences, and what came from him. */
import type { Contact } from "../domain/contact";
import { pageOfReplies } from "../storage/dossier";
import { countJourneysOf, countLiveAmong, listJourneysOf, listRunning, type NamedJourney } from "../storage/journeysof";
import type { Context } from "./context";
import { type Page, type Paged, windowOf } from "./page";
import { asSeen, type ReplyRow } from "./replies";

export type { NamedJourney } from "../storage/journeysof";

/** Those in sequences that the caller may see, the newest first. */
export async function journeysOf(ctx: Context, contactId: number, page: Page): Promise<Paged<NamedJourney>> {
  const [items, total] = await Promise.all([
    listJourneysOf(ctx.db, ctx, contactId, windowOf(page)),
    countJourneysOf(ctx.db, ctx, contactId),
  ]);
  return { ...page, items, total };
}

export async function liveAmong(ctx: Context, contacts: readonly Contact[]): Promise<Map<number, number>> {
  if (contacts.length === 0) return new Map();
  return countLiveAmong(
    ctx.db,
    ctx,
    contacts.map(({ id }) => id),
  );
}

/** What he wrote and what was about him, the newest first, older than the one that is named. */
export async function repliesBefore(
  ctx: Context,
  contact: Contact,
  { below, limit }: { below: number | null; limit: number },
): Promise<ReplyRow[]> {
  return asSeen(ctx, await pageOfReplies(ctx.db, contact, { below, limit }));
}

/** Sequences that are looked through for a name: reading them all would take as long as there are many. */
const LOOKED_THROUGH = 1000;

/** Sequences that run and take somebody in, by a part of their name; the newest first. */
export async function runningNamed(
  ctx: Context,
  part: string,
  limit: number,
): Promise<{ items: { id: number; name: string }[]; more: boolean }> {
  const running = await listRunning(ctx.db, ctx, LOOKED_THROUGH);
  // Compared here: the database knows the small letters of English alone.
  const sought = part.trim().toLowerCase();
  const found = running.filter(({ name }) => name.toLowerCase().includes(sought));
  return { items: found.slice(0, limit), more: found.length > limit };
}
