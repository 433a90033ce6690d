/** Knows conditions about a contact, as enrollment rules use them, and which one is not met. */
import { addressOn, type Contact } from "./contact";
import type { Platform } from "./platform";

export const OPERATORS = [
  "is",
  "is_not",
  "contains",
  "not_contains",
  "exists",
  "not_exists",
  "gt",
  "gte",
  "lt",
  "lte",
] as const;
export type Operator = (typeof OPERATORS)[number];

export const PLAIN_FIELDS = [
  "tags",
  "platform",
  "displayName",
  "firstName",
  "lastName",
  "username",
  "email",
  "timezone",
] as const;
type PlainField = (typeof PLAIN_FIELDS)[number];

export type Scalar = string | number | boolean | null;

export interface Condition {
  /** One of PLAIN_FIELDS, or `customFields.` and a name. */
  field: string;
  op: Operator;
  value?: Scalar | undefined;
}

export interface Rules {
  match: "all" | "any";
  conditions: Condition[];
}

export const NO_RULES: Rules = { match: "all", conditions: [] };

export function isField(field: string): boolean {
  return (PLAIN_FIELDS as readonly string[]).includes(field) || /^customFields\.[^.\s]{1,100}$/.test(field);
}

/** Operators that compare nothing take no value; all others need one. */
export function takesValue(op: Operator): boolean {
  return op !== "exists" && op !== "not_exists";
}

/** The condition that keeps the contact out, or null when the rules let him in. Under `any` it is the last one tried. */
export function firstUnmet(rules: Rules, contact: Contact, platform: Platform): Condition | null {
  const unmet = rules.conditions.filter((condition) => !meets(condition, contact, platform));
  const letIn = rules.match === "all" ? unmet.length === 0 : unmet.length < Math.max(rules.conditions.length, 1);
  if (letIn) return null;
  return (rules.match === "all" ? unmet.at(0) : unmet.at(-1)) ?? null;
}

export function meets(condition: Condition, contact: Contact, platform: Platform): boolean {
  const actual = fieldValue(condition.field, contact, platform);
  const wanted = condition.value ?? null;
  switch (condition.op) {
    case "exists":
      return isThere(actual);
    case "not_exists":
      return !isThere(actual);
    case "is":
      return isSame(actual, wanted);
    case "is_not":
      return !isSame(actual, wanted);
    case "contains":
      return contains(actual, wanted);
    case "not_contains":
      return !contains(actual, wanted);
    case "gt":
      return compare(actual, wanted, (order) => order > 0);
    case "gte":
      return compare(actual, wanted, (order) => order >= 0);
    case "lt":
      return compare(actual, wanted, (order) => order < 0);
    case "lte":
      return compare(actual, wanted, (order) => order <= 0);
  }
}

/** The condition as a person would say it, for an error text. */
export function describe(condition: Condition): string {
  const words = condition.op.replaceAll("_", " ");
  return takesValue(condition.op)
    ? `${condition.field} ${words} ${JSON.stringify(condition.value ?? null)}`
    : `${condition.field} ${words}`;
}

function fieldValue(field: string, contact: Contact, platform: Platform): unknown {
  if (field.startsWith("customFields.")) {
    const name = field.slice("customFields.".length);
    return Object.hasOwn(contact.customFields, name) ? contact.customFields[name] : undefined;
  }
  return plainValue(field as PlainField, contact, platform);
}

function plainValue(field: PlainField, contact: Contact, platform: Platform): unknown {
  switch (field) {
    case "tags":
      return contact.tags;
    case "platform":
      return platform;
    case "username":
      return addressOn(contact, platform)?.address;
    case "email":
      return addressOn(contact, "EMAIL")?.address;
    case "displayName":
    case "firstName":
    case "lastName":
    case "timezone":
      return contact[field];
  }
}

function isThere(actual: unknown): boolean {
  if (Array.isArray(actual)) return actual.length > 0;
  return actual !== undefined && actual !== null && actual !== "";
}

function isSame(actual: unknown, wanted: Scalar): boolean {
  if (Array.isArray(actual)) return actual.some((member) => isSame(member, wanted));
  if (actual === undefined || actual === null) return wanted === null;
  return String(actual) === String(wanted);
}

function contains(actual: unknown, wanted: Scalar): boolean {
  if (Array.isArray(actual)) return actual.some((member) => isSame(member, wanted));
  return typeof actual === "string" && actual.toLowerCase().includes(String(wanted).toLowerCase());
}

/** Numbers, and texts that are numbers, compare as numbers; other texts (ISO dates among them) letter by letter. */
function compare(actual: unknown, wanted: Scalar, accepts: (order: number) => boolean): boolean {
  if (!isThere(actual) || !isThere(wanted) || typeof actual === "object") return false;
  const [left, right] = [Number(actual), Number(wanted)];
  if (!Number.isNaN(left) && !Number.isNaN(right)) return accepts(left - right);
  const [a, b] = [String(actual), String(wanted)];
  return accepts(a < b ? -1 : a > b ? 1 : 0);
}
