/** Knows how a mail is shown as it looked without doing anything: nothing of it runs, loads, leads anywhere or is counted. */
import { escapedHtml, textOfRendered } from "../../domain/html";
import { warn } from "../../log";

/** The policy is what keeps it from doing anything; what is taken out below would only be complained about, or lead nowhere. */
export const HEADERS = {
  "content-security-policy":
    "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:; form-action 'none'; base-uri 'none'; frame-ancestors 'self'",
  "x-frame-options": "SAMEORIGIN",
  "referrer-policy": "no-referrer",
};

/** Mails are written for white paper; what stands in for a picture has its words, and a link shows where it led. */
const STYLE = `:root{color-scheme:light;background:#fff;color:#111;font:16px/1.5 system-ui,sans-serif;overflow-wrap:anywhere}
body{margin:1rem}img:not([src]){border:1px dashed #999;color:#555;font-size:12px}a[title]{color:#06c;text-decoration:underline;cursor:help}`;

/** What would run, load or lead away, and has nothing to be read in it. */
const GONE = "script, noscript, iframe, frame, object, embed, applet, base, link, meta, audio, video, source, svg";
/** Where things are loaded from, on whatever they stand. */
const LOADING = ["srcset", "background", "poster", "ping", "formaction", "action", "xlink:href"];
/** Of a style, whatever is not in the mail itself. */
const FROM_ELSEWHERE = /url\((?!\s{0,9}["']?data:)[^()]*\)?|@import[^;]*;?/gi;

export async function inert(html: string, stopUrl: string | null): Promise<string> {
  return documentOf(await disarmed(html, stopUrl).catch((error: unknown) => asText(html, error)));
}

function documentOf(body: string): string {
  return `<!doctype html><html lang="und"><head><meta charset="utf-8"><title>The message</title><style>${STYLE}</style></head>${body}`;
}

/** One that the parser gives up is read rather than looked at. */
function asText(html: string, error: unknown): string {
  warn("a mail is shown as text", { error });
  return `<body>${escapedHtml(textOfRendered(html))}</body>`;
}

function disarmed(html: string, stopUrl: string | null): Promise<string> {
  const rewriter = new HTMLRewriter()
    .on("a, area", { element: (link) => unlink(link, stopUrl) })
    .on("img", { element: (picture) => blank(picture) })
    .on("*", { element: (element) => disarm(element) })
    .on("style", restyled())
    .on(GONE, { element: (element) => void element.remove() });
  return rewriter.transform(new Response(html)).text();
}

function unlink(link: Element, stopUrl: string | null): void {
  const to = link.getAttribute("href");
  link.removeAttribute("href");
  // Whoever looks here is not its recipient, whose alone that link is.
  if (to !== null) link.setAttribute("title", isOwn(to, stopUrl) ? "The recipient's own link to unsubscribe" : to);
}

/** In whatever way an attribute spells it. */
function isOwn(to: string, stopUrl: string | null): boolean {
  return stopUrl !== null && to.replaceAll("&amp;", "&").trim() === stopUrl;
}

/** A picture that is in the mail itself stays. */
function blank(picture: Element): void {
  const from = picture.getAttribute("src");
  if (from === null || /^\s*data:image\//i.test(from)) return;
  picture.removeAttribute("src");
  if (!picture.getAttribute("alt")) picture.setAttribute("alt", "");
}

function disarm(element: Element): void {
  for (const [name = ""] of [...element.attributes]) {
    if (name.startsWith("on") || LOADING.includes(name)) element.removeAttribute(name);
  }
  const style = element.getAttribute("style");
  if (style !== null && style.search(FROM_ELSEWHERE) >= 0) {
    element.setAttribute("style", style.replace(FROM_ELSEWHERE, "none"));
  }
}

/** The text of a style comes in pieces, and is looked at as one. */
function restyled(): HTMLRewriterElementContentHandlers {
  let sheet = "";
  return {
    text(piece) {
      sheet += piece.text;
      if (!piece.lastInTextNode) return void piece.remove();
      piece.replace(sheet.replace(FROM_ELSEWHERE, "none"), { html: true });
      sheet = "";
    },
  };
}
