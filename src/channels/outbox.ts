/** Knows the embedded channel: the line in the ledger of messages is the delivery. */
import type { Channel } from "./channel";

export const outbox: Channel = {
  memoryOf: () => ({ deduplicates: true }),
  deliver: async () => ({ kind: "delivered", providerId: null }),
};
