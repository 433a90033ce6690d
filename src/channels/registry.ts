/** Knows all channels by their kind. A new channel is one file and one line here. */
import type { Channel } from "./channel";
import { email } from "./email/email";
import { outbox } from "./outbox";
import { webhook } from "./webhook";

/** The kind of the channel that sends mails. */
export const MAIL_CHANNEL = "email";

const CHANNELS: ReadonlyMap<string, Channel> = new Map([
  ["outbox", outbox],
  ["webhook", webhook],
  [MAIL_CHANNEL, email],
]);

/** What carries a platform's messages where the workspace has set nothing. */
export const DEFAULT_CHANNEL = "outbox";

/** The channel of a kind; one that this release does not know is as good as none. */
export function channelOf(kind: string): Channel {
  return CHANNELS.get(kind) ?? unknownChannel(kind);
}

function unknownChannel(kind: string): Channel {
  return {
    memoryOf: () => ({ deduplicates: false }),
    deliver: async () => ({ kind: "broken", reason: `there is no channel of the kind ${kind}` }),
  };
}
