/** Knows how a write's document is read: its envelope, its attributes by the table, its linkage. */
import { ok, type Result, refuse } from "../../domain/failure";
import { find, isKept } from "../../engine/collections";
import type { Context } from "../../engine/context";
import { bodyOf, type Http } from "../http";
import {
  type ApiError,
  humanised,
  invalid,
  MEDIA_TYPE,
  type Refusal,
  tooLarge,
  UNSUPPORTED,
  unprocessable,
} from "./errors";
import type { Resource } from "./resource";
import type { Relationship, Written } from "./table";
import { written } from "./value";

const ACCEPTED = [MEDIA_TYPE, "application/json"];

type Members = Record<string, unknown>;

/** The body's JSON; a content type counts only where there is a body. */
export async function jsonOf(c: Http): Promise<Result<unknown, Refusal>> {
  const body = await bodyOf(c);
  if (body.kind === "none") return ok(undefined);
  const type = (c.req.header("content-type") ?? "").split(";")[0]?.trim().toLowerCase() ?? "";
  if (!ACCEPTED.includes(type)) return refuse(UNSUPPORTED);
  switch (body.kind) {
    case "too_large":
      return refuse(tooLarge(body.most));
    case "broken":
      return refuse(envelope("The body is not valid JSON."));
    case "json":
      return ok(body.value);
  }
}

/** What a document says; `id` is that of the path, or null where something is made. */
export function writtenOf({ table, links = [] }: Resource, json: unknown, id: number | null): Result<Written, Refusal> {
  const data = isObject(json) ? json.data : undefined;
  if (!isObject(data)) return refuse(envelope("The body must be an object with a resource object as its data."));
  const fault = faultInData(data, table.type, id);
  if (fault) return refuse(envelope(fault));
  const { attributes = {}, relationships = {} } = data;
  if (!isObject(attributes)) return refuse(unprocessable(invalid("/data/attributes", "Attributes must be an object.")));
  if (!isObject(relationships)) {
    return refuse(unprocessable(invalid("/data/relationships", "Relationships must be an object.")));
  }
  const errors: ApiError[] = [];
  const values = readEach(attributes, errors, "attributes", (name, value) => {
    const attribute = Object.hasOwn(table.attributes, name) ? table.attributes[name] : undefined;
    if (!attribute) return { fault: `is no attribute of '${table.type}'` };
    return attribute.flags.includes("R") ? { fault: "is read-only" } : written(attribute, value);
  });
  const linked = readEach(relationships, errors, "relationships", (name, value) => {
    const relationship = Object.hasOwn(table.relationships, name) ? table.relationships[name] : undefined;
    if (!relationship) return { fault: `is no relationship of '${table.type}'` };
    return links.includes(name) ? linkageOf(relationship, value) : { fault: "is read-only" };
  });
  if (errors.length > 0) return refuse(unprocessable(...errors));
  // The table, by which each value was read, says the types too.
  return ok({ attributes: values, links: linked, types: typesIn(relationships) } as Written);
}

function typesIn(relationships: Members): Record<string, string> {
  const types = Object.entries(relationships).flatMap(([name, value]) => {
    const data = isObject(value) && isObject(value.data) ? value.data : {};
    return typeof data.type === "string" ? [[name, data.type]] : [];
  });
  return Object.fromEntries(types);
}

function isObject(value: unknown): value is Members {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function envelope(detail: string): Refusal {
  return unprocessable(invalid("/data", detail));
}

const MEMBERS = ["type", "id", "attributes", "relationships", "links", "meta"];

function faultInData(data: Members, type: string, id: number | null): string | null {
  if (data.type !== type) return `Type must be '${type}'.`;
  if (id === null && (data.id ?? null) !== null) return "Id must not be given.";
  if (id !== null && idOf(data.id) !== id) return `Id must be ${id}, as in the path.`;
  const unknown = Object.keys(data).find((name) => !MEMBERS.includes(name));
  return unknown === undefined ? null : `'${unknown}' is no member of a resource object.`;
}

/** Clients write ids as numbers, and as digits. */
function idOf(value: unknown): number | null {
  const id = typeof value === "string" && /^\d{1,15}$/.test(value) ? Number(value) : value;
  return typeof id === "number" && Number.isSafeInteger(id) && id > 0 ? id : null;
}

type Reading = { value: unknown } | { fault: string };

function readEach(
  members: Members,
  errors: ApiError[],
  part: "attributes" | "relationships",
  read: (name: string, value: unknown) => Reading,
): Members {
  const values: Members = {};
  for (const [name, value] of Object.entries(members)) {
    const reading = read(name, value);
    if ("fault" in reading)
      errors.push(invalid(`/data/${part}/${escaped(name)}`, `${humanised(name)} ${reading.fault}.`));
    else values[name] = reading.value;
  }
  return values;
}

/** As a JSON Pointer spells it (RFC 6901). */
function escaped(name: string): string {
  return name.replaceAll("~", "~0").replaceAll("/", "~1");
}

function linkageOf(relationship: Relationship, value: unknown): Reading {
  if (!isObject(value) || value.data === undefined) return { fault: "must be an object with data" };
  const { data } = value;
  if (relationship.kind === "one") return data === null ? { value: null } : idIn(relationship, data);
  if (!Array.isArray(data)) return { fault: "must have a list as its data" };
  const read = data.map((one) => idIn(relationship, one));
  const fault = read.find((one) => "fault" in one);
  return fault ?? { value: read.flatMap((one) => ("value" in one ? [one.value] : [])) };
}

function idIn({ to }: Relationship, data: unknown): Reading {
  if (!isObject(data) || typeof data.type !== "string") return { fault: "must be linked to by type and id" };
  if (to !== "" && data.type !== to) return { fault: `must be of type '${to}'` };
  const id = idOf(data.id);
  return id === null ? { fault: "must be linked to by an integer id" } : { value: id };
}

/** Everything that is linked to must be there to see. */
export async function danglingIn(
  ctx: Context,
  { table }: Resource,
  { links, types }: Written,
): Promise<Refusal | null> {
  const errors: ApiError[] = [];
  for (const [name, linked] of Object.entries(links)) {
    const to = table.relationships[name]?.to || types[name] || "";
    const ids = linked === null || linked === undefined ? [] : [linked].flat();
    if (ids.length === 0 || !isKept(ctx, to)) continue;
    const found = new Set((await find(ctx, to, ids)).map(({ id }) => id));
    const lost = ids.find((id) => !found.has(id));
    if (lost !== undefined)
      errors.push(invalid(`/data/relationships/${name}`, `Could not find '${to}' with ID '${lost}'.`));
  }
  return errors.length > 0 ? unprocessable(...errors) : null;
}
