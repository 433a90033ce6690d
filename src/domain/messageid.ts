/** Knows the Message-ID of a mail (RFC 5322, section 3.6.4): how it tells the message, and how one of ours is found again. */

/** Without angle brackets, at the domain that the mail comes from. */
export function messageIdOf(message: number, seal: string, from: string): string {
  const domain = from.slice(from.lastIndexOf("@") + 1).toLowerCase();
  return `msg_${message}.${seal}@${domain}`;
}

/** What a Message-ID of ours tells; whether its seal is right is another question. */
export interface SealedId {
  message: number;
  seal: string;
}

/** Nothing may stand before it that would make it the end of another id, nor after its seal but the domain. */
const OURS = /(?<![\w.+-])msg_(\d{1,15})\.([0-9a-f]{24})@/gi;

/**
 * The last of ours in a header's value, with or without angle brackets, among whatever others: a list of references ends
 * with the nearest. Null where there is none that is whole.
 */
export function readMessageId(text: string): SealedId | null {
  const [, message, seal] = [...text.matchAll(OURS)].at(-1) ?? [];
  if (message === undefined || seal === undefined) return null;
  return { message: Number(message), seal: seal.toLowerCase() };
}
