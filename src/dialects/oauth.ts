/** Knows how clients trade their secret, or a refresh token, for tokens: RFC 6749, sections 4.4, 5 and 6. */
import { Hono } from "hono";
import * as z from "zod";
import type { Result } from "../domain/failure";
import { type Denial, type Granted, grant, refresh } from "../engine/tokens";
import { report } from "../log";
import { type Front, type Http, isOutage, rawBodyOf } from "./http";

type Code = Denial["kind"] | "invalid_request" | "unsupported_grant_type" | "temporarily_unavailable" | "server_error";

const STATUS = {
  invalid_request: 400,
  invalid_client: 401,
  invalid_grant: 400,
  unsupported_grant_type: 400,
  server_error: 500,
  temporarily_unavailable: 503,
} as const satisfies Record<Code, number>;

function refuse(c: Http, error: Code, error_description: string): Response {
  unstored(c);
  if (error === "invalid_client") c.header("www-authenticate", 'Basic realm="dripline"');
  if (error === "temporarily_unavailable") c.header("retry-after", "1");
  return c.json({ error, error_description }, STATUS[error]);
}

/** Nothing on the way keeps what is said here. */
function unstored(c: Http): void {
  c.header("cache-control", "no-store");
  c.header("pragma", "no-cache");
}

const LONGEST = 512;
const text = z.string().min(1).max(LONGEST).optional();
/** What else a client sends, as a scope or a redirect, changes nothing: tokens have the scopes of the key. */
const Asked = z.object({ grant_type: text, client_id: text, client_secret: text, refresh_token: text });
type Asked = z.output<typeof Asked>;

type Read<T> = { ok: true; value: T } | { ok: false; fault: string };

export const oauth = new Hono<Front>();

oauth.post("/token", async (c) => {
  const asked = await askedOf(c);
  if (!asked.ok) return refuse(c, "invalid_request", asked.fault);
  const secret = secretOf(c, asked.value);
  if (!secret.ok) return refuse(c, secret.code, secret.fault);
  const { grant_type: type, refresh_token: refreshToken } = asked.value;
  switch (type) {
    case undefined:
      return refuse(c, "invalid_request", "grant_type is missing");
    case "client_credentials":
      if (secret.value === undefined) return refuse(c, "invalid_client", DENIED.invalid_client);
      return answer(c, await grant(c.var.doors, { secret: secret.value }));
    case "refresh_token":
      if (refreshToken === undefined) return refuse(c, "invalid_request", "refresh_token is missing");
      return answer(c, await refresh(c.var.doors, { refreshToken, secret: secret.value }));
    default:
      return refuse(c, "unsupported_grant_type", "grant_type is neither client_credentials nor refresh_token");
  }
});

oauth.all("/token", (c) => {
  c.header("allow", "POST");
  unstored(c);
  return c.json({ error: "invalid_request", error_description: "Tokens are asked for by POST" }, 405);
});

oauth.onError((error, c) => {
  report("a request failed", { error });
  return isOutage(error)
    ? refuse(c, "temporarily_unavailable", "Try again in a moment")
    : refuse(c, "server_error", "Something went wrong on our side");
});

const DENIED: Record<Denial["kind"], string> = {
  invalid_client: "The client's secret is not a valid API key",
  invalid_grant: "The refresh token is not valid, or was used before",
};

function answer(c: Http, done: Result<Granted, Denial>): Response {
  if (!done.ok) return refuse(c, done.failure.kind, DENIED[done.failure.kind]);
  const { accessToken, refreshToken, expiresIn, scopes, createdAt } = done.value;
  unstored(c);
  return c.json({
    access_token: accessToken,
    token_type: "Bearer",
    expires_in: expiresIn,
    refresh_token: refreshToken,
    scope: scopes.join(" "),
    created_at: Math.floor(createdAt / 1000),
  });
}

/** The parameters, from a form or from JSON. */
async function askedOf(c: Http): Promise<Read<Asked>> {
  const body = await rawBodyOf(c);
  if (body === null) return { ok: false, fault: "The body is too large" };
  const fields = /\bjson\b/i.test(c.req.header("content-type") ?? "") ? fromJson(body) : fromForm(body);
  if (!fields.ok) return fields;
  const parsed = Asked.safeParse(fields.value);
  if (parsed.success) return { ok: true, value: parsed.data };
  const name = parsed.error.issues[0]?.path.join(".");
  return { ok: false, fault: `${name || "The body"} is malformed` };
}

function fromJson(body: string): Read<unknown> {
  try {
    return { ok: true, value: JSON.parse(body) as unknown };
  } catch {
    return { ok: false, fault: "The body is not valid JSON" };
  }
}

/** A parameter without a value counts as left out, and none may come twice (section 3.2). */
function fromForm(body: string): Read<unknown> {
  const pairs = [...new URLSearchParams(body)].filter(([, value]) => value !== "");
  const fields = new Map(pairs);
  if (fields.size < pairs.length) return { ok: false, fault: "A parameter comes twice" };
  return { ok: true, value: Object.fromEntries(fields) };
}

type Secret = { ok: true; value: string | undefined } | { ok: false; code: Code; fault: string };

/** The client's secret, from the body or by HTTP Basic, and not from both (section 2.3); his id tells nothing more. */
function secretOf(c: Http, { client_secret }: Asked): Secret {
  const header = c.req.header("authorization");
  if (header === undefined) return { ok: true, value: client_secret };
  if (client_secret !== undefined) {
    return { ok: false, code: "invalid_request", fault: "The client authenticates in two ways" };
  }
  const basic = /^Basic +([\w+/=-]{1,2000}) *$/i.exec(header)?.[1];
  const secret = basic === undefined ? null : secretIn(basic);
  return secret ? { ok: true, value: secret } : { ok: false, code: "invalid_client", fault: DENIED.invalid_client };
}

/** The part after the colon. It may be percent-encoded; a plus stays one, for keys may have them and have no spaces. */
function secretIn(basic: string): string | null {
  try {
    const [, ...secret] = atob(basic).split(":");
    return decodeURIComponent(secret.join(":"));
  } catch {
    return null;
  }
}
