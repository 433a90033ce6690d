/** Knows how a mail that came in is to be taken: as somebody's answer, or as what a server reports of a mail of ours. */
import { reportOf } from "./bounce";
import { textOfHtml } from "./html";
import { addressIn, type Incoming, type Recipient } from "./incoming";
import { plain } from "./outofoffice";
import { ownText, withoutQuotes } from "./quote";
import { isOptOut, type ReplyKind } from "./reply";

export interface Inbound {
  /** Null where its words and headers tell. */
  kind: ReplyKind | null;
  /** Whom it is about: its author, or of a report him whom the mail was for. */
  from: string;
  subject: string | null;
  /** What its author has written himself; of a report, the reason that it gives. */
  text: string;
  headers: Record<string, string>;
  /** Whether a server speaks of somebody, and not he himself. */
  reports: boolean;
}

/** What is kept of an answer. */
const MOST_TEXT = 20_000;
const MOST_SUBJECT = 500;
/** The headers by which a reply tells what it is. */
const TELLING = [
  "auto-submitted",
  "precedence",
  "x-precedence",
  "x-autoreply",
  "x-autorespond",
  "x-autoresponse",
  "x-auto-response-suppress",
  "x-vacation",
  "subject",
];

export interface Naming {
  /** The address of ours that it came to, if its token is right. */
  recipient: Recipient | null;
  /** Whether it names a message of ours in any way that can be made sure of. */
  named: boolean;
}

/** Null of what changes nothing, such as a server's word that it is still trying. */
export function inboundOf(mail: Incoming, naming: Naming): Inbound | null {
  const report = reportOf(mail);
  const subject = mail.subject.slice(0, MOST_SUBJECT) || null;
  const headers = tellingOf(mail, naming.named);
  if (report === null) return { ...writtenBy(mail, naming.recipient), subject, headers, reports: false };
  switch (report.what) {
    case "nothing":
      return null;
    case "complaint":
      return { kind: "complaint", from: report.recipient ?? mail.from, subject, text: "", headers, reports: true };
    case "bounce": {
      const kind = report.hard ? "bounce" : "soft_bounce";
      return { kind, from: report.recipient ?? mail.from, subject, text: report.reason, headers, reports: true };
    }
  }
}

function writtenBy(mail: Incoming, recipient: Recipient | null): Pick<Inbound, "kind" | "from" | "text"> {
  const text = wordsOf(mail);
  return { kind: kindOf(mail, recipient, text), from: mail.from, text };
}

function kindOf(mail: Incoming, recipient: Recipient | null, text: string): ReplyKind | null {
  // Whoever writes there asks for nothing else, and programs do it for him.
  if (recipient?.purpose === "unsubscribe") return "opt_out";
  if (text === "" && isOptOut(mail.subject)) return "opt_out";
  // An answer to an invitation is a click: it has no words, or its program's own.
  if (mail.parts.some(({ type }) => type === "text/calendar")) return "automatic";
  return null;
}

/** What its author has written himself: of the text, or where there is none, of the HTML. */
export function wordsOf({ text, html }: Pick<Incoming, "text" | "html">): string {
  const written = text?.trim() ? text : textOfHtml(withoutQuotes(html ?? ""));
  return ownText(written).slice(0, MOST_TEXT);
}

const LONGEST_HEADER = 500;

/** A mail that nobody must answer is no person's, whatever else it says; nor is a list's, unless it answers ours. */
function tellingOf(mail: Incoming, named: boolean): Record<string, string> {
  const told = TELLING.flatMap((name) => {
    const value = name === "subject" ? mail.subject : mail.headers.get(name);
    return value ? [[name, value.slice(0, LONGEST_HEADER)] as const] : [];
  });
  const headers = Object.fromEntries(told);
  const unanswerable = addressIn(mail.returnPath) === null || ANNOUNCED.test(plain(mail.subject));
  if ("auto-submitted" in headers || !(unanswerable || (!named && isListed(mail)))) return headers;
  return { ...headers, "auto-submitted": "auto-replied" };
}

function isListed({ headers }: Incoming): boolean {
  return headers.has("list-id") || headers.has("list-unsubscribe");
}

/** What the programs that answer of themselves set before a subject. */
const ANNOUNCED =
  /^(?:automatic reply|auto(?:matic)?[ -]?(?:reply|response)|out[ -]of[ -](?:the )?office|automatische antwort|abwesenheitsnotiz|reponse automatique|respuesta automatica|risposta automatica|automatisch antwoord|resposta automatica)\b.{0,3}:/;
