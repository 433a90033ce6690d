/** What v1 says of itself in OpenAPI: whole, well formed, and telling what its schemas check. */
import { createConfig, lintFromString } from "@redocly/openapi-core";
import { describe, expect, test } from "vitest";
import { v1 } from "../../src/dialects/v1/app";
import { specOf } from "../../src/dialects/v1/endpoint";
import { documentOf, type Operation } from "../../src/dialects/v1/openapi";

const document = documentOf(v1.routes, "1.2.3");
const operations = Object.entries(document.paths).flatMap(([path, verbs]) =>
  Object.entries(verbs).map(([method, operation]) => ({ method, path, operation })),
);
const routes = v1.routes.filter(({ method }) => method !== "ALL");

test("a linter that is kept finds nothing wrong with it", async () => {
  const config = await createConfig({ extends: ["recommended"], rules: { "tag-description": "off" } });
  const problems = await lintFromString({ source: JSON.stringify(document), config });
  expect(problems.map(({ ruleId, message, location }) => [ruleId, message, location[0]?.pointer])).toEqual([]);
});

test("every route that is mounted is told of", () => {
  const told = operations.map(({ method, path }) => `${method.toUpperCase()} ${path.replace(/\{(\w+)\}/g, ":$1")}`);
  expect(told.sort()).toEqual(routes.map(({ method, path }) => `${method} ${path}`).sort());
});

test("every route says what it is called, what it does and what it answers", () => {
  const silent = routes.filter(({ handler }) => {
    const { operation, summary, answer } = specOf(handler) ?? {};
    return !operation || !summary || !answer;
  });
  expect(silent.map(({ method, path }) => `${method} ${path}`)).toEqual([]);
});

test("no two operations have one name", () => {
  const names = operations.map(({ operation }) => operation.operationId);
  expect(names.filter((name, i) => names.indexOf(name) !== i)).toEqual([]);
});

function at(method: string, path: string): Operation {
  const operation = document.paths[path]?.[method];
  if (!operation) throw new Error(`${method} ${path} is not told of`);
  return operation;
}

const body = (method: string, path: string) => at(method, path).requestBody?.content["application/json"]?.schema;

describe("what only checks know is told in JSON Schema", () => {
  const sequence = body("post", "/sequences") as { properties: Record<string, object>; required: string[] };
  const rows: [string, object | undefined, object][] = [
    [
      "a text has its bounds",
      sequence.properties.name,
      { type: "string", minLength: 1, maxLength: 255, pattern: "\\S" },
    ],
    ["a word is one of some", sequence.properties.shareType, { enum: ["private", "read_only", "shared"] }],
    ["a number has its bounds", sequence.properties.primaryReplyPauseDuration, { type: "integer", minimum: 0 }],
    [
      "an id looks as it does",
      document.components.schemas?.SequenceId as object,
      { pattern: "^seq_[A-Za-z0-9]{1,64}$" },
    ],
    ["a default is told", sequence.properties.exitOnReply, { type: "boolean", default: true }],
  ];
  test.each(rows)("%s", (_, schema, told) => {
    expect(schema).toMatchObject(told);
  });

  test("only what must be sent is required", () => {
    expect(sequence.required).toEqual(["name"]);
  });

  test("a number in a query is one, with its bounds and its default", () => {
    const limit = { name: "limit", in: "query", schema: { type: "integer", minimum: 1, maximum: 100, default: 20 } };
    expect(at("get", "/sequences").parameters).toContainEqual(limit);
  });

  test("a bulk is JSON or a file", () => {
    const content = at("post", "/sequences/{id}/enrollments/bulk").requestBody?.content;
    expect(Object.keys(content ?? {})).toEqual(["application/json", "text/csv"]);
  });

  test("what somebody may is told beside what he must hold", () => {
    expect(at("get", "/contacts/{id}/export").security).toEqual([
      { key: ["contacts_read", "messages_read", "replies_read"] },
    ]);
    expect(at("get", "/auth/me").security).toEqual([{ key: [] }]);
  });

  test("writes alone take an Idempotency-Key", () => {
    const keyed = operations.filter(({ operation }) =>
      operation.parameters.some((one) => "$ref" in one && one.$ref.endsWith("/IdempotencyKey")),
    );
    const writes = operations.filter(({ method }) => method !== "get");
    expect(keyed.map(({ operation }) => operation.operationId)).toEqual(
      writes.map(({ operation }) => operation.operationId),
    );
  });
});
