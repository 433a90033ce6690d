/** Knows what fits on one line, and how what people write is made to fit: there, or in a text of many. */

/** Control characters, and the separators of lines and paragraphs: none of them may end a line. */
const BREAKS = /[\p{Cc}\s\u2028\u2029]+/gu;
/** They turn round whatever follows them, up to the end of the line, as in a name that would show another's address. */
const TURNS = /[\u202a-\u202e\u2066-\u2069]/g;
/** Nothing shows them, and mails may not hold them (RFC 5321, section 4.5.2; RFC 5322, section 2.2). */
const UNSEEN = /[^\P{Cc}\t\n\r]/gu;

/** What is not blank and has no control characters, as a pattern for documents. */
export const ONE_LINE = String.raw`^(?=.*\S)[^\u0000-\u001f\u007f]*$`;

export function isOneLine(text: string): boolean {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is refused
  return !/[\u0000-\u001f\u007f]/.test(text);
}

/** One line of at most so many characters. */
export function oneLine(text: string, most = Infinity): string {
  const line = text.toWellFormed().replace(TURNS, "").replace(BREAKS, " ").trim();
  // Most texts are shorter by far; to tell characters apart takes many times as long as to count units.
  return line.length <= most ? line : [...line.slice(0, 2 * most)].slice(0, most).join("").trimEnd();
}

/** With a large letter in front. */
export function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** A text of any number of lines. */
export function printable(text: string): string {
  return text.toWellFormed().replace(UNSEEN, "");
}
