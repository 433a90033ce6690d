/** Knows the parts of a mail: its text, and its HTML where it has any. */
import { htmlOfText, textOfHtml } from "../../domain/html";
import type { Mail } from "../../domain/mail";
import type { Content } from "../../domain/message";

export interface Parts {
  text: string;
  /** Null: the mail is a plain text. */
  html: string | null;
}

/** A part that is made of the other says the same: who reads no HTML misses no link. */
export function partsOf({ body, format, preheader }: Content, _mail: Mail): Parts {
  if (format === "text") return { text: body, html: null };
  return { text: textOfHtml(body), html: preheader === undefined ? body : withPreheader(body, preheader) };
}

/** Lists of mails show what comes first in it; nothing of it is seen in the mail itself. */
function withPreheader(html: string, preheader: string): string {
  const style = "display:none;max-height:0;overflow:hidden;mso-hide:all";
  const hidden = `<div style="${style}">${htmlOfText(preheader)}${"&#847;&zwnj;&nbsp;".repeat(40)}</div>`;
  const opened = /<body\b[^<>]*>/i.exec(html) ?? /<\/head\s*>/i.exec(html);
  const at = opened === null ? 0 : opened.index + opened[0].length;
  return html.slice(0, at) + hidden + html.slice(at);
}
