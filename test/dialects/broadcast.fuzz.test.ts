/**
 * Requests made up from Broadcast's own route table and schemas, right ones and wrong ones: none fails inside, none hangs, and every
 * answer has this API's form. `FUZZ_SEED` makes up others.
 */
import fc from "fast-check";
import { beforeAll, expect, inject, test } from "vitest";
import * as z from "zod";
import { broadcast } from "../../src/dialects/broadcast/app";
import { specOf } from "../../src/dialects/broadcast/endpoint";
import { ACTIONS } from "../../src/dialects/broadcast/wire/step";
import { fillEstate } from "../support/estate";
import { ask, encoded, keys, knowing, type Made, markOf } from "../support/fuzzing";
import { fitting, JUNK, type Making, spoilt } from "../support/jsonschema";
import { RAW, TYPES } from "../support/rawbodies";
import { type Heard, send } from "../support/request";
import { begin, drain, idOf, type Json, KEY } from "../support/world";

const EACH = 72;
/** What is taken away is there for nothing else to meet: that comes last. */
const TAKEN = 12;
/** At a time. */
const LANES = 4;

const known = knowing();
/** The sequence that each step is in. */
const homes = new Map<number, number>();

/** What a parameter is an id of is told by what stands before it. */
const NOUNS: Record<string, string> = { sequences: "sequence", steps: "step", subscribers: "contact" };
const idFor = (noun: string) => fc.nat(99).map((n) => markOf(noun, n));

/** What a field must look like to be taken, where its schema does not say so: it casts what it is given first. */
const TYPICAL: Record<string, fc.Arbitrary<unknown>> = {
  action: fc.constantFrom(...Object.values(ACTIONS)),
  parent_id: fc.oneof({ weight: 4, arbitrary: fc.constant(null) }, { weight: 1, arbitrary: idFor("step") }),
  under_id: idFor("step"),
  sequence_id: idFor("sequence"),
  true_branch: fc.constantFrom(true, false, null, "true"),
  delay: fc.constantFrom(0, 60, "300", 86_400),
  wait_up_to: fc.constantFrom(0, 3600),
  page: fc.constantFrom(1, 2, 3),
  limit: fc.constantFrom(1, 10, 100),
  offset: fc.constantFrom(0, 5),
  time: fc.constantFrom("09:00", "23:59"),
  time_zone: fc.constantFrom("Europe/Berlin", "UTC", null),
  email: fc.constantFrom("ann@example.com", "bob@example.com", "cy@acme.example", "Ann@Example.com"),
  "subscriber[email]": fc.constantFrom("ann@example.com", "dan@example.com"),
  tags: fc.constantFrom(["a"], "a, b", ["VIP", "a"]),
  taggify_list: fc.constantFrom("a,b", ["a"]),
  tag: fc.constantFrom("a", "vip"),
  url: fc.constantFrom("https://hooks.example/in", "https://a.example/{{ contact.firstName }}"),
  http_method: fc.constantFrom("get", "POST"),
  headers: fc.constantFrom({}, { "x-a": "{{ contact.email }}" }),
  subscribed_at: fc.constantFrom("2039-01-01", "2039-01-01T10:00:00Z", null),
  init_segment_id: fc.constantFrom(null, ""),
  email_server_ids: fc.constantFrom<unknown>([], [1]),
  delete_branches: fc.constantFrom("true", true),
};

const making: Making = { resolve: () => ({}), id: idFor };

/** Of what comes in, or, where that is cast first, of what it is cast to. */
function fieldOf(name: string, schema: z.ZodType): fc.Arbitrary<unknown> {
  const typical = TYPICAL[name];
  if (typical) return typical;
  const [taken, cast] = (["input", "output"] as const).map((io) =>
    z.toJSONSchema(schema, { io, unrepresentable: "any" }),
  );
  const isSaid = (one: Json) => JSON.stringify(one.anyOf ?? one).match(/"type"|"enum"|"const"/) !== null;
  return fitting(isSaid(taken) ? taken : isSaid(cast) ? cast : {}, making, name);
}

function fieldsOf(schema: z.ZodObject | undefined, requiredKeys: string[] = []): fc.Arbitrary<Record<string, unknown>> {
  const fields = Object.entries(schema?.shape ?? {}).map(([name, one]) => [name, fieldOf(name, one as z.ZodType)]);
  return fc.record<Record<string, unknown>>(Object.fromEntries(fields), {
    requiredKeys,
    noNullPrototype: true,
  } as object);
}

const json = (body: unknown): string | undefined => (body === undefined ? undefined : JSON.stringify(body));
const TAILS = [
  "page=0",
  "page=1e9",
  "page=1&page=2",
  "limit=-1",
  "offset=x",
  "%",
  "[]=x",
  "__proto__=1",
  "email[]=a",
  "a[b]=c",
];

interface Route {
  method: string;
  path: string;
  query?: z.ZodObject | undefined;
  body?: z.ZodObject | undefined;
}

function requestsTo({ method, path, query, body }: Route): fc.Arbitrary<Made> {
  const params = [...path.matchAll(/(\w+)\/:(\w+)/g)].map(([, before = "", name = ""]) => ({
    name,
    noun: NOUNS[before] ?? "",
  }));
  const place = (noun: string) =>
    fc.oneof(
      { weight: 15, arbitrary: idFor(noun) },
      { weight: 1, arbitrary: fc.constantFrom(...JUNK, "0", "-1", "1e3", "999999999999999", "9".repeat(40)) },
    );
  // Those that cannot be left out stand in nearly all, lest nothing be taken.
  const needed = Object.keys(body?.shape ?? {}).filter((name) =>
    ["email", "label", "action", "tags", "body", "under_id"].includes(name),
  );
  const right = body
    ? fc.oneof({ weight: 3, arbitrary: fieldsOf(body, needed) }, { weight: 1, arbitrary: fieldsOf(body) })
    : fc.constant<Record<string, unknown>>({});
  const said = fc.oneof(
    { weight: 3, arbitrary: right },
    { weight: 1, arbitrary: right.map((subscriber) => ({ subscriber })) },
    { weight: 1, arbitrary: right.map(({ email, ...subscriber }) => ({ email, subscriber })) },
  );
  return fc
    .record({
      places: fc.tuple(...params.map(({ noun }) => place(noun))),
      asked: fieldsOf(query),
      tail: fc.oneof({ weight: 10, arbitrary: fc.constant("") }, { weight: 1, arbitrary: fc.constantFrom(...TAILS) }),
      body: fc.oneof(
        { weight: 12, arbitrary: said.map(json) },
        { weight: 9, arbitrary: spoilt(said).map(json) },
        { weight: 3, arbitrary: fc.constantFrom(...RAW, undefined) },
      ),
      type: fc.oneof(
        { weight: 9, arbitrary: fc.constant("application/json") },
        { weight: 1, arbitrary: fc.constantFrom(...TYPES) },
      ),
      suffix: fc.constantFrom("", "", ".json", "/"),
      key: keys,
    })
    .map(({ places, asked, tail, body, type, suffix, key }) => {
      const at = params.reduce((left, { name }, i) => left.replace(`:${name}`, encoded(places[i]) || "%20"), path);
      const shown = Object.entries(asked).map(([name, value]) => `${name}=${encoded(value)}`);
      const query = [...shown, ...(tail === "" ? [] : [tail])].join("&");
      return { method, path: `/api/v1${at}${suffix}`, query, body: method === "GET" ? undefined : body, type, key };
    });
}

/** Each of what it says no to is one sentence; an empty 422 stands where the published API has one. */
function faultInForm({ status, headers, text, body }: Heard): string | null {
  if (text === "") return status < 300 || status === 422 ? null : "nothing was answered";
  if (!headers.get("content-type")?.startsWith("application/json")) return "it is not called JSON";
  if (typeof body !== "object" || body === null || Array.isArray(body)) return "it is no object";
  if (status < 300) return null;
  const { error, ...more } = body;
  return typeof error === "string" && error !== "" && Object.keys(more).length === 0
    ? null
    : "it is no error of this API";
}

const routes: Route[] = broadcast.routes.flatMap(({ method, path, handler }) => {
  const spec = specOf(handler);
  return spec && method !== "ALL" ? [{ method, path, query: spec.query, body: spec.body }] : [];
});
const tallies = new Map(routes.map(({ method, path }) => [`${method} ${path}`, { done: 0, refused: 0 }]));

/** A step is seldom, by chance, in the sequence that stands before it. */
function joined(path: string, asked: number): string {
  if (asked % 8 === 0) return path;
  return path.replace(/\/sequences\/(\d+)\/steps\/(\d+)/, (_, sequence: string, step: string) => {
    return `/sequences/${homes.get(Number(step)) ?? sequence}/steps/${step}`;
  });
}

function learn({ method, path }: Made, { status, body }: Heard): void {
  const [, noun = "", id = "", inner = ""] = /\/api\/v1\/(\w+)(?:\/(\d+))?(?:\/(\w+))?/.exec(path) ?? [];
  if (status >= 300) return;
  const kind = NOUNS[inner] ?? NOUNS[noun] ?? "";
  const taken = method === "DELETE" ? /(\d+)(\.json|\/)?$/.exec(path)?.[1] : undefined;
  if (taken !== undefined) known.forget(kind, Number(taken));
  const steps: Json[] = inner === "steps" ? (body?.data ?? [body]) : [];
  for (const step of steps) if (step?.action) homes.set(step.id, Number(id));
  for (const step of steps) if (step?.action) known.learn("step", step.id);
  if (inner === "" && noun === "sequences") known.learn("sequence", body?.id);
  if (noun === "subscribers") known.learn("contact", body?.id);
}

beforeAll(async () => {
  await begin();
  const { sequence = "" } = await fillEstate();
  for (const [noun, list] of Object.entries({ sequence: "sequences", contact: "subscribers" })) {
    const { body } = await send("GET", `/api/v1/${list}`);
    for (const { id } of body.data ?? body.subscribers) known.learn(noun, id);
  }
  const made: Made = {
    method: "GET",
    path: `/api/v1/sequences/${idOf(sequence)}/steps`,
    query: "",
    body: undefined,
    type: "",
    key: KEY,
  };
  learn(made, await send("GET", made.path));
});

const COUNT = routes.reduce((sum, { method }) => sum + (method === "DELETE" ? TAKEN : EACH), 0);

test(`${COUNT} requests that were made up are all answered in this API's form`, async () => {
  const seed = inject("fuzzSeed");
  const all = routes.map((route) => ({
    since: route.method === "DELETE" ? EACH - TAKEN : 0,
    tally: tallies.get(`${route.method} ${route.path}`) ?? { done: 0, refused: 0 },
    requests: fc.sample(requestsTo(route), { seed, numRuns: route.method === "DELETE" ? TAKEN : EACH }),
  }));
  let asked = 0;
  for (let round = 0; round < EACH; round++) {
    const faults: string[] = [];
    for (let from = 0; from < all.length; from += LANES) {
      const lanes = all.slice(from, from + LANES).map(async ({ tally, requests, since }) => {
        const marked = requests[round - since];
        if (!marked) return;
        asked += 1;
        const path = joined(known.fill(decodedMarks(marked.path)), asked);
        const made = {
          ...marked,
          path,
          query: known.fill(decodedMarks(marked.query)),
          body: marked.body && known.fill(marked.body),
        };
        const { heard, fault } = await ask(made, faultInForm);
        tally[heard.status < 300 ? "done" : "refused"] += 1;
        if (fault !== null) faults.push(fault);
        if (made.key === KEY) learn(made, heard);
      });
      await Promise.all(lanes);
    }
    if (faults.length > 0) console.error(faults.join("\n"));
    expect.soft(faults, `round ${round}, FUZZ_SEED=${seed}`).toEqual([]);
    if (round % 12 === 0) await drain();
  }
});

/** In a URL they are written otherwise. */
function decodedMarks(url: string): string {
  return url.replace(/%3C(\w+)%20(\d+)%3E/g, "<$1 $2>");
}

test("every route was met by requests that it does and by others that it refuses", () => {
  // Whoever has a key is told who he is, whatever else he says.
  const takesAll = ["GET /whoami", "GET /status"];
  const unmet = [...tallies].filter(
    ([name, { done, refused }]) => done === 0 || (refused === 0 && !takesAll.includes(name)),
  );
  expect(unmet.length, JSON.stringify(unmet)).toBeLessThanOrEqual(2);
  expect(COUNT).toBeGreaterThan(1500);
});
