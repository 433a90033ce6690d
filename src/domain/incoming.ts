/** Knows a mail that came in, as a door has read it: plain data of bounded size, and which messages of ours it may name. */
import { readMessageId, type SealedId } from "./messageid";

export interface Incoming {
  /** Whom it was delivered to, as the sending server said; not what its headers say. */
  to: string;
  /** The sender that bounces go to; empty of a mail that nobody must answer. */
  returnPath: string;
  /** The author's address. */
  from: string;
  subject: string;
  messageId: string | null;
  /** Message ids as they were written, one after the other. */
  inReplyTo: string;
  references: string;
  /** By their names in small letters; of several of a name the first, which the last server has set. */
  headers: ReadonlyMap<string, string>;
  /** What stands in it as text; null where it has none. */
  text: string | null;
  html: string | null;
  /** The parts of a report, and mails within it. */
  parts: readonly Part[];
}

export interface Part {
  /** In small letters. */
  type: string;
  text: string;
}

/** What an address of ours is for, and the token that tells whose it is. */
export interface Recipient {
  purpose: "reply" | "bounce" | "unsubscribe";
  token: string;
}

const OURS = /^(reply|bounce|unsubscribe)\+([^@\s]{1,100})@([^@\s]{1,253})$/i;

export function domainOf(address: string): string {
  return address.slice(address.lastIndexOf("@") + 1).toLowerCase();
}

/** Null of an address that none of ours can be; whether its token is right is another question. */
export function readRecipient(address: string, replyDomain: string | null): Recipient | null {
  const [, purpose, token, domain] = OURS.exec(address.trim()) ?? [];
  if (purpose === undefined || token === undefined || domain?.toLowerCase() !== replyDomain) return null;
  return { purpose: purpose.toLowerCase() as Recipient["purpose"], token };
}

/** Names that are looked at: whoever writes hundreds of them does so to keep us busy. */
const MOST_NAMES = 20;

/** The messages that a run of message ids names, the last one first: in a thread, that is the one answered. */
function messagesNamed(ids: string): SealedId[] {
  return ids
    .split(/[\s<>,;"]+/)
    .flatMap((id) => readMessageId(id) ?? [])
    .slice(-MOST_NAMES)
    .reverse();
}

const TOKENED = /\b(?:reply|bounce|unsubscribe)\+(\d{1,15}-\d{1,15}-[0-9a-f]{24})@/gi;

/** The tokens of addresses of ours that stand somewhere in a text, as in a mail that is returned. */
function tokensIn(text: string): string[] {
  return [...text.matchAll(TOKENED)].slice(0, MOST_NAMES).flatMap(([, token]) => token ?? []);
}

/** What a report returns of the mail that it is about. */
const RETURNED = /^(?:message\/(?:global|rfc822|global-headers|rfc822-headers)|text\/rfc822-headers)$/;

/** Where a mail names messages of ours: an answer in its headers, a report in what it returns. */
export interface Names {
  ids: SealedId[];
  tokens: string[];
  /** It names something that looks like ours: where that is none, somebody has made it up. */
  pretends: boolean;
}

export function namesIn(mail: Incoming, isReport: boolean): Names {
  const { inReplyTo, references, parts, text } = mail;
  if (!isReport)
    return {
      ids: [...messagesNamed(inReplyTo), ...messagesNamed(references)],
      tokens: [],
      pretends: pretends(`${inReplyTo} ${references}`),
    };
  const returned = parts.filter(({ type }) => RETURNED.test(type)).map((part) => part.text);
  // A report without a form has the mail in its text; what its own head names comes first, and so is tried last.
  const all = [`${inReplyTo} ${references}`, ...returned, text ?? ""]
    .map((one) => one.slice(0, MOST_RETURNED))
    .join("\n");
  return { ids: messagesNamed(all), tokens: tokensIn(all), pretends: pretends(all) };
}

const MOST_RETURNED = 30_000;

function pretends(text: string): boolean {
  return /\bmsg_\d|\b(?:reply|bounce|unsubscribe)\+\d/i.test(text);
}

/** Whether the server that took it in found that it is not from whom it says (RFC 8601). */
export function isForged({ headers }: Incoming): boolean {
  return /\bdmarc=fail\b/i.test(headers.get("authentication-results") ?? "");
}

/** The first address in a text or a field such as `rfc822; ada@example.com`. */
export function addressIn(text: string | undefined): string | null {
  return (
    /[^\s<>"'();:,@]{1,64}@[a-z\d-]{1,63}(?:\.[a-z\d-]{1,63}){1,10}/i.exec((text ?? "").slice(0, MOST_LOOKED))?.[0] ??
    null
  );
}

/** Of a text, what an address is looked for in. */
const MOST_LOOKED = 20_000;
