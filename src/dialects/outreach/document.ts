/** Knows how rows are shown: resource objects with their attributes, linkage and links. */

import type { Sparse } from "./fields";
import { type Identifier, type Loaded, targetsOf } from "./include";
import { servedAs } from "./resources";
import type { Relationship } from "./table";
import { otherSide } from "./tables";
import { shown } from "./value";

export interface Look {
  /** `https://…/api/v2` */
  base: string;
  sparse: Sparse;
  /** What the caller may do to a row; null where nobody asked. */
  authorized: ((loaded: Loaded) => { canWrite: boolean; canDelete: boolean }) | null;
}

export function objectOf(loaded: Loaded, look: Look) {
  const { table, row } = loaded;
  const fields = look.sparse.get(table.type);
  const values: Record<string, unknown> = { ...(servedAs(table.type)?.extras?.(row) ?? {}), ...row };
  const attributes = Object.entries(table.attributes)
    .filter(([name, { flags }]) => !flags.includes("W") && (fields?.has(name) ?? true))
    .map(([name, { kind }]) => [name, shown(kind, values[name])]);
  // Sparse or not: clients that name few fields read the linkage all the same.
  const relationships = Object.entries(table.relationships).map(([name, relationship]) => [
    name,
    relationshipOf(loaded, name, relationship, look.base),
  ]);
  return {
    type: table.type,
    id: row.id,
    attributes: Object.fromEntries(attributes),
    relationships: Object.fromEntries(relationships),
    links: { self: `${look.base}/${table.plural}/${row.id}` },
    ...(look.authorized ? { meta: look.authorized(loaded) } : {}),
  };
}

function relationshipOf(loaded: Loaded, name: string, relationship: Relationship, base: string) {
  const targets = targetsOf(loaded, name);
  const links = { related: base + relatedPath(loaded, name, relationship, targets) };
  switch (relationship.kind) {
    case "one":
      return { data: targets[0] ?? null };
    case "links":
      return { links };
    case "many":
      return { data: targets, links, meta: { count: targets.length } };
  }
}

/** A filter of the other side where it has one that finds just these; the row's own related rows otherwise. */
function relatedPath(
  { table, row }: Loaded,
  name: string,
  relationship: Relationship,
  targets: readonly Identifier[],
): string {
  const other = otherSide(name, relationship);
  if (other === null || !servedAs(other.type)) return `/${table.plural}/${row.id}/${name}`;
  const back = other.relationships[table.type];
  const isWhole = name === other.plural && back?.kind === "one" && (back.by.includes("id") || back.by.includes("*"));
  if (isWhole) return `/${other.plural}?${new URLSearchParams({ [`filter[${table.type}][id]`]: String(row.id) })}`;
  const ids = targets.map(({ id }) => id);
  return ids.length === 0
    ? `/${table.plural}/${row.id}/${name}`
    : `/${other.plural}?${new URLSearchParams({ "filter[id]": ids.join() })}`;
}
