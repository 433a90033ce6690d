/** Knows all channels by their kind. A new channel is one file and one line here. */
import type { Channel } from "./channel";
import { outbox } from "./outbox";
import { webhook } from "./webhook";

const CHANNELS: ReadonlyMap<string, Channel> = new Map([
  ["outbox", outbox],
  ["webhook", webhook],
]);

/** What carries a platform's messages where the workspace has set nothing. */
export const DEFAULT_CHANNEL = "outbox";

/** The channel of a kind; one that this release does not know is as good as none. */
export function channelOf(kind: string): Channel {
  return CHANNELS.get(kind) ?? unknownChannel(kind);
}

function unknownChannel(kind: string): Channel {
  return {
    deduplicates: false,
    deliver: async () => ({ kind: "broken", reason: `there is no channel of the kind ${kind}` }),
  };
}
