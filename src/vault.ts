/** Knows how credentials are kept: encrypted at rest, and bound to whom they belong to. */

const NONCE = 12;
const bytes = new TextEncoder();

/** AES-256-GCM, the nonce in front; `owner` must be told again to open it, so that no row's secret opens in another row. */
export async function lock(secret: string, owner: string, text: string): Promise<string> {
  const iv = crypto.getRandomValues(new Uint8Array(NONCE));
  const sealed = await crypto.subtle.encrypt(gcm(iv, owner), await keyFrom(secret), bytes.encode(text));
  return new Uint8Array([...iv, ...new Uint8Array(sealed)]).toBase64();
}

/** Null where it was locked for another owner or by another secret, or is no such thing. */
export async function unlock(secret: string, owner: string, locked: string): Promise<string | null> {
  try {
    const all = Uint8Array.fromBase64(locked);
    const opened = await crypto.subtle.decrypt(
      gcm(all.slice(0, NONCE), owner),
      await keyFrom(secret),
      all.slice(NONCE),
    );
    return new TextDecoder().decode(opened);
  } catch {
    return null;
  }
}

function gcm(iv: Uint8Array<ArrayBuffer>, owner: string) {
  return { name: "AES-GCM", iv, additionalData: bytes.encode(owner) };
}

/** A key of its own for this use, so that what is signed by the secret tells nothing about it (RFC 5869). */
async function keyFrom(secret: string): Promise<CryptoKey> {
  const root = await crypto.subtle.importKey("raw", bytes.encode(secret), "HKDF", false, ["deriveKey"]);
  const by = { name: "HKDF", hash: "SHA-256", salt: new Uint8Array(), info: bytes.encode("credentials") };
  return crypto.subtle.deriveKey(by, root, { name: "AES-GCM", length: 256 }, false, ["encrypt", "decrypt"]);
}
