/** Knows how a message becomes a mail and leaves: by SMTP, by the account's own binding, or by a provider's API. */
import { ok, type Result, refuse } from "../../domain/failure";
import type { Outcome } from "../../domain/message";
import { unlock } from "../../vault";
import type { Channel, ChannelSettings, Outgoing, Surroundings } from "../channel";
import { sendByCloudflare } from "./cloudflare";
import { type Letter, letterOf } from "./letter";
import { RESEND_MEMORY, sendByResend } from "./resend";
import { sendBySmtp } from "./smtp";

export const email: Channel = {
  /** No server of mail asks whether it has had a mail before. */
  memoryOf: ({ transport }) =>
    transport?.kind === "resend" ? { deduplicates: true, remembers: RESEND_MEMORY } : { deduplicates: false },
  async deliver(message, settings, surroundings) {
    const { mail } = message.content;
    if (mail === undefined) return NOBODY;
    const letter = await letterOf(message, mail, surroundings);
    if (!letter.ok) return letter.failure;
    const credential = await credentialOf(settings, surroundings);
    if (!credential.ok) return credential.failure;
    return post({ message, letter: letter.value, credential: credential.value }, settings, surroundings);
  },
};

const NOBODY: Outcome = {
  kind: "broken",
  reason: "nobody has said from whom mails come: set the channel's `from`, or MAIL_FROM",
};

interface Ready {
  message: Outgoing;
  letter: Letter;
  credential: string | null;
}

async function post({ message, letter, credential }: Ready, { transport }: ChannelSettings, around: Surroundings) {
  switch (transport?.kind) {
    case "smtp":
      return sendBySmtp({ letter, transport, password: credential }, around);
    case "cloudflare":
      return sendByCloudflare(letter, around);
    case "resend":
      return sendByResend(
        { letter, key: `msg_${message.id}/${message.content.mail?.token}`, apiKey: credential },
        around,
      );
    case undefined:
      return NO_WAY;
  }
}

const NO_WAY: Outcome = {
  kind: "broken",
  reason: "nothing says by what mails leave: set the channel's `transport`, or SMTP_URL",
};

async function credentialOf(
  settings: ChannelSettings,
  { secret }: Surroundings,
): Promise<Result<string | null, Outcome>> {
  const { sealed } = settings;
  if (sealed === null) return ok(settings.secret);
  const opened = await unlock(secret, sealed.owner, sealed.locked);
  return opened === null ? refuse(UNOPENED) : ok(opened);
}

const UNOPENED: Outcome = {
  kind: "broken",
  reason: "the credentials were locked by another DRIPLINE_SECRET: set them anew",
};
