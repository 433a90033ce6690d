/** Knows who a contact is: one person, many addresses. */
import { type Failure, ok, type Result, refuse } from "./failure";
import type { Platform } from "./platform";
import type { Journey } from "./time";

export interface Address {
  platform: Platform;
  /** As it was written. */
  address: string;
  /** As it is compared. */
  key: string;
  platformId: string | null;
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
  /** Set by a hard bounce or a complaint; ends transactional journeys too. */
  blockedAt: Journey | null;
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

/** Whether this contact may be written to at all on a platform; `transactional` sequences ignore an opt-out. */
export function reachable(contact: Contact, platform: Platform, transactional: boolean): Result<Address, Failure> {
  if (contact.inactive) return refuse({ kind: "inactive" });
  if (contact.blockedAt !== null) return refuse({ kind: "blocked" });
  if (contact.optedOutAt !== null && !transactional) return refuse({ kind: "opted_out" });
  const address = addressOn(contact, platform);
  return address === null ? refuse({ kind: "no_address", platform }) : ok(address);
}
