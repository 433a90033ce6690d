/** The tables that the JSON:API is read and written by, beside the vendor's own description of them. */
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import type { Kind } from "../../src/dialects/outreach/table";
import { tableOf } from "../../src/dialects/outreach/tables";

interface Described {
  attributes: Record<string, { type: string; format?: string; maxLength?: number; "x-flags"?: string }>;
  relationships: Record<string, { kind: string; types: string[] | null; "x-flags": string }>;
}

const vendor = JSON.parse(readFileSync("test/support/outreach.json", "utf8")) as Record<string, Described>;

function kindOf({ type, format, maxLength: _, ...rest }: Described["attributes"][string]): Kind {
  if (type === "string") return format === "date-time" ? "time" : format === "date" ? "date" : "text";
  if (type === "integer") return "integer";
  if (type === "number") return "decimal";
  if (type === "boolean") return "flag";
  const items = (rest as { items?: { type?: string } }).items;
  return items?.type === "string" ? "list" : "other";
}

const sorted = (flags = "") => [...flags].sort().join("");

describe.each(Object.entries(vendor))("%s", (type, described) => {
  test("has the attributes that are described, of their types, flags and lengths", () => {
    const table = tableOf(type);
    const ours = Object.entries(table?.attributes ?? {}).map(([name, { kind, flags, max, among }]) => [
      name,
      // One of a few words needs no limit of its own.
      { kind, flags: sorted(flags), max: among ? described.attributes[name]?.maxLength : max },
    ]);
    const theirs = Object.entries(described.attributes).map(([name, attribute]) => [
      name,
      { kind: kindOf(attribute), flags: sorted(attribute["x-flags"]), max: attribute.maxLength },
    ]);
    expect(Object.fromEntries(ours)).toEqual(Object.fromEntries(theirs));
  });

  test("has the relationships that are described, to one or many, of their types and flags", () => {
    const ours = Object.entries(tableOf(type)?.relationships ?? {}).map(([name, { kind, to, flags }]) => [
      name,
      { kind, to: kind === "links" || to === "" ? null : [to], flags: sorted(flags) },
    ]);
    const theirs = Object.entries(described.relationships).map(([name, { kind, types, ...more }]) => [
      name,
      { kind, to: types?.length === 1 ? types : null, flags: sorted(more["x-flags"]) },
    ]);
    expect(Object.fromEntries(ours)).toEqual(Object.fromEntries(theirs));
  });
});
