/** Validates JSON:API documents by the vendor's own description of its resources, in Node, where ajv may make code. */
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { Ajv, type ValidateFunction } from "ajv";
import formats from "ajv-formats";
import type { TestProject } from "vitest/node";

/** Cut from the vendor's OpenAPI document: what each attribute may hold and each relationship may point at, with flags. */
interface Described {
  attributes: Record<string, { "x-flags"?: string }>;
  relationships: Record<string, { kind: "one" | "many" | "links"; types: string[] | null; "x-flags": string }>;
}

const described = JSON.parse(readFileSync("test/support/outreach.json", "utf8")) as Record<string, Described>;

/** What the pool asks: does this body hold, in full or with some fields left out? */
interface Question {
  body: unknown;
  sparse: boolean;
}

const ajv = new Ajv({ allErrors: true, strict: false });
formats.default(ajv);
ajv.addFormat("contact histogram", true);
ajv.addFormat("float", true);

function objectOf(properties: Record<string, object>, required: readonly string[]): object {
  return { type: "object", properties, required, additionalProperties: false };
}

const LINK = { type: "string", format: "uri" };

function linkage(types: string[] | null): object {
  const type = types ? { enum: types } : { type: "string" };
  return objectOf({ type, id: { type: "integer" } }, ["type", "id"]);
}

function relationship({ kind, types }: Described["relationships"][string]): object {
  if (kind === "links") return objectOf({ links: objectOf({ related: LINK }, ["related"]) }, ["links"]);
  if (kind === "one") return objectOf({ data: { ...linkage(types), nullable: true } }, ["data"]);
  const data = { type: "array", items: linkage(types) };
  const meta = objectOf({ count: { type: "integer" } }, ["count"]);
  return objectOf({ data, links: objectOf({ related: LINK }, ["related"]), meta }, ["data", "links", "meta"]);
}

function resource(type: string, { attributes, relationships }: Described, sparse: boolean): object {
  const shown = Object.entries(attributes).filter(([, { "x-flags": flags = "" }]) => !flags.includes("W"));
  const related = Object.entries(relationships).map(([name, spec]) => [name, relationship(spec)]);
  const properties = {
    type: { const: type },
    id: { type: "integer" },
    attributes: objectOf(Object.fromEntries(shown), sparse ? [] : shown.map(([name]) => name)),
    relationships: objectOf(Object.fromEntries(related), sparse ? [] : Object.keys(relationships)),
    links: objectOf({ self: LINK }, ["self"]),
    meta: objectOf({ canWrite: { type: "boolean" }, canDelete: { type: "boolean" } }, []),
  };
  return objectOf(properties, ["type", "id", "attributes", "relationships", "links"]);
}

const validators = new Map<string, ValidateFunction>();

function validatorOf(type: string, sparse: boolean): ValidateFunction | null {
  const spec = described[type];
  if (!spec) return null;
  const key = `${type}/${sparse}`;
  const known = validators.get(key) ?? ajv.compile(resource(type, spec, sparse));
  validators.set(key, known);
  return known;
}

/** What is wrong with each resource of a document; empty where all is well. */
function faultsIn({ body, sparse }: Question): string[] {
  const { data, included = [] } = body as { data: unknown; included?: unknown[] };
  const resources = [...(Array.isArray(data) ? data : [data]), ...included] as { type: string; id: number }[];
  return resources.flatMap((one) => {
    const validate = validatorOf(one?.type, sparse);
    if (!validate) return [`nothing describes a resource of type ${one?.type}`];
    validate(one);
    return (validate.errors ?? []).map(
      ({ instancePath, message, params }) =>
        `${one.type} ${one.id}${instancePath}: ${message} ${JSON.stringify(params)}`,
    );
  });
}

declare module "vitest" {
  export interface ProvidedContext {
    validator: string;
  }
}

/** Runs while the tests do, on a free port of this machine. */
export default async function setup({ provide }: TestProject): Promise<() => void> {
  // Longer than any pause between two questions, so that none meets a connection that is just being closed.
  const server = createServer({ keepAliveTimeout: 120_000 }, async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const question = JSON.parse(Buffer.concat(chunks).toString("utf8")) as Question;
    response.setHeader("content-type", "application/json").end(JSON.stringify(faultsIn(question)));
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  provide("validator", `http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  return () => {
    server.close();
    server.closeAllConnections();
  };
}
