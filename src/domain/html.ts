/** Knows how a text reads as HTML, and HTML as a text. The tags of Liquid, which may stand in both, are left as they are. */

/** Whatever is begun and not ended goes on to the end, so that no text makes a search start anew again and again. */
const LIQUID = /(\{\{[\s\S]*?(?:\}\}|$)|\{%[\s\S]*?(?:%\}|$))/;
const UNSEEN = /<!--[\s\S]*?(?:-->|$)|<(style|script|head|title)\b[\s\S]*?(?:<\/\1\s*>|$)/gi;
const TAG = /<\/?[a-z!][^<>]*>/gi;
const BREAK = /^<(?:br\b|\/(?:p|div|h[1-6]|li|tr|table|ul|ol|blockquote|pre)\s*>)/i;
const ANCHOR = /^<\/?a[\s>]/i;
const HREF = /[\s"']href\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))/i;
/** What stands in for a tag of Liquid while the HTML around it is read; nothing else may bear these characters. */
const MASK = /\uE000(\d+)\uE001/g;

const NAMED: Record<string, string> = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'", nbsp: " " };
const LARGEST_CODE = 0x10ffff;

/** The text of what is written by templates: where a link leads stands behind what it says, unless it says just that. */
export function textOfHtml(html: string): string {
  const parts = html
    .replace(/[\uE000\uE001]/g, "")
    .replace(UNSEEN, "")
    .split(LIQUID);
  const masked = parts.map((part, i) => (i % 2 === 1 ? `\uE000${i}\uE001` : part)).join("");
  return tidy(plainOf(masked).replace(MASK, (_, i: string) => parts[Number(i)] ?? ""));
}

/** The text of what was rendered: what looks like a tag of Liquid in it is what somebody is called. */
export function textOfRendered(html: string): string {
  return tidy(plainOf(html.replace(UNSEEN, "")));
}

function tidy(text: string): string {
  const lines = text.split("\n").map((line) => line.trim());
  return lines
    .join("\n")
    .replace(/\n{3,}/g, "\n\n")
    .trim();
}

interface Link {
  href: string;
  /** What its text says. */
  said: string;
}

function plainOf(html: string): string {
  const source = html.replace(/\s+/g, " ");
  let text = "";
  let link: Link | null = null;
  let read = 0;
  const say = (said: string) => {
    text += said;
    if (link) link.said += said;
  };
  for (const { 0: tag, index } of source.matchAll(TAG)) {
    say(decoded(source.slice(read, index)));
    read = index + tag.length;
    if (BREAK.test(tag)) say("\n");
    if (!ANCHOR.test(tag)) continue;
    text += addressOf(link);
    link = linkOf(tag);
  }
  say(decoded(source.slice(read)));
  return text + addressOf(link);
}

/** Null for a tag that ends a link, and for one that leads nowhere outside the mail. */
function linkOf(tag: string): Link | null {
  const [, double, single, bare] = HREF.exec(tag) ?? [];
  const href = decoded(double ?? single ?? bare ?? "").trim();
  return /^(?:https?:|mailto:|\uE000)/i.test(href) ? { href: href.replace(/^mailto:/i, ""), said: "" } : null;
}

function addressOf(link: Link | null): string {
  if (link === null) return "";
  const { href, said } = link;
  const bare = (address: string) =>
    address
      .trim()
      .toLowerCase()
      .replace(/^https?:\/\//, "")
      .replace(/\/$/, "");
  if (bare(said) === bare(href)) return "";
  return said.trim() === "" ? href : ` (${href})`;
}

function decoded(text: string): string {
  return text.replace(/&(#?\w{1,8});/g, character);
}

function character(entity: string, name: string): string {
  const [, hex, decimal] = /^#(?:x([0-9a-f]+)|(\d+))$/i.exec(name) ?? [];
  if (hex === undefined && decimal === undefined) return NAMED[name] ?? entity;
  const code = hex === undefined ? Number(decimal) : Number.parseInt(hex, 16);
  return code <= LARGEST_CODE ? String.fromCodePoint(code) : entity;
}

const ESCAPED: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;" };

export function htmlOfText(text: string): string {
  const parts = text.split(LIQUID);
  return parts.map((part, i) => (i % 2 === 1 ? part : escapedHtml(part))).join("");
}

const WEB = /\b(https?:\/\/[^\s<>"]+[^\s<>".,;:!?)\]}'])/i;

/** A rendered text as HTML, what leads into the web as links. */
export function htmlOfRendered(text: string): string {
  const parts = text.split(WEB).map(escapedHtml);
  return parts.map((part, i) => (i % 2 === 1 ? `<a href="${part}">${part}</a>` : part)).join("");
}

export function escapedHtml(text: string): string {
  return text.replace(/[&<>]/g, (one) => ESCAPED[one] ?? one).replace(/\r?\n/g, "<br>\n");
}
