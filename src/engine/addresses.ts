/** Knows the addresses that a contact is to have, and whether he may have them. */
import type { Address, Contact } from "../domain/contact";
import { type Failure, ok, type Result, refuse } from "../domain/failure";
import { addressKey, isAddress, type Platform } from "../domain/platform";
import { type Block, isBlock } from "../domain/suppression";
import { findByAddress } from "../storage/contacts";
import { findListed, type Listed } from "../storage/suppressions";
import type { Context } from "./context";
import { veiled } from "./veil";

export interface Written {
  platform: Platform;
  address: string;
}

export interface FirstAddresses {
  platform: Platform;
  /** All that he has on whichever platform, in their order; in place of all others. */
  addresses?: readonly Written[] | undefined;
  address?: string | undefined;
  platformId?: string | null | undefined;
  email?: string | null | undefined;
  /** All that he has on EMAIL, the first one first; of a contact on EMAIL, and in place of `address`. */
  emails?: readonly string[] | undefined;
}

export interface NextAddresses {
  /** All that he has from now on, on whichever platform, in their order; in place of all others. */
  addresses?: readonly Written[] | undefined;
  /** A new address on the contact's own platform. */
  address?: string | undefined;
  platformId?: string | null | undefined;
  /** The first of his addresses on EMAIL; null takes all of them. */
  email?: string | null | undefined;
  /** All that he has on EMAIL from now on, the first one first. */
  emails?: readonly string[] | undefined;
}

/** On EMAIL, of one contact. */
const MOST_EMAILS = 20;
const TOO_MANY: Failure = { kind: "bad_value", field: "emails", message: `must have at most ${MOST_EMAILS} entries` };

/** On all platforms together: each is a look for whoever has it. */
const MOST_ADDRESSES = 40;
const TOO_MANY_IN_ALL: Failure = {
  kind: "bad_value",
  field: "addresses",
  message: `must have at most ${MOST_ADDRESSES} entries`,
};

function addressOf(platform: Platform, address: string, platformId: string | null = null): Address {
  return { platform, address: address.trim(), key: addressKey(platform, address), platformId };
}

export function addressesOf(input: FirstAddresses): Address[] {
  const { platform, address, platformId = null, email } = input;
  if (input.addresses) return eachOnce(input.addresses.map((one) => addressOf(one.platform, one.address)));
  const main = address === undefined ? [] : [addressOf(platform, address, platformId)];
  if (platform === "EMAIL") return input.emails ? eachOnce(input.emails.map((one) => addressOf("EMAIL", one))) : main;
  return email ? [...main, addressOf("EMAIL", email)] : main;
}

/** Of a contact whose own platform is EMAIL, the own address is the first one there, whichever of the two names it goes by. */
export function addressesAfter(contact: Contact, next: NextAddresses): Address[] {
  const { address, email, emails } = next;
  if (next.addresses) return eachOnce(next.addresses.map((one) => kept(contact.addresses, one)));
  const onEmail = contact.addresses.filter(({ platform }) => platform === "EMAIL");
  const others = contact.addresses.filter(({ platform }) => platform !== "EMAIL");
  if (emails) return [...others, ...eachOnce(emails.map((one) => kept(onEmail, { platform: "EMAIL", address: one })))];
  if (contact.platform === "EMAIL")
    return withFirst(onEmail, { ...next, address: address ?? email ?? undefined }, "EMAIL");
  const own = withFirst(
    others.filter(({ platform }) => platform === contact.platform),
    next,
    contact.platform,
  );
  const elsewhere = others.filter(({ platform }) => platform !== contact.platform);
  return [...own, ...elsewhere, ...(email === null ? [] : withFirst(onEmail, { address: email }, "EMAIL"))];
}

/** Another first address in place of the one that is there, or of none. */
function withFirst(list: readonly Address[], { address, platformId }: NextAddresses, platform: Platform): Address[] {
  const [first, ...rest] = list;
  const written = address ?? first?.address;
  if (written === undefined) return [];
  const id = platformId === undefined ? (first?.platformId ?? null) : platformId;
  return eachOnce([addressOf(platform, written, id), ...rest]);
}

function kept(list: readonly Address[], { platform, address }: Written): Address {
  const { key, ...fresh } = addressOf(platform, address);
  const { platformId = null } = list.find((one) => one.platform === platform && one.key === key) ?? {};
  return { ...fresh, key, platformId };
}

function eachOnce(list: readonly Address[]): Address[] {
  const isSame = (one: Address, other: Address) => one.platform === other.platform && one.key === other.key;
  return list.filter((one, i) => list.findIndex((other) => isSame(one, other)) === i);
}

/** Why he may not have these addresses: one is malformed, or somebody else has it. */
export async function refusedAddress(
  ctx: Context,
  addresses: readonly Address[],
  but: number | null,
): Promise<Failure | null> {
  if (addresses.filter(({ platform }) => platform === "EMAIL").length > MOST_EMAILS) return TOO_MANY;
  if (addresses.length > MOST_ADDRESSES) return TOO_MANY_IN_ALL;
  const wrong = addresses.find(({ platform, address }) => !isAddress(platform, address));
  return wrong ? { kind: "bad_address", platform: wrong.platform } : firstTaken(ctx, addresses, but);
}

async function firstTaken(ctx: Context, addresses: readonly Address[], but: number | null): Promise<Failure | null> {
  const holders = await Promise.all(addresses.map((one) => findByAddress(ctx.db, ctx.workspaceId, one)));
  const taken = addresses.find((_, i) => holders[i] !== null && holders[i] !== but);
  return taken ? { kind: "address_taken", platform: taken.platform, address: taken.address } : null;
}

/** Runs a write that fails where somebody else was quicker with an address; any other fault is not ours to explain. */
export async function unlessTaken<T>(
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

/** What nobody may write to among addresses: whether they opt out whoever has them, and what only a hash was left of. */
export interface Shunned {
  optedOut: boolean;
  blocked: (Address & { blocked: Block })[];
  veiled: Listed[];
}

export async function shunnedAmong(ctx: Context, addresses: readonly Address[]): Promise<Shunned> {
  if (addresses.length === 0) return { optedOut: false, blocked: [], veiled: [] };
  const listed = await veiled(ctx, addresses);
  const rows = await findListed(ctx.db, ctx.workspaceId, listed);
  const about = (one: Listed) =>
    rows.filter(({ platform, key, hash }) => hash === one.hash || (platform === one.platform && key === one.key));
  return {
    optedOut: rows.some(({ reason }) => reason === "opted_out"),
    blocked: listed.flatMap(({ hash, ...one }) => {
      const [reason] = about({ hash, ...one }).flatMap((row) => (isBlock(row.reason) ? [row.reason] : []));
      return reason === undefined ? [] : [{ ...one, blocked: reason }];
    }),
    veiled: listed.filter(({ hash }) => rows.some((row) => row.hash === hash)),
  };
}
