/** Knows how a browser stays signed in: the cookies, and who stands behind a request. */
import { deleteCookie, getCookie, setCookie } from "hono/cookie";
import type { Http } from "../../dialects/http";
import type { KeyHolder } from "../../engine/keys";
import { formToken, holderOfSession, isFormToken, SESSION } from "../../engine/sessions";

const SIGNED_IN = "dripline_session";
const SAID = "dripline_said";

/** Over TLS a cookie is this host's alone: no neighbour under the same domain can plant one (RFC 6265bis, `__Host-`). */
function isSecure(c: Http): boolean {
  return c.var.doors.production || new URL(c.req.url).protocol === "https:";
}

/** Links from elsewhere lead in, forms from elsewhere do not. */
function attributes(c: Http) {
  const everywhere = { path: "/", httpOnly: true, sameSite: "Lax" } as const;
  return isSecure(c) ? ({ ...everywhere, secure: true, prefix: "host" } as const) : everywhere;
}

function cookieOf(c: Http, name: string): string | undefined {
  return isSecure(c) ? getCookie(c, name, "host") : getCookie(c, name);
}

export function keepSession(c: Http, session: string): void {
  setCookie(c, SIGNED_IN, session, { ...attributes(c), maxAge: SESSION / 1000 });
}

export function dropSession(c: Http): void {
  deleteCookie(c, SIGNED_IN, attributes(c));
}

export interface Session {
  caller: KeyHolder;
  /** Stands in each of its forms. */
  token: string;
}

/** Null where nobody is signed in, or no longer. */
export async function sessionOf(c: Http): Promise<Session | null> {
  const { doors } = c.var;
  const session = cookieOf(c, SIGNED_IN);
  const caller = session === undefined ? null : await holderOfSession(doors, session);
  if (session === undefined || caller === null) return null;
  return { caller, token: await formToken(doors.secret, session) };
}

/**
 * Whether a form came from a page of this session: by its token, and by what the browser says of where it came from, which
 * pages of others cannot have it leave out.
 */
export async function isOwnForm(c: Http, token: string): Promise<boolean> {
  return isFromHere(c) && isFormToken(c.var.doors.secret, cookieOf(c, SIGNED_IN) ?? "", token);
}

/** Whether the browser says that a request came from this very site, or says nothing. */
export function isFromHere(c: Http): boolean {
  const [site, origin] = [c.req.header("sec-fetch-site"), c.req.header("origin")];
  if (site !== undefined) return site === "same-origin" || site === "none";
  return origin === undefined || (URL.canParse(origin) && new URL(origin).host === new URL(c.req.url).host);
}

/** A word on what was done, for the next page that is shown. */
export interface Said {
  kind: "done" | "refused";
  text: string;
}

/** A browser keeps 4,096 bytes, of which a character takes up to twelve. */
const LONGEST_SAID = 300;

export function say(c: Http, { kind, text }: Said): void {
  setCookie(c, SAID, `${kind} ${[...text.toWellFormed()].slice(0, LONGEST_SAID).join("")}`, {
    ...attributes(c),
    maxAge: 60,
  });
}

/** What was said last, once. */
export function takeSaid(c: Http): Said | null {
  const said = cookieOf(c, SAID);
  if (said === undefined) return null;
  deleteCookie(c, SAID, attributes(c));
  const [, kind, text] = /^(done|refused) (.*)$/s.exec(said) ?? [];
  return kind === undefined || text === undefined ? null : { kind: kind === "done" ? "done" : "refused", text };
}
