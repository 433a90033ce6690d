/** Asks whether a JSON:API body is what the vendor describes. */
import { inject } from "vitest";

/** What is wrong with a body; `sparse` where some fields were left out on purpose. */
export async function faultsIn(body: unknown, { sparse = false } = {}): Promise<string[]> {
  const answer = await fetch(inject("validator"), { method: "POST", body: JSON.stringify({ body, sparse }) });
  return answer.json();
}
