/** Holds v1's answers against its own OpenAPI document, in Node, where ajv may make code. */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { Ajv2020, type ValidateFunction } from "ajv/dist/2020.js";
import formats from "ajv-formats";
import type { TestProject } from "vitest/node";
import { v1 } from "../../src/dialects/v1/app";
import { documentOf } from "../../src/dialects/v1/openapi";

/** What a client has heard from v1. */
export interface Answered {
  method: string;
  /** Below `/v1`, without its query. */
  path: string;
  status: number;
  body: unknown;
}

const document = documentOf(v1.routes, "0.0.0");

const ajv = new Ajv2020({ allErrors: true, strict: false });
formats.default(ajv);
ajv.addSchema({ $id: "v1", ...closed(document) });

/** Clients must pass over fields that they do not know, but here each that is shown is to be described. */
function closed<T>(part: T): T {
  if (typeof part !== "object" || part === null) return part;
  if (Array.isArray(part)) return part.map(closed) as T;
  const all = Object.fromEntries(Object.entries(part).map(([name, value]) => [name, closed(value)]));
  const open = all.type === "object" && "properties" in all && !("additionalProperties" in all);
  return (open ? { ...all, additionalProperties: false } : all) as T;
}

/** Those with the fewest parameters first: `/enrollments/bulk` is no enrollment. */
const templates = Object.keys(document.paths)
  .sort((a, b) => a.split("{").length - b.split("{").length)
  .map((template) => ({ template, pattern: new RegExp(`^${template.replace(/\{\w+\}/g, "[^/]+")}$`) }));

const validators = new Map<string, ValidateFunction>();

function validatorAt(...pointer: string[]): ValidateFunction {
  const at = pointer.map((part) => encodeURIComponent(part.replaceAll("~", "~0").replaceAll("/", "~1"))).join("/");
  const known = validators.get(at) ?? ajv.compile({ $ref: `v1#/${at}` });
  validators.set(at, known);
  return known;
}

const JSON_BODY = ["content", "application/json", "schema"];

/** What an answer must be; a text where the document knows nothing of it. */
function demanded({ method, path, status }: Answered): ValidateFunction | string | null {
  const found = templates.find(({ pattern }) => pattern.test(path));
  const verb = method.toLowerCase();
  const operation = found && document.paths[found.template]?.[verb];
  if (!found || !operation) return status >= 400 ? validatorAt("components", "schemas", "Error") : "no such route";
  const said = operation.responses[status];
  if (!said) return "no such status";
  const { $ref } = said;
  if (typeof $ref === "string") return validatorAt(...$ref.split("/").slice(1), ...JSON_BODY);
  return validatorAt("paths", found.template, verb, "responses", `${status}`, ...JSON_BODY);
}

export function faultsOf(answered: Answered): string[] {
  const { method, path, status, body } = answered;
  const what = `${method} ${path} ${status}`;
  const validate = demanded(answered);
  if (validate === null) return [];
  if (typeof validate === "string") return [`${what}: ${validate} in the document`];
  validate(body);
  return (validate.errors ?? []).map(
    ({ instancePath, message, params }) => `${what} ${instancePath}: ${message} ${JSON.stringify(params)}`,
  );
}

declare module "vitest" {
  export interface ProvidedContext {
    contract: string;
    fuzzSeed: number;
  }
}

/** Runs while the tests do, on a free port of this machine. */
export default async function setup({ provide }: TestProject): Promise<() => void> {
  const server = createServer({ keepAliveTimeout: 120_000 }, async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const answers = JSON.parse(Buffer.concat(chunks).toString("utf8")) as Answered[];
    response.setHeader("content-type", "application/json").end(JSON.stringify(answers.flatMap(faultsOf)));
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  provide("fuzzSeed", Number(process.env.FUZZ_SEED ?? 7));
  provide("contract", `http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  return () => {
    server.close();
    server.closeAllConnections();
  };
}
