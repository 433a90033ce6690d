/** Knows how what came from outside is parsed: cast as Rails casts it, and refused in Rails's words. */
import * as z from "zod";
import { isOneLine } from "../../../domain/line";
import { LONGEST_TAG, MOST_TAGS, tagOf } from "../../../domain/tag";
import { BLANK, type Refusal, wrong } from "../errors";

export type Parsed<T> = { ok: true; value: T } | { ok: false; refusal: Refusal };
export type Fields = Record<string, unknown>;
export type Said<S extends z.ZodType> = z.output<S>;

/** Which of a body's fields are meant in the case at hand, and which of those must be there. */
export interface Form {
  fields: readonly string[];
  needed: readonly string[];
}

export function parse<S extends z.ZodType>(schema: S, input: Fields): Parsed<z.output<S>> {
  const result = schema.safeParse(input, { reportInput: true });
  if (result.success) return { ok: true, value: result.data };
  const [issue] = result.error.issues;
  const field = String(issue?.path[0] ?? "body");
  return { ok: false, refusal: wrong(field, issue ? faultIn(issue) : "is invalid") };
}

function faultIn(issue: z.core.$ZodIssue): string {
  switch (issue.code) {
    case "invalid_type":
      if (issue.input === undefined || issue.input === null) return BLANK;
      return `must be ${EXPECTED[issue.expected] ?? `of the type ${issue.expected}`}`;
    case "invalid_value":
      return issue.input === undefined || issue.input === null ? BLANK : "is not included in the list";
    case "too_small":
      return `must be greater than or equal to ${issue.minimum}`;
    case "too_big":
      if (issue.origin === "string") return `is too long (maximum is ${issue.maximum} characters)`;
      if (issue.origin === "array") return `is too long (maximum is ${issue.maximum} entries)`;
      return `must be less than or equal to ${issue.maximum}`;
    case "custom":
      return issue.message;
    default:
      return "is invalid";
  }
}

const EXPECTED: Record<string, string> = {
  int: "an integer",
  number: "an integer",
  string: "a string",
  boolean: "true or false",
  object: "an object",
  record: "an object",
  array: "a list",
};

/** Text of at most so many characters (code points, as people count them). */
export function text(max = Number.MAX_SAFE_INTEGER) {
  return z.string().check((ctx) => {
    if (ctx.value.length <= max || [...ctx.value].length <= max) return;
    ctx.issues.push({ code: "too_big", origin: "string", maximum: max, input: ctx.value });
  });
}

export function present(max: number) {
  return text(max).refine((value) => value.trim() !== "", BLANK);
}

/** Text for which an empty one, and null, stand for none. */
export function textOrNone(max?: number) {
  return text(max)
    .transform((value) => (value.trim() === "" ? null : value))
    .nullable();
}

export const flag = z.preprocess((value) => FLAGS.get(value) ?? value, z.boolean());
const FLAGS = new Map<unknown, boolean>([
  ["true", true],
  ["false", false],
  [1, true],
  [0, false],
  ["1", true],
  ["0", false],
]);

export const integer = z.preprocess(
  (value) => (typeof value === "string" && /^-?\d{1,15}$/.test(value) ? Number(value) : value),
  z.int(),
);

/** Null and an empty text stand for none. */
export const integerOrNone = z.preprocess(
  (value) => (typeof value === "string" && value.trim() === "" ? null : value),
  integer.nullable(),
);

/** A field that may be left out, but not be none: null stands for its being left out. */
export function optional<S extends z.ZodType>(schema: S) {
  return schema
    .nullable()
    .optional()
    .transform((value) => value ?? undefined);
}

export function oneOf<const T extends readonly [string, ...string[]]>(values: T) {
  return z.string().pipe(z.enum(values));
}

const tag = z
  .string()
  .transform(tagOf)
  .refine((value) => [...value].length <= LONGEST_TAG, `must have at most ${LONGEST_TAG} characters each`)
  .refine(isOneLine, "must be one line each");

/** A list, or one text with commas; each tag once. */
export const tagList = z
  .preprocess((value) => (typeof value === "string" ? value.split(",") : value), z.array(tag))
  .transform((tags) => [...new Set(tags)].filter((one) => one !== ""))
  .pipe(z.array(z.string()).max(MOST_TAGS));

/** What parameters are there that nobody asks for. */
export interface Warning {
  code: "unrecognized_parameter";
  param: string;
  message: string;
}

export function warningsOn(params: readonly string[]): Warning[] {
  return params.map((param) => ({
    code: "unrecognized_parameter",
    param,
    message: `${param} is not a parameter of this request and was ignored`,
  }));
}
