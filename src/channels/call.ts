/** Knows how an endpoint of a customer is called: guarded, within a time, its answer read as an outcome. */
import type { Outcome } from "../domain/message";
import { DELIVERY_TIMEOUT } from "../domain/outcome";
import type { Bounds } from "./channel";
import { abortedAfter } from "./deadline";
import { strayedUrl } from "./whereabouts";

/** Never throws for what the other side did. The body of the answer is not read, and left open nowhere. */
export async function call(url: string, init: RequestInit, bounds: Bounds): Promise<Outcome> {
  const stray = await strayedUrl(url, bounds);
  if (stray !== null) return stray;
  try {
    return await abortedAfter(DELIVERY_TIMEOUT, async (signal) => {
      const response = await fetch(url, { ...init, redirect: "manual", signal });
      await response.body?.cancel();
      return outcomeOf(response);
    });
  } catch (error) {
    return { kind: "transient", reason: error instanceof Error ? error.message : "the request failed" };
  }
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
export function retryAfter(headers: Headers): number | undefined {
  const value = headers.get("retry-after")?.trim();
  if (!value) return undefined;
  if (/^\d{1,9}$/.test(value)) return Number(value) * 1000;
  const date = Date.parse(value);
  return Number.isNaN(date) ? undefined : Math.max(0, date - Date.now());
}
