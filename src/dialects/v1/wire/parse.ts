/** Knows how what came from outside is parsed, and how v1 tells a wrong type from a value that is not allowed. */
import * as z from "zod";
import { isOneLine, ONE_LINE } from "../../../domain/line";
import { PLATFORMS } from "../../../domain/platform";
import { LONGEST_TAG, tagOf } from "../../../domain/tag";
import { invalid, type Refusal } from "../errors";
import { type IdNoun, malformed, patternOf, read, spell } from "../ids";

export type Parsed<T> = { ok: true; value: T } | { ok: false; refusal: Refusal };

export function parse<S extends z.ZodType>(schema: S, input: unknown): Parsed<z.output<S>> {
  const result = schema.safeParse(input, { reportInput: true });
  if (result.success) return { ok: true, value: result.data };
  const [issue] = result.error.issues;
  return {
    ok: false,
    refusal: issue ? refusalOf(issue) : { code: "BAD_REQUEST", message: "The request is malformed" },
  };
}

/** Wrong types and missing fields are BAD_REQUEST; what is well formed but not allowed is VALIDATION_ERROR. */
function refusalOf(issue: z.core.$ZodIssue): Refusal {
  const field = issue.path.join(".");
  const name = field || "The body";
  if (issue.code === "custom" && issue.params?.id) return malformed(name, issue.params.id as IdNoun);
  if (issue.code === "invalid_union") return { code: "BAD_REQUEST", message: `${name} ${issue.message}` };
  if (issue.code !== "invalid_type") return invalid(field, `${name} ${allowed(issue)}`);
  if (issue.input === undefined) return { code: "BAD_REQUEST", message: `${name} is required` };
  return { code: "BAD_REQUEST", message: `${name} must be ${article(issue.expected)}` };
}

function allowed(issue: z.core.$ZodIssue): string {
  switch (issue.code) {
    case "too_small":
      return issue.origin === "string" ? "must not be empty" : `must be at least ${issue.minimum}`;
    case "too_big":
      return issue.origin === "string" || issue.origin === "array"
        ? `must have at most ${issue.maximum} ${issue.origin === "string" ? "characters" : "entries"}`
        : `must be at most ${issue.maximum}`;
    case "invalid_value":
      return `must be one of ${issue.values.join(", ")}`;
    case "unrecognized_keys":
      return `has unknown fields: ${issue.keys.join(", ")}`;
    default:
      return issue.message;
  }
}

const EXPECTED: Record<string, string> = {
  int: "a whole number",
  number: "a number",
  string: "a string",
  boolean: "true or false",
  object: "an object",
  record: "an object",
  array: "a list",
};

function article(expected: string): string {
  return EXPECTED[expected] ?? `of the type ${expected}`;
}

/*
 * What checks and transforms tell nobody but themselves, `meta` says in the words of JSON Schema, for documents: the two
 * stand in one function here, so that neither is spelt twice.
 */

/** Text of `min` to `max` characters (code points, as people count them). */
export function text(min: number, max: number) {
  const told = min > 0 ? { minLength: min, maxLength: max, pattern: "\\S" } : { maxLength: max };
  return z
    .string()
    .check((ctx) => {
      const length = [...ctx.value].length;
      const bound = { input: ctx.value, origin: "string" } as const;
      if (length > max) ctx.issues.push({ ...bound, code: "too_big", maximum: max });
      else if (min > 0 && ctx.value.trim() === "") ctx.issues.push({ ...bound, code: "too_small", minimum: min });
    })
    .meta(told);
}

export function oneLine(max: number) {
  return text(1, max).refine(isOneLine, "must be one line").meta({ pattern: ONE_LINE });
}

export const tag = z.string().meta({ pattern: "\\S" }).transform(tagOf).pipe(oneLine(LONGEST_TAG));

export function oneOf<const T extends readonly [string, ...string[]]>(values: T, named: { id?: string } = {}) {
  return z
    .string()
    .meta({ ...named, enum: [...values] })
    .pipe(z.enum(values));
}

/** In what comes in and what goes out. */
export const platformName = oneOf(PLATFORMS, { id: "Platform" });

const ids = new Map<IdNoun, z.ZodString>();

/** An id as it is written, in what comes in and what goes out. */
export function spelled(noun: IdNoun): z.ZodString {
  const name = `${noun.charAt(0).toUpperCase()}${noun.slice(1)}Id`;
  const one = ids.get(noun) ?? z.string().meta({ id: name, pattern: patternOf(noun), examples: [spell(noun, 12)] });
  ids.set(noun, one);
  return one;
}

/** An id in a body or a query. */
export function idOf(noun: IdNoun) {
  return spelled(noun).transform((value, ctx) => {
    const id = read(noun, value);
    if (id !== null) return id;
    ctx.issues.push({ code: "custom", input: value, params: { id: noun } });
    return z.NEVER;
  });
}

/** A whole number in a query. */
export function queryNumber(min: number, max: number) {
  return z
    .string()
    .meta({ type: "integer", minimum: min, maximum: max })
    .transform((value, ctx) => {
      if (/^-?\d{1,15}$/.test(value)) return Number(value);
      ctx.issues.push({ code: "invalid_type", expected: "int", input: value });
      return z.NEVER;
    })
    .pipe(z.number().min(min).max(max));
}

/** The query parameters of every list. */
export function pageQuery(defaultLimit: number) {
  return {
    page: queryNumber(1, Number.MAX_SAFE_INTEGER).default(1),
    limit: queryNumber(1, 100).default(defaultLimit),
  };
}
