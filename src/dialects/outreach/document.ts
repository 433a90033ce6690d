/** Knows how rows are shown: resource objects with their attributes, linkage and links. */

import type { Sparse } from "./fields";
import { type Identifier, type Loaded, targetsOf } from "./include";
import { servedAs } from "./resources";
import type { Kind, Relationship, Table } from "./table";
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
  const shape = shapeOf(table);
  const fields = look.sparse.get(table.type);
  const values: Record<string, unknown> = { ...(servedAs(table.type)?.extras?.(row) ?? {}), ...row };
  const attributes: Record<string, unknown> = {};
  for (const [name, kind] of shape.attributes) {
    if (!fields || fields.has(name)) attributes[name] = shown(kind, values[name]);
  }
  // Sparse or not: clients that name few fields read the linkage all the same.
  const relationships: Record<string, object> = {};
  for (const related of shape.relationships) relationships[related.name] = relationshipOf(loaded, related, look.base);
  return {
    type: table.type,
    id: row.id,
    attributes,
    relationships,
    links: { self: `${look.base}/${table.plural}/${row.id}` },
    ...(look.authorized ? { meta: look.authorized(loaded) } : {}),
  };
}

/** What is alike in all rows of a table, found out once: a list shows it hundreds of times. */
interface Shape {
  attributes: readonly (readonly [string, Kind])[];
  relationships: readonly Related[];
}

interface Related {
  name: string;
  kind: Relationship["kind"];
  /** The list of the other side, where that is served. */
  list: string | null;
  /** What filters that list for a row's id, where it has a filter that finds just the related ones. */
  filter: string | null;
}

const shapes = new WeakMap<Table, Shape>();

function shapeOf(table: Table): Shape {
  const shape = shapes.get(table) ?? {
    attributes: Object.entries(table.attributes).flatMap(([name, { flags, kind }]) =>
      flags.includes("W") ? [] : [[name, kind] as const],
    ),
    relationships: Object.entries(table.relationships).map(([name, one]) => relatedBy(table, name, one)),
  };
  shapes.set(table, shape);
  return shape;
}

function relatedBy({ type }: Table, name: string, relationship: Relationship): Related {
  const { kind } = relationship;
  const other = otherSide(name, relationship);
  if (other === null || !servedAs(other.type)) return { name, kind, list: null, filter: null };
  const back = other.relationships[type];
  const isWhole = name === other.plural && back?.kind === "one" && (back.by.includes("id") || back.by.includes("*"));
  return { name, kind, list: `/${other.plural}?`, filter: isWhole ? parameter(`filter[${type}][id]`, "") : null };
}

function relationshipOf(loaded: Loaded, related: Related, base: string) {
  const { name, kind } = related;
  switch (kind) {
    case "one":
      return { data: targetsOf(loaded, name)[0] ?? null };
    case "links":
      return { links: { related: base + relatedPath(loaded, related, []) } };
    case "many": {
      const targets = targetsOf(loaded, name);
      const links = { related: base + relatedPath(loaded, related, targets) };
      return { data: targets, links, meta: { count: targets.length } };
    }
  }
}

/** A filter of the other side where it has one that finds just these; the row's own related rows otherwise. */
function relatedPath({ table, row }: Loaded, { name, list, filter }: Related, targets: readonly Identifier[]): string {
  if (list !== null && filter !== null) return list + filter + row.id;
  const ids = targets.map(({ id }) => id).join();
  return list === null || ids === "" ? `/${table.plural}/${row.id}/${name}` : list + parameter("filter[id]", ids);
}

function parameter(name: string, value: string): string {
  return new URLSearchParams({ [name]: value }).toString();
}
