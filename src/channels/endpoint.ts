/** Knows how a customer's endpoint is told something: guarded, within a time, and how its answer began. */
import { DELIVERY_TIMEOUT } from "../domain/outcome";
import type { Echo } from "../domain/webhook";
import type { Bounds } from "./channel";
import { abortedAfter } from "./deadline";
import { strayedUrl } from "./whereabouts";

/** Of an answer so many characters are kept, so many bytes are read, and so many milliseconds of wall time waited for them. */
const EXCERPT = 200;
const MOST_BYTES = 1024;
const PATIENCE = 1000;

interface Call {
  headers: Record<string, string>;
  body: string;
}

/** Never throws for what the other side did. No redirect is followed: it could lead to where nobody has looked. */
export function callerIn(bounds: Bounds): (url: string, call: Call) => Promise<Echo> {
  return async (url, call) => {
    const begun = Date.now();
    const nothing = { status: null, excerpt: null };
    const stray = await strayedUrl(url, bounds);
    if (stray !== null) return { ...nothing, error: stray.reason, took: Date.now() - begun };
    try {
      const answer = await abortedAfter(DELIVERY_TIMEOUT, async (signal) => {
        const response = await fetch(url, { method: "POST", ...call, redirect: "manual", signal });
        return { status: response.status, excerpt: await excerptOf(response) };
      });
      return { ...answer, error: null, took: Date.now() - begun };
    } catch (error) {
      const why = error instanceof Error ? error.message : "the request failed";
      return { ...nothing, error: why.slice(0, EXCERPT), took: Date.now() - begun };
    }
  };
}

/**
 * What is not read is cancelled, so that no connection is left open. The other side has answered with its status: that it says
 * no more, slowly, or breaks off, changes nothing about it.
 */
async function excerptOf({ body }: Response): Promise<string | null> {
  if (body === null) return null;
  const reader = body.getReader();
  const decoder = new TextDecoder();
  const late = setTimeout(() => void reader.cancel().catch(() => undefined), PATIENCE);
  let text = "";
  try {
    for (let bytes = 0; bytes < MOST_BYTES && text.length < EXCERPT; ) {
      const { done, value } = await reader.read();
      if (done) break;
      bytes += value.byteLength;
      text += decoder.decode(value, { stream: true });
    }
    await reader.cancel();
  } catch {
    await reader.cancel().catch(() => undefined);
  } finally {
    clearTimeout(late);
  }
  return text === "" ? null : text.slice(0, EXCERPT);
}
