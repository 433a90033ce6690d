/** Knows which attributes a request wants to see of each type. */
import { ok, type Result, refuse } from "../../domain/failure";
import { badParameter, type Refusal } from "./errors";
import { namesIn, ofFamily, type Query } from "./query";
import { tableOf } from "./tables";

/** Of a type that is not named, all. */
export type Sparse = ReadonlyMap<string, ReadonlySet<string>>;

export function sparseOf(query: Query): Result<Sparse, Refusal> {
  const sparse = new Map<string, ReadonlySet<string>>();
  for (const { key, path, values } of ofFamily(query, "fields")) {
    const [type = ""] = path;
    const table = path.length === 1 ? tableOf(type) : null;
    if (!table) return refuse(badParameter("fieldsParameter.unknownResource", key, `'${type}' is no resource.`));
    const names = namesIn(values[0] ?? "");
    const unknown = names.find((name) => !Object.hasOwn({ ...table.attributes, ...table.relationships }, name));
    if (unknown !== undefined) {
      const detail = `'${unknown}' is no field of '${type}'.`;
      return refuse(badParameter("fieldsParameter.unknownResourceField", key, detail));
    }
    sparse.set(type, new Set(names));
  }
  return ok(sparse);
}
