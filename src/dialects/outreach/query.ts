/** Knows the parameters of a request: of one that comes twice the last counts, and those in `[]` add up. */

export interface Parameter {
  key: string;
  /** `filter[owner][email]` is of the family filter, and its path is owner, email. */
  family: string;
  path: string[];
  /** More than one only of those that add up. */
  values: string[];
}

export type Query = readonly Parameter[];

export function queryOf(url: URL): Query {
  const values = new Map<string, string[]>();
  for (const [key, value] of url.searchParams) {
    const before = key.endsWith("[]") ? (values.get(key) ?? []) : [];
    values.delete(key);
    values.set(key, [...before, value]);
  }
  return [...values].map(([key, all]) => ({ key, ...partsOf(key), values: all }));
}

/** A family, and what its brackets hold, each of which is closed. */
const NAME = /^([^[\]]+)((?:\[[^[\]]*\])*)$/;

/** The first parameter whose brackets do not close; null where all are well named. */
export function malformedIn(url: URL): string | null {
  return [...url.searchParams.keys()].find((key) => /[[\]]/.test(key) && !NAME.test(key)) ?? null;
}

function partsOf(key: string): { family: string; path: string[] } {
  const [, family, rest = ""] = NAME.exec(key) ?? [];
  if (family === undefined) return { family: key, path: [] };
  return { family, path: [...rest.matchAll(/\[([^[\]]*)\]/g)].map(([, name = ""]) => name) };
}

export function ofFamily(query: Query, family: string): Query {
  return query.filter((parameter) => parameter.family === family);
}

/** A parameter without brackets. */
export function said(query: Query, name: string): string | null {
  return query.find(({ key }) => key === name)?.values[0] ?? null;
}

export function namesIn(text: string): string[] {
  return text
    .split(",")
    .map((name) => name.trim())
    .filter((name) => name !== "");
}
