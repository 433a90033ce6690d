/** Knows how to speak as the operator, and how to wait until what he has changed is known everywhere. */
import { type Heard, type Sent, send } from "./request";
import { travel } from "./world";

/** As the tests' own server is told. */
export const OPERATOR = "a-token-that-only-the-tests-know-of";

export function operate(method: string, path: string, body?: unknown, more: Sent = {}): Promise<Heard> {
  return send(method, `/admin${path}`, { key: OPERATOR, ...(body === undefined ? {} : { body }), ...more });
}

/** Within which every isolate knows of a change. */
const KNOWN = 10_000;

export async function change(workspace: string, patch: Record<string, unknown>): Promise<void> {
  const { status, text } = await operate("PATCH", `/workspaces/${workspace}`, patch);
  if (status !== 200) throw new Error(`not changed: ${text}`);
  travel(KNOWN);
}
