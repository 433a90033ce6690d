/** Knows the addresses that a contact is to have, and whether he may have them. */
import type { Address, Contact } from "../domain/contact";
import { type Failure, ok, type Result, refuse } from "../domain/failure";
import { addressKey, isAddress, type Platform } from "../domain/platform";
import { findByAddress } from "../storage/contacts";
import { isSuppressed } from "../storage/erasure";
import type { Context } from "./context";
import { suppressionHash } from "./suppression";

export interface FirstAddresses {
  platform: Platform;
  address: string;
  platformId?: string | null | undefined;
  email?: string | null | undefined;
}

export interface NextAddresses {
  /** A new address on the contact's own platform. */
  address?: string | undefined;
  platformId?: string | null | undefined;
  email?: string | null | undefined;
}

function addressOf(platform: Platform, address: string, platformId: string | null = null): Address {
  return { platform, address: address.trim(), key: addressKey(platform, address), platformId };
}

export function addressesOf(input: FirstAddresses): Address[] {
  const main = addressOf(input.platform, input.address, input.platformId ?? null);
  if (!input.email || input.platform === "EMAIL") return [main];
  return [main, addressOf("EMAIL", input.email)];
}

/** A contact whose own platform is EMAIL has one address there, whichever of the two names it goes by. */
export function addressesAfter(contact: Contact, { address, platformId, email }: NextAddresses): Address[] {
  const own = contact.platform === "EMAIL" ? (address ?? email) : address;
  const moved = contact.addresses.map((old) => {
    if (old.platform !== contact.platform) return old;
    return addressOf(old.platform, own ?? old.address, platformId === undefined ? old.platformId : platformId);
  });
  if (email === undefined || contact.platform === "EMAIL") return moved;
  const others = moved.filter((old) => old.platform !== "EMAIL");
  return email === null ? others : [...others, addressOf("EMAIL", email)];
}

/** Why he may not have these addresses: one is malformed, or somebody else has it. */
export async function refusedAddress(
  ctx: Context,
  addresses: readonly Address[],
  but: number | null,
): Promise<Failure | null> {
  const wrong = addresses.find(({ platform, address }) => !isAddress(platform, address));
  return wrong ? { kind: "bad_address", platform: wrong.platform } : firstTaken(ctx, addresses, but);
}

async function firstTaken(ctx: Context, addresses: readonly Address[], but: number | null): Promise<Failure | null> {
  for (const { platform, key, address } of addresses) {
    const holder = await findByAddress(ctx.db, ctx.workspaceId, { platform, key });
    if (holder !== null && holder !== but) return { kind: "address_taken", platform, address };
  }
  return null;
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

/** Whether one of these addresses belonged to somebody who opted out and was erased. */
export async function areSuppressed(ctx: Context, addresses: readonly Address[]): Promise<boolean> {
  if (addresses.length === 0) return false;
  const hashes = await Promise.all(addresses.map((address) => suppressionHash(ctx, address)));
  return isSuppressed(ctx.db, ctx.workspaceId, hashes);
}
