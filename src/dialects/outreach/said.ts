/** Knows what a body says of attributes: which it leaves out, which may not be null, and which are only kept and shown. */
import type { Failure } from "../../domain/failure";
import type { Attributes, Values } from "./table";

type Defined<T> = { [K in keyof T]?: Exclude<T[K], undefined> };

/** Without what is left out. */
export function defined<T extends object>(fields: T): Defined<T> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as Defined<T>;
}

/** The first of these that is null, though it may not be. */
export function nullIn<A extends Attributes>(values: Values<A>, names: readonly (keyof A & string)[]): Failure | null {
  const empty = names.find((name) => values[name] === null);
  return empty === undefined ? null : { kind: "blank", field: empty };
}

/** A name that is there or, unless `mayLack`, is lacking. */
export function blankName(name: string | null | undefined, { mayLack }: { mayLack: boolean }): Failure | null {
  if (name === undefined && mayLack) return null;
  return (name ?? "").trim() === "" ? { kind: "blank", field: "name" } : null;
}

/** All but these, as they are kept where no column is theirs: times as they are shown. */
export function keptOf<A extends Attributes>(
  table: { attributes: A },
  values: Values<A>,
  but: readonly string[],
): Record<string, unknown> {
  const rest = Object.entries(values).filter(([name]) => !but.includes(name));
  const isTime = (name: string) => table.attributes[name]?.kind === "time";
  return Object.fromEntries(
    rest.map(([name, value]) => [
      name,
      isTime(name) && typeof value === "number" ? new Date(value).toISOString() : value,
    ]),
  );
}
