/** Knows sessions: what a browser is given for a key, whom it stands for, and what shows that a form came from its pages. */
import { HOUR } from "../domain/time";
import { isSealed, sealOf } from "../seal";
import { lock, unlock } from "../vault";
import type { Doors } from "./context";
import { digestOf, holderByDigest, holderOf, type KeyHolder } from "./keys";

/** How long a browser stays signed in, in wall milliseconds; never longer than its key stands. */
export const SESSION = 12 * HOUR;
const OWNER = "session";

type Asked = Pick<Doors, "bindings" | "secret" | "now">;

/** What a browser shows from now on in place of the key; null where the key is not known. */
export async function signIn({ bindings, secret, now }: Asked, key: string): Promise<string | null> {
  if (!(await holderOf(bindings.DB, key, now.wall))) return null;
  return lock(secret, OWNER, `${now.wall + SESSION} ${await digestOf(key)}`);
}

/** Whom a session stands for, as long as its key does: nothing is kept of it here, so a revoked key ends it. */
export async function holderOfSession({ bindings, secret, now }: Asked, session: string): Promise<KeyHolder | null> {
  const opened = await unlock(secret, OWNER, session);
  const [until = "", digest = ""] = opened?.split(" ") ?? [];
  if (digest === "" || !(Number(until) > now.wall)) return null;
  return holderByDigest(bindings.DB, digest, now.wall);
}

/** Stands in every form of a session's pages; nobody else can make it up. */
export function formToken(secret: string, session: string): Promise<string> {
  return sealOf(secret, `form ${session}`);
}

export function isFormToken(secret: string, session: string, token: string): Promise<boolean> {
  return isSealed(secret, `form ${session}`, token);
}
