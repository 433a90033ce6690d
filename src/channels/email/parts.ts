/** Knows the parts of a mail: its text, and its HTML where it has any. */
import { escapedHtml, htmlOfRendered, textOfRendered } from "../../domain/html";
import type { Mail } from "../../domain/mail";
import type { Content } from "../../domain/message";
import type { Surroundings } from "../channel";
import { tracked } from "./links";

export interface Parts {
  text: string;
  /** Null: the mail is a plain text. */
  html: string | null;
}

/** A text that is tracked has HTML as well, for nothing else tells of what becomes of it; the text itself is left alone. */
export async function partsOf(
  { body, format, preheader }: Content,
  mail: Mail,
  surroundings: Surroundings,
): Promise<Parts> {
  if (format === "text") {
    const follows = surroundings.publicUrl !== null && (mail.tracks.opens || mail.tracks.clicks);
    return { text: body, html: follows ? await tracked(htmlOfRendered(body), mail, surroundings) : null };
  }
  const html = await tracked(body, mail, surroundings);
  return { text: textOfRendered(body), html: preheader === undefined ? html : withPreheader(html, preheader) };
}

/** Lists of mails show what comes first in it; nothing of it is seen in the mail itself. */
function withPreheader(html: string, preheader: string): string {
  const style = "display:none;max-height:0;overflow:hidden;mso-hide:all";
  const hidden = `<div style="${style}">${escapedHtml(preheader)}${"&#847;&zwnj;&nbsp;".repeat(40)}</div>`;
  const opened = /<body\b[^<>]*>/i.exec(html) ?? /<\/head\s*>/i.exec(html);
  const at = opened === null ? 0 : opened.index + opened[0].length;
  return html.slice(0, at) + hidden + html.slice(at);
}
