/** Knows how to write the types of the client from v1's document. */
import type { OpenApi, Operation } from "../../src/dialects/v1/openapi";
import type { Schema } from "../../src/dialects/v1/openapiparts";

const HEAD = `/** Knows what v1 takes and answers. Written by \`npm run client\` from its OpenAPI document: not to be changed by hand. */\n`;

export function clientTypes({ paths, components }: OpenApi): string {
  const { Error: refusal, ...schemas } = components.schemas;
  const codes = refusal?.properties?.error?.properties?.code?.enum ?? [];
  const named = Object.entries(schemas).map(([name, schema]) => `export type ${name} = ${typeOf(schema)};\n`);
  const operations = Object.entries(paths).flatMap(([path, verbs]) =>
    Object.entries(verbs).map(
      ([verb, operation]) => `  ${JSON.stringify(`${verb.toUpperCase()} ${path}`)}: ${told(operation)};`,
    ),
  );
  return [
    HEAD,
    `export type Code = ${unionOf(codes.map((code) => JSON.stringify(code)))};\n`,
    ...named,
    `export interface Operations {\n${operations.join("\n")}\n}\n`,
  ].join("\n");
}

function told({ parameters, requestBody, responses, summary }: Operation): string {
  const named = parameters.flatMap((one) => ("name" in one ? [one] : []));
  const within = (place: string) => named.filter((one) => one.in === place);
  const fields = (place: string) =>
    objectOf(within(place).map(({ name, required = false, schema }) => ({ name, required, schema })));
  const bodies = Object.entries(requestBody?.content ?? {}).map(([, { schema }]) => typeOf(schema));
  const [done] = Object.entries(responses).filter(([status]) => status < "300");
  const answer = typeOf(done?.[1].content?.["application/json"]?.schema ?? {});
  const body = bodies.length > 0 ? unionOf(bodies) : "undefined";
  return `{\n    /** ${summary}. */\n    path: ${fields("path")};\n    query: ${fields("query")};\n    body: ${body};\n    answer: ${answer};\n  }`;
}

function typeOf(schema: Schema): string {
  const { $ref, anyOf, oneOf, type, properties, items, additionalProperties: others } = schema;
  if ($ref) return $ref.split("/").at(-1) ?? "unknown";
  if (anyOf ?? oneOf) return unionOf((anyOf ?? oneOf ?? []).map(typeOf));
  if ("const" in schema) return JSON.stringify(schema.const);
  if (schema.enum) return unionOf(schema.enum.map((word) => JSON.stringify(word)));
  if (Array.isArray(type)) return unionOf(type.map((one) => typeOf({ type: one })));
  if (type === "array") return `(${typeOf(items ?? {})})[]`;
  if (properties) {
    const { required = [] } = schema;
    return objectOf(
      Object.entries(properties).map(([name, one]) => ({ name, required: required.includes(name), schema: one })),
    );
  }
  if (type === "object") return `Record<string, ${typeof others === "object" ? typeOf(others) : "unknown"}>`;
  return type === undefined ? "unknown" : type === "integer" ? "number" : type;
}

function objectOf(fields: { name: string; required: boolean; schema: Schema }[]): string {
  if (fields.length === 0) return "{}";
  const written = fields.map(({ name, required, schema }) =>
    required ? `${name}: ${typeOf(schema)}` : `${name}?: ${typeOf(schema)} | undefined`,
  );
  return `{ ${written.join("; ")} }`;
}

function unionOf(types: string[]): string {
  return [...new Set(types)].join(" | ");
}
