/** Knows the verbs on contacts: create, show, find, update. */
import type { Address, Contact } from "../domain/contact";
import { type Failure, missing, ok, type Result, refuse } from "../domain/failure";
import { addressKey, isAddress, type Platform } from "../domain/platform";
import { termsOf } from "../domain/terms";
import {
  type ContactFilter,
  contactsOf,
  countContacts,
  findByAddress,
  findContact,
  hasWon,
  insertContact,
  listContacts,
  updateContact,
} from "../storage/contacts";
import { totalOf } from "../storage/counts";
import { together } from "../storage/database";
import { isSuppressed } from "../storage/erasure";
import { writeJob } from "../storage/jobs";
import type { Context } from "./context";
import { suppressionHash } from "./erasure";
import { nudge } from "./jobs";
import { type Page, type Paged, windowOf } from "./page";

export interface ContactDraft {
  displayName?: string | null | undefined;
  firstName?: string | null | undefined;
  lastName?: string | null | undefined;
  avatarUrl?: string | null | undefined;
  timezone?: string | null | undefined;
  tags?: string[] | undefined;
  customFields?: Record<string, unknown> | undefined;
  email?: string | null | undefined;
}

export interface NewContact extends ContactDraft {
  platform: Platform;
  address: string;
  platformId?: string | null | undefined;
}

export interface ContactPatch extends ContactDraft {
  /** A new address on the contact's own platform. */
  address?: string | undefined;
  platformId?: string | null | undefined;
  optedOut?: boolean | undefined;
}

/** Edits that may come between look and write before the caller is told to try again. */
const MOST_TRIES = 5;

const KEEPS_EMAIL: Failure = { kind: "bad_value", field: "email", message: "cannot be taken from a contact on EMAIL" };

export async function create(ctx: Context, input: NewContact): Promise<Result<Contact>> {
  const { db, workspaceId, now } = ctx;
  const addresses = addressesOf(input);
  const refusal = misformed(addresses) ?? (await firstTaken(ctx, addresses, null));
  if (refusal) return refuse(refusal);
  const suppressed = await areSuppressed(ctx, addresses);
  const draft = {
    ...draftOf(input),
    workspaceId,
    platform: input.platform,
    tags: input.tags ?? [],
    customFields: input.customFields ?? {},
    optedOutAt: suppressed ? now.journey : null,
    createdAt: now.journey,
    updatedAt: now.journey,
  };
  const terms = termsOf({ ...input, tags: draft.tags, addresses });
  const written = await unlessTaken(ctx, addresses, null, () =>
    together(db, insertContact(db, draft, addresses, terms)),
  );
  if (!written.ok) return written;
  const [[made]] = written.value as [{ id: number }[]];
  return made ? show(ctx, made.id) : missing("contact");
}

/** Runs a write that fails where somebody else was quicker with an address; any other fault is not ours to explain. */
async function unlessTaken<T>(
  ctx: Context,
  addresses: readonly Address[],
  but: number | null,
  write: () => Promise<T>,
): Promise<Result<T>> {
  try {
    return ok(await write());
  } catch (error) {
    const since = await firstTaken(ctx, addresses, but);
    if (since) return refuse(since);
    throw error;
  }
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

/** Changes what is named. An opt-out ends the journeys; taking it back lets him be enrolled again. */
export async function update(ctx: Context, id: number, patch: ContactPatch): Promise<Result<Contact>> {
  const { db, workspaceId } = ctx;
  for (let tries = 0; tries < MOST_TRIES; tries++) {
    const contact = await findContact(db, workspaceId, id);
    if (!contact) return missing("contact");
    if (patch.email === null && contact.platform === "EMAIL") return refuse(KEEPS_EMAIL);
    const addresses = addressesAfter(contact, patch);
    const refusal = misformed(addresses) ?? (await firstTaken(ctx, addresses, id));
    if (refusal) return refuse(refusal);
    const written = await unlessTaken(ctx, addresses, id, () => write(ctx, contact, patch, addresses));
    if (!written.ok) return written;
    if (written.value) return show(ctx, id);
  }
  return refuse({ kind: "unavailable", what: "the contact is being edited" });
}

async function write(ctx: Context, contact: Contact, patch: ContactPatch, addresses: Address[]): Promise<boolean> {
  const { db, workspaceId, now } = ctx;
  const fresh = addresses.filter(
    ({ platform, key }) => !contact.addresses.some((old) => old.platform === platform && old.key === key),
  );
  const optedOut = patch.optedOut ?? ((await areSuppressed(ctx, fresh)) ? true : undefined);
  const optsOut = optedOut === true && contact.optedOutAt === null;
  const set = { ...draftOf(patch), ...optedOutOf(contact, optedOut, now.journey), updatedAt: now.journey };
  const terms = termsOf({ ...contact, ...set, addresses });
  const nonce = crypto.getRandomValues(new Uint32Array(1))[0] ?? 0;
  const job = { workspaceId, kind: "opt_out", subjectId: contact.id, journey: now.journey, wall: now.wall } as const;
  const statements = updateContact(db, { contact, set, addresses, terms, nonce });
  const results = await together(db, [
    ...statements,
    ...(optsOut ? [writeJob(db, job, hasWon(contact.id, nonce))] : []),
  ]);
  const won = (results[0] as { id: number }[]).length > 0;
  if (optsOut) await nudge(ctx, results.at(-1) as { id: number }[]);
  return won;
}

/** Whether one of these addresses belonged to somebody who opted out and was erased. */
async function areSuppressed(ctx: Context, addresses: readonly Address[]): Promise<boolean> {
  if (addresses.length === 0) return false;
  const hashes = await Promise.all(addresses.map((address) => suppressionHash(ctx, address)));
  return isSuppressed(ctx.db, ctx.workspaceId, hashes);
}

function optedOutOf(contact: Contact, optedOut: boolean | undefined, at: number) {
  if (optedOut === undefined) return {};
  return { optedOutAt: optedOut ? (contact.optedOutAt ?? at) : null };
}

interface PlainFields {
  displayName?: string | null;
  firstName?: string | null;
  lastName?: string | null;
  avatarUrl?: string | null;
  timezone?: string | null;
  tags?: string[];
  customFields?: Record<string, unknown>;
}

/** The plain fields that a draft names; what it leaves out stays as it is. */
function draftOf({ displayName, firstName, lastName, avatarUrl, timezone, tags, customFields }: ContactDraft) {
  const named = Object.entries({ displayName, firstName, lastName, avatarUrl, timezone, tags, customFields });
  return Object.fromEntries(named.filter(([, value]) => value !== undefined)) as PlainFields;
}

function addressOf(platform: Platform, address: string, platformId: string | null = null): Address {
  return { platform, address: address.trim(), key: addressKey(platform, address), platformId };
}

function addressesOf(input: NewContact): Address[] {
  const main = addressOf(input.platform, input.address, input.platformId ?? null);
  if (!input.email || input.platform === "EMAIL") return [main];
  return [main, addressOf("EMAIL", input.email)];
}

/** A contact whose own platform is EMAIL has one address there, whichever of the two names it goes by. */
function addressesAfter(contact: Contact, { address, platformId, email }: ContactPatch): Address[] {
  const own = contact.platform === "EMAIL" ? (address ?? email) : address;
  const moved = contact.addresses.map((old) => {
    if (old.platform !== contact.platform) return old;
    return addressOf(old.platform, own ?? old.address, platformId === undefined ? old.platformId : platformId);
  });
  if (email === undefined || contact.platform === "EMAIL") return moved;
  const others = moved.filter((old) => old.platform !== "EMAIL");
  return email === null ? others : [...others, addressOf("EMAIL", email)];
}

function misformed(addresses: readonly Address[]): Failure | null {
  const wrong = addresses.find(({ platform, address }) => !isAddress(platform, address));
  return wrong ? { kind: "bad_address", platform: wrong.platform } : null;
}

async function firstTaken(ctx: Context, addresses: readonly Address[], but: number | null): Promise<Failure | null> {
  for (const { platform, key, address } of addresses) {
    const holder = await findByAddress(ctx.db, ctx.workspaceId, { platform, key });
    if (holder !== null && holder !== but) return { kind: "address_taken", platform, address };
  }
  return null;
}
