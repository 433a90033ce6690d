/** Knows how somebody is enrolled by his EMAIL address: found, or made if he can be enrolled. */
import type { Contact } from "../domain/contact";
import { missing, type Result, refuse } from "../domain/failure";
import { findDefinition } from "../storage/sequences";
import { addressesOf, refusedAddress, shunnedAmong } from "./addresses";
import { type Enrolled, enroll, refusalOfNew } from "./admission";
import { BEING_EDITED } from "./contactedit";
import { create } from "./contacts";
import type { Context } from "./context";
import { findByEmail } from "./subscribers";
import { beforeTry, MOST_TRIES } from "./tries";

export interface Subscribing {
  email: string;
  /** Used only for who is made here. */
  firstName?: string | null | undefined;
  lastName?: string | null | undefined;
}

export async function enrollByEmail(
  ctx: Context,
  sequenceId: number,
  subscribing: Subscribing,
): Promise<Result<Enrolled>> {
  for (let tries = 0; tries < MOST_TRIES; tries++) {
    await beforeTry(tries);
    const found = await findByEmail(ctx, subscribing.email);
    const made = found.ok ? found : await makeIfAdmitted(ctx, sequenceId, subscribing);
    if (made.ok) {
      const enrolled = await enroll(ctx, { sequenceId, contactId: made.value.id, platform: "EMAIL" });
      return !enrolled.ok && enrolled.failure.kind === "sequence_archived" ? missing("sequence") : enrolled;
    }
    // Somebody else was quicker to make him.
    if (made.failure.kind !== "address_taken") return made;
  }
  return refuse(BEING_EDITED);
}

/** Nobody is made who would be refused. */
async function makeIfAdmitted(
  ctx: Context,
  sequenceId: number,
  { email, firstName = null, lastName = null }: Subscribing,
): Promise<Result<Contact>> {
  const definition = await findDefinition(ctx.db, ctx, sequenceId);
  if (!definition || definition.sequence.status === "ARCHIVED") return missing("sequence");
  const candidate = await candidateOf(ctx, { email, firstName, lastName });
  const refusal =
    (await refusedAddress(ctx, candidate.addresses, null)) ?? (await refusalOfNew(ctx, definition, candidate, "EMAIL"));
  if (refusal) return refuse(refusal);
  return create(ctx, { platform: "EMAIL", address: email, firstName, lastName });
}

/** The contact as he would be made, for a first look at the rules. */
async function candidateOf(
  ctx: Context,
  { email, firstName, lastName }: { email: string; firstName: string | null; lastName: string | null },
): Promise<Contact> {
  const { workspaceId, now } = ctx;
  const addresses = addressesOf({ platform: "EMAIL", address: email });
  const { optedOut, blocked } = await shunnedAmong(ctx, addresses);
  return {
    id: 0,
    workspaceId,
    platform: "EMAIL",
    displayName: null,
    firstName,
    lastName,
    avatarUrl: null,
    timezone: null,
    tags: [],
    customFields: {},
    addresses: addresses.map((one) => blocked.find(({ key }) => key === one.key) ?? one),
    inactive: false,
    optedOutAt: optedOut ? now.journey : null,
    lastSeenAt: null,
    source: null,
    ipAddress: null,
    subscribedAt: null,
    revision: 0,
    createdAt: now.journey,
    updatedAt: now.journey,
  };
}
