/** Knows how to hand a message to a customer's endpoint, signed after Standard Webhooks. */
import { forbidden } from "../domain/guard";
import type { Outcome } from "../domain/message";
import { type Channel, DELIVERY_TIMEOUT, type Outgoing } from "./channel";

export const webhook: Channel = {
  deduplicates: true,
  async deliver(message, { url, secret }, { production }) {
    if (url === null || secret === null) return { kind: "broken", reason: "the channel has no URL" };
    const refusal = forbidden(url, production);
    if (refusal !== null) return { kind: "broken", reason: `the URL ${refusal}` };
    try {
      const response = await post(url, secret, message);
      await response.body?.cancel();
      return outcomeOf(response);
    } catch (error) {
      return { kind: "transient", reason: error instanceof Error ? error.message : "the request failed" };
    }
  },
};

async function post(url: string, secret: string, message: Outgoing): Promise<Response> {
  const id = `msg_${message.id}`;
  const body = bodyOf(message);
  const timestamp = Math.floor(Date.now() / 1000);
  const signature = await sign(secret, `${id}.${timestamp}.${body}`);
  return fetch(url, {
    method: "POST",
    redirect: "manual",
    signal: AbortSignal.timeout(DELIVERY_TIMEOUT),
    headers: {
      "content-type": "application/json",
      "user-agent": "Dripline",
      "webhook-id": id,
      "webhook-timestamp": String(timestamp),
      "webhook-signature": signature,
    },
    body,
  });
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
  const { platform, to, toName, subject, body, format, at } = content;
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
      body,
      format,
    },
  });
}

const TRANSIENT = new Set([408, 425, 429]);
/** The endpoint is gone, or does not accept us: nobody of this workspace can be reached through it. */
const BROKEN = new Set([401, 403, 404, 410]);

function outcomeOf({ status, ok, headers }: Response): Outcome {
  if (ok) return { kind: "delivered", providerId: null };
  const reason = `the endpoint answered ${status}`;
  if (BROKEN.has(status) || (status >= 300 && status < 400)) return { kind: "broken", reason };
  if (status >= 500 || TRANSIENT.has(status)) return { kind: "transient", reason, retryAfter: retryAfter(headers) };
  return { kind: "permanent", reason };
}

/** Milliseconds asked for by `Retry-After` (RFC 9110, section 10.2.3): whole seconds, or a date. */
function retryAfter(headers: Headers): number | undefined {
  const value = headers.get("retry-after")?.trim();
  if (!value) return undefined;
  if (/^\d{1,9}$/.test(value)) return Number(value) * 1000;
  const date = Date.parse(value);
  return Number.isNaN(date) ? undefined : Math.max(0, date - Date.now());
}
