/** Knows how a resource is described: its attributes and relationships, what may be asked by them, and what they take. */

export type Kind = "text" | "integer" | "decimal" | "flag" | "time" | "date" | "list" | "other";

export interface Attribute<T = unknown> {
  kind: Kind;
  /** R: read-only, W: write-only, F: filterable, S: sortable. */
  flags: string;
  /** The longest text. */
  max?: number | undefined;
  among?: readonly string[];
  /** Never there: it carries the type of the value. */
  value?: T;
}

export type Attributes = Record<string, Attribute>;

export interface Relationship {
  kind: "one" | "many" | "links";
  /** The type it leads to; empty where that differs from row to row. */
  to: string;
  flags: string;
  /** The attributes of the other side that may be filtered by; `*`: all that are filterable there. */
  by: readonly string[];
}

export type Relationships = Record<string, Relationship>;

export interface Table<A extends Attributes = Attributes, R extends Relationships = Relationships> {
  type: string;
  plural: string;
  attributes: A;
  relationships: R;
}

export function table<A extends Attributes, R extends Relationships>(
  type: string,
  plural: string,
  { attributes, relationships }: { attributes: A; relationships: R },
): Table<A, R> {
  return { type, plural, attributes, relationships };
}

export function text(flags = "", max?: number): Attribute<string> {
  return { kind: "text", flags, max };
}

/** One of a few words. */
export function oneOf<const W extends string>(among: readonly W[], flags = ""): Attribute<W> {
  return { kind: "text", flags, among };
}

export function integer(flags = ""): Attribute<number> {
  return { kind: "integer", flags };
}

export function decimal(flags = ""): Attribute<number> {
  return { kind: "decimal", flags };
}

export function flag(flags = ""): Attribute<boolean> {
  return { kind: "flag", flags };
}

/** A date and time; in milliseconds on the inside. */
export function time(flags = ""): Attribute<number> {
  return { kind: "time", flags };
}

/** A day, as `2021-11-10`. */
export function date(flags = ""): Attribute<string> {
  return { kind: "date", flags };
}

export function list(flags = ""): Attribute<string[]> {
  return { kind: "list", flags };
}

/** An object or a list of them, of which nothing more is known. */
export function other(flags = ""): Attribute<unknown> {
  return { kind: "other", flags };
}

/** `custom1`, `custom2`, … */
export function numbered<T, const N extends string>(name: N, count: number, attribute: Attribute<T>) {
  const names = Array.from({ length: count }, (_, i) => `${name}${i + 1}`);
  return Object.fromEntries(names.map((one) => [one, attribute])) as Record<`${N}${number}`, Attribute<T>>;
}

export function one(to = "", flags = "", by = ""): Relationship & { kind: "one" } {
  return { kind: "one", to, flags, by: wordsOf(by) };
}

/** To many, whose identifiers are listed. */
export function many(to: string, flags = "", by = ""): Relationship & { kind: "many" } {
  return { kind: "many", to, flags, by: wordsOf(by) };
}

/** To many, of which only a link is given. What it leads to bears the relationship's own name. */
export function links(flags = "", by = ""): Relationship & { kind: "links" } {
  return { kind: "links", to: "", flags, by: wordsOf(by) };
}

function wordsOf(text: string): string[] {
  return text === "" ? [] : text.split(" ");
}

type ValueOf<A> = A extends Attribute<infer T> ? T : never;

/** What a body says of the attributes; what it leaves out is absent. */
export type Values<A extends Attributes> = { [K in keyof A]?: ValueOf<A[K]> | null };

/** The ids that a body links to. */
export type Links<R extends Relationships> = {
  [K in keyof R]?: R[K]["kind"] extends "one" ? number | null : number[];
};

export interface Written<A extends Attributes = Attributes, R extends Relationships = Relationships> {
  attributes: Values<A>;
  links: Links<R>;
  /** What type a to-one relationship was linked to, where the table leaves that open. */
  types: { [K in keyof R]?: string };
}
