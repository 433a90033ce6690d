/** Follows every link that a document gives, as a client does who knows nothing but the first one. */
import { beforeAll, expect, test } from "vitest";
import { servedAs, servedAt } from "../../../src/dialects/outreach/resources";
import type { Relationship, Table } from "../../../src/dialects/outreach/table";
import { call, make } from "../../support/outreach";
import { api, begin, db, idOf, type Json, START, settle } from "../../support/world";

const STATES = 1000;
const PLURALS = [
  ...["sequences", "sequenceSteps", "sequenceStates", "sequenceTemplates", "templates", "prospects", "stages"],
  ...["mailings", "mailboxes", "users", "contentCategories", "contentCategoryMemberships", "schedules", "rulesets"],
  ...["tasks", "calls", "taskPriorities"],
];
const BASE = "https://dripline.test/api/v2";

let sequence: number;

/** Four journeys that have sent, and as many enrollments more, written as admission writes them. */
beforeAll(async () => {
  await begin();
  sequence = (await make("sequence", { name: "Long" })).id;
  await api("POST", `/v1/sequences/seq_${sequence}/steps`, { messageTemplate: "Hi", delayHours: 0 });
  await call("POST", `/sequences/${sequence}/actions/activate`);
  for (const n of [1, 2, 3, 4]) {
    const { body } = await api("POST", "/v1/contacts", { platform: "EMAIL", username: `p${n}@example.com` });
    await make(
      "sequenceState",
      {},
      { prospect: ["prospect", idOf(body.contact.id)], sequence: ["sequence", sequence] },
    );
  }
  await settle();
  await insertStates(STATES - 4);
});

async function insertStates(count: number): Promise<void> {
  const numbers = `WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${count})`;
  await db().batch([
    db().prepare(`${numbers} INSERT INTO contacts (workspace_id, platform, tags, custom_fields, first_name, created_at, updated_at)
      SELECT 1, 'EMAIL', '[]', '{}', 'Crowd', ${START}, ${START} FROM n`),
    db().prepare(`INSERT INTO enrollments (workspace_id, sequence_id, contact_id, platform, state, standing, step_id, enrolled_at, due_at)
      SELECT 1, ${sequence}, id, 'EMAIL', 'paused', 'ACTIVE', NULL, ${START}, ${START} FROM contacts c
      WHERE first_name = 'Crowd' AND NOT EXISTS (SELECT 1 FROM enrollments e WHERE e.contact_id = c.id)`),
  ]);
}

async function follow(url: string): Promise<Json> {
  expect(url.startsWith(BASE)).toBe(true);
  const { status, body } = await call("GET", url.slice(BASE.length));
  if (status !== 200) throw new Error(`${url} answered ${status}: ${JSON.stringify(body)}`);
  return body;
}

/** All pages behind a first one, each state once. */
async function pagesFrom(url: string, between: () => Promise<void> = async () => undefined): Promise<number[]> {
  const ids: number[] = [];
  for (let next: string | undefined = url; next; ) {
    const page: Json = await follow(next);
    ids.push(...page.data.map(({ id }: Json) => id));
    next = page.links?.next;
    await between();
  }
  return ids;
}

test("1,000 states by pages of 7: each comes once, in order, though others come in meanwhile", async () => {
  const first = `${BASE}/sequenceStates?filter[sequence][id]=${sequence}&page[size]=7`;
  let rounds = 0;
  const ids = await pagesFrom(first, async () => {
    rounds += 1;
    if (rounds % 50 === 0) await insertStates(5);
  });
  expect(ids.length).toBeGreaterThanOrEqual(STATES);
  expect(new Set(ids).size).toBe(ids.length);
  expect(ids).toEqual([...ids].sort((a, b) => a - b));
});

test("what comes after a page is found again by going back from it", async () => {
  const first = await follow(`${BASE}/sequenceStates?sort=createdAt&page[size]=7`);
  const second = await follow(first.links.next);
  const again = await follow(second.links.prev);
  expect(again.data.map(({ id }: Json) => id)).toEqual(first.data.map(({ id }: Json) => id));
});

/** Every link in a document: its own, its resources', and those of their relationships. */
function linksIn(value: Json): string[] {
  if (value === null || typeof value !== "object") return [];
  if (Array.isArray(value)) return value.flatMap(linksIn);
  const own = Object.entries(value.links ?? {}).filter(([, url]) => typeof url === "string");
  const rest = Object.entries(value).filter(([name]) => name !== "links" && name !== "attributes");
  return [...own.map(([, url]) => url as string), ...rest.flatMap(([, inner]) => linksIn(inner))];
}

/** Links are alike where only ids and cursors differ: one of each kind and each type is followed. */
function shapeOf(url: string): string {
  return url.replace(/\d+/g, "n").replace(/(page%5B(?:after|before)%5D)=[^&]*/g, "$1=…");
}

test("no link leads nowhere, from the first page of anything", async () => {
  const { body } = await call("GET", "/types");
  expect(body.data.length).toBeGreaterThan(0);
  const queue = PLURALS.map((plural) => `${BASE}/${plural}?page[size]=7`);
  const met = new Set(queue.map(shapeOf));
  let followed = 0;
  for (let url = queue.shift(); url; url = queue.shift()) {
    const document = await follow(url);
    followed += 1;
    for (const link of linksIn(document)) {
      if (met.has(shapeOf(link))) continue;
      met.add(shapeOf(link));
      queue.push(link);
    }
  }
  expect(followed).toBeGreaterThan(60);
});

test("every include path of every resource is served, and of what that leads to", async () => {
  for (const plural of PLURALS) {
    const table = servedAt(plural)?.table;
    for (const [path, { to }] of pathsOf(table)) {
      const beyond = pathsOf(servedAs(to)?.table).map(([further]) => `${path}.${further}`);
      for (const include of [path, beyond.join()].filter((one) => one !== "")) {
        const { status } = await call("GET", `/${plural}?page[size]=7&include=${include}`);
        expect([plural, include, status]).toEqual([plural, include, 200]);
      }
    }
  }
});

/** The relationships that tell ids, and lead to what is served. */
function pathsOf(table: Table | undefined): [string, Relationship][] {
  return Object.entries(table?.relationships ?? {}).filter(([, { kind, to }]) => kind !== "links" && servedAs(to));
}
