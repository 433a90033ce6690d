/** The documents that are told without a key: OpenAPI, the page made of it, and the schema of a reply on the queue. */
import { beforeAll, expect, test } from "vitest";
import { type Heard, send } from "../support/request";
import { begin, type Json } from "../support/world";

let page: Heard;
let document: Json;

beforeAll(async () => {
  await begin();
  page = await send("GET", "/docs", { key: null });
  document = (await send("GET", "/v1/openapi.json", { key: null })).body;
});

test("the document is there without a key, and every path in it needs one", async () => {
  expect(document.openapi).toBe("3.1.0");
  const statuses = await Promise.all(
    Object.keys(document.paths).map(async (path) => {
      const [method = ""] = Object.keys(document.paths[path]);
      const asked = `/v1${path.replace(/\{(\w+)\}/g, "x")}`;
      return (await send(method.toUpperCase(), asked, { key: null })).status;
    }),
  );
  expect([...new Set(statuses)]).toEqual([401]);
});

test("the page shows every operation and every schema of the document, each at an anchor of its own", () => {
  expect([page.status, page.headers.get("content-type")]).toEqual([200, "text/html; charset=UTF-8"]);
  const anchors = [...page.text.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id);
  const operations = Object.values<Json>(document.paths).flatMap((verbs) => Object.values<Json>(verbs));
  const names = operations.map(({ operationId }) => operationId);
  const schemas = Object.keys(document.components.schemas).map((name) => `schema-${name}`);
  expect(anchors).toEqual(expect.arrayContaining([...names, ...schemas]));
  expect(new Set(anchors).size).toBe(anchors.length);
});

test("every link within the page leads somewhere in it", () => {
  const anchors = new Set([...page.text.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id));
  const links = [...page.text.matchAll(/href="#([^"]+)"/g)].map(([, id]) => id);
  expect(links.length).toBeGreaterThan(200);
  expect(links.filter((id) => !anchors.has(id))).toEqual([]);
});

test("the page loads nothing, and its policy takes its own style alone", async () => {
  expect(page.text).not.toMatch(/<(script|img|link|iframe|object)|@import|url\(/i);
  const [, style = ""] = /<style>([\s\S]*?)<\/style>/.exec(page.text) ?? [];
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(style));
  const hash = `'sha256-${new Uint8Array(digest).toBase64()}'`;
  expect(page.headers.get("content-security-policy")).toBe(
    `default-src 'none'; style-src ${hash}; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`,
  );
});

test("the page says how long a text may be, what a word is one of, and what is so unless said", () => {
  const section = /<section id="createSequence">([\s\S]*?)<\/section>/.exec(page.text)?.[1] ?? "";
  const words = section.replace(/<[^>]+>/g, " ").replace(/\s+/g, " ");
  expect(words).toContain("post /v1/sequences");
  expect(words).toContain("Scope: sequences_write");
  expect(words).toContain("name string 1…255");
  expect(words).toContain("private | read_only | shared optional");
  expect(words).toContain("exitOnReply boolean true unless said optional");
});

test("the schema of a reply on the queue is there without a key", async () => {
  const { status, body } = await send("GET", "/v1/schemas/reply.json", { key: null });
  expect([status, body.title, body.required]).toEqual([
    200,
    "Reply",
    ["v", "workspaceId", "platform", "from", "text", "receivedAt"],
  ]);
});
