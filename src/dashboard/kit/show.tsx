/** Knows how a page is sent: with what stands around it, and with what browsers must heed. */
import { html } from "hono/html";
import type { Child } from "hono/jsx";
import type { ContentfulStatusCode } from "hono/utils/http-status";
import type { Http } from "../../dialects/http";
import { type Refusal, STATUS } from "../../dialects/v1/errors";
import { type Said, type Session, say, takeSaid } from "./session";
import { type Section, Shell } from "./shell";

export interface Page {
  title: string;
  body: Child;
  section?: Section;
  status?: ContentfulStatusCode;
  /** Scripts of its own, by their names in `assets`. */
  scripts?: string[];
}

/** Everything comes from here, and nothing runs but what was served as a script. */
const POLICY = [
  "default-src 'none'",
  ...["style-src", "script-src", "connect-src", "form-action", "frame-src"].map((what) => `${what} 'self'`),
  ...["img-src 'self' data:", "base-uri 'none'", "frame-ancestors 'none'"],
].join("; ");

export function showPage(c: Http, session: Session | null, { title, body, section, status = 200, scripts = [] }: Page) {
  const said = isLive(c) ? null : takeSaid(c);
  c.header("content-security-policy", POLICY);
  // Forms tell this site, and nobody else, which page they were sent from.
  c.header("referrer-policy", "same-origin");
  const shell = (
    <Shell
      title={title}
      section={section ?? null}
      session={session}
      said={said}
      scripts={scripts}
      now={c.var.doors.now}
    >
      {body}
    </Shell>
  );
  return c.html(html`<!doctype html>${shell}`, status);
}

/** Whether a page asks for itself again, to see what has changed. */
export function isLive(c: Http): boolean {
  return markSeen(c) !== undefined;
}

/** The mark that stood in the page (`data-mark`) which asks for itself again: of one that bears it still, little need be sent. */
export function markSeen(c: Http): string | undefined {
  return c.req.header("x-dripline-live");
}

export function showRefusal(c: Http, session: Session | null, { code, message }: Refusal) {
  const title = TITLES[code] ?? "That could not be done";
  const body = (
    <section class="lost">
      <h1>{title}</h1>
      <p>{message}</p>
      <p>
        <a href="/">To the sequences</a>
      </p>
    </section>
  );
  return showPage(c, session, { title, body, status: STATUS[code] });
}

const TITLES: Partial<Record<Refusal["code"], string>> = {
  NOT_FOUND: "There is nothing here",
  AUTHORIZATION_ERROR: "You may not do this",
  PLAN_UPGRADE_REQUIRED: "Your plan does not include this",
  RATE_LIMITED: "A little slower, please",
  SERVICE_UNAVAILABLE: "Something went wrong on our side",
};

export function leadOn(c: Http, to: string, said?: Said | "" | undefined): Response {
  if (said) say(c, said);
  return c.redirect(to, 303);
}

/** A path of this site and no other, whatever was asked for. */
export function localPath(text: string | undefined): string {
  return text !== undefined && /^\/(?![/\\])[!-[\]-~]*$/.test(text) ? text : "/";
}
