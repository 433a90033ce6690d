/** Knows threads: which mail continues one, under which subject, and what the next one finds. */
import type { Thread } from "./mail";
import type { Content } from "./message";

/** More ids than that make a header that some servers cut; the first one, which all the others hang on, always stays. */
const MOST_IDS = 20;

/** The thread that a mail continues: an answer does, and so does whatever has no subject of its own. */
export function continuedBy(thread: Thread | null, own: string | null, isReply: boolean): Thread | null {
  return isReply || !own ? thread : null;
}

/** Said once, however often it is answered. */
export function answerTo(subject: string): string {
  return /^re\s*:/i.test(subject) ? subject : `Re: ${subject}`;
}

/** What a later mail continues once this one went out, or may have. */
export function threadAfter(thread: Thread | null, { subject, mail }: Content): Thread | null {
  if (!mail) return thread;
  const [first, ...later] = [...mail.references, mail.messageId];
  return { subject: subject ?? "", ids: [first ?? mail.messageId, ...later.slice(1 - MOST_IDS)] };
}
