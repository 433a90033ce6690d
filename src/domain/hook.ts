/** Knows how a provider signs what it tells (Standard Webhooks), and for how long that counts. */
import { MINUTE, type Wall } from "./time";

/** The headers of a call, whatever their prefix, and its body as it came. */
export interface Signed {
  id: string;
  /** Seconds since 1970. */
  timestamp: string;
  /** One or several, each with its version before a comma. */
  signature: string;
  body: string;
}

/** In wall time and in either direction: a call that was overheard cannot be repeated later. */
const TOLERANCE = 5 * MINUTE;
/** Signatures that are looked at; a provider sends one a secret. */
const MOST_SIGNATURES = 10;

export function isTimely({ timestamp }: Signed, now: Wall): boolean {
  return /^\d{1,12}$/.test(timestamp) && Math.abs(Number(timestamp) * 1000 - now) <= TOLERANCE;
}

export function signedText({ id, timestamp, body }: Signed): string {
  return `${id}.${timestamp}.${body}`;
}

/** Those of the version that a shared secret makes. */
export function signaturesOf({ signature }: Signed): string[] {
  const all = signature.split(" ").slice(0, MOST_SIGNATURES);
  return all.flatMap((one) => (one.startsWith("v1,") ? [one.slice("v1,".length)] : []));
}

/** Of 15 to 98 bytes, its last group filled up, so that it can be read whenever it is needed. */
const SECRET = /^whsec_((?:[A-Za-z\d+/]{4}){5,32}(?:[A-Za-z\d+/]{2}==|[A-Za-z\d+/]{3}=)?)$/;

/** The base64 of the key in a secret; null where it is none. */
export function keyIn(secret: string): string | null {
  return SECRET.exec(secret)?.[1] ?? null;
}
