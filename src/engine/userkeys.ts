/** Knows the verbs on a user's keys: issue, list, rotate, revoke. A key is told once; after that only its digest is known. */
import { type Failure, missing, ok, type Result, refuse } from "../domain/failure";
import { allows, type Grantable } from "../domain/scope";
import { SECOND } from "../domain/time";
import { MOST_KEYS, OVERLAP } from "../domain/user";
import {
  findKey,
  insertKey,
  type KeyRow,
  keysOf,
  type NewKey,
  type Replaced,
  replaceKey,
  revokeKey,
} from "../storage/keys";
import { findUser } from "../storage/users";
import type { Context } from "./context";
import { digestOf, type KeyHolder } from "./keys";

export type { KeyRow } from "../storage/keys";

/** Characters of a key by which people tell it from others: enough for that, and far too few to guess the rest. */
const PREFIX = 12;

export interface KeyDraft {
  userId: number;
  name?: string | null | undefined;
  /** All that the key has which makes it, unless told otherwise. */
  scopes?: readonly Grantable[] | undefined;
  /** Wall time. */
  expiresAt?: number | null | undefined;
}

/** What a key may do and how long it stands bounds the keys that are made by it. */
export type Grantor = Pick<KeyHolder, "scopes" | "expiresAt">;

/** Makes a key that may do no more, and for no longer, than the one that asks for it. */
export async function issue(
  ctx: Context,
  by: Grantor,
  { userId, name = null, scopes, expiresAt = by.expiresAt }: KeyDraft,
): Promise<Result<{ row: KeyRow; key: string }>> {
  const { db, workspaceId, now } = ctx;
  if (!(await findUser(db, workspaceId, userId))) return missing("user");
  const fault = faultInScopes(scopes ?? [], by) ?? faultInExpiry(expiresAt, by.expiresAt, now.wall);
  if (fault) return refuse(fault);
  const granted = [...new Set(scopes ?? by.scopes)];
  const { key, row: draft } = await newKey({
    workspaceId,
    userId,
    name,
    scopes: granted,
    createdAt: now.wall,
    expiresAt,
  });
  const row = await insertKey(db, draft);
  return row ? ok({ row, key }) : refuse(TOO_MANY);
}

const TOO_MANY: Failure = { kind: "too_many", what: "keys of a user", max: MOST_KEYS };

async function newKey(of: Omit<NewKey, "digest" | "prefix">): Promise<{ key: string; row: NewKey }> {
  const key = `drip_${crypto.getRandomValues(new Uint8Array(30)).toBase64({ alphabet: "base64url" })}`;
  return { key, row: { ...of, digest: await digestOf(key), prefix: key.slice(0, PREFIX) } };
}

export type Rotated = Replaced & { key: string };

/**
 * Makes a key like another in its place. That one goes on for the overlap, so that whoever uses it has time to change to the
 * new one; tokens that were given for it end with it. It asks of whoever does so what making such a key would.
 */
export async function rotate(
  ctx: Context,
  by: Grantor,
  { userId, id, overlapSeconds = OVERLAP }: { userId: number; id: number; overlapSeconds?: number | undefined },
): Promise<Result<Rotated>> {
  const { db, workspaceId, now } = ctx;
  const old = await findKey(db, { workspaceId, userId, id });
  if (!old) return missing("key");
  if (old.successorId !== null) return refuse({ kind: "key_replaced" });
  const { name, scopes, expiresAt } = old;
  const fault = faultInScopes(scopes, by) ?? faultInExpiry(expiresAt, by.expiresAt, now.wall);
  if (fault) return refuse(fault);
  const { key, row } = await newKey({ workspaceId, userId, name, scopes, createdAt: now.wall, expiresAt });
  const replaced = await replaceKey(db, old, row, now.wall + overlapSeconds * SECOND);
  if (replaced) return ok({ ...replaced, key });
  const after = await findKey(db, old);
  if (!after) return missing("key");
  return refuse(after.successorId === null ? TOO_MANY : { kind: "key_replaced" });
}

function faultInScopes(scopes: readonly string[], by: Grantor): Failure | null {
  const beyond = scopes.find((scope) => !allows(by.scopes, scope));
  return beyond === undefined ? null : { kind: "beyond_scope", scope: beyond };
}

function faultInExpiry(asked: number | null, own: number | null, wall: number): Failure | null {
  const fault = (message: string): Failure => ({ kind: "bad_value", field: "expiresAt", message });
  if (asked !== null && asked <= wall) return fault("must be in the future");
  if (own !== null && (asked === null || asked > own)) return fault("must not be later than that of the key in use");
  return null;
}

export async function list(ctx: Context, userId: number): Promise<Result<KeyRow[]>> {
  const user = await findUser(ctx.db, ctx.workspaceId, userId);
  return user ? ok(await keysOf(ctx.db, ctx.workspaceId, userId)) : missing("user");
}

/** Whoever remembers the key goes on trusting it for some seconds. */
export async function revoke(ctx: Context, of: { userId: number; id: number }): Promise<Result<void>> {
  const { db, workspaceId, now } = ctx;
  return (await revokeKey(db, { ...of, workspaceId }, now.wall)) ? ok(undefined) : missing("key");
}
