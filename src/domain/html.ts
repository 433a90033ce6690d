/** Knows how a text reads as HTML, and HTML as a text. The tags of Liquid, which may stand in both, are left as they are. */

/** Whatever is begun and not ended goes on to the end, so that no text makes a search start anew again and again. */
const LIQUID = /(\{\{[\s\S]*?(?:\}\}|$)|\{%[\s\S]*?(?:%\}|$))/;
const UNSEEN = /<!--[\s\S]*?(?:-->|$)|<(style|script|head|title)\b[\s\S]*?(?:<\/\1\s*>|$)/gi;
const BREAK = /<br\b[^<>]*>|<\/(?:p|div|h[1-6]|li|tr|table|ul|ol|blockquote|pre)\s*>/gi;
const TAG = /<\/?[a-z!][^<>]*>/gi;

const NAMED: Record<string, string> = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'", nbsp: " " };
const LARGEST_CODE = 0x10ffff;

export function textOfHtml(html: string): string {
  const seen = html.replace(UNSEEN, "").split(LIQUID);
  const text = seen.map((part, i) => (i % 2 === 1 ? part : plainOf(part))).join("");
  const lines = text.split("\n").map((line) => line.trim());
  return lines
    .join("\n")
    .replace(/\n{3,}/g, "\n\n")
    .trim();
}

function plainOf(html: string): string {
  return html
    .replace(/\s+/g, " ")
    .replace(BREAK, "\n")
    .replace(TAG, "")
    .replace(/&(#?\w{1,8});/g, character);
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
  return parts.map((part, i) => (i % 2 === 1 ? part : escaped(part))).join("");
}

function escaped(text: string): string {
  return text.replace(/[&<>]/g, (one) => ESCAPED[one] ?? one).replace(/\r?\n/g, "<br>\n");
}
