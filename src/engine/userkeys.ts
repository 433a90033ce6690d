/** Knows the verbs on a user's keys: issue, list, revoke. A key is told once; after that only its digest is known. */
import { type Failure, missing, ok, type Result, refuse } from "../domain/failure";
import { allows, type Grantable } from "../domain/scope";
import { MOST_KEYS } from "../domain/user";
import { insertKey, type KeyRow, keysOf, revokeKey } from "../storage/keys";
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

/** Makes a key that may do no more, and for no longer, than the one that asks for it. */
export async function issue(
  ctx: Context,
  by: Pick<KeyHolder, "scopes" | "expiresAt">,
  { userId, name = null, scopes, expiresAt = by.expiresAt }: KeyDraft,
): Promise<Result<{ row: KeyRow; key: string }>> {
  const { db, workspaceId, now } = ctx;
  if (!(await findUser(db, workspaceId, userId))) return missing("user");
  const beyond = scopes?.find((scope) => !allows(by.scopes, scope));
  if (beyond !== undefined) return refuse({ kind: "beyond_scope", scope: beyond });
  const fault = faultInExpiry(expiresAt, by.expiresAt, now.wall);
  if (fault) return refuse(fault);
  const key = `drip_${crypto.getRandomValues(new Uint8Array(30)).toBase64({ alphabet: "base64url" })}`;
  const row = await insertKey(db, {
    digest: await digestOf(key),
    prefix: key.slice(0, PREFIX),
    scopes: [...new Set(scopes ?? by.scopes)],
    workspaceId,
    userId,
    name,
    createdAt: now.wall,
    expiresAt,
  });
  return row ? ok({ row, key }) : refuse({ kind: "too_many", what: "keys of a user", max: MOST_KEYS });
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
