/** Knows how to hand a message to a customer's endpoint, signed after Standard Webhooks. */
import { call } from "./call";
import type { Channel, Outgoing } from "./channel";

export const webhook: Channel = {
  memoryOf: () => ({ deduplicates: true }),
  async deliver(message, { url, secret }, surroundings) {
    if (url === null || secret === null) return { kind: "broken", reason: "the channel has no URL" };
    return call(url, await signed(secret, message), surroundings);
  },
};

async function signed(secret: string, message: Outgoing): Promise<RequestInit> {
  const id = `msg_${message.id}`;
  const body = bodyOf(message);
  const timestamp = Math.floor(Date.now() / 1000);
  const signature = await sign(secret, `${id}.${timestamp}.${body}`);
  return {
    method: "POST",
    headers: {
      "content-type": "application/json",
      "user-agent": "Dripline",
      "webhook-id": id,
      "webhook-timestamp": String(timestamp),
      "webhook-signature": signature,
    },
    body,
  };
}

/** Standard Webhooks 1.0.0, symmetric: HMAC-SHA-256 over `id.timestamp.body` by the bytes behind the secret's prefix. */
async function sign(secret: string, signed: string): Promise<string> {
  const bytes = Uint8Array.fromBase64(secret.replace(/^whsec_/, ""));
  const key = await crypto.subtle.importKey("raw", bytes, { name: "HMAC", hash: "SHA-256" }, false, ["sign"]);
  const mac = await crypto.subtle.sign("HMAC", key, new TextEncoder().encode(signed));
  return `v1,${new Uint8Array(mac).toBase64()}`;
}

/** Made of what never changes about a message, so that every attempt sends the same bytes. */
export function bodyOf({ id, content, ...message }: Outgoing): string {
  const { platform, to, toName, subject, preheader, body, format, at } = content;
  return JSON.stringify({
    type: "message.send",
    timestamp: new Date(at).toISOString(),
    data: {
      id: `msg_${id}`,
      workspaceId: `ws_${message.workspaceId}`,
      sequenceId: `seq_${message.sequenceId}`,
      stepId: `step_${message.stepId}`,
      enrollmentId: `enroll_${message.enrollmentId}`,
      contactId: `contact_${message.contactId}`,
      platform,
      to,
      toName,
      subject,
      ...(preheader === undefined ? {} : { preheader }),
      body,
      format,
    },
  });
}
