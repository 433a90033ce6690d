/** Knows where the full content of a message is found in what a journey keeps. */
import type { Entry, State } from "./enrollment";
import type { Content } from "./message";

/** From the newest entry about it, or as it is under way; null where there is none any more. */
export function contentOf(message: number, history: readonly Entry[], state: State | null): Content | null {
  const told = history.filter((entry) => entry.what === "message" && entry.message === message);
  const [newest, inFlight] = [told.at(-1), state?.inFlight];
  const begun = inFlight?.message === message ? inFlight.content : null;
  const content = newest?.what === "message" ? newest.content : begun;
  return content && content.to !== "" ? content : null;
}
