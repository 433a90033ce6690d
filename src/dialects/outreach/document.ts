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
  const attributes = { ...(fields ? blank([...shape.kinds.keys()].filter((name) => fields.has(name))) : shape.blank) };
  for (const [name, value] of Object.entries(values)) {
    const kind = Object.hasOwn(attributes, name) ? shape.kinds.get(name) : undefined;
    if (kind) attributes[name] = shown(kind, value);
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
  /** Of the attributes that are shown. */
  kinds: ReadonlyMap<string, Kind>;
  /** All of them null: most of a hundred and more are, and a copy is made ten times as fast as they are set. */
  blank: Record<string, unknown>;
  relationships: readonly Related[];
}

interface Related {
  name: string;
  kind: Relationship["kind"];
  /** The list of the other side, where that is served. */
  list: string | null;
  /** What filters that list for a row's id, encoded, where it has a filter that finds just the related ones. */
  filter: string | null;
}

const shapes = new WeakMap<Table, Shape>();

function shapeOf(table: Table): Shape {
  const shape = shapes.get(table) ?? madeOf(table);
  shapes.set(table, shape);
  return shape;
}

function madeOf(table: Table): Shape {
  const readable = Object.entries(table.attributes).filter(([, { flags }]) => !flags.includes("W"));
  return {
    kinds: new Map(readable.map(([name, { kind }]) => [name, kind])),
    blank: blank(readable.map(([name]) => name)),
    relationships: Object.entries(table.relationships).map(([name, one]) => relatedBy(table, name, one)),
  };
}

function blank(names: readonly string[]): Record<string, unknown> {
  return Object.fromEntries(names.map((name) => [name, null]));
}

function relatedBy({ type }: Table, name: string, relationship: Relationship): Related {
  const { kind } = relationship;
  const other = otherSide(name, relationship);
  if (other === null || !servedAs(other.type)) return { name, kind, list: null, filter: null };
  const back = other.relationships[type];
  const isWhole = name === other.plural && back?.kind === "one" && (back.by.includes("id") || back.by.includes("*"));
  return { name, kind, list: `/${other.plural}?`, filter: isWhole ? `filter%5B${type}%5D%5Bid%5D=` : null };
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
  const ids = targets.map(({ id }) => id).join("%2C");
  return list === null || ids === "" ? `/${table.plural}/${row.id}/${name}` : `${list}filter%5Bid%5D=${ids}`;
}
