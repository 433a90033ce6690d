/** Knows the verbs on the door for news of providers: by which secrets they sign, and whether one has signed. */
import { missing, ok, type Result, refuse } from "../domain/failure";
import { isTimely, keyIn, type Signed, signaturesOf, signedText } from "../domain/hook";
import { deleteHookSecret, type HookSecretRow, insertHookSecret, listHookSecrets } from "../storage/hooksecrets";
import { lock, unlock } from "../vault";
import type { Context } from "./context";

/** Enough for one to take the place of another at each of some providers. */
const MOST_SECRETS = 5;
const BYTES = 24;
const bytes = new TextEncoder();

export type HookSecret = Pick<HookSecretRow, "id" | "createdAt">;

export interface NewHookSecret extends HookSecret {
  /** Set where it was made here: shown this once, and never again. */
  secret: string | null;
}

export async function list({ db, workspaceId }: Context): Promise<HookSecret[]> {
  const rows = await listHookSecrets(db, workspaceId);
  return rows.map(({ id, createdAt }) => ({ id, createdAt }));
}

/** Makes a secret, or keeps the one that the provider has made. */
export async function add(ctx: Context, told: string | null): Promise<Result<NewHookSecret>> {
  const { db, workspaceId, secret, now } = ctx;
  const made = told === null ? `whsec_${crypto.getRandomValues(new Uint8Array(BYTES)).toBase64()}` : null;
  const sealed = await lock(secret, ownerOf(ctx), made ?? told ?? "");
  const id = await insertHookSecret(db, { workspaceId, sealed, createdAt: now.journey }, MOST_SECRETS);
  if (id === null) return refuse({ kind: "too_many", what: "secrets", max: MOST_SECRETS });
  return ok({ id, createdAt: now.journey, secret: made });
}

export async function remove({ db, workspaceId }: Context, id: number): Promise<Result<void>> {
  return (await deleteHookSecret(db, workspaceId, id)) ? ok(undefined) : missing("secret");
}

/** Whether one of the workspace's secrets has signed this, of late. A workspace without any hears nobody. */
export async function isGenuine(ctx: Context, signed: Signed): Promise<boolean> {
  const told = signaturesOf(signed).map((one) => bytes.encode(one));
  if (told.length === 0 || !isTimely(signed, ctx.now.wall)) return false;
  const rows = await listHookSecrets(ctx.db, ctx.workspaceId);
  const rights = await Promise.all(rows.map(({ sealed }) => signatureBy(ctx, sealed, signed)));
  return rights.some((right) => right !== null && told.some((one) => isSame(one, right)));
}

/** Takes as long for one that is nearly right as for any other. */
function isSame(told: Uint8Array, right: Uint8Array): boolean {
  return told.byteLength === right.byteLength && crypto.subtle.timingSafeEqual(told, right);
}

async function signatureBy(ctx: Context, sealed: string, signed: Signed): Promise<Uint8Array | null> {
  const raw = keyIn((await unlock(ctx.secret, ownerOf(ctx), sealed)) ?? "");
  if (raw === null) return null;
  const algorithm = { name: "HMAC", hash: "SHA-256" };
  const key = await crypto.subtle.importKey("raw", Uint8Array.fromBase64(raw), algorithm, false, ["sign"]);
  const mac = await crypto.subtle.sign("HMAC", key, bytes.encode(signedText(signed)));
  return bytes.encode(new Uint8Array(mac).toBase64());
}

/** A secret of this kind opens nowhere else, nor does any other here. */
function ownerOf({ workspaceId }: Context): string {
  return `hook/${workspaceId}`;
}
