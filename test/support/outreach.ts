/** Knows how to speak `/api/v2`: JSON:API documents, and a world to ask about. */
import { createExecutionContext, waitOnExecutionContext } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { faultsIn } from "./described";
import worker from "./worker";
import { type Answer, api, type Json, KEY } from "./world";

/** Every resource that comes back must be as the vendor describes it; schedules and types are not described. */
export async function call(method: string, path: string, body?: unknown, key: string | null = KEY): Promise<Answer> {
  const answer = await api(method, `/api/v2${path}`, body, key);
  if (answer.status < 300 && answer.body?.data && path !== "/types") {
    const faults = await faultsIn(answer.body, { sparse: /[?&]fields/.test(path) });
    const real = faults.filter((fault) => !fault.endsWith("of type schedule"));
    if (real.length > 0) throw new Error(`${method} ${path} answered otherwise than described: ${real.join("; ")}`);
  }
  return answer;
}

/** A document of one resource; to-one linkage as `[type, id]`. */
export function doc(
  type: string,
  attributes: Record<string, unknown> = {},
  linked: Record<string, [type: string, id: number] | null> = {},
  id?: number,
): Json {
  const relationships = Object.fromEntries(
    Object.entries(linked).map(([name, to]) => [name, { data: to && { type: to[0], id: to[1] } }]),
  );
  return { data: { type, ...(id === undefined ? {} : { id }), attributes, relationships } };
}

/** Makes a resource; returns it. */
export async function make(...document: Parameters<typeof doc>): Promise<Json> {
  const [type] = document;
  const plural = type.endsWith("x") ? `${type}es` : type.replace(/y?$/, (end) => (end ? "ies" : "s"));
  const { status, body } = await call("POST", `/${plural}`, doc(...document));
  if (status !== 201) throw new Error(`no ${type}: ${JSON.stringify(body)}`);
  return body.data;
}

/** The ids of a list. */
export async function idsOf(path: string): Promise<number[]> {
  const { status, body } = await call("GET", path);
  if (status !== 200) throw new Error(`no list: ${JSON.stringify(body)}`);
  return body.data.map(({ id }: Json) => id);
}

/** A request with a content type of its own; a body is sent as it is. */
export async function typed(method: string, path: string, type: string | null, body?: string): Promise<Response> {
  const ctx = createExecutionContext();
  const headers = { authorization: `Bearer ${KEY}`, ...(type === null ? {} : { "content-type": type }) };
  const sent = body === undefined ? {} : { body: new TextEncoder().encode(body) };
  const url = `https://dripline.test/api/v2${path}`;
  const request = new Request<unknown, IncomingRequestCfProperties>(url, { method, headers, ...sent });
  const response = await worker.fetch(request, env, ctx);
  await waitOnExecutionContext(ctx);
  return response;
}
