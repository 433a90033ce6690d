/** Knows who a key belongs to, and remembers it for a few seconds, so that most requests do not ask D1. */
import { sharedDatabase } from "../storage/database";
import { type KeyHolder, keyHolder } from "../storage/keys";

export type { KeyHolder } from "../storage/keys";

/** How long an isolate goes on trusting a key after it was revoked, in wall milliseconds. */
const REMEMBERED = 5000;
/** Past that age a remembered holder still serves while D1 does not answer. */
const REMEMBERED_WITHOUT_D1 = 5 * 60_000;
const MOST_REMEMBERED = 10_000;

const holders = new Map<string, { holder: KeyHolder; at: number }>();

/** The holder of a key, or of an access token, or null. Throws where D1 fails and the key is not remembered. */
export async function holderOf(binding: D1Database, key: string, wall: number): Promise<KeyHolder | null> {
  return holderByDigest(binding, await digestOf(key), wall);
}

/** The same of a key of which only its digest is at hand. */
export async function holderByDigest(binding: D1Database, digest: string, wall: number): Promise<KeyHolder | null> {
  const known = holders.get(digest);
  if (known && !hasExpired(known.holder, wall) && wall - known.at < REMEMBERED && wall >= known.at) return known.holder;
  const holder = await keyHolder(sharedDatabase(binding), digest, wall).catch((error: unknown) => {
    if (known && !hasExpired(known.holder, wall) && wall - known.at < REMEMBERED_WITHOUT_D1) return known.holder;
    throw error;
  });
  if (holder) remember(digest, holder, known && holder === known.holder ? known.at : wall);
  else holders.delete(digest);
  return holder;
}

function hasExpired({ expiresAt }: KeyHolder, wall: number): boolean {
  return expiresAt !== null && expiresAt <= wall;
}

function remember(digest: string, holder: KeyHolder, at: number): void {
  if (holders.size >= MOST_REMEMBERED) holders.clear();
  holders.set(digest, { holder, at });
}

/** Only this is ever stored of a key: SHA-256, in hexadecimal digits. */
export async function digestOf(key: string): Promise<string> {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(key))).toHex();
}
