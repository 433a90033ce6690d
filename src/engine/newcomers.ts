/** Knows how somebody brought along becomes a contact: the one who has his address, or a new one. */
import { addressOfCandidate, type BulkJob, type RowRefusal } from "../domain/bulk";
import type { Candidate } from "../domain/candidate";
import { type Failure, ok, type Result } from "../domain/failure";
import { findHashes, findHolders, insertContacts } from "../storage/newcontacts";
import type { Listed } from "../storage/suppressions";
import { update } from "./contactedit";
import type { Context } from "./context";
import { each } from "./each";
import { addTags } from "./tags";
import { beforeTry, MOST_TRIES } from "./tries";
import { nudgeTriggers } from "./triggers";
import { veiled } from "./veil";

export interface Brought {
  row: number;
  candidate: Candidate;
}

export interface Resolved {
  found: { row: number; contactId: number }[];
  refusals: RowRefusal[];
}

/**
 * Whoever has several rows is made by the first of them and found by the others. Where the sequence is shut, nobody becomes a
 * contact for its sake.
 */
export async function resolve(
  ctx: Context,
  job: BulkJob,
  brought: readonly Brought[],
  shut: Failure | null,
): Promise<Resolved> {
  const resolved: Resolved = { found: [], refusals: [] };
  let left = [...brought];
  for (let tries = 0; left.length > 0; tries++) {
    if (tries > MOST_TRIES + brought.length) throw new Error("addresses change hands too fast");
    left = await resolveSome(ctx, { job, shut, resolved }, left);
    if (left.length > 0) await beforeTry(tries);
  }
  return resolved;
}

interface Resolving {
  job: BulkJob;
  shut: Failure | null;
  resolved: Resolved;
}

/** Those who must be looked at again: one of their addresses will be that of somebody made now, or was just taken. */
async function resolveSome(ctx: Context, { job, shut, resolved }: Resolving, brought: Brought[]): Promise<Brought[]> {
  const { db, workspaceId, userId, now } = ctx;
  const addresses = brought.flatMap(({ candidate }) => candidate.addresses);
  const { holders, hasVeiled } = await findHolders(db, workspaceId, addresses);
  const { suppressed, isErased } = hasVeiled ? await unveiled(ctx, job, addresses) : NOTHING_VEILED;
  const holderOf = new Map(holders.map((one) => [nameOf(one), one.contact]));
  const claimed = new Set<string>();
  const fresh: Brought[] = [];
  const known: (Brought & { contactId: number })[] = [];
  const later: Brought[] = [];
  for (const one of brought) {
    const names = one.candidate.addresses.map(nameOf);
    const holder = names.map((name) => holderOf.get(name)).find((contact) => contact !== undefined);
    if (names.some(isErased)) resolved.refusals.push(refusalOfRow(one, ERASED));
    else if (holder !== undefined) known.push({ ...one, contactId: holder });
    else if (shut) resolved.refusals.push(refusalOfRow(one, shut));
    else if (names.some((name) => claimed.has(name))) later.push(one);
    else fresh.push(one);
    if (holder === undefined) for (const name of names) claimed.add(name);
  }
  const candidates = fresh.map(({ candidate }) => candidate);
  const theirs = new Set(candidates.flatMap(({ addresses }) => addresses.map(nameOf)));
  const veiled = suppressed.filter((one) => theirs.has(nameOf(one)));
  const write = { workspaceId, userId, candidates, veiled, journey: now.journey, wall: now.wall };
  const made = await insertContacts(db, write).catch(async (error: unknown) => {
    if (await someTaken(ctx, candidates)) return null;
    throw error;
  });
  if (made === null) return brought;
  await nudgeTriggers(ctx, made.triggers);
  for (const [i, { row }] of fresh.entries()) {
    const contactId = made.ids[i];
    if (contactId !== undefined) resolved.found.push({ row, contactId });
  }
  if (job.updateExisting && !shut) await updateAll(ctx, known, resolved);
  else resolved.found.push(...known.map(({ row, contactId }) => ({ row, contactId })));
  return later;
}

async function someTaken({ db, workspaceId }: Context, candidates: readonly Candidate[]): Promise<boolean> {
  const addresses = candidates.flatMap((one) => one.addresses);
  return (await findHolders(db, workspaceId, addresses)).holders.length > 0;
}

const nameOf = ({ platform, key }: { platform: string; key: string }) => `${platform}\n${key}`;

const ERASED: Failure = { kind: "not_found", what: "contact" };
const NOTHING_VEILED = { suppressed: [] as Listed[], isErased: (_name: string) => false };

/** What is known of addresses by their hashes alone: which nobody writes to, and whose words are not kept any more. */
async function unveiled(ctx: Context, job: BulkJob, addresses: Candidate["addresses"]) {
  const listed = await veiled(ctx, addresses);
  const hashes = listed.map(({ hash }) => hash);
  const { suppressed, erased } = await findHashes(ctx.db, ctx.workspaceId, { hashes, since: job.begunAt });
  const gone = new Set(listed.flatMap((one) => (erased.has(one.hash) ? [nameOf(one)] : [])));
  return {
    suppressed: listed.filter(({ hash }) => suppressed.has(hash)),
    isErased: (name: string) => gone.has(name),
  };
}

/** Writes what a row says of somebody who is there; what it leaves out stays, and tags come to those he has. */
async function updateAll(ctx: Context, known: readonly (Brought & { contactId: number })[], resolved: Resolved) {
  // One after the other where the same contact has several rows, so that the last of them stands.
  const byContact = [...Map.groupBy(known, ({ contactId }) => contactId).values()];
  await each(byContact, async (rows) => {
    for (const one of rows) {
      const updated = await updateOne(ctx, one.contactId, one.candidate);
      if (updated.ok) resolved.found.push({ row: one.row, contactId: one.contactId });
      else resolved.refusals.push({ row: one.row, contactId: one.contactId, address: null, failure: updated.failure });
    }
  });
}

async function updateOne(ctx: Context, id: number, { tags, ...said }: Candidate): Promise<Result<unknown>> {
  const { displayName, firstName, lastName, avatarUrl, timezone, customFields: custom } = said;
  const texts = Object.entries({ displayName, firstName, lastName, avatarUrl, timezone });
  const patch = Object.fromEntries(texts.filter(([, text]) => text !== null));
  const changes = texts.some(([, text]) => text !== null) || Object.keys(custom).length > 0;
  const updated = changes ? await update(ctx, id, { ...patch, custom }) : ok(null);
  return updated.ok && tags.length > 0 ? addTags(ctx, id, tags) : updated;
}

function refusalOfRow({ row, candidate }: Brought, failure: Failure): RowRefusal {
  return { row, contactId: null, address: failure === ERASED ? null : addressOfCandidate(candidate), failure };
}
