/** Knows how a place in a list is written in a link, so that what was changed or made up is seen to be so. */
import type { Cursor, Order } from "../../domain/listing";

/** Names the order that the values are of, since they mean nothing in another. */
function signatureOf(order: readonly Order[]): string {
  return order.map(({ field, descending }) => (descending ? `-${field}` : field)).join();
}

export function writeCursor(cursor: Cursor, order: readonly Order[]): string {
  const text = JSON.stringify([...cursor]);
  return new TextEncoder()
    .encode(`${checkOf(text + signatureOf(order))}${text}`)
    .toBase64({ alphabet: "base64url", omitPadding: true });
}

/** Null of what was not written by us, or for another order. */
export function readCursor(written: string, order: readonly Order[]): Cursor | null {
  const text = decoded(written);
  if (text === null || checkOf(text.slice(8) + signatureOf(order)) !== text.slice(0, 8)) return null;
  const values: unknown = parsed(text.slice(8));
  return Array.isArray(values) && values.every(isValue) && Number.isSafeInteger(values.at(-1)) ? values : null;
}

function isValue(value: unknown): value is Cursor[number] {
  return value === null || typeof value === "string" || typeof value === "number" || typeof value === "boolean";
}

function decoded(written: string): string | null {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: false }).decode(
      Uint8Array.fromBase64(written, { alphabet: "base64url" }),
    );
  } catch {
    return null;
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** FNV-1a: it keeps nothing secret, for a cursor holds nothing that its reader could not ask for. */
function checkOf(text: string): string {
  let hash = 0x811c9dc5;
  for (const byte of new TextEncoder().encode(text)) hash = Math.imul(hash ^ byte, 0x01000193);
  return (hash >>> 0).toString(16).padStart(8, "0");
}
