/** Knows how to call the API of a server that may be killed at any instant: what went without an answer is asked again. */
import { setTimeout as sleep } from "node:timers/promises";

const PAUSE = 200;
const LONGEST_CALL = 10_000;
const LONGEST_OUTAGE = 90_000;

export interface Answer<T> {
  status: number;
  body: T;
  /** How often it was asked; an earlier attempt that got no answer may have been carried out all the same. */
  tries: number;
}

export type Api = <T>(method: string, path: string, body?: object) => Promise<Answer<T>>;

/** Answers whatever the status is, except for 503: "try again in a moment" is taken at its word. */
export function apiAt(url: string, key: string): Api {
  return async <T>(method: string, path: string, body?: object) => {
    const began = Date.now();
    for (let tries = 1; ; tries++) {
      const answer = await ask<T>(`${url}${path}`, key, method, body).catch((error: unknown) => {
        if (Date.now() - began > LONGEST_OUTAGE) throw error;
        return null;
      });
      if (answer !== null && answer.status !== 503) return { ...answer, tries };
      if (Date.now() - began > LONGEST_OUTAGE) throw new Error(`${method} ${path} found the service unavailable`);
      await sleep(PAUSE);
    }
  };
}

async function ask<T>(url: string, key: string, method: string, body?: object) {
  const response = await fetch(url, {
    method,
    headers: { authorization: `Bearer ${key}`, "content-type": "application/json" },
    signal: AbortSignal.timeout(LONGEST_CALL),
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  return { status: response.status, body: (text === "" ? null : JSON.parse(text)) as T };
}

/** The body of an answer that must be a success. */
export async function must<T>(api: Api, method: string, path: string, body?: object): Promise<T> {
  const answer = await api<T>(method, path, body);
  if (answer.status >= 300)
    throw new Error(`${method} ${path} answered ${answer.status}: ${JSON.stringify(answer.body)}`);
  return answer.body;
}
