/**
 * Requests made up from Outreach's own tables, right ones and wrong ones, over all that is served: none fails inside, none hangs, and
 * every answer has this API's form. `FUZZ_SEED` makes up others.
 */
import fc from "fast-check";
import { beforeAll, expect, inject, test } from "vitest";
import { SERVED } from "../../src/dialects/outreach/resources";
import type { Attribute, Relationship } from "../../src/dialects/outreach/table";
import { otherSide } from "../../src/dialects/outreach/tables";
import { fillEstate } from "../support/estate";
import { ask, encoded, keys, knowing, type Made, markOf } from "../support/fuzzing";
import { JUNK, spoilt } from "../support/jsonschema";
import { RAW, TYPES } from "../support/rawbodies";
import { type Heard, send } from "../support/request";
import { begin, drain, type Json, KEY } from "../support/world";

const MEDIA = "application/vnd.api+json";
/** At a time. */
const LANES = 4;
/** Requests to a list, to one, to what makes or changes one, and to one of the many actions and relations. */
const LISTED = 40;
const LOOKED = 12;
const WRITTEN = 40;
const EACH_DEED = 8;

const { learn, forget, fill } = knowing();

const idFor = (type: string) => fc.nat(99).map((n) => markOf(type, n));

/** What a text of a name must look like to be taken. */
const TYPICAL: Record<string, fc.Arbitrary<unknown>> = {
  emails: fc.constantFrom(["ann@example.com"], ["bob@example.com", "b@example.com"], []),
  email: fc.constantFrom("box1@example.com", "box2@example.com"),
  timeZone: fc.constantFrom("Europe/Berlin", "UTC", null),
  timezone: fc.constantFrom("Europe/Berlin", "UTC", null),
  interval: fc.constantFrom(0, 60, 86_400),
  date: fc.constantFrom("2040-03-01", null),
  order: fc.constantFrom(1, 2, 3),
  openings: fc.constantFrom([{ day: 1, from: "09:00", to: "17:00" }], []),
  bodyHtml: fc.constantFrom("<p>Hello {{first_name}}</p>", "{{", "plain"),
  subject: fc.constantFrom("Hi", "Hi {{first_name}}", null),
};

function fitFor(name: string, { kind, max, among }: Attribute): fc.Arbitrary<unknown> {
  const typical = TYPICAL[name];
  if (typical) return typical;
  switch (kind) {
    case "text":
      return among
        ? fc.constantFrom(...among)
        : fc.string({ unit: "grapheme-ascii", minLength: 1, maxLength: Math.min(max ?? 20, 20) });
    case "integer":
      return fc.integer({ min: -1, max: 200 });
    case "decimal":
      return fc.double({ noNaN: true, noDefaultInfinity: true });
    case "flag":
      return fc.boolean();
    case "time":
      return fc.constantFrom("2040-02-01T10:00:00.000Z", "2039-01-01", "2041-12-31T23:59:59+02:00");
    case "date":
      return fc.constantFrom("2040-03-01", "2039-12-31");
    case "list":
      return fc.array(fc.string({ maxLength: 10 }), { maxLength: 3 });
    case "other":
      return fc.constantFrom({}, [], { a: 1 }, [{ day: 1 }]);
  }
}

/** As it is written in a query. */
function askedOf(name: string, attribute: Attribute): fc.Arbitrary<string> {
  const one = fitFor(name, attribute).map((value) => String(Array.isArray(value) ? value[0] : value));
  return fc.oneof(
    { weight: 4, arbitrary: one },
    { weight: 1, arbitrary: fc.tuple(one, one).map(([from, to]) => `${from}..${to}`) },
    { weight: 1, arbitrary: fc.tuple(one, one).map((both) => both.join(",")) },
    { weight: 1, arbitrary: fc.constantFrom("__null__", "__notnull__", "neginf..5", "5..inf", "..", ",", "") },
    {
      weight: 1,
      arbitrary: fc.constantFrom(...JUNK).map((junk) => String(typeof junk === "object" ? JSON.stringify(junk) : junk)),
    },
  );
}

type Served = (typeof SERVED)[number];

const NOT = [
  "page[size]=0",
  "page[size]=1001",
  "page[offset]=-1",
  "page[after]=x",
  "page[before]=e30",
  "page=1",
  "page[]=1",
];
const ODD = [
  "filter=1",
  "filter[",
  "filter[][]=1",
  "filter[id]",
  "filter[id][gte]=1",
  "filter[__proto__]=1",
  "sort=,",
  "sort=-",
  "%",
  "=",
  "fields[x]=y",
];
const ODDER = [
  "include=a.b.c.d",
  "include=,",
  "sort=constructor",
  "filter[constructor][name]=1",
  "newFilterSyntax=x",
  "filter[id]=1&filter[id]=2",
];

/** What a list is asked for. */
function queryOf({ table: { type, attributes, relationships } }: Served): fc.Arbitrary<string> {
  const filterable = Object.entries(attributes).filter(([, { flags }]) => flags.includes("F"));
  const filters = [
    ...filterable.map(([name, one]) => askedOf(name, one).map((value) => `filter[${name}]=${encoded(value)}`)),
    ...filterable.map(([name, one]) =>
      fc
        .tuple(fc.constantFrom("", "gte", "lte"), askedOf(name, one))
        .map(([how, value]) => `newFilterSyntax=true&filter[${name}][${how}]=${encoded(value)}`),
    ),
    idFor(type).map((id) => `filter[id]=${encoded(id)}`),
    ...Object.entries(relationships).map(([name, to]) => filterBy(name, to)),
  ];
  const sortable = Object.entries(attributes).filter(([, { flags }]) => flags.includes("S"));
  const words = ["id", ...sortable.map(([name]) => name)];
  const sorted = fc.tuple(fc.constantFrom("", "-"), fc.constantFrom(...words, ...Object.keys(attributes).slice(0, 2)));
  const parts: fc.Arbitrary<string>[] = [
    fc.oneof(...filters),
    sorted.map(([sign, name]) => `sort=${sign}${name}`),
    fc.constantFrom("page[size]=1", "page[size]=3&page[offset]=1", "page[limit]=2", "count=false", "count=true"),
    ...(Object.keys(relationships).length > 0
      ? [fc.constantFrom(...Object.keys(relationships)).map((name) => `include=${name}`)]
      : []),
    fc.constantFrom(...Object.keys(attributes)).map((name) => `fields[${type}]=${name}`),
    fc.constantFrom(...NOT, ...ODD, ...ODDER),
  ];
  return fc
    .oneof(
      { weight: 6, arbitrary: fc.array(fc.oneof(...parts.slice(0, -1)), { maxLength: 3 }) },
      { weight: 1, arbitrary: fc.array(fc.oneof(...parts), { maxLength: 3 }) },
    )
    .map((all) => all.join("&"));
}

function filterBy(name: string, to: Relationship): fc.Arbitrary<string> {
  const other = otherSide(name, to);
  const fields = to.by.includes("*") ? ["id", ...Object.keys(other?.attributes ?? {})] : ["id", ...to.by];
  return fc.constantFrom(...fields).chain((field) => {
    const attribute = other?.attributes[field];
    const value = attribute ? askedOf(field, attribute) : idFor(other?.type ?? "x");
    return value.map((one) => `filter[${name}][${field}]=${encoded(one)}`);
  });
}

/** A document, with what may be written and now and then what may not. */
function documentOf(
  { table: { type, attributes, relationships }, links = [] }: Served,
  id: fc.Arbitrary<string> | null,
): fc.Arbitrary<Json> {
  const writable = Object.entries(attributes).filter(([, { flags }]) => !flags.includes("R"));
  const named = ["name", "action", "subject", "email", "interval", "stepType", "emails"].filter((name) =>
    writable.some(([one]) => one === name),
  );
  const valued = fc.record(Object.fromEntries(writable.map(([name, one]) => [name, fitFor(name, one)])), {
    noNullPrototype: true,
  });
  const some = fc
    .tuple(
      valued,
      fc.subarray(
        writable.map(([name]) => name),
        { maxLength: Math.min(4, writable.length) },
      ),
    )
    .map(([all, names]) => {
      const kept = [...names, ...named];
      return Object.fromEntries(Object.entries(all).filter(([name]) => kept.includes(name)));
    });
  const linked = links.map((name) => [name, linkageTo(name, relationships[name])] as const);
  const related = fc.record(Object.fromEntries(linked), { noNullPrototype: true });
  const asked = fc.record({ attributes: some, relationships: related, id: id ?? fc.constant(undefined) });
  return asked.map(({ attributes, relationships, id }) => ({
    data: {
      type,
      ...(id === undefined ? {} : { id }),
      attributes,
      ...(Object.keys(relationships).length > 0 ? { relationships } : {}),
    },
  }));
}

function linkageTo(name: string, to: Relationship | undefined): fc.Arbitrary<Json> {
  const type = (to && otherSide(name, to)?.type) ?? "prospect";
  const one = idFor(type).map((id) => ({ type, id }));
  if (to?.kind !== "one") return fc.array(one, { maxLength: 2 }).map((data) => ({ data }));
  return fc.oneof({ weight: 5, arbitrary: one }, { weight: 1, arbitrary: fc.constant(null) }).map((data) => ({ data }));
}

interface Route {
  method: string;
  noun: string;
  path: fc.Arbitrary<string>;
  query: fc.Arbitrary<string>;
  body: fc.Arbitrary<Json> | null;
  count: number;
}

const NONE = fc.constant("");
const shows = fc.oneof(
  { weight: 5, arbitrary: NONE },
  { weight: 1, arbitrary: fc.constantFrom("include=owner", "include=x", "fields[x]=y", "filter[") },
);
const PARAMS = [
  "actionParams[ownerId]=<user 1>",
  "actionParams[dueAt]=2041-01-01T00:00:00Z",
  "actionParams[dueAt]=x",
  "actionParams[ownerId]=x",
  "actionParams=1",
];
const params = fc.oneof({ weight: 2, arbitrary: NONE }, { weight: 3, arbitrary: fc.constantFrom(...PARAMS) });

function routesOf(served: Served): [string, Route][] {
  const { table, actions = {}, create, update, remove } = served;
  const { type, plural, relationships } = table;
  const list = `/api/v2/${plural}`;
  const one = fc
    .oneof(
      { weight: 15, arbitrary: idFor(type) },
      { weight: 1, arbitrary: fc.constantFrom(...JUNK, "0", "9".repeat(40)).map((junk) => encoded(junk) || "%20") },
    )
    .map((id) => `${list}/${id}`);
  const route = (method: string, path: fc.Arbitrary<string>, count: number, more: Partial<Route> = {}): Route => ({
    method,
    noun: type,
    path,
    query: shows,
    body: null,
    count,
    ...more,
  });
  const body = (id: fc.Arbitrary<string> | null) => documentOf(served, id);
  return [
    [`GET ${plural}`, route("GET", fc.constant(list), LISTED, { query: queryOf(served) })],
    [`GET ${plural}/:id`, route("GET", one, LOOKED)],
    [`POST ${plural}`, route("POST", fc.constant(list), create ? WRITTEN : 2, { body: body(null) })],
    [
      `PATCH ${plural}/:id`,
      route("PATCH", one, update ? WRITTEN : 2, {
        body: body(fc.constant(markOf(type, 0))),
      }),
    ],
    [`DELETE ${plural}/:id`, route("DELETE", one, remove ? EACH_DEED : 2)],
    ...Object.keys(actions).map((name): [string, Route] => [
      `POST ${plural}/:id/actions/${name}`,
      route(
        "POST",
        one.map((at) => `${at}/actions/${name}`),
        EACH_DEED,
        { query: params },
      ),
    ]),
    ...Object.keys(relationships).map((name): [string, Route] => [
      `GET ${plural}/:id/${name}`,
      route(
        "GET",
        one.map((at) => `${at}/${name}`),
        3,
      ),
    ]),
  ];
}

const json = (body: unknown): string | undefined => (body === undefined ? undefined : JSON.stringify(body));

function requestsTo({ method, path, query, body }: Route): fc.Arbitrary<Made> {
  const sent: fc.Arbitrary<string | undefined> = body
    ? fc.oneof(
        { weight: 12, arbitrary: body.map(json) },
        { weight: 9, arbitrary: spoilt(body).map(json) },
        { weight: 3, arbitrary: fc.constantFrom(...RAW, undefined) },
      )
    : fc.oneof({ weight: 9, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary: fc.constantFrom(...RAW) });
  const type = fc.oneof(
    { weight: 12, arbitrary: fc.constantFrom(MEDIA, "application/json") },
    { weight: 1, arbitrary: fc.constantFrom(...TYPES) },
  );
  return fc.record({ path, query, body: sent, type, key: keys }).map((made) => ({
    ...made,
    method,
    body: method === "GET" ? undefined : method === "PATCH" ? sameAs(made.path, made.body) : made.body,
  }));
}

/** A document names the one of its path; of those that are drawn apart that would be luck. */
function sameAs(path: string, body: string | undefined): string | undefined {
  const [mark, type = ""] = /<(\w+) \d+>/.exec(path) ?? [];
  return mark === undefined ? body : body?.replace(markOf(type, 0), mark);
}

const isText = (value: unknown) => typeof value === "string" && value !== "";

function faultInForm({ status, headers, text, body }: Heard): string | null {
  if (status === 204) return text === "" ? null : "there is more than nothing";
  if (headers.get("content-type") !== MEDIA) return "it is not called JSON:API";
  if (typeof body !== "object" || body === null) return "it is no object";
  if (status < 300) return body.data === undefined ? "it has no data" : null;
  const { errors, ...more } = body;
  if (!Array.isArray(errors) || errors.length === 0 || Object.keys(more).length > 0) return "it is no list of errors";
  return errors.every(({ id, title, detail }) => [id, title, detail].every(isText)) ? null : "an error lacks its words";
}

const routes = new Map(SERVED.flatMap(routesOf));
const tallies = new Map([...routes.keys()].map((name) => [name, { done: 0, refused: 0 }]));
const COUNT = [...routes.values()].reduce((sum, { count }) => sum + count, 0);

beforeAll(async () => {
  await begin();
  await fillEstate();
  for (const { table } of SERVED)
    for (const { id } of (await send("GET", `/api/v2/${table.plural}?page[size]=12&sort=-id`)).body.data ?? [])
      learn(table.type, id);
});

/** In a URL they are written otherwise. */
function decodedMarks(url: string): string {
  return url.replace(/%3C(\w+)%20(\d+)%3E/g, "<$1 $2>");
}

test(`${COUNT} requests that were made up are all answered in this API's form`, async () => {
  const seed = inject("fuzzSeed");
  const all = [...routes].map(([name, route]) => ({
    route,
    // What is taken away is there for nothing else to meet: that comes last.
    since: route.method === "DELETE" ? WRITTEN - route.count : 0,
    tally: tallies.get(name) ?? { done: 0, refused: 0 },
    requests: fc.sample(requestsTo(route), { seed, numRuns: route.count }),
  }));
  for (let round = 0; round < Math.max(LISTED, WRITTEN); round++) {
    const faults: string[] = [];
    const still = all.filter(({ requests, since }) => requests[round - since] !== undefined);
    for (let from = 0; from < still.length; from += LANES) {
      const lanes = still.slice(from, from + LANES).map(async ({ route: { noun, method }, tally, requests, since }) => {
        const marked = requests[round - since];
        if (!marked) return;
        const [path, query] = [fill(decodedMarks(marked.path)), fill(decodedMarks(marked.query))];
        const made = { ...marked, path, query, body: marked.body && fill(marked.body) };
        const { heard, fault } = await ask(made, faultInForm);
        tally[heard.status < 300 ? "done" : "refused"] += 1;
        if (fault !== null) faults.push(fault);
        if (heard.status === 201 && made.key === KEY) learn(noun, heard.body?.data?.id);
        if (heard.status === 204 && method === "DELETE") forget(noun, Number(path.split("/").at(-1)));
      });
      await Promise.all(lanes);
    }
    if (faults.length > 0) console.error(faults.join("\n"));
    expect.soft(faults, `round ${round}, FUZZ_SEED=${seed}`).toEqual([]);
    if (round % 12 === 0) await drain();
  }
});

test("nearly every route was met by requests that it does", () => {
  const unmet = [...tallies].filter(([, { done }]) => done === 0).map(([name]) => name);
  console.info("never done:", unmet.join(", "));
  expect(unmet.length, unmet.join(", ")).toBeLessThanOrEqual(40);
  expect(COUNT).toBeGreaterThan(2000);
});
