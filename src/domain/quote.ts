/** Knows what somebody has written himself in a mail, apart from what he answers, and from what his program signs it with. */

/** Longer mails are read no further: nobody writes that much, and what quotes does. */
const MOST_READ = 200_000;
/** Of a line, what the patterns are tried on. */
const LONGEST_LINE = 400;
/** Lines that programs break an attribution into. */
const MOST_WRAPPED = 4;

const WROTE =
  "(?:wrote|schrieb|a \u00e9crit|escribi\u00f3|ha scritto|schreef(?: het volgende)?|geschreven|escreveu|skrev)(?![a-z])";

/** "On Monday, Ada wrote:"; each language has the verb somewhere behind the beginning, or between name and date. */
const ATTRIBUTION = new RegExp(
  [
    `^(?:on|am|le|el|il|op|em|den|in data|mon|tue|wed|thu|fri|sat|sun)\\b.{4,}\\b${WROTE}.{0,120}:$`,
    `^[^<>]{2,}<[^<>\\s]{3,}>.{0,60}\\b${WROTE}.{0,60}:$`,
    `^[^:]{2,80} ${WROTE} ?(?:on|am|le|el|il|op|em)\\b.{4,80}:$`,
    "^\\d{4}[-/.]\\d{1,2}[-/.]\\d{1,2}[^<>]{0,60}<[^<>\\s]{3,}>:$",
  ].join("|"),
  "i",
);
/** It tells when, or by which address; what somebody says of his own writing seldom does. */
const DATED = /[\d@]/;

/** What a program sets between an answer and the mail that it answers or forwards. */
const DIVIDER =
  /^[-_* ]{2,}\s*(?:original message|original appointment|urspr\u00fcngliche nachricht|message d['\u2019]origine|message original|mensaje original|messaggio originale|oorspronkelijk bericht|mensagem original|forwarded message|weitergeleitete nachricht|message transf\u00e9r\u00e9|mensaje reenviado|messaggio inoltrato|doorgestuurd bericht|mensagem encaminhada|reply message)\s*[-_* ]*$|^(?:begin forwarded message|anfang der weitergeleiteten nachricht|d\u00e9but du message r\u00e9exp\u00e9di\u00e9|inicio del mensaje reenviado|inizio messaggio inoltrato|begin doorgestuurd bericht)\s*:$/i;

/** The lines that Outlook puts above what is answered: who, when, to whom, about what. */
const FROM = /^\*?(?:from|von|de|da|van|expéditeur|remitente|mittente)\s?:\*?\s*\S/i;
const BESIDE =
  /^\*?(?:sent|date|to|cc|subject|gesendet|datum|an|betreff|envoyé|à|objet|enviado(?: el)?|fecha|para|asunto|inviato|data|a|oggetto|verzonden|aan|onderwerp|enviada|assunto)\s?:\*?/i;

const RULE = /^_{10,}$/;

/** What a program signs with where nobody has told it otherwise. */
const SENT_FROM =
  /^(?:sent (?:from|with|via) .{1,60}|get outlook for .{0,60}|von meinem .{1,40} gesendet|gesendet (?:von|mit|\u00fcber) .{1,60}|diese nachricht wurde von .{1,40} gesendet.{0,20}|envoy\u00e9 (?:de|depuis|avec|\u00e0 partir) .{1,60}|t\u00e9l\u00e9charger outlook pour .{0,60}|enviado (?:desde|con|do|a partir) .{1,60}|obtener outlook para .{0,60}|inviato da .{1,60}|scarica outlook per .{0,60}|verstuurd vanaf .{1,60}|verzonden (?:vanaf|met) .{1,60})$/i;

const SIGNATURE = /^--\s?$/;

/** What is left of a mail when what it quotes, and how it is signed by itself, are taken away. */
export function ownText(text: string): string {
  const lines = text
    .slice(0, MOST_READ)
    .replace(/\r\n?/g, "\n")
    .replace(/[\u200b\u200e\u200f\ufeff]/g, "")
    .replaceAll("\u00a0", " ")
    .split("\n");
  const own: string[] = [];
  for (let i = 0; i < lines.length; ) {
    const next = passOver(lines, i);
    if (next === "end") break;
    if (next === i) own.push(lines[i] ?? "");
    i = next === i ? i + 1 : next;
  }
  return signedOff(own)
    .map((line) => line.trimEnd())
    .join("\n")
    .replace(/\n{3,}/g, "\n\n")
    .trim();
}

/** Where to read on after a line: at itself, where he wrote it; behind what is quoted there; or nowhere. */
function passOver(lines: readonly string[], i: number): number | "end" {
  const line = lineAt(lines, i);
  if (isQuoted(line)) return i + 1;
  if (DIVIDER.test(line) || RULE.test(line) || isHeaderBlock(lines, i)) return "end";
  const after = behindAttribution(lines, i);
  if (after === null) return i;
  const quote = firstWritten(lines, after);
  // Who quotes by a mark may write below it; of others, all that follows is the mail that they answer.
  return quote < lines.length && isQuoted(lineAt(lines, quote)) ? quote : "end";
}

function lineAt(lines: readonly string[], i: number): string {
  return (lines[i] ?? "").slice(0, LONGEST_LINE).trim();
}

function isQuoted(line: string): boolean {
  return line.startsWith(">") || line.startsWith("|>");
}

function firstWritten(lines: readonly string[], from: number): number {
  let i = from;
  while (i < lines.length && lineAt(lines, i) === "") i++;
  return i;
}

/** The line after an attribution that begins at this one; null where none does. */
function behindAttribution(lines: readonly string[], i: number): number | null {
  let joined = "";
  for (let n = 0; n < MOST_WRAPPED; n++) {
    const line = lineAt(lines, i + n);
    if (line === "" || isQuoted(line)) return null;
    joined = `${joined} ${line}`.trim();
    if (line.endsWith(":")) return isAttribution(joined) ? i + n + 1 : null;
  }
  return null;
}

function isAttribution(joined: string): boolean {
  return joined.length <= LONGEST_LINE && DATED.test(joined) && ATTRIBUTION.test(joined);
}

/** A line that says from whom, with two more of the kind right behind it. */
function isHeaderBlock(lines: readonly string[], i: number): boolean {
  if (!FROM.test(lineAt(lines, i))) return false;
  const next = [1, 2, 3, 4, 5, 6, 7].map((n) => lineAt(lines, i + n));
  return next.filter((line) => BESIDE.test(line)).length >= 2;
}

/** Without a signature behind its mark, and without what his program says of itself at the end. */
function signedOff(own: readonly string[]): string[] {
  const mark = own.findIndex((line) => SIGNATURE.test(line.trimStart()));
  const signed = mark === -1 ? [...own] : own.slice(0, mark);
  const isOver = (line: string) => line === "" || SENT_FROM.test(line.slice(0, LONGEST_LINE));
  while (signed.length > 0 && isOver(signed.at(-1)?.trim() ?? "")) signed.pop();
  return signed;
}

const TAG = /<(\/?)blockquote\b[^<>]*>/gi;
const BLOCK = /<(?:div|hr|table)\b([^<>]*)>/gi;
/** How programs that mark it in no other way begin the mail that is answered. */
const ANSWERED =
  /\bid=["']?(?:x_)*(?:appendonsend|divRplyFwdMsg|reply-intro|mail-editor-reference-message-container|OLK_SRC_BODY_SECTION)\b|\bclass=["']?(?:[\w-]+ ){0,5}(?:yahoo_quoted|gmx_quote|zmail_extra)\b|border:\s?none;\s?border-top:\s?solid #(?:E1E1E1|B5C4DF)/i;
/** Of a tag, what that is looked for in. */
const LONGEST_TAG = 400;

/** Stands where something quoted was taken out, so that what is written below it is not taken for a part of that. */
const QUOTED_HERE = "<br>&gt;<br>";

/** HTML without what it quotes, as far as its program marks that. */
export function withoutQuotes(html: string): string {
  const read = html.slice(0, MOST_READ);
  let own = "";
  let depth = 0;
  let from = 0;
  for (const tag of read.matchAll(TAG)) {
    const opens = tag[1] === "";
    if (depth === 0) own += read.slice(from, tag.index) + (opens ? QUOTED_HERE : "");
    depth = opens ? depth + 1 : Math.max(depth - 1, 0);
    from = tag.index + tag[0].length;
  }
  const all = depth === 0 ? own + read.slice(from) : own;
  for (const block of all.matchAll(BLOCK)) {
    if (ANSWERED.test((block[1] ?? "").slice(0, LONGEST_TAG))) return all.slice(0, block.index);
  }
  return all;
}
