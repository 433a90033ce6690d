/** Knows what stands on a mail: who writes to whom, on what, in which thread, and how he is to be stopped. */
import { ok, type Result, refuse } from "../../domain/failure";
import { oneLine } from "../../domain/line";
import type { Mail } from "../../domain/mail";
import { spellAddress } from "../../domain/mailaddress";
import type { Outcome } from "../../domain/message";
import type { Outgoing, Surroundings } from "../channel";
import { type Parts, partsOf } from "./parts";

export interface Correspondent {
  address: string;
  name: string | null;
}

/** Every line of it is one line, and every address is spelled for servers: nothing in it can break out of where it stands. */
export interface Letter extends Parts {
  from: Correspondent;
  to: Correspondent;
  replyTo: string | null;
  subject: string;
  /** Without angle brackets, as are the others. */
  messageId: string;
  references: string[];
  stop: Stop | null;
  date: Date;
}

/** Where one click stops the mails, and whom to write to instead. */
interface Stop {
  url: string;
  address: string | null;
}

/** Or what becomes of a message that cannot be a mail. */
export async function letterOf(
  message: Outgoing,
  mail: Mail,
  surroundings: Surroundings,
): Promise<Result<Letter, Outcome>> {
  const { content } = message;
  const to = spellAddress(content.to.trim());
  if (to === null) return refuse({ kind: "permanent", reason: "the address is none that mail can be sent to" });
  const from = spellAddress(mail.from.address);
  const answered =
    mail.from.replyTo === null ? addressed("reply", mail, surroundings) : spellAddress(mail.from.replyTo);
  if (from === null || (mail.from.replyTo !== null && answered === null)) {
    return refuse({ kind: "broken", reason: "the sender's address is none that mail can be sent from" });
  }
  const url = stopUrl(message, mail, surroundings);
  if (url === null && !message.transactional) {
    return refuse({ kind: "broken", reason: "nobody could stop the mails: set PUBLIC_URL, where their links lead to" });
  }
  return ok({
    ...(await partsOf(content, mail, surroundings)),
    from: { address: from, name: lineOf(mail.from.name) },
    to: { address: to, name: lineOf(content.toName) },
    replyTo: answered,
    subject: lineOf(content.subject) ?? "",
    messageId: mail.messageId,
    references: mail.references,
    stop: url === null ? null : { url, address: addressed("unsubscribe", mail, surroundings) },
    date: new Date(mail.date),
  });
}

/** A mail that was written before anybody had said where links lead is stopped like all others. */
function stopUrl({ transactional }: Outgoing, { unsubscribeUrl, token }: Mail, { publicUrl }: Surroundings) {
  if (unsubscribeUrl !== null || transactional || publicUrl === null) return unsubscribeUrl;
  return `${publicUrl}/t/u/${token}`;
}

function addressed(what: "reply" | "unsubscribe", { token }: Mail, { replyDomain }: Surroundings): string | null {
  return replyDomain === null ? null : `${what}+${token}@${replyDomain}`;
}

/** What programs would decode (RFC 2047), wherever it stands. */
const ENCODED = /=\?(?=[^?\s]{1,40}\?[bq]\?)/gi;
/** Nothing to be seen in it. */
const UNSEEN = /^[\s\p{Cf}]*$/u;
const LONGEST_LINE = 900;

/** One line of a header, as whoever reads it sees it. */
function lineOf(text: string | null): string | null {
  const line = oneLine((text ?? "").replace(ENCODED, "= ?"), LONGEST_LINE);
  return UNSEEN.test(line) ? null : line;
}

/** Headers that no transport makes by itself: the thread that it continues, and what stops the mails (RFC 8058). */
export function headersOf({ references, stop }: Letter): Record<string, string> {
  const thread = references.map((id) => `<${id}>`);
  const ways = stop === null ? [] : [stop.url, ...(stop.address === null ? [] : [`mailto:${stop.address}`])];
  return {
    ...(thread.length === 0 ? {} : { "In-Reply-To": thread.at(-1) ?? "", References: thread.join(" ") }),
    ...(ways.length === 0
      ? {}
      : {
          "List-Unsubscribe": ways.map((way) => `<${way}>`).join(", "),
          "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        }),
  };
}
