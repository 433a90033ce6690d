/** Knows the pages that recipients are shown: a few words and a button, nothing from anywhere else, kept by nobody. */
import { html } from "hono/html";
import type { ContentfulStatusCode } from "hono/utils/http-status";
import type { Http } from "../http";

/** The policy below tells its hash, so that no other style and no script is taken. */
const STYLE =
  "body{font:1rem/1.5 system-ui,sans-serif;max-width:32rem;margin:0 auto;padding:3rem 1.25rem}button{font:inherit;padding:.6rem 1.2rem}";
const STYLE_HASH = "sha256-St9RSThYtO0JF6nisfYeK00PH0XvRikJvM0tbDAlJU0=";

const HEADERS = {
  "cache-control": "no-store",
  "content-security-policy": `default-src 'none'; style-src '${STYLE_HASH}'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'`,
  "referrer-policy": "no-referrer",
  "x-content-type-options": "nosniff",
  "x-robots-tag": "noindex, nofollow",
};

export interface Page {
  title: string;
  lines: string[];
  /** What may be done about it. */
  button?: { words: string; to: string };
}

export function showPage(
  c: Http,
  status: ContentfulStatusCode,
  { title, lines, button }: Page,
): Response | Promise<Response> {
  const form = button && html`<form method="post" action="${button.to}"><button>${button.words}</button></form>`;
  const page = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title>
<style>${STYLE}</style>
</head>
<body>
<main>
<h1>${title}</h1>
${lines.map((line) => html`<p>${line}</p>\n`)}${form ?? ""}
</main>
</body>
</html>
`;
  return c.html(page, status, HEADERS);
}

/** Of what is not there, and of what is nobody's business: always the same. */
export function showNothing(c: Http) {
  return showPage(c, 404, {
    title: "There is nothing here",
    lines: ["The link is not complete, or no longer in use."],
  });
}

/** What was asked for was not done, and can be asked for again. */
export function showOutage(c: Http) {
  c.header("retry-after", "5");
  return showPage(c, 503, { title: "Something went wrong on our side", lines: ["Try again in a moment."] });
}
