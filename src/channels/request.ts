/** Knows how a step's web request is made: like a webhook's, with a key by which a repeat is recognised. */
import type { Act } from "../domain/act";
import type { Outcome } from "../domain/message";
import { call } from "./call";
import type { Bounds } from "./channel";

export type WebRequest = Extract<Act, { kind: "http_request" }>;

/** An endpoint that is gone fails this step alone: it is no channel that others depend on. */
export async function request(id: number, act: WebRequest, bounds: Bounds): Promise<Outcome> {
  const { method, url, headers, body } = act;
  const outcome = await call(url, { method, headers: headersOf(id, headers, body), ...bodyOf(act) }, bounds);
  return outcome.kind === "broken" ? { kind: "permanent", reason: outcome.reason } : outcome;
}

function headersOf(id: number, own: Record<string, string>, body: string | null): Record<string, string> {
  const ours = { "user-agent": "Dripline", ...(body === null ? {} : { "content-type": "application/json" }) };
  const named = Object.fromEntries(Object.entries(own).map(([name, value]) => [name.toLowerCase(), value]));
  return { ...ours, ...named, "idempotency-key": `act_${id}` };
}

/** GET carries no body, whatever the step says. */
function bodyOf({ method, body }: WebRequest): { body?: string } {
  return body === null || method === "GET" ? {} : { body };
}
