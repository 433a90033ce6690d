/** Keeps what v1 has answered in a test, and has it held against the OpenAPI document when the test is over. */
import { inject } from "vitest";
import type { Answered } from "./contract";

/** What is told about v1 is not told in it. */
const DOCUMENTS = ["/v1/openapi.json", "/v1/schemas/reply.json"];

/** As it was before a test put another in its place. */
const reach = globalThis.fetch.bind(globalThis);

const heard: Answered[] = [];

/** `path` as it was asked for. */
export function hear(method: string, path: string, { status, body }: { status: number; body: unknown }): void {
  const [place = ""] = path.split("?");
  if (place.startsWith("/v1/") && !DOCUMENTS.includes(place))
    heard.push({ method, path: place.slice("/v1".length), status, body });
}

/** What is wrong with what was heard since this was asked last. */
export async function faultsHeard(): Promise<string[]> {
  const answers = heard.splice(0);
  if (answers.length === 0) return [];
  const response = await reach(inject("contract"), { method: "POST", body: JSON.stringify(answers) });
  if (!response.ok) throw new Error(`the contract was not read: ${response.status}`);
  return response.json();
}
