/** Knows the links of a mail: where one leads, what is sealed of it, and how it is spelled on its way through us. */

export interface Link {
  /** Its place among the different URLs of its mail, from 1. */
  n: number;
  url: string;
}

/** What is sealed: a link leads only where the mail of that token pointed. */
export function linkText(token: string, { n, url }: Link): string {
  return `link/${token}/${n}/${url}`;
}

export function clickUrl(publicUrl: string, token: string, { n, url, seal }: Link & { seal: string }): string {
  return `${publicUrl}/t/c/${token}/${n}.${seal}?u=${encodeURIComponent(url)}`;
}

export function pixelUrl(publicUrl: string, token: string): string {
  return `${publicUrl}/t/o/${token}.gif`;
}

const PLACE = /^(\d{1,6})\.([0-9a-f]{24})$/i;

/** The ordinal and the seal; null where it is neither. */
export function readPlace(text: string): { n: number; seal: string } | null {
  const [, n, seal] = PLACE.exec(text) ?? [];
  return n === undefined || seal === undefined ? null : { n: Number(n), seal: seal.toLowerCase() };
}

/** What stands in the way of mails cuts longer ones off, and then the seal would be missing its end. */
const MOST_URL = 2000;

/** Where the `href` of a mail leads, as a browser would ask for it; null where it does not lead into the web. */
export function targetOf(href: string): string | null {
  const decoded = decodedAttribute(href)?.trim() ?? "";
  if (!/^https?:[/\\]{2}/i.test(decoded) || /\{\{|\{%/.test(decoded) || !URL.canParse(decoded)) return null;
  const { href: url } = new URL(decoded);
  return url.length > MOST_URL ? null : url;
}

/** The URL, if it leads into the web and nowhere else. */
export function isWeb(url: string): boolean {
  return URL.canParse(url) && /^https?:$/.test(new URL(url).protocol);
}

const NAMED = new Map([
  ["amp", "&"],
  ["lt", "<"],
  ["gt", ">"],
  ["quot", '"'],
]);

/** The value that an attribute's text stands for; null where it would take the table of all entities to tell. */
function decodedAttribute(text: string): string | null {
  let known = true;
  const decoded = text.replace(/&(?:#(?:x([0-9a-f]+)|(\d+));?|([a-z][a-z0-9]*)([;=]?))/gi, (...found) => {
    const [entity, hex, decimal, name, end]: (string | undefined)[] = found;
    // As the standard has it, so that `?a=1&copy=2` stays what it is.
    if (end === "=") return entity ?? "";
    const character = name === undefined ? characterOf(hex, decimal) : NAMED.get(name);
    known = known && character !== undefined;
    return character ?? "";
  });
  return known ? decoded : null;
}

/** Of the codes that mean what they say; those of control characters and of halves of characters do not. */
function characterOf(hex: string | undefined, decimal: string | undefined): string | undefined {
  const code = hex === undefined ? Number(decimal) : Number.parseInt(hex, 16);
  const isPlain =
    (code >= 0x20 && code < 0x7f) || (code > 0x9f && code < 0xd800) || (code > 0xdfff && code <= 0x10ffff);
  return isPlain ? String.fromCodePoint(code) : undefined;
}
