/** Knows an inbound reply: the message on the `replies` queue, and whether a person wrote it. */
import { isOutOfOffice } from "./outofoffice";
import type { Platform } from "./platform";
import type { Classifier, Sentiment } from "./sentiment";
import type { Wall } from "./time";

/** Version 1 of the message on the `replies` queue; any Worker of the account may put one there. */
export interface InboundReply {
  v: 1;
  workspaceId: number;
  platform: Platform;
  /** The sender's address on the platform. */
  from: string;
  text: string;
  /** The provider's id of this reply; without one, sender, time and text tell two replies apart. */
  messageId: string | null;
  /** The id of the message it answers: ours, or the provider's. */
  inReplyTo: string | null;
  /** Wall time, milliseconds since 1970. */
  receivedAt: Wall;
  headers: Record<string, string>;
  /** As whoever read the reply says; left out or null, its words tell. */
  sentiment?: Sentiment | null;
  /** As the door says that took it in; left out or null, its words and headers tell. */
  kind?: ReplyKind | null;
  subject?: string | null;
  /** The message of ours that it is about, where the door has made sure of it. */
  message?: number | null;
}

export const REPLY_KINDS = [
  "human",
  "automatic",
  "out_of_office",
  "opt_out",
  /** What a mail server reports: that a mail will never arrive, that it did not this time, or that it was complained of. */
  "bounce",
  "soft_bounce",
  "complaint",
] as const;
export type ReplyKind = (typeof REPLY_KINDS)[number];

/**
 * The words that, alone, opt a contact out: those that the CTIA's messaging principles ask carriers to honour, and what
 * people write to the same end in German, French, Spanish, Italian and Dutch.
 */
const OPT_OUT_WORDS = new Set([
  "stop",
  "stopall",
  "stop all",
  "unsubscribe",
  "cancel",
  "end",
  "quit",
  "optout",
  "opt out",
  "opt-out",
  "remove me",
  "revoke",
  "abmelden",
  "abbestellen",
  "austragen",
  "désabonner",
  "désinscription",
  "me désabonner",
  "baja",
  "darme de baja",
  "cancelar suscripción",
  "cancellami",
  "disiscrivimi",
  "disiscrizione",
  "afmelden",
  "uitschrijven",
]);

export function classify(reply: Pick<InboundReply, "text" | "headers">): ReplyKind {
  const headers = inSmallLetters(reply.headers);
  if (isAutomatic(headers)) return isOutOfOffice(headers, reply.text) ? "out_of_office" : "automatic";
  return isOptOut(reply.text) ? "opt_out" : "human";
}

/** Whether a text says nothing but that its writer wants no more. */
export function isOptOut(text: string): boolean {
  return text.length <= LONGEST_OPT_OUT && OPT_OUT_WORDS.has(bare(text));
}

/** With whatever marks and spaces stand around the words. */
const LONGEST_OPT_OUT = 200;

/** How a reply was meant, told by `classify` where nobody says it; an automatic one was not. */
export function moodOf(
  { text, sentiment }: Pick<InboundReply, "text" | "sentiment">,
  kind: ReplyKind,
  classify: Classifier,
): Sentiment | null | Promise<Sentiment> {
  switch (kind) {
    case "automatic":
    case "out_of_office":
    case "bounce":
    case "soft_bounce":
    case "complaint":
      return null;
    case "opt_out":
      return "negative";
    case "human":
      return sentiment ?? classify(text);
  }
}

function bare(text: string): string {
  return text
    .trim()
    .replace(/^[\s"'“”‘’.!*]+|[\s"'“”‘’.!*]+$/g, "")
    .replace(/\s+/g, " ")
    .toLowerCase();
}

function inSmallLetters(headers: Record<string, string>): Map<string, string> {
  return new Map(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value.trim().toLowerCase()]));
}

/** RFC 3834 section 5, and the markers that mail programs set before it and beside it. */
function isAutomatic(header: ReadonlyMap<string, string>): boolean {
  const submitted = header.get("auto-submitted");
  if (submitted !== undefined && !/^no\b/.test(submitted)) return true;
  const precedence = header.get("precedence") ?? header.get("x-precedence");
  if (precedence !== undefined && /^(auto_reply|bulk|junk)\b/.test(precedence)) return true;
  return ["x-autoreply", "x-autorespond", "x-autoresponse", "x-vacation"].some((name) => {
    const value = header.get(name);
    return value !== undefined && value !== "no" && value !== "false";
  });
}

/** How a sender is named where a reply is kept without a contact. */
export function senderOf(platform: Platform, key: string): string {
  return `${platform}/${key}`;
}
