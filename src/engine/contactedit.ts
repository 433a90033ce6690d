/** Knows how a contact is changed, and what that asks of his journeys: all of it in one batch, or none. */
import type { Address, Contact } from "../domain/contact";
import { faultInCustomFields, withCustom } from "../domain/customfields";
import { type Failure, missing, ok, type Result, refuse } from "../domain/failure";
import { termsOf } from "../domain/terms";
import { findContact, hasWon, updateContact } from "../storage/contacts";
import { together } from "../storage/database";
import { writeJob, writeLook } from "../storage/jobs";
import { newNonce } from "../storage/nonce";
import { liftOptOuts, unveil } from "../storage/suppressions";
import { writeTagTriggers } from "../storage/triggers";
import {
  addressesAfter,
  type NextAddresses,
  refusedAddress,
  type Shunned,
  shunnedAmong,
  unlessTaken,
} from "./addresses";
import { type ContactDraft, draftOf } from "./contacts";
import type { Context } from "./context";
import { nudge } from "./jobs";
import { beforeTry, MOST_TRIES } from "./tries";
import { nudgeTriggers } from "./triggers";

export interface ContactPatch extends ContactDraft, NextAddresses {
  optedOut?: boolean | undefined;
  /** He agrees to be written to, whether or not he had opted out. */
  optsIn?: boolean | undefined;
  /** Of his custom fields these alone; null takes one away. */
  custom?: Readonly<Record<string, unknown>> | undefined;
}

const KEEPS_EMAIL: Failure = { kind: "bad_value", field: "email", message: "cannot be taken from a contact on EMAIL" };
const keepsOwn = ({ platform }: Contact): Failure => ({
  kind: "bad_value",
  field: "addresses",
  message: `must keep one on ${platform}, where the contact was made`,
});
export const BEING_EDITED: Failure = { kind: "unavailable", what: "the contact is being edited" };

/** Changes what is named. An opt-out ends the journeys; taking it back lets him be enrolled again. */
export async function update(ctx: Context, id: number, patch: ContactPatch): Promise<Result<Contact>> {
  const { db, workspaceId } = ctx;
  for (let tries = 0; tries < MOST_TRIES; tries++) {
    await beforeTry(tries);
    const contact = await findContact(db, workspaceId, id);
    if (!contact) return missing("contact");
    if (patch.email === null && contact.platform === "EMAIL") return refuse(KEEPS_EMAIL);
    const addresses = addressesAfter(contact, patch);
    if (patch.addresses && !addresses.some(({ platform }) => platform === contact.platform))
      return refuse(keepsOwn(contact));
    const refusal = await refusedAddress(ctx, addresses, id);
    if (refusal) return refuse(refusal);
    const customFields = patch.custom ? withCustom(contact.customFields, patch.custom) : patch.customFields;
    const fault = customFields && faultInCustomFields(customFields, Object.keys(patch.custom ?? customFields));
    if (fault) return refuse(fault);
    const edit = { ...patch, customFields };
    const written = await unlessTaken(ctx, addresses, id, () => write(ctx, contact, edit, addresses));
    if (!written.ok) return written;
    if (!written.value) continue;
    const after = await findContact(db, workspaceId, id);
    return after ? ok(after) : missing("contact");
  }
  return refuse(BEING_EDITED);
}

/** Makes a contact inactive, which ends all his journeys, or active again. */
export function setActive(ctx: Context, id: number, active: boolean): Promise<Result<Contact>> {
  return update(ctx, id, { inactive: !active });
}

async function write(ctx: Context, contact: Contact, patch: ContactPatch, addresses: Address[]): Promise<boolean> {
  const { db, workspaceId, userId, now } = ctx;
  const fresh = addresses.filter(
    ({ platform, key }) => !contact.addresses.some((old) => old.platform === platform && old.key === key),
  );
  const shunned = await shunnedAmong(ctx, fresh);
  const optedOut = patch.optedOut ?? (shunned.optedOut ? true : undefined);
  const consent = optedOutOf(contact, { optedOut, optsIn: patch.optsIn }, now.journey);
  const by = { updatedAt: now.journey, ...(userId === null ? {} : { updaterId: userId }) };
  const set = { ...consent, ...draftOf(patch), ...by };
  const terms = termsOf({ ...contact, ...set, addresses });
  const nonce = newNonce();
  const [won, ...rest] = updateContact(db, { contact, set, addresses, terms, nonce });
  const agrees = consent.optedOutAt === null && shunned.optedOut;
  const guard = hasWon(contact.id, nonce);
  const statements = [
    ...(won ? [won] : []),
    ...unveil(db, workspaceId, shunned.veiled, guard),
    ...(agrees ? [liftOptOuts(db, workspaceId, fresh, guard)] : []),
    ...rest,
  ];
  const { jobs, triggers } = aftermath(ctx, contact, { set, shunned }, nonce);
  const results = (await together(db, [...statements, ...jobs, ...triggers])) as { id: number }[][];
  const after = results.slice(statements.length);
  await nudge(ctx, after.slice(0, jobs.length).flat());
  await nudgeTriggers(ctx, after.slice(jobs.length).flat());
  return (results[0] ?? []).length > 0;
}

type Set = ContactDraft & { optedOutAt?: number | null; optedOutBy?: null };

/** What the change leaves to be done, written with it and only if it wins. */
function aftermath(ctx: Context, contact: Contact, { set, shunned }: { set: Set; shunned: Shunned }, nonce: number) {
  const { db, workspaceId, now } = ctx;
  const { id: contactId, tags: before } = contact;
  const guard = hasWon(contactId, nonce);
  const job = { workspaceId, subjectId: contactId, journey: now.journey, wall: now.wall };
  const tagging = { workspaceId, contactId, wall: now.wall };
  const tags = set.tags ?? before;
  const added = tags.filter((tag) => !before.includes(tag));
  const removed = before.filter((tag) => !tags.includes(tag));
  const optsOut = contact.optedOutAt === null && (set.optedOutAt ?? null) !== null;
  const goesInactive = !contact.inactive && set.inactive === true;
  return {
    jobs: [
      ...(optsOut ? [writeJob(db, { ...job, kind: "opt_out" }, guard)] : []),
      ...(shunned.blocked.length > 0 ? [writeJob(db, { ...job, kind: "block" }, guard)] : []),
      ...(goesInactive ? [writeJob(db, { ...job, kind: "deactivate" }, guard)] : []),
      writeLook(db, { ...tagging, journey: now.journey }, guard),
    ],
    triggers: [
      ...(added.length > 0 ? [writeTagTriggers(db, { ...tagging, kind: "tag_added", tags: added }, guard)] : []),
      ...(removed.length > 0 ? [writeTagTriggers(db, { ...tagging, kind: "tag_removed", tags: removed }, guard)] : []),
    ],
  };
}

/** Who takes his opt-out back agrees anew to be written to. */
function optedOutOf(contact: Contact, { optedOut, optsIn }: Pick<ContactPatch, "optedOut" | "optsIn">, at: number) {
  if (optedOut) return { optedOutAt: contact.optedOutAt ?? at };
  const agrees = contact.optedOutAt !== null || (optsIn && contact.subscribedAt === null);
  if (optedOut === undefined && !optsIn) return {};
  return { optedOutAt: null, optedOutBy: null, ...(agrees ? { subscribedAt: at } : {}) };
}
