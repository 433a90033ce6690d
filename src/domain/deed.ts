/** Knows how a message's fate is put down in the history. */
import type { Deed } from "./enrollment";
import type { InFlight, MessageStatus } from "./message";

interface Details {
  reason?: string | null;
  providerId?: string | null;
  retryAt?: number;
}

export function messageDeed(inFlight: InFlight, status: MessageStatus, details: Details = {}): Deed {
  const { message, step, attempt, content } = inFlight;
  return { what: "message", message, step, status, attempt, content, reason: null, providerId: null, ...details };
}
