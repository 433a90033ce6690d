/** Knows how forms come in: their fields, bounded and checked, and what a person means by a field left empty. */
import * as z from "zod";
import type { Http } from "../../dialects/http";
import { rawBodyOf } from "../../dialects/http";
import { queryNumber } from "../../dialects/v1/wire/parse";

/** A field called `name[]` may come several times. */
export type Fields = Record<string, string | string[]>;

const FORM = /^\s*application\/x-www-form-urlencoded\b/i;

/** Null where the body is no form. */
export async function fieldsOf(c: Http): Promise<Fields | "too large" | null> {
  if (!FORM.test(c.req.header("content-type") ?? "")) return null;
  const text = await rawBodyOf(c);
  if (text === null) return "too large";
  const fields = new Map<string, string | string[]>();
  for (const [name, value] of new URLSearchParams(text)) {
    const one = name.endsWith("[]") ? name.slice(0, -2) : null;
    const before = one === null ? undefined : fields.get(one);
    if (one === null) fields.set(name, value);
    else if (Array.isArray(before)) before.push(value);
    else fields.set(one, [value]);
  }
  return Object.fromEntries(fields);
}

/** The fields of a query that say something: an empty one of a filter asks for nothing. */
export function saidIn(query: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(query).filter(([, value]) => value.trim() !== ""));
}

/** What was entered in one field, to be shown again. */
export function entered(fields: Fields | undefined, name: string): string | undefined {
  const value = fields?.[name];
  return typeof value === "string" ? value : value?.[0];
}

/** All that was entered under one name: the boxes that were ticked. */
export function enteredAll(fields: Fields, name: string): string[] {
  return [fields[name] ?? []].flat();
}

/** A field that may be left empty: then it is null. */
export function orEmpty<S extends z.ZodType>(schema: S) {
  return z.preprocess(
    (value) => (value === undefined || (typeof value === "string" && value.trim() === "") ? null : value),
    schema.nullable(),
  );
}

/** A box that comes as `on` where it is ticked and not at all where it is not. */
export const ticked = z
  .string()
  .optional()
  .transform((value) => value !== undefined);

export function wholeNumber(min: number, max: number) {
  return queryNumber(min, max);
}

/** Several boxes or fields of one name. */
export function several<S extends z.ZodType>(schema: S) {
  return z.preprocess((value) => (value === undefined ? [] : Array.isArray(value) ? value : [value]), z.array(schema));
}

const Told = z.record(z.string(), z.union([z.string(), z.array(z.string())]));

/** A form that is written as a body of v1 is, so that its rules hold and its faults bear the names of the fields. */
export function written<S extends z.ZodType>(bodyIn: (fields: Fields) => unknown, schema: S) {
  return z.preprocess((told) => {
    const read = Told.safeParse(told);
    return read.success ? bodyIn(read.data) : told;
  }, schema);
}
