/** Knows the verbs on contacts who are there, or are made: create, show, find, list. */
import type { Contact } from "../domain/contact";
import { faultInCustomFields } from "../domain/customfields";
import { missing, ok, type Result, refuse } from "../domain/failure";
import { termsOf } from "../domain/terms";
import {
  type ContactFilter,
  contactsOf,
  countContacts,
  findContact,
  insertContact,
  listContacts,
  NEWEST_CONTACT,
} from "../storage/contacts";
import { totalOf } from "../storage/counts";
import { together } from "../storage/database";
import { unveil } from "../storage/suppressions";
import { writeTagTriggers } from "../storage/triggers";
import { addressesOf, type FirstAddresses, refusedAddress, shunnedAmong, unlessTaken } from "./addresses";
import type { Context } from "./context";
import { type Page, type Paged, windowOf } from "./page";
import { nudgeTriggers } from "./triggers";

export interface ContactDraft {
  displayName?: string | null | undefined;
  firstName?: string | null | undefined;
  lastName?: string | null | undefined;
  avatarUrl?: string | null | undefined;
  timezone?: string | null | undefined;
  tags?: string[] | undefined;
  customFields?: Record<string, unknown> | undefined;
  source?: string | null | undefined;
  ipAddress?: string | null | undefined;
  subscribedAt?: number | null | undefined;
  inactive?: boolean | undefined;
  ownerId?: number | null | undefined;
  stageId?: number | null | undefined;
}

export interface NewContact extends ContactDraft, FirstAddresses {
  optedOut?: boolean | undefined;
}

export async function create(ctx: Context, input: NewContact): Promise<Result<Contact>> {
  const { db, workspaceId, userId, now } = ctx;
  const addresses = addressesOf(input);
  const refusal = await refusedAddress(ctx, addresses, null);
  if (refusal) return refuse(refusal);
  const fault = faultInCustomFields(input.customFields ?? {}, Object.keys(input.customFields ?? {}));
  if (fault) return refuse(fault);
  const shunned = await shunnedAmong(ctx, addresses);
  const optedOut = input.optedOut || shunned.optedOut;
  const tags = input.tags ?? [];
  const draft = {
    ...draftOf(input),
    workspaceId,
    platform: input.platform,
    tags,
    customFields: input.customFields ?? {},
    optedOutAt: optedOut ? now.journey : null,
    creatorId: userId,
    updaterId: userId,
    createdAt: now.journey,
    updatedAt: now.journey,
  };
  const [insert, ...rest] = insertContact(db, draft, addresses, termsOf({ ...input, tags, addresses }));
  const inserts = [...(insert ? [insert] : []), ...unveil(db, workspaceId, shunned.veiled), ...rest];
  const tagging = { workspaceId, contactId: NEWEST_CONTACT, kind: "tag_added", tags, wall: now.wall } as const;
  const triggers = tags.length > 0 ? [writeTagTriggers(db, tagging)] : [];
  const written = await unlessTaken(ctx, addresses, null, () => together(db, [...inserts, ...triggers]));
  if (!written.ok) return written;
  const results = written.value as { id: number }[][];
  if (tags.length > 0) await nudgeTriggers(ctx, results.at(-1) ?? []);
  const made = results[0]?.[0];
  return made ? show(ctx, made.id) : missing("contact");
}

export async function show(ctx: Context, id: number): Promise<Result<Contact>> {
  const contact = await findContact(ctx.db, ctx.workspaceId, id);
  return contact ? ok(contact) : missing("contact");
}

export async function list(ctx: Context, { page, limit, ...filter }: Page & ContactFilter): Promise<Paged<Contact>> {
  const { db, workspaceId } = ctx;
  const unfiltered = filter.words.length === 0 && filter.tags.length === 0 && filter.platform === null;
  const [rows, total] = await Promise.all([
    listContacts(db, workspaceId, filter, windowOf({ page, limit })),
    unfiltered
      ? totalOf(db, workspaceId, "contacts")
      : countContacts(db, workspaceId, filter).then(([row]) => row?.n ?? 0),
  ]);
  return { page, limit, items: contactsOf(rows), total };
}

type Defined<T> = { [K in keyof T]?: Exclude<T[K], undefined> };

/** The plain fields that a draft names; what it leaves out stays as it is. */
export function draftOf(draft: ContactDraft): Defined<ContactDraft> {
  const { displayName, firstName, lastName, avatarUrl, timezone, tags, customFields } = draft;
  const { source, ipAddress, subscribedAt, inactive, ownerId, stageId } = draft;
  const person = { displayName, firstName, lastName, avatarUrl, timezone, tags, customFields };
  const named = Object.entries({ ...person, source, ipAddress, subscribedAt, inactive, ownerId, stageId });
  return Object.fromEntries(named.filter(([, value]) => value !== undefined)) as Defined<ContactDraft>;
}
