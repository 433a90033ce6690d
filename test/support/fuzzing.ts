/** Knows how to send made-up requests, to fill in ids of what there is as they are sent, and to tell what may not be answered. */
import fc from "fast-check";
import { type Heard, send } from "./request";
import { FREE_KEY, KEY, OTHER_KEY } from "./world";

/** Stands in a request for an id of a noun, which is known only when it is sent. */
export const markOf = (noun: string, n: number) => `<${noun} ${n}>`;
const MARK = /"?<(\w+) (\d+)>"?/g;

/** Ids by their nouns, as far as answers have told them. */
export function knowing() {
  const known = new Map<string, number[]>();
  const learn = (noun: string, id: unknown) => {
    const ids = known.get(noun) ?? [];
    if (typeof id === "number" && !ids.includes(id)) known.set(noun, [...ids, id].slice(-MOST_KNOWN));
  };
  const forget = (noun: string, id: number) => {
    const ids = known.get(noun) ?? [];
    known.set(
      noun,
      ids.filter((one) => one !== id),
    );
  };
  const fill = (text: string) =>
    text.replace(MARK, (_, noun: string, n: string) => {
      const ids = known.get(noun) ?? [];
      return String(ids[Number(n) % ids.length] ?? NOBODY);
    });
  return { learn, forget, fill };
}
const MOST_KNOWN = 12;
const NOBODY = 999_999_999;

/** Of wall time. */
const LONGEST = 10_000;

export interface Made {
  method: string;
  path: string;
  query: string;
  body: string | undefined;
  type: string;
  key: string | null;
}

/** His own mostly, now and then another's or none. */
export const keys: fc.Arbitrary<string | null> = fc.oneof(
  { weight: 30, arbitrary: fc.constant(KEY) },
  { weight: 2, arbitrary: fc.constantFrom(OTHER_KEY, FREE_KEY) },
  { weight: 1, arbitrary: fc.constantFrom(null, "vb_live_nobody_has_this") },
);

export const text = (value: unknown) => (typeof value === "string" ? value : JSON.stringify(value));
/** A lone surrogate is in no URL. */
export const encoded = (value: unknown) => encodeURIComponent(String(text(value)).toWellFormed());

export interface Outcome {
  heard: Heard;
  fault: string | null;
}

/** What came of a request, and what is wrong with that; `formOf` tells what of an answer's form is. */
export async function ask(made: Made, formOf: (heard: Heard) => string | null): Promise<Outcome> {
  const { method, query, body, type, key } = made;
  const path = query === "" ? made.path : `${made.path}?${query}`;
  const begun = performance.now();
  const heard = await send(method, path, {
    headers: { "content-type": type },
    key,
    ...(body === undefined ? {} : { body }),
  });
  const took = performance.now() - begun;
  const fault =
    heard.status >= 500
      ? `it failed with ${heard.status}`
      : took > LONGEST
        ? `it took ${Math.round(took)} ms`
        : formOf(heard);
  const said = `${method} ${path.slice(0, 300)} ${type} ${body?.slice(0, 1000)} -> ${heard.status} ${heard.text.slice(0, 300)}`;
  return { heard, fault: fault === null ? null : `${fault}: ${said}` };
}
