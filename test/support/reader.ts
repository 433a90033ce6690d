/** Knows how the reader of a mail comes to our doors: by its picture and its links, with the program that he reads by. */
import { createExecutionContext, waitOnExecutionContext } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { clickUrl, linkText, pixelUrl } from "../../src/domain/link";
import { enrollmentOf } from "../../src/domain/message";
import { sealedText, spellToken } from "../../src/domain/token";
import { sealOf } from "../../src/seal";
import worker from "./worker";

export const SECRET = "a secret that only the tests know of";
export const PUBLIC = "https://drip.test";

export const BROWSER = {
  "user-agent": "Mozilla/5.0 (X11; Linux x86_64; rv:127.0) Gecko/20100101 Firefox/127.0",
  "accept-language": "en",
};
export const SCANNER = { "user-agent": "Barracuda Sentinel (EE)" };

export async function tokenOf(message: number, workspaceId = 1): Promise<string> {
  const seal = await sealOf(SECRET, sealedText(workspaceId, enrollmentOf(message)));
  return spellToken({ workspaceId, message, seal });
}

export async function pixelOf(message: number): Promise<string> {
  return pixelUrl(PUBLIC, await tokenOf(message));
}

export async function linkOf(message: number, url: string, n = 1): Promise<string> {
  const token = await tokenOf(message);
  return clickUrl(PUBLIC, token, { n, url, seal: await sealOf(SECRET, linkText(token, { n, url })) });
}

export interface Visit {
  method?: string;
  headers?: Record<string, string>;
  /** Does not wait for what follows the answer. */
  only?: "answer";
}

/** One request as it comes, with nothing followed; and all that was put off until after the answer. */
export async function visit(url: string, { method = "GET", headers = BROWSER, only }: Visit = {}): Promise<Response> {
  const ctx = createExecutionContext();
  const request = new Request<unknown, IncomingRequestCfProperties>(url, { method, headers, redirect: "manual" });
  const response = await worker.fetch(request, env, ctx);
  if (only === undefined) await waitOnExecutionContext(ctx);
  return response;
}
