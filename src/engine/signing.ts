/** Knows how a call to a customer's endpoint is signed, in each dialect's manner. */
import type { WebhookDialect } from "../domain/envelope";

const bytes = new TextEncoder();

export interface Signable {
  event: string;
  number: number;
  body: string;
  /** Seconds since 1970. */
  timestamp: number;
}

/** Both secrets sign while one takes the place of the other, where the dialect has room for that; the newest comes first. */
export async function headersFor(
  dialect: WebhookDialect,
  secrets: readonly string[],
  { event, number, body, timestamp }: Signable,
): Promise<Record<string, string>> {
  const told = {
    "content-type": dialect === "outreach" ? "application/vnd.api+json" : "application/json",
    "user-agent": "Dripline",
    "webhook-id": event,
    "webhook-timestamp": String(timestamp),
    "dripline-number": String(number),
  };
  const [newest = ""] = secrets;
  switch (dialect) {
    case "v1": {
      const signatures = await Promise.all(
        secrets.map((secret) => standardSignature(secret, `${event}.${timestamp}.${body}`)),
      );
      return { ...told, "webhook-signature": signatures.join(" ") };
    }
    case "broadcast":
      return {
        ...told,
        "x-broadcast-signature": await broadcastSignature(newest, timestamp, body),
        "x-broadcast-timestamp": String(timestamp),
      };
    case "outreach":
      return { ...told, "outreach-webhook-signature": (await mac(bytes.encode(newest), body)).toHex() };
  }
}

/** Standard Webhooks 1.0.0, symmetric: by the bytes behind the secret's prefix. */
async function standardSignature(secret: string, text: string): Promise<string> {
  return `v1,${(await mac(Uint8Array.fromBase64(secret.replace(/^whsec_/, "")), text)).toBase64()}`;
}

/** By the secret as it is written, prefix and all. */
export async function broadcastSignature(secret: string, timestamp: number, body: string): Promise<string> {
  return `v1,${(await mac(bytes.encode(secret), `${timestamp}.${body}`)).toBase64()}`;
}

async function mac(secret: Uint8Array, text: string): Promise<Uint8Array> {
  const key = await crypto.subtle.importKey("raw", new Uint8Array(secret), { name: "HMAC", hash: "SHA-256" }, false, [
    "sign",
  ]);
  return new Uint8Array(await crypto.subtle.sign("HMAC", key, bytes.encode(text)));
}
