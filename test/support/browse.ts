/** Knows how a browser goes through the pages: it keeps cookies, follows where it is led, and sends the forms it is shown. */
import { createExecutionContext, waitOnExecutionContext } from "cloudflare:test";
import { env } from "cloudflare:workers";
import worker from "./worker";
import { KEY } from "./world";

const HOST = "https://dripline.test";

export interface Seen {
  status: number;
  /** Where the browser is after it was led on. */
  path: string;
  html: string;
  /** What a reader reads: without tags, with single blanks. */
  text: string;
  headers: Headers;
}

export interface Visitor {
  get: (path: string, headers?: Record<string, string>) => Promise<Seen>;
  /** Sends a form as a page of ours would, with the token that stands in the last page seen. */
  submit: (path: string, fields?: Record<string, string | string[]>, headers?: Record<string, string>) => Promise<Seen>;
  cookies: Map<string, string>;
}

/** Somebody who has not signed in, unless a key is named. */
export async function visitor(key: string | null = KEY): Promise<Visitor> {
  const cookies = new Map<string, string>();
  let at = "/";
  let token = "";

  async function go(method: string, path: string, headers: Record<string, string>, body?: string): Promise<Seen> {
    const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join("; ");
    const request = new Request<unknown, IncomingRequestCfProperties>(`${HOST}${path}`, {
      method,
      headers: { accept: "text/html", referer: `${HOST}${at}`, ...(cookie ? { cookie } : {}), ...headers },
      redirect: "manual",
      ...(body === undefined ? {} : { body }),
    });
    const ctx = createExecutionContext();
    const response = await worker.fetch(request, env, ctx);
    const html = await response.text();
    await waitOnExecutionContext(ctx);
    for (const line of response.headers.getSetCookie()) {
      const [, name = "", value = ""] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      if (/max-age=0/i.test(line)) cookies.delete(name);
      else cookies.set(name, value);
    }
    const location = response.headers.get("location");
    if (response.status === 303 && location !== null) return go("GET", location, {});
    at = path;
    token = /name="csrf" value="([^"]*)"/.exec(html)?.[1] ?? token;
    return { status: response.status, path, html, text: textIn(html), headers: response.headers };
  }

  const self: Visitor = {
    cookies,
    get: (path, headers = {}) => go("GET", path, headers),
    submit: (path, fields = {}, headers = {}) => {
      const sent = new URLSearchParams({ csrf: token });
      for (const [name, value] of Object.entries(fields)) {
        if (name === "csrf") sent.delete("csrf");
        for (const one of [value].flat()) sent.append(name, one);
      }
      const type = { "content-type": "application/x-www-form-urlencoded", origin: HOST };
      return go("POST", path, { ...type, ...headers }, sent.toString());
    },
  };
  if (key !== null) {
    await self.get("/sign-in");
    await self.submit("/sign-in", { key });
  }
  return self;
}

const ENTITIES: Record<string, string> = { amp: "&", lt: "<", gt: ">", quot: '"', "#39": "'" };

function textIn(html: string): string {
  return html
    .replaceAll(/<(script|style|svg)[\s\S]*?<\/\1>/g, " ")
    .replaceAll(/<[^>]*>/g, " ")
    .replaceAll(/&(\w+|#39);/g, (whole, name: string) => ENTITIES[name] ?? whole)
    .replaceAll(/\s+/g, " ")
    .trim();
}
