/** Knows what of a text may stand in a log: no address, no secret, nothing that somebody wrote. */

const LONGEST = 500;

const BLANKS: [RegExp, string][] = [
  // What a parser chokes on, it quotes.
  [/"[\s\S]*"(?=(?:\.\.\.)? is not valid JSON)/, '"…"'],
  // The path and the query of an address may be as good as a password.
  [/\b([a-z][a-z0-9+.-]*:\/\/)(?:[^\s/@]*@)?([^\s/?#"'<>]+)[^\s"'<>]*/gi, "$1$2/…"],
  [/[^\s<>"'(),;:=]+@[^\s<>"'(),;]+/g, "<address>"],
  [/\b(Bearer|Basic)\s+\S+/gi, "$1 …"],
  [/\b(drip_|vb_live_|whsec_|v1,|re_)[\w+/=-]+/g, "$1…"],
  // Telephone numbers, however they are written; ids and times have no plus sign.
  [/\+\d[\d\s().-]{6,}\d/g, "<number>"],
];

export function blanked(text: string): string {
  const clean = BLANKS.reduce((left, [what, blank]) => left.replace(what, blank), text.slice(0, 4 * LONGEST));
  return clean.length > LONGEST ? `${clean.slice(0, LONGEST)}…` : clean;
}
