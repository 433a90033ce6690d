/** Knows how values of each kind are read from a query or a body, and shown. */
import type { Value } from "../../domain/listing";
import { isTooDeep } from "../customfields";
import type { Attribute, Kind } from "./table";

const TIME = /^\d{4}-\d\d-\d\d([T ]\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:?\d\d)?)?$/i;
const DATE = /^\d{4}-\d\d-\d\d$/;

/** A value in a query; null where it is none of that kind. */
export function queried(kind: Kind, text: string): Value | null {
  switch (kind) {
    case "text":
    case "list":
      return text;
    case "integer":
      return /^-?\d{1,15}$/.test(text) ? Number(text) : null;
    case "decimal":
      return /^-?\d+(\.\d+)?$/.test(text) ? Number(text) : null;
    case "flag":
      return text === "true" ? true : text === "false" ? false : null;
    case "time":
      return timeOf(text);
    case "date":
      return isDate(text) ? text : null;
    case "other":
      return null;
  }
}

/** Without a zone it is UTC; a day is its first moment. */
function timeOf(text: string): number | null {
  // Where a month lacks a day, the platform would take the next month's.
  if (!TIME.test(text) || !isDate(text.slice(0, 10))) return null;
  const zoned = text.length <= 10 || /(Z|[+-]\d\d:?\d\d)$/i.test(text) ? text : `${text}Z`;
  const at = Date.parse(zoned.replace(" ", "T"));
  return Number.isNaN(at) ? null : at;
}

function isDate(text: string): boolean {
  if (!DATE.test(text)) return false;
  const at = Date.parse(text);
  return !Number.isNaN(at) && new Date(at).toISOString().startsWith(text);
}

export type Read = { value: unknown } | { fault: string };

/** A value in a body. */
export function written({ kind, max, among }: Attribute, value: unknown): Read {
  if (value === null) return { value };
  switch (kind) {
    case "text":
      return textOf(value, max, among);
    case "integer":
      return Number.isSafeInteger(value) ? { value } : { fault: "must be an integer" };
    case "decimal":
      return typeof value === "number" ? { value } : { fault: "must be a number" };
    case "flag":
      return typeof value === "boolean" ? { value } : { fault: "must be true or false" };
    case "time": {
      const at = typeof value === "string" ? timeOf(value) : null;
      return at === null ? { fault: "must be an ISO 8601 date and time" } : { value: at };
    }
    case "date":
      return typeof value === "string" && isDate(value) ? { value } : { fault: "must be a date (YYYY-MM-DD)" };
    case "list":
      return Array.isArray(value) && value.every((one) => typeof one === "string")
        ? { value }
        : { fault: "must be a list of texts" };
    case "other":
      if (typeof value !== "object") return { fault: "must be an object or a list" };
      return isTooDeep(value) ? { fault: "is nested too deep" } : { value };
  }
}

function textOf(value: unknown, max: number | undefined, among: readonly string[] | undefined): Read {
  if (typeof value !== "string") return { fault: "must be a text" };
  if (max !== undefined && [...value].length > max) return { fault: `is too long (maximum is ${max} characters)` };
  if (among && !among.includes(value))
    return { fault: `must be one of ${among.map((word) => `"${word}"`).join(", ")}` };
  return { value };
}

/** As it is shown; null where what is kept under that name is something else. */
export function shown(kind: Kind, value: unknown): unknown {
  if (value === null || value === undefined) return null;
  switch (kind) {
    case "text":
      return typeof value === "object" ? null : String(value);
    case "integer":
      return Number.isInteger(value) ? value : null;
    case "decimal":
      return typeof value === "number" ? value : null;
    case "flag":
      return typeof value === "boolean" ? value : null;
    case "time":
      return shownTime(value);
    case "date":
      return typeof value === "string" && isDate(value) ? value : null;
    case "list":
      return Array.isArray(value) ? value.map(String) : null;
    case "other":
      return typeof value === "object" ? value : null;
  }
}

function shownTime(value: unknown): string | null {
  const at = typeof value === "string" ? timeOf(value) : value;
  return typeof at === "number" ? new Date(at).toISOString() : null;
}
