/** Every write of every resource, tried with each attribute and relationship of its table, wrong in each way there is. */
import { beforeAll, describe, expect, test } from "vitest";
import type { Resource } from "../../../src/dialects/outreach/resource";
import { servedAt } from "../../../src/dialects/outreach/resources";
import type { Kind } from "../../../src/dialects/outreach/table";
import { fillCatalogue } from "../../support/catalogue";
import { call, make } from "../../support/outreach";
import { begin, db, type Json, OTHER_KEY } from "../../support/world";

/** One of each that can be written, and where its rows stand. */
const WRITTEN: [plural: string, rows: string][] = [
  ["sequences", "sequences"],
  ["sequenceSteps", "steps"],
  ["sequenceStates", "enrollments"],
  ["sequenceTemplates", "sequence_templates"],
  ["templates", "templates"],
  ["prospects", "contacts"],
  ["tasks", "tasks"],
  ["calls", "calls"],
  ["users", "users"],
  ["mailboxes", "mailboxes"],
  ["rulesets", "rulesets"],
  ["stages", "stages"],
  ["contentCategories", "categories"],
  ["contentCategoryMemberships", "memberships"],
];

/** What no attribute of a kind takes. */
const MISTYPED: Record<Kind, unknown[]> = {
  text: [5, true, ["a"], { a: 1 }],
  integer: ["5", 1.5, true, []],
  decimal: ["0.5", false, {}],
  flag: ["true", 1, []],
  time: ["yesterday", 5, true],
  date: ["2027-13-01", "today", 5],
  list: ["a", 5, { a: 1 }, [1]],
  other: [5, "a"],
};
const FITTING: Record<Kind, unknown> = {
  text: "a",
  integer: 1,
  decimal: 0.5,
  flag: true,
  time: "2040-01-02T09:00:00.000Z",
  date: "2040-01-02",
  list: ["a"],
  other: {},
};

interface Try {
  member: "attributes" | "relationships";
  name: string;
  value: unknown;
}

function served(plural: string): Resource {
  const found = servedAt(plural);
  if (!found) throw new Error(`nothing is served at ${plural}`);
  return found;
}

function triesOf({ table, links = [] }: Resource): Try[] {
  const attributes = Object.entries(table.attributes).flatMap(([name, { kind, flags, max, among }]) => {
    if (flags.includes("R")) return [FITTING[kind]].map((value): Try => ({ member: "attributes", name, value }));
    const long = max !== undefined && max < 5000 ? ["x".repeat(max + 1)] : [];
    const values = [...MISTYPED[kind], ...long, ...(among ? ["none of these"] : [])];
    return values.map((value): Try => ({ member: "attributes", name, value }));
  });
  const relationships = Object.entries(table.relationships).flatMap(([name, { kind, to }]) => {
    const type = to || "sequence";
    const one = (id: unknown, of = type) => (kind === "one" ? { type: of, id } : [{ type: of, id }]);
    const stranger = to === "" ? [] : [one(1, "nobody")];
    const wrong = [one(theirs[type] ?? 999_999), one(999_999), one("a"), ...stranger, 5].map((data) => ({ data }));
    const values = links.includes(name) ? [...wrong, {}, "a"] : [{ data: one(1) }];
    return values.map((value): Try => ({ member: "relationships", name, value }));
  });
  const unknown: Try[] = [
    { member: "attributes", name: "nonsense", value: 1 },
    { member: "attributes", name: "constructor", value: 1 },
    { member: "relationships", name: "nonsense", value: { data: null } },
  ];
  return [...attributes, ...relationships, ...unknown];
}

/** Ids in the other workspace, by type. */
const theirs: Record<string, number> = {};

beforeAll(async () => {
  await begin();
  await fillCatalogue();
  const foreign = async (type: string, attributes: Json) => {
    const plural = { ruleset: "rulesets", stage: "stages", sequence: "sequences", prospect: "prospects" }[type];
    const made = await call("POST", `/${plural}`, { data: { type, attributes } }, OTHER_KEY);
    theirs[type] = made.body.data.id;
  };
  await foreign("sequence", { name: "Theirs" });
  await foreign("prospect", { emails: ["theirs@example.com"] });
  await foreign("ruleset", { name: "Theirs" });
  await foreign("stage", { name: "Theirs" });
  theirs.user = 2;
  await make("sequence", { name: "Mine" });
});

const count = async (rows: string) =>
  (await db().prepare(`SELECT COUNT(*) AS n, MAX(rowid) AS last FROM ${rows}`).first()) as Json;

/** Where the fault is said to be, and with which status. */
async function faultsOf(method: string, path: string, data: Json): Promise<Json> {
  const { status, body } = await call(method, path, { data });
  return { status, pointers: (body.errors ?? []).map(({ source }: Json) => source?.pointer) };
}

describe.each(WRITTEN)("%s", (plural, rows) => {
  test("POST with one wrong member is refused where that is, and makes nothing", async () => {
    const resource = served(plural);
    if (!resource.create) return expect((await call("POST", `/${plural}`, {})).status).toBe(405);
    const before = await count(rows);
    for (const { member, name, value } of triesOf(resource)) {
      const faults = await faultsOf("POST", `/${plural}`, { type: resource.table.type, [member]: { [name]: value } });
      expect([name, value, faults.status]).toEqual([name, value, 422]);
      expect([name, value, faults.pointers]).toEqual([
        name,
        value,
        expect.arrayContaining([`/data/${member}/${name}`]),
      ]);
    }
    expect(await count(rows)).toEqual(before);
  });

  test("PATCH with one wrong member is refused where that is, and changes nothing", async () => {
    const resource = served(plural);
    const { body } = await call("GET", `/${plural}`);
    const { id } = body.data[0];
    if (!resource.update) return expect((await call("PATCH", `/${plural}/${id}`, {})).status).toBe(405);
    const before = (await call("GET", `/${plural}/${id}`)).body;
    for (const { member, name, value } of triesOf(resource)) {
      const data = { type: resource.table.type, id, [member]: { [name]: value } };
      const faults = await faultsOf("PATCH", `/${plural}/${id}`, data);
      expect([name, value, faults.status]).toEqual([name, value, 422]);
      expect([name, value, faults.pointers]).toEqual([
        name,
        value,
        expect.arrayContaining([`/data/${member}/${name}`]),
      ]);
    }
    expect((await call("GET", `/${plural}/${id}`)).body).toEqual(before);
  });

  test("a wrong envelope is refused at /data", async () => {
    const resource = served(plural);
    if (!resource.create) return;
    const { type } = resource.table;
    const envelopes = [undefined, null, [], "a", {}, { type: "nobody" }, { type, id: 1 }, { type, nonsense: 1 }];
    for (const data of envelopes) {
      expect([data, await faultsOf("POST", `/${plural}`, data as Json)]).toEqual([
        data,
        { status: 422, pointers: ["/data"] },
      ]);
    }
    for (const body of ["{broken", "[]", "5", '"a"']) {
      const { status, body: answer } = await call("POST", `/${plural}`, body);
      expect([body, status, answer.errors[0].source.pointer]).toEqual([body, 422, "/data"]);
    }
  });

  test("what nobody has, or another workspace has, is not found", async () => {
    for (const id of ["999999", "0", "1e3", "a", "9".repeat(30), theirs[served(plural).table.type] ?? "-1"]) {
      for (const method of ["GET", "PATCH", "DELETE"]) {
        const { status } = await call(method, `/${plural}/${id}`, method === "GET" ? undefined : { data: {} });
        expect([method, id, [404, 405].includes(status)]).toEqual([method, id, true]);
      }
    }
  });
});
