/** Knows how the links of a mail come to lead by us, and how a mail tells that it was opened. */
import { clickUrl, linkText, pixelUrl, targetOf } from "../../domain/link";
import type { Mail } from "../../domain/mail";
import { warn } from "../../log";
import { sealOf } from "../../seal";

interface Ours {
  token: string;
  secret: string;
  publicUrl: string;
}

/**
 * The HTML with what its sequence tracks. The platform's own parser finds the links, so that what stands in comments,
 * styles and scripts stays as it is; of all else only the blanks between the attributes of a link that is changed may
 * change. The same mail always comes out the same, and one that the parser gives up comes out as it came.
 */
export async function tracked(
  html: string,
  { token, tracks }: Mail,
  { secret, publicUrl }: { secret: string; publicUrl: string | null },
): Promise<string> {
  if (publicUrl === null || (!tracks.opens && !tracks.clicks)) return html;
  const rewriter = new HTMLRewriter();
  if (tracks.clicks) rewriter.on("a[href], area[href]", links({ token, secret, publicUrl }));
  if (tracks.opens) addPixel(rewriter, pixelUrl(publicUrl, token));
  try {
    return await rewriter.transform(new Response(html)).text();
  } catch (error) {
    warn("a mail is sent untracked", { error });
    return html;
  }
}

/** The same URL is the same link, however often and in whatever spelling the mail has it. */
function links({ token, secret, publicUrl }: Ours): HTMLRewriterElementContentHandlers {
  const ordinals = new Map<string, number>();
  return {
    async element(element) {
      const url = targetOf(element.getAttribute("href") ?? "");
      if (url === null || isOurs(url, publicUrl) || isExempt(element)) return;
      const n = ordinals.get(url) ?? ordinals.size + 1;
      ordinals.set(url, n);
      const seal = await sealOf(secret, linkText(token, { n, url }));
      // The parser takes the text of an attribute, not its value; there is no ampersand in ours.
      element.setAttribute("href", clickUrl(publicUrl, token, { n, url, seal }));
    },
  };
}

/** Unsubscribing is not to be counted on the way, nor what leads by us already. */
function isOurs(url: string, publicUrl: string): boolean {
  return url.startsWith(`${new URL(publicUrl).href.replace(/\/$/, "")}/t/`);
}

/** As mails written for other services mark the links that are to be left alone. */
function isExempt(element: Element): boolean {
  const says = (name: string) => element.getAttribute(name)?.trim().toLowerCase();
  return says("data-track") === "false" || says("clicktracking") === "off";
}

/** At the end of the body; where that end is left out, at the end of all. */
function addPixel(rewriter: HTMLRewriter, url: string): void {
  // One that is not displayed is not fetched either, by some programs.
  const image = `<img src="${url}" width="1" height="1" alt="" style="border:0">`;
  let added = false;
  const add = (place: (content: string, options: { html: true }) => unknown) => {
    if (!added) place(image, { html: true });
    added = true;
  };
  rewriter.on("body", {
    element: (body) => body.onEndTag((end) => add((content, options) => end.before(content, options))),
  });
  rewriter.onDocument({ end: (end) => add((content, options) => end.append(content, options)) });
}
