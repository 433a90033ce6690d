/** Knows who a contact is: one person, many addresses. */
import { type Failure, ok, type Result, refuse } from "./failure";
import type { Platform } from "./platform";
import type { Block } from "./suppression";
import type { Journey } from "./time";

export interface Address {
  platform: Platform;
  /** As it was written. */
  address: string;
  /** As it is compared. */
  key: string;
  platformId: string | null;
  /** Set where it is not to be written to. */
  blocked?: Block | null;
}

export interface Contact {
  id: number;
  workspaceId: number;
  /** The platform of the address the contact was made with. */
  platform: Platform;
  displayName: string | null;
  firstName: string | null;
  lastName: string | null;
  avatarUrl: string | null;
  /** An IANA zone name. */
  timezone: string | null;
  tags: string[];
  customFields: Record<string, unknown>;
  addresses: Address[];
  inactive: boolean;
  optedOutAt: Journey | null;
  lastSeenAt: Journey | null;
  /** Where he came from, as whoever made him says. */
  source: string | null;
  ipAddress: string | null;
  /** When he last agreed to be written to; null: when he was made. */
  subscribedAt: Journey | null;
  revision: number;
  createdAt: Journey;
  updatedAt: Journey;
}

export function addressOn(contact: Contact, platform: Platform): Address | null {
  return contact.addresses.find((address) => address.platform === platform) ?? null;
}

/**
 * Whether this contact may be written to at all on a platform; `transactional` sequences ignore an opt-out. Where his address
 * there is blocked, no other of his is taken in its place: who complained meant himself, and which is good is not ours to guess.
 */
export function reachable(contact: Contact, platform: Platform, transactional: boolean): Result<Address, Failure> {
  if (contact.inactive) return refuse({ kind: "inactive" });
  const address = addressOn(contact, platform);
  if (address?.blocked) return refuse({ kind: "blocked", platform, reason: address.blocked });
  if (contact.optedOutAt !== null && !transactional) return refuse({ kind: "opted_out" });
  return address === null ? refuse({ kind: "no_address", platform }) : ok(address);
}

/** Somebody who is only thought of, and can be written to. */
export function stranger(workspaceId: number, platform: Platform): Contact {
  const address = platform === "EMAIL" ? "sam@example.com" : "sam";
  const nothing = {
    avatarUrl: null,
    timezone: null,
    lastSeenAt: null,
    source: null,
    ipAddress: null,
    subscribedAt: null,
  };
  return {
    ...nothing,
    id: 0,
    workspaceId,
    platform,
    displayName: "Sam Sample",
    firstName: "Sam",
    lastName: "Sample",
    tags: [],
    customFields: {},
    addresses: [{ platform, address, key: address, platformId: null }],
    inactive: false,
    optedOutAt: null,
    revision: 0,
    createdAt: 0,
    updatedAt: 0,
  };
}
