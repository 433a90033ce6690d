import { beforeAll, describe, expect, test } from "vitest";
import { broadcast } from "../../src/dialects/broadcast/app";
import { SERVED } from "../../src/dialects/outreach/resources";
import { otherSide } from "../../src/dialects/outreach/tables";
import { v1 } from "../../src/dialects/v1/app";
import { specOf } from "../../src/dialects/v1/endpoint";
import { type IdNoun, spell } from "../../src/dialects/v1/ids";
import { type Estate, fillEstate, MARK, rowsOfEstate } from "../support/estate";
import { doc } from "../support/outreach";
import { type Heard, send } from "../support/request";
import { begin, historyOf, idOf, type Json, KEY, OTHER_KEY, stateOf } from "../support/world";

let estate: Estate;
let before: Awaited<ReturnType<typeof rowsOfEstate>>;
let journey: string;
/** A sequence, a step and a user of the other workspace: what is theirs may be asked about what is not. */
const own: Estate = {};

const lookAtJourney = async () =>
  JSON.stringify([await stateOf(estate.enrollment ?? ""), await historyOf(estate.enrollment ?? "")]);

beforeAll(async () => {
  await begin();
  estate = await fillEstate();
  const body = { name: "Elsewhere" };
  own.sequence = (await send("POST", "/v1/sequences", { key: OTHER_KEY, body })).body.sequence.id;
  own.user = (await send("GET", "/v1/users", { key: OTHER_KEY })).body.users[0].id;
  own.contact = (
    await send("POST", "/v1/contacts", { key: OTHER_KEY, body: { platform: "TWITTER", username: "own" } })
  ).body.contact.id;
  before = await rowsOfEstate();
  journey = await lookAtJourney();
});

/** A request of the other workspace, whose answer tells nothing of the first. */
async function foreign(method: string, path: string, body?: unknown): Promise<Heard> {
  const heard = await send(method, path, { key: OTHER_KEY, ...(body === undefined ? {} : { body }) });
  expect(heard.status, `${method} ${path} answered ${heard.text}`).toBeLessThan(500);
  expect(heard.text, `${method} ${path}`).not.toMatch(MARK);
  expect([...heard.headers].join(), `${method} ${path}`).not.toMatch(MARK);
  return heard;
}

/** Of what the first workspace has; a new noun needs one of its own there. */
function idOfNoun(noun: string): string {
  const id = estate[noun as IdNoun];
  if (!id) throw new Error(`test/support/estate.ts makes no ${noun}: add one, so that its routes are tried`);
  return id;
}

interface Route {
  method: string;
  path: string;
  /** The path's parameters and what each is an id of. */
  nouns: [name: string, noun: string][];
}

const paramsOf = (path: string) => [...path.matchAll(/:(\w+)/g)].map(([, name = ""]) => name);

/** All ids foreign; and each of them alone among the other workspace's own, as far as it has one. */
function pathsOf({ path, nouns }: Route, spelled: (id: string) => string): string[] {
  const fill = (id: (noun: string, i: number) => string) =>
    nouns.reduce((left, [name, noun], i) => left.replace(`:${name}`, spelled(id(noun, i))), path);
  const alone =
    nouns.length < 2
      ? []
      : nouns.map((_, at) => fill((noun, i) => (i === at ? idOfNoun(noun) : (own[noun as IdNoun] ?? idOfNoun(noun)))));
  return [
    ...new Set([
      fill((noun) => idOfNoun(noun)),
      ...alone.filter((one) => nouns.some(([, noun]) => one.includes(spelled(idOfNoun(noun))))),
    ]),
  ];
}

describe("v1", () => {
  /** Parameters that are names, not ids. */
  const NAMES = ["platform"];
  /** Routes that are not made by `endpoint`, and what their parameters are ids of. */
  const BY_HAND: Record<string, Record<string, IdNoun>> = {
    "GET /contacts/:id/export": { id: "contact" },
    "POST /sequences/:id/enrollments/bulk": { id: "sequence" },
  };
  const EMPTY: Json = {};
  /** A body that the route would take, where an empty one is refused before the id is looked for. */
  const BODIES: Record<string, Json> = {
    "POST /sequences/:id/steps": { messageTemplate: "x", delayHours: 1 },
    "POST /sequences/:id/steps/:stepId/variants": { messageTemplate: "x" },
    "POST /sequences/:id/enrollments": { contactId: "contact_1", platform: "TWITTER" },
    "POST /sequences/:id/enrollments/bulk": { contactIds: ["contact_1"] },
    "POST /messages/:id/events": { type: "opened" },
    "POST /tasks/:id/snooze": { dueAt: "2041-01-01T00:00:00Z" },
  };

  const routes = (): Route[] =>
    v1.routes
      .filter(({ method, path }) => method !== "ALL" && paramsOf(path).some((name) => !NAMES.includes(name)))
      .map(({ method, path, handler }) => {
        const ids = specOf(handler)?.ids ?? BY_HAND[`${method} ${path}`];
        const params = paramsOf(path).filter((name) => !NAMES.includes(name));
        const nameless = params.filter((name) => !ids?.[name]);
        if (nameless.length > 0) throw new Error(`${method} ${path} does not say what ${nameless} is an id of`);
        return { method, path, nouns: params.map((name) => [name, ids?.[name] ?? ""]) };
      });

  test("no route finds what is another workspace's", async () => {
    const asked = routes();
    expect(asked.length).toBeGreaterThan(50);
    for (const route of asked) {
      const told = `${route.method} ${route.path}`;
      const body = route.method === "GET" ? undefined : (BODIES[told] ?? EMPTY);
      for (const path of pathsOf(route, (id) => id)) {
        const { status, text } = await foreign(route.method, `/v1${path}`, body);
        expect(status, `${route.method} ${path} answered ${text}; does it need a body of its own here?`).toBe(404);
      }
    }
  });

  /** Ids in queries and bodies are named after what they are of. */
  const nounIn = (field: string): IdNoun | null => {
    const noun = field.replace(/Ids?$/, "").toLowerCase();
    return /Ids?$/.test(field) && noun in estate ? (noun as IdNoun) : null;
  };
  const fieldsOf = (schema: unknown): string[] =>
    Object.keys((schema as { shape?: object; def?: { in?: { shape?: object } } } | undefined)?.shape ?? {});

  test("no list is filtered by it, and no body may name it", async () => {
    let tried = 0;
    for (const { method, path, handler } of v1.routes) {
      const spec = specOf(handler);
      const nouns = Object.entries(spec?.ids ?? {});
      if (!spec || nouns.some(([, noun]) => !own[noun])) continue;
      const at = nouns.reduce(
        (left, [name, noun]) => left.replace(`:${name}`, own[noun] ?? ""),
        `/v1${path.replace(":platform", "EMAIL")}`,
      );
      for (const field of fieldsOf(spec.query)) {
        const noun = nounIn(field);
        if (!noun || method !== "GET") continue;
        tried += 1;
        const { status, body } = await foreign(method, `${at}?${field}=${idOfNoun(noun)}`);
        if (status === 200) expect(Object.values(body).find(Array.isArray), `${at} by ${field}`).toEqual([]);
      }
      for (const field of fieldsOf(spec.body)) {
        const noun = nounIn(field);
        // Many at a time are refused one by one, in their job.
        if (!noun || path.endsWith("/bulk")) continue;
        tried += 1;
        const id = idOfNoun(noun);
        const { status } = await foreign(method, at, {
          ...BODIES[`${method} ${path}`],
          name: "x",
          [field]: /Ids$/.test(field) ? [id] : id,
        });
        expect(status, `${method} ${at} with ${field}`).toBeGreaterThanOrEqual(400);
      }
      if (method === "GET") await foreign(method, at);
    }
    expect(tried).toBeGreaterThan(12);
  });
});

describe("broadcast", () => {
  /** What a parameter is an id of is told by what stands before it. */
  const NOUNS: Record<string, IdNoun> = { sequences: "sequence", steps: "step", subscribers: "contact" };

  test("no route finds what is another workspace's", async () => {
    const asked = broadcast.routes.filter(({ method, path }) => method !== "ALL" && path.includes(":"));
    expect(asked.length).toBeGreaterThan(12);
    for (const { method, path } of asked) {
      const nouns = paramsOf(path).map((name): [string, string] => {
        const noun = NOUNS[new RegExp(`(\\w+)/:${name}`).exec(path)?.[1] ?? ""];
        if (!noun) throw new Error(`${method} ${path} names something new: say here what it is`);
        return [name, noun];
      });
      for (const one of pathsOf({ method, path, nouns }, (id) => String(idOf(id)))) {
        const { status, text } = await foreign(method, `/api/v1${one}`, method === "GET" ? undefined : {});
        expect([404, 422], `${method} ${one} answered ${text}`).toContain(status);
        if (status === 422) expect(text).toBe("");
      }
    }
  });

  test("no list tells of it, and nobody is found by an address of somebody else's", async () => {
    for (const { method, path } of broadcast.routes)
      if (method === "GET" && !path.includes(":")) await foreign(method, `/api/v1${path}`);
    for (const email of ["cy@acme.example", "user@zanzibar.example"]) {
      expect((await foreign("GET", `/api/v1/subscribers/find.json?email=${email}`)).status).toBe(404);
      expect((await foreign("POST", "/api/v1/subscribers/deactivate", { email })).status).toBeGreaterThanOrEqual(404);
    }
  });
});

describe("outreach", () => {
  /** What the first workspace has of each type. */
  const idsOf = async (plural: string): Promise<number[]> =>
    (await send("GET", `/api/v2/${plural}?page[size]=1000`)).body.data.map(({ id }: Json) => id);

  test("no route, action or relation finds what is another workspace's", async () => {
    expect(SERVED.length).toBeGreaterThan(15);
    for (const { table, actions = {}, update, remove } of SERVED) {
      const { plural, type, relationships } = table;
      const [id] = await idsOf(plural);
      if (id === undefined)
        throw new Error(`test/support/estate.ts makes no ${type}: add one, so that its routes are tried`);
      const at = `/api/v2/${plural}/${id}`;
      const asked: [string, string, Json?][] = [
        ["GET", at],
        ...(update ? [["PATCH", at, doc(type, {}, {}, id)] as [string, string, Json]] : []),
        ...(remove ? [["DELETE", at] as [string, string]] : []),
        ...Object.keys(actions).map((name): [string, string] => ["POST", `${at}/actions/${name}`]),
        ...Object.keys(relationships).map((name): [string, string] => ["GET", `${at}/${name}`]),
      ];
      for (const [method, path, body] of asked) {
        const { status, text } = await foreign(method, path, body);
        expect(status, `${method} ${path} answered ${text}`).toBe(404);
      }
    }
  });

  test("no list has it, whatever it is filtered or told by", async () => {
    for (const { table } of SERVED) {
      const { plural, relationships } = table;
      const ids = new Set(await idsOf(plural));
      const include = Object.keys(relationships).join(",");
      const everything = await foreign(
        "GET",
        `/api/v2/${plural}?page[size]=1000${include === "" ? "" : `&include=${include}`}`,
      );
      for (const one of [...(everything.body.data ?? []), ...(everything.body.included ?? [])])
        if (one.type === table.type) expect(ids.has(one.id), `${plural} lists ${one.id}`).toBe(false);
      const [id] = ids;
      const byId = await foreign("GET", `/api/v2/${plural}?filter[id]=${id}`);
      if (byId.status === 200) expect(byId.body.data).toEqual([]);
      for (const [name, { kind }] of Object.entries(relationships)) {
        const filtered = await foreign("GET", `/api/v2/${plural}?filter[${name}][id]=${id}`);
        if (filtered.status === 200)
          expect(
            filtered.body.data.filter((one: Json) => ids.has(one.id)),
            `${plural} by ${name}, ${kind}`,
          ).toEqual([]);
      }
    }
  });

  test("nothing is made that belongs to it", async () => {
    let tried = 0;
    for (const { table, links = [], create } of SERVED) {
      if (!create) continue;
      for (const name of links) {
        const to = table.relationships[name];
        const type = to && otherSide(name, to)?.type;
        const other = SERVED.find((one) => one.table.type === type);
        const [id] = other ? await idsOf(other.table.plural) : [];
        if (!other || id === undefined) continue;
        tried += 1;
        const made = await foreign(
          "POST",
          `/api/v2/${table.plural}`,
          doc(table.type, { name: "x" }, { [name]: [other.table.type, id] }),
        );
        expect(made.status, `${table.type} with ${name} answered ${made.text}`).toBeGreaterThanOrEqual(400);
      }
    }
    expect(tried).toBeGreaterThan(10);
  });
});

test("nothing of all this has changed a row of the first workspace, or its journey; and its own key still sees it", async () => {
  const after = await rowsOfEstate();
  for (const [table, rows] of Object.entries(before)) {
    // Of what belongs to no workspace by itself, the other one may have made some more.
    expect(
      after[table]?.filter((row) => rows.includes(row)),
      table,
    ).toEqual(rows);
    if (rows.some((row) => row.includes('"workspace_id":1'))) expect(after[table]?.length, table).toBe(rows.length);
  }
  expect(await lookAtJourney()).toBe(journey);
  const { text } = await send("GET", `/v1/contacts/${estate.contact}`, { key: KEY });
  expect(text).toMatch(MARK);
  expect(spell("contact", idOf(estate.contact ?? ""))).toBe(estate.contact);
});
