/** Knows how v1 is described in OpenAPI 3.1: from the routes as they are mounted, and the schemas that they parse by. */
import type { RouterRoute } from "hono/types";
import * as z from "zod";
import { type Described, specOf } from "./endpoint";
import { COMPONENTS, type Content, ERROR, headersOf, INFO, inJson, type Json, type Schema } from "./openapiparts";
import { spelled } from "./wire/parse";

export interface Parameter {
  name: string;
  in: string;
  required?: boolean;
  schema: Schema;
}

export interface Operation {
  operationId: string;
  summary: string;
  tags: string[];
  security: Record<string, string[]>[];
  parameters: (Parameter | { $ref: string })[];
  requestBody?: { required: boolean; content: Content };
  responses: Record<string, { $ref?: string; description?: string; headers?: Json; content?: Content }>;
}

export interface OpenApi {
  openapi: string;
  info: typeof INFO & { version: string };
  servers: Json[];
  tags: { name: string }[];
  paths: Record<string, Record<string, Operation>>;
  components: { schemas: Record<string, Schema>; [more: string]: Json };
}

/** A route that says what it takes. */
interface Route {
  method: string;
  path: string;
  name: string;
  tag: string;
  spec: Described;
}

/** What it is made of, in JSON Schema. */
interface Shape {
  path: { properties: Record<string, Schema> };
  query: { properties: Record<string, Schema>; required?: string[] };
  body?: Schema;
  answer?: Schema;
}

export function documentOf(mounted: readonly RouterRoute[], version: string): OpenApi {
  const routes = mounted.flatMap(routeOf);
  const { shapes, schemas } = shapesOf(routes);
  const paths: OpenApi["paths"] = {};
  for (const route of routes) {
    const { path, method } = route;
    paths[path] = { ...paths[path], [method]: operationOf(route, shapes[route.name] ?? NOTHING) };
  }
  return {
    openapi: "3.1.0",
    info: { ...INFO, version },
    servers: [{ url: "/v1" }],
    tags: [...new Set(routes.map(({ tag }) => tag))].map((name) => ({ name })),
    paths,
    components: { schemas: { ...schemas, Error: ERROR }, ...COMPONENTS },
  };
}

const NOTHING: Shape = { path: { properties: {} }, query: { properties: {} } };

function routeOf({ method, path, handler }: RouterRoute): Route[] {
  const spec = specOf(handler);
  if (spec === null) return [];
  const parts = path.split("/").slice(1);
  const tag = parts.find((part) => NESTED.includes(part)) ?? parts[0] ?? "";
  const name = spec.operation ?? `${method.toLowerCase()}_${parts.join("_").replace(/[^\w]/g, "")}`;
  return [{ method: method.toLowerCase(), path: path.replace(/:(\w+)/g, "{$1}"), name, tag, spec }];
}

/** What stands below another thing and is told of apart. */
const NESTED = ["steps", "enrollments", "keys"];

/** All at once, so that what many name, such as an id or a contact, is told in one place. */
function shapesOf(routes: readonly Route[]): { shapes: Record<string, Shape>; schemas: Record<string, Schema> } {
  const all = routes.map(({ name, spec }) => {
    const { ids = {}, params = {}, query = z.object({}), body, answer } = spec;
    const path = Object.entries(ids).map(([param, noun]) => [param, spelled(noun)] as const);
    const shape = { path: z.object({ ...Object.fromEntries(path), ...params }), query };
    return [name, z.object({ ...shape, ...(body ? { body } : {}), ...(answer ? { answer } : {}) })] as const;
  });
  const schema = z.toJSONSchema(z.object(Object.fromEntries(all)), { io: "input", override: plainly });
  const text = JSON.stringify(schema).replaceAll('"#/$defs/', '"#/components/schemas/');
  const { properties, $defs } = JSON.parse(text) as {
    properties: Record<string, { properties: Shape }>;
    $defs: Record<string, Schema>;
  };
  const shapes = Object.entries(properties).map(([name, one]) => [name, one.properties] as const);
  return { shapes: Object.fromEntries(shapes), schemas: $defs };
}

type Overridden = { zodSchema: z.core.$ZodType; jsonSchema: z.core.JSONSchema.BaseSchema };

/** A format says what the long pattern behind it says, and a bound that every number keeps to says nothing. */
function plainly({ zodSchema, jsonSchema }: Overridden): void {
  const { format, minimum, maximum } = jsonSchema;
  if (format !== undefined) delete jsonSchema.pattern;
  if (minimum === Number.MIN_SAFE_INTEGER) delete jsonSchema.minimum;
  if (maximum === Number.MAX_SAFE_INTEGER) delete jsonSchema.maximum;
  delete jsonSchema.id;
  // What a text in a query is turned into is no default of a text for zod; in the document it is that number itself.
  const { def } = zodSchema._zod;
  if (def.type === "default" && "defaultValue" in def && typeof def.defaultValue === "number") {
    jsonSchema.default = def.defaultValue;
  }
}

function operationOf({ name, method, tag, spec }: Route, shape: Shape): Operation {
  const { scope, scopes = scope ? [scope] : [], status = 200 } = spec;
  const places = Object.entries(shape.path.properties).map(([name, schema]) => ({
    ...{ name, in: "path", required: true, schema },
  }));
  const { properties, required = [] } = shape.query;
  const asked = Object.entries(properties).map(([name, schema]) => ({
    ...{ name, in: "query", ...(required.includes(name) ? { required: true } : {}), schema },
  }));
  const writes = method !== "get";
  const refusals = [400, 401, 403, 404, 429, 500, 503, ...(writes ? [402, 409] : []), ...(shape.body ? [415] : [])];
  const content = inJson(shape.answer ?? { type: "object" });
  const answer = { description: "Done", headers: headersOf(writes), content };
  // What is only tried makes nothing.
  const done = "dryRun" in properties ? [...new Set([200, status])] : [status];
  return {
    operationId: name,
    summary: spec.summary ?? name,
    tags: [tag],
    security: [{ key: [...scopes] }],
    parameters: [...places, ...asked, ...(writes ? [{ $ref: "#/components/parameters/IdempotencyKey" }] : [])],
    ...(shape.body ? { requestBody: bodyOf(shape.body, spec.file) } : {}),
    responses: Object.fromEntries([...done.map((one) => [one, answer] as const), ...refusals.map(refusedBy)]),
  };
}

/** A body all of whose fields may be left out may be left out itself. */
function bodyOf(schema: Schema, file: string | undefined): NonNullable<Operation["requestBody"]> {
  const text = file === undefined ? {} : { [file]: { schema: { type: "string" } } };
  return { required: Array.isArray(schema.required) || file !== undefined, content: { ...inJson(schema), ...text } };
}

const refusedBy = (status: number) => [status, { $ref: `#/components/responses/Refused${status}` }] as const;
