/** Knows the grammar of filters, the older and the newer. */
import { ok, type Result, refuse } from "../../domain/failure";
import type { Clause, Comparison, Value } from "../../domain/listing";
import { badParameter, type Refusal } from "./errors";
import { ofFamily, type Parameter, type Query, said } from "./query";
import type { Kind, Relationship, Table } from "./table";
import { otherSide } from "./tables";
import { queried } from "./value";

/** What one question to the database holds. */
const MOST = 15;
const OPERATORS = ["", "gte", "lte"];
/** Kinds of which a range may be asked by two dots; in a text they are but dots. */
const ORDERED: Kind[] = ["integer", "decimal", "time", "date"];

export function filtersOf(query: Query, table: Table): Result<Clause[], Refusal> {
  const newer = said(query, "newFilterSyntax") === "true";
  const clauses: Clause[] = [];
  const parameters = ofFamily(query, "filter");
  if (parameters.length > MOST) return wrong("filter", `At most ${MOST} filters may be named.`);
  for (const parameter of parameters) {
    const clause = clauseOf(parameter, table, newer);
    if (!clause.ok) return clause;
    clauses.push(clause.value);
  }
  return ok(clauses);
}

function clauseOf(parameter: Parameter, table: Table, newer: boolean): Result<Clause, Refusal> {
  const { key, path, values } = parameter;
  const last = path.at(-1);
  const operator = path.length > 1 && last !== undefined && OPERATORS.includes(last) ? last : null;
  if (operator !== null && !newer) return wrong(key, `'${key}' needs newFilterSyntax=true.`);
  const target = targetOf(key, operator === null ? path : path.slice(0, -1), table);
  if (!target.ok) return target;
  const { kind, many, ...of } = target.value;
  const comparison = newer ? newerOf(kind, operator, values) : olderOf(kind, values[0] ?? "");
  if (!comparison) return bad(key, kind);
  if (many && (comparison.is === "null" || comparison.is === "not_null"))
    return wrong(key, `'${key}' takes values only.`);
  return ok({ ...of, comparison });
}

interface Target {
  relation: string | null;
  field: string;
  kind: Kind;
  /** Whether it is of many. */
  many: boolean;
}

function targetOf(key: string, path: readonly string[], table: Table): Result<Target, Refusal> {
  const [first = "", second, ...more] = path;
  if (path.length === 0 || more.length > 0) return wrong(key, `'${key}' is no filter.`);
  if (second !== undefined) return relatedTarget(key, first, second, table);
  if (first === "id") return ok({ relation: null, field: "id", kind: "integer", many: false });
  const attribute = Object.hasOwn(table.attributes, first) ? table.attributes[first] : undefined;
  if (!attribute) return unknown(key, first, table);
  if (!attribute.flags.includes("F")) return unfilterable(key, first, table);
  return ok({ relation: null, field: first, kind: attribute.kind, many: false });
}

function relatedTarget(key: string, relation: string, field: string, table: Table): Result<Target, Refusal> {
  const relationship = Object.hasOwn(table.relationships, relation) ? table.relationships[relation] : undefined;
  if (!relationship) return unknown(key, relation, table);
  const other = otherSide(relation, relationship);
  const kind = relatedKind(relationship, field, other);
  if (kind === null) return unfilterable(key, `${relation}.${field}`, table);
  return ok({ relation, field, kind, many: relationship.kind !== "one" });
}

/** Null where that may not be filtered by. */
function relatedKind({ by }: Relationship, field: string, other: Table | null): Kind | null {
  const attribute = other && Object.hasOwn(other.attributes, field) ? other.attributes[field] : undefined;
  const allowed = by.includes(field) || (by.includes("*") && (field === "id" || attribute?.flags.includes("F")));
  if (!allowed) return null;
  return attribute?.kind ?? (/^id$|Id$/.test(field) ? "integer" : "text");
}

/** `a,b`, `5..10`, `neginf..x`, `x..inf`, `__null__`, `__notnull__`. */
function olderOf(kind: Kind, text: string): Comparison | null {
  const special = specialOf(text);
  if (special) return special;
  const [, from, to] = (ORDERED.includes(kind) && /^(.+?)\.\.(.+)$/.exec(text)) || [];
  if (from !== undefined && to !== undefined) {
    return rangeOf(kind, from === "neginf" ? null : from, to === "inf" ? null : to);
  }
  return amongOf(kind, text.split(","));
}

function newerOf(kind: Kind, operator: string | null, values: readonly string[]): Comparison | null {
  const [text = ""] = values;
  if (operator === "gte") return rangeOf(kind, text, null);
  if (operator === "lte") return rangeOf(kind, null, text);
  return (values.length === 1 ? specialOf(text) : null) ?? amongOf(kind, values);
}

function specialOf(text: string): Comparison | null {
  if (text === "__null__") return { is: "null" };
  return text === "__notnull__" ? { is: "not_null" } : null;
}

function rangeOf(kind: Kind, from: string | null, to: string | null): Comparison | null {
  const ends = [from, to].map((end) => (end === null ? null : queried(kind, end)));
  const [first = null, last = null] = ends;
  if ((from !== null && first === null) || (to !== null && last === null)) return null;
  return { is: "range", from: first, to: last };
}

function amongOf(kind: Kind, texts: readonly string[]): Comparison | null {
  const values = texts.map((text) => queried(kind, kind === "text" ? text : text.trim()));
  return values.some((value) => value === null) ? null : { is: "in", values: [...new Set(values)] as Value[] };
}

function wrong(key: string, detail: string): { ok: false; failure: Refusal } {
  return refuse(badParameter("filterParameter.invalid", key, detail));
}

function bad(key: string, kind: Kind): { ok: false; failure: Refusal } {
  return refuse(badParameter("filterParameter.invalidValue", key, `The value of '${key}' is no ${NAMES[kind]}.`));
}

const NAMES: Record<Kind, string> = {
  text: "text",
  integer: "integer",
  decimal: "number",
  flag: "boolean",
  time: "ISO 8601 date and time",
  date: "date",
  list: "text",
  other: "value that can be compared",
};

function unknown(key: string, name: string, { type }: Table): { ok: false; failure: Refusal } {
  return refuse(badParameter("permittedParams.unknownAttribute", key, `'${name}' is unknown on '${type}'.`));
}

function unfilterable(key: string, name: string, { type }: Table): { ok: false; failure: Refusal } {
  const detail = `'${name}' cannot be filtered by on '${type}'.`;
  return refuse(badParameter("filterParameter.unfilterableAttribute", key, detail));
}
