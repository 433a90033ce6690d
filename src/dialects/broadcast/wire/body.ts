/** Knows where the fields of a request are: in its body, flat or under `subscriber`, or, where it has none, in its query. */
import { sizeInWords } from "../../../domain/limits";
import type { Body } from "../../http";
import type { Refusal } from "../errors";
import type { Fields, Parsed } from "./parse";

/** Reads the fields of a body; `query` is what stands in for one that is not there. */
export type Reader = (body: Body, query: Record<string, string>) => Parsed<Fields>;

/** A body that is not there is an empty one. */
export const flat: Reader = (body) => {
  switch (body.kind) {
    case "broken":
      return malformed("The body is not valid JSON");
    case "too_large":
      return malformed(`The body is larger than ${sizeInWords(body.most)}`);
    case "none":
      return { ok: true, value: {} };
    case "json":
      return isFields(body.value) ? { ok: true, value: body.value } : malformed("The body must be a JSON object");
  }
};

/** Older clients send the fields flat. What is under `subscriber` comes before what stands beside it. */
export const underSubscriber: Reader = (body, query) => {
  const read = flat(body, query);
  if (!read.ok) return read;
  const { subscriber, ...beside } = read.value;
  if (subscriber === undefined) return read;
  return isFields(subscriber) ? { ok: true, value: { ...beside, ...subscriber } } : MISSING;
};

/** A change of who is named by his email: what is under `subscriber` may name the address he has from now on. */
export const renaming: Reader = (body, query) => {
  const outer = flat(body, query);
  const read = underSubscriber(body, query);
  if (!outer.ok || !read.ok) return read;
  const [whom, inner] = [outer.value.email, outer.value.subscriber];
  if (whom === undefined || !isFields(inner) || inner.email === undefined) return read;
  return { ok: true, value: { ...read.value, email: whom, "subscriber[email]": inner.email } };
};

const NAMES = ["email", "first_name", "last_name"];

/** Of who is to be enrolled, or removed: somebody must be named at all. */
export const enrolled: Reader = (body, query) => {
  const read = body.kind === "none" ? ({ ok: true, value: inQuery(query) } as const) : underSubscriber(body, query);
  if (!read.ok) return read;
  return NAMES.some((name) => Object.hasOwn(read.value, name)) ? read : MISSING;
};

function inQuery(query: Record<string, string>): Fields {
  const named = NAMES.map((name) => [name, query[`subscriber[${name}]`] ?? query[name]]);
  return Object.fromEntries(named.filter(([, value]) => value !== undefined));
}

export function isFields(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

const MISSING = malformed("param is missing or the value is empty or invalid: subscriber");

function malformed(error: string): { ok: false; refusal: Refusal } {
  return { ok: false, refusal: { status: 400, error } };
}
