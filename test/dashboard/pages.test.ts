/** What holds for every page and every action, by the table of routes: a new one is tried without a word here. */
import { beforeAll, describe, expect, test } from "vitest";
import { dashboard } from "../../src/dashboard/app";
import { specOf } from "../../src/dialects/v1/endpoint";
import type { IdNoun } from "../../src/dialects/v1/ids";
import { SCOPES, type Scope } from "../../src/domain/scope";
import { type Seen, type Visitor, visitor } from "../support/browse";
import { type Estate, fillEstate, MARK, rowsOfEstate } from "../support/estate";
import { formsIn, linksIn, type ShownForm } from "../support/forms";
import { send } from "../support/request";
import { api, begin, db, drain, KEY, OTHER_KEY } from "../support/world";

/** Routes that neither `page` nor `action` has made, and what their ids are of: what they let in is tried where they are. */
const BY_HAND: Record<string, Record<string, IdNoun>> = {
  "GET /sign-in": {},
  "POST /sign-in": {},
  "GET /sign-in/:link": {},
  "POST /sign-in/:link": {},
  "POST /sign-out": {},
  "GET /sequences": {},
};
/** Pages that any key may see. */
const FOR_ALL = ["GET /keys"];
/** What scripts send, with the token in a header: that its scope is asked for is tried where it is. */
const BY_SCRIPT = ["POST /sequences/:id/enroll/file", "POST /sequences/:id/enroll/preview"];
/** What is no page but stands within one, or is kept as a file. */
const PARTS = ["/messages/:id/html", "/contacts/:id/export"];
/** Parameters that are no ids. */
const NAMES: Record<string, string> = { link: "x", platform: "EMAIL" };
/** What a page must be asked, where it shows nothing by itself. */
const QUERIES: Record<string, (estate: Estate) => string> = {
  "/sequences/:id/steps/new": ({ step }) => `?under=${step}&kind=message`,
};

const HOSTILE = "<img src=x onerror=alert(1)>Zanzibar";
const MARKS = new RegExp(MARK, "gi");
const FEW = 3;
const MOST_BYTES = 100_000;
/** So many of everything that is listed. */
const MANY = 30;

interface Route {
  method: string;
  path: string;
  ids: Record<string, IdNoun>;
  scope: Scope | undefined;
}

let estate: Estate;
/** A sequence and a contact of the other workspace. */
const own: Estate = {};
let before: Awaited<ReturnType<typeof rowsOfEstate>>;
let owner: Visitor;
let stranger: Visitor;
/** What every page showed its owner, by where it is. */
const seen = new Map<string, Seen>();
let forms: ShownForm[];
let links: string[];

const all: Route[] = dashboard.routes
  .filter(({ method }) => method !== "ALL")
  .map(({ method, path, handler }) => {
    const { ids = {}, scope } = specOf(handler) ?? { ids: BY_HAND[`${method} ${path}`] };
    return { method, path, ids, scope };
  });
const routes = all.filter(({ method, path }) => !(`${method} ${path}` in BY_HAND));
const pages = routes.filter(({ method }) => method === "GET");
const actions = routes.filter(({ method }) => method === "POST");

function idOfNoun(noun: IdNoun): string {
  const id = estate[noun];
  if (!id) throw new Error(`test/support/estate.ts makes no ${noun}: add one, so that its pages are tried`);
  return id;
}

function filled({ path, ids }: Route, id: (noun: IdNoun, at: number) => string): string {
  const named = Object.entries(NAMES).reduce((left, [name, value]) => left.replace(`:${name}`, value), path);
  return Object.entries(ids).reduce((left, [name, noun], at) => left.replace(`:${name}`, id(noun, at)), named);
}

function ofOwner(route: Route): string {
  return filled(route, idOfNoun) + (QUERIES[route.path]?.(estate) ?? "");
}

/** All ids foreign; and each of them alone among the stranger's own, as far as he has one. */
function foreignPaths(route: Route): string[] {
  const nouns = Object.values(route.ids);
  const alone = nouns.map((_, at) =>
    filled(route, (noun, i) => (i === at ? idOfNoun(noun) : (own[noun] ?? idOfNoun(noun)))),
  );
  return [...new Set([filled(route, idOfNoun), ...alone])];
}

/** The forms that lead there, as the owner was shown them; an empty one where there are none. */
function formsFor({ path }: Route): ShownForm["fields"][] {
  const pattern = new RegExp(`^${path.replaceAll(/:\w+/g, "[^/]+")}$`);
  const found = forms.filter((form) => pattern.test(form.path)).map(({ fields }) => fields);
  return found.length > 0 ? found.map(unmarked) : [{}];
}

/** What is told again of what somebody sent himself shows nothing of others. */
function unmarked(fields: ShownForm["fields"]): ShownForm["fields"] {
  const told = Object.entries(fields).map(([name, values]) => [
    name,
    values.map((one) => one.replaceAll(MARKS, "elsewhere")),
  ]);
  return Object.fromEntries(told);
}

/** One more of what is listed, each with the worst of names. */
async function fillLists(): Promise<void> {
  const { sequence = "" } = estate;
  for (let n = 0; n < MANY; n++) {
    const name = `${HOSTILE} ${n}`;
    const { body } = await api("POST", "/v1/contacts", {
      platform: "TWITTER",
      username: `zanzibar${n}`,
      firstName: name,
    });
    await api("POST", `/v1/sequences/${sequence}/enrollments`, { contactId: body.contact.id, platform: "TWITTER" });
    await api("POST", "/v1/sequences", { name });
    await api("POST", "/v1/mailboxes", { email: `box${n}@zanzibar.example`, name });
    await api("POST", `/v1/users/user_1/keys`, { name, scopes: ["contacts_read"] });
    await api("POST", `/v1/sequences/${sequence}/steps`, { messageTemplate: name, delayHours: 1 });
  }
  // Like the one that is there, which is paused: nobody is called.
  await db()
    .prepare(`WITH RECURSIVE n(i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM n WHERE i < ${MANY})
      INSERT INTO webhooks (workspace_id, url, description, dialect, events, wants, sealed, paused_at, created_at, updated_at)
      SELECT workspace_id, url || '/' || i, description, dialect, events, wants, sealed, paused_at, created_at, updated_at
      FROM webhooks, n WHERE workspace_id = 1`)
    .run();
  await drain();
}

const NAMED = [
  ...[
    ["contacts", "first_name"],
    ["contacts", "display_name"],
    ["sequences", "name"],
    ["steps", "body"],
    ["steps", "label"],
  ],
  ...[
    ["messages", "excerpt"],
    ["messages", "subject"],
    ["schedules", "name"],
    ["segments", "name"],
    ["rulesets", "name"],
  ],
  ...[
    ["users", "first_name"],
    ["mailboxes", "sender_name"],
    ["webhooks", "description"],
    ["keys", "name"],
    ["tasks", "note"],
  ],
  ["templates", "name"],
] as const;

beforeAll(async () => {
  await begin();
  estate = await fillEstate();
  // Who looks sees his own keys.
  estate.key = (await api("GET", "/v1/users/user_1/keys")).body.keys[0].id;
  estate.message = (await api("GET", `/v1/messages?enrollment=${estate.enrollment}`)).body.messages[0].id;
  await fillLists();
  await db().batch(
    NAMED.map(([table, column]) =>
      db().prepare(`UPDATE ${table} SET ${column} = ? WHERE workspace_id = 1 AND ${column} IS NOT NULL`).bind(HOSTILE),
    ),
  );
  const made = await send("POST", "/v1/sequences", { key: OTHER_KEY, body: { name: "Elsewhere" } });
  own.sequence = made.body.sequence.id;
  const person = { platform: "TWITTER", username: "own" };
  own.contact = (await send("POST", "/v1/contacts", { key: OTHER_KEY, body: person })).body.contact.id;
  [owner, stranger] = [await visitor(KEY), await visitor(OTHER_KEY)];
  for (const route of pages) {
    if (!PARTS.includes(route.path)) seen.set(ofOwner(route), await owner.get(ofOwner(route)));
  }
  forms = [...seen.values()].flatMap(({ html }) => formsIn(html));
  links = someOfEach([...seen.values()].flatMap(({ html }) => linksIn(html)));
  before = await rowsOfEstate();
}, 60_000);

/** Of links that differ by ids alone, the first few. */
function someOfEach(all: readonly string[]): string[] {
  const kinds = Map.groupBy(new Set(all), (link) => link.replaceAll(/_\d+/g, "_").replaceAll(/=[^&]*/g, "="));
  return [...kinds.values()].flatMap((alike) => alike.slice(0, FEW));
}

async function expectUnchanged(): Promise<void> {
  const after = await rowsOfEstate();
  for (const [table, rows] of Object.entries(before)) {
    expect(
      after[table]?.filter((row) => rows.includes(row)),
      table,
    ).toEqual(rows);
    if (rows.some((row) => row.includes('"workspace_id":1'))) expect(after[table]?.length, table).toBe(rows.length);
  }
}

/** Whether a form that was sent has come to nothing, and that was said. */
function isRefused({ status, html }: Seen): boolean {
  return status >= 400 || html.includes('class="said refused"');
}

test("every route is a page or an action, or is named above", () => {
  const unknown = dashboard.routes
    .filter(({ method, path, handler }) => method !== "ALL" && !specOf(handler) && !(`${method} ${path}` in BY_HAND))
    .map(({ method, path }) => `${method} ${path}`);
  expect(unknown).toEqual([]);
  const nameless = all.filter(({ path, ids }) =>
    [...path.matchAll(/:(\w+)/g)].some(([, name = ""]) => !ids[name] && !NAMES[name]),
  );
  expect(nameless.map(({ method, path }) => `${method} ${path}`)).toEqual([]);
  const open = routes.filter(
    ({ method, path, scope }) => scope === undefined && !FOR_ALL.includes(`${method} ${path}`),
  );
  expect(open.map(({ method, path }) => `${method} ${path}`)).toEqual([]);
});

/** What is wrong with a page as it is shown to its owner. */
function faultsIn({ status, html, headers }: Seen): string[] {
  const wrong = (what: string, is: boolean) => (is ? [what] : []);
  const ids = [...html.matchAll(/\sid="([^"]*)"/g)].map(([, id]) => id);
  return [
    ...wrong(`answered ${status}`, status !== 200),
    ...wrong("has no policy", !/script-src 'self'(?!.*unsafe)/.test(headers.get("content-security-policy") ?? "")),
    ...wrong("does not say its language", !html.startsWith('<!doctype html><html lang="en">')),
    ...wrong("has no title", !/<title>[^<]*\S+ · Dripline<\/title>/.test(html)),
    ...wrong("has not one h1", html.match(/<h1/g)?.length !== 1),
    ...wrong("has not one main", html.match(/<main/g)?.length !== 1),
    ...wrong(
      "has styles or scripts in its text",
      /<[^>]*\sstyle="|<[^>]*\son[a-z]+="|<script>|href="javascript:/i.test(html),
    ),
    ...wrong(`has ${html.length} bytes`, html.length >= MOST_BYTES),
    ...wrong(`uses an id twice: ${ids.filter((id, at) => ids.indexOf(id) < at)}`, new Set(ids).size < ids.length),
  ];
}

describe("every page", () => {
  test("is shown to its owner, whole, and small with many of everything", () => {
    const faults = [...seen].flatMap(([path, shown]) => faultsIn(shown).map((fault) => `${path} ${fault}`));
    expect(faults).toEqual([]);
  });

  test("is harmed by no name", () => {
    const hostile = [...seen].filter(([, { html }]) => /<img[^>]*onerror/i.test(html)).map(([path]) => path);
    expect(hostile).toEqual([]);
    expect([...seen.values()].some(({ html }) => html.includes("&lt;img src=x onerror"))).toBe(true);
  });

  test("leads nowhere where nothing is", async () => {
    const dead: string[] = [];
    for (const link of links) if ((await owner.get(link)).status !== 200) dead.push(link);
    expect(dead).toEqual([]);
  });

  test("has forms that lead to an action", () => {
    const lost = forms.filter(({ path }) => !all.some((route) => route.method === "POST" && matches(route, path)));
    expect([...new Set(lost.map(({ path }) => path))]).toEqual([]);
  });

  test("with a malformed id, or one that never was -> 400 or 404", async () => {
    const wrong: string[] = [];
    for (const route of pages.filter(({ ids }) => Object.keys(ids).length > 0))
      for (const id of ODD_IDS) {
        const path = filled(route, () => id);
        const { status, html } = await owner.get(path);
        if ((status !== 400 && status !== 404) || html.includes("<b>")) wrong.push(`${path} answered ${status}`);
      }
    expect(wrong).toEqual([]);
  });

  test("with a query that is none -> is shown without, or refused in words", async () => {
    const wrong: string[] = [];
    for (const route of pages.filter(({ path }) => !PARTS.includes(path)))
      for (const query of ODD_QUERIES) {
        const path = `${filled(route, idOfNoun)}?${query}`;
        const { status, html } = await owner.get(path);
        if (status >= 500 || html.includes("<img src=x")) wrong.push(`${path} answered ${status}`);
      }
    expect(wrong).toEqual([]);
  });
});

const ODD_IDS = ["x", "0", "-1", "seq_", "seq_0", `seq_${"9".repeat(30)}`, "%00", "%F0%28", "..%2F..", "%3Cb%3E"];
const ODD_QUERIES = [
  "page=-1&status=%00&x=y",
  "page=99999",
  "page=x&limit=1e9&search=%25%27%22%3Cimg%20src%3Dx%20onerror%3Dx%3E",
];

function matches({ path }: Route, asked: string): boolean {
  return new RegExp(`^${path.replaceAll(/:\w+/g, "[^/]+")}$`).test(asked);
}

describe("nobody signed in", () => {
  test("is led to the door from every page, and back from there", async () => {
    for (const route of pages) {
      const { path, text } = await (await visitor(null)).get(ofOwner(route));
      expect(path).toMatch(/^\/sign-in(\?next=|$)/);
      expect(text).not.toMatch(MARK);
    }
  });

  test("does nothing by any action", async () => {
    for (const route of actions) {
      const { path, status } = await (await visitor(null)).submit(ofOwner(route), formsFor(route)[0]);
      if (path !== "/sign-in") expect([401, 403], route.path).toContain(status);
    }
    await expectUnchanged();
  });
});

describe("somebody of another workspace", () => {
  test("finds no page of what is not his", async () => {
    const wrong: string[] = [];
    for (const route of pages.filter(({ ids }) => Object.keys(ids).length > 0))
      for (const path of foreignPaths(route)) {
        const { status, html } = await stranger.get(path + (QUERIES[route.path]?.(estate) ?? ""));
        if (status !== 404 || MARK.test(html)) wrong.push(`${path} answered ${status}`);
      }
    for (const [told, ids] of Object.entries(BY_HAND).filter(([told]) => told.startsWith("GET"))) {
      const path = filled({ method: "GET", path: told.replace("GET ", ""), ids, scope: undefined }, idOfNoun);
      if (MARK.test((await stranger.get(path)).html)) wrong.push(path);
    }
    expect(wrong).toEqual([]);
  });

  test("is told nothing of it by any link that its owner follows", async () => {
    const wrong: string[] = [];
    for (const link of links) {
      const { html, status } = await stranger.get(link);
      if (status >= 500 || MARK.test(html)) wrong.push(`${link} answered ${status}`);
    }
    expect(wrong).toEqual([]);
  });

  test("does nothing to it by any action, with the very form that its owner is shown", async () => {
    const wrong: string[] = [];
    for (const route of actions.filter(({ ids }) => Object.keys(ids).length > 0))
      for (const path of foreignPaths(route))
        for (const fields of formsFor(route)) {
          await stranger.get("/");
          const answer = await stranger.submit(path, fields);
          if (!isRefused(answer) || MARK.test(answer.html) || answer.status >= 500)
            wrong.push(`${path} with ${JSON.stringify(fields)} led to ${answer.path} ${answer.status}`);
        }
    expect(wrong).toEqual([]);
    await expectUnchanged();
  });

  test("does nothing to it among his own, whatever ids a form names", async () => {
    const wrong: string[] = [];
    for (const route of actions.filter(({ ids }) => Object.values(ids).every((noun) => own[noun])))
      for (const fields of formsFor(route)) {
        await stranger.get("/");
        const answer = await stranger.submit(
          filled(route, (noun) => own[noun] ?? ""),
          fields,
        );
        if (answer.status >= 500 || MARK.test(answer.html))
          wrong.push(`${route.path} with ${JSON.stringify(fields)} led to ${answer.path} ${answer.status}`);
      }
    expect(wrong).toEqual([]);
    await expectUnchanged();
  });
});

describe("a form that did not come from a page of this session", () => {
  test.each([
    ["without a token", { csrf: "" }, {}],
    ["with one that was made up", { csrf: "A".repeat(43) }, {}],
    ["sent by another site", {}, { origin: "https://evil.test" }],
    ["sent by another site, as the browser says", {}, { "sec-fetch-site": "cross-site" }],
    ["that is no form", {}, { "content-type": "application/json" }],
    ["that is text", {}, { "content-type": "text/plain" }],
  ])("%s -> does nothing, by no action", async (_, fields, headers) => {
    const ada = await visitor(KEY);
    for (const route of actions) {
      const { status } = await ada.submit(filled(route, idOfNoun), { ...formsFor(route)[0], ...fields }, headers);
      expect([route.path, status]).toEqual([route.path, 403]);
    }
    await expectUnchanged();
  });

  test("with the token of another session -> does nothing", async () => {
    const page = await stranger.get("/");
    const csrf = /name="csrf" value="([^"]*)"/.exec(page.html)?.[1] ?? "";
    expect(csrf).not.toBe("");
    for (const route of actions)
      expect((await owner.submit(filled(route, idOfNoun), { csrf })).status, route.path).toBe(403);
    await expectUnchanged();
  });
});

describe("a key that lacks the scope", () => {
  test("of a page or an action -> is refused, and says which", async () => {
    const digests = await db().prepare("SELECT id FROM keys").all();
    for (const scope of SCOPES.filter((one) => routes.some((route) => route.scope === one))) {
      const scopes = SCOPES.filter((one) => one !== scope);
      const { key } = (await send("POST", "/v1/users/user_1/keys", { body: { name: "Zanzibar", scopes } })).body.key;
      const limited = await visitor(key);
      // The token of a page that this key may see.
      await limited.get("/nothing-here");
      for (const route of routes.filter((one) => one.scope === scope)) {
        if (BY_SCRIPT.includes(`${route.method} ${route.path}`)) continue;
        const path = ofOwner(route);
        const answer =
          route.method === "GET" ? await limited.get(path) : await limited.submit(path, formsFor(route)[0]);
        expect([route.path, answer.status]).toEqual([route.path, 403]);
        expect(answer.text).toContain(`lacks the scope ${scope}`);
      }
    }
    await db()
      .prepare(`DELETE FROM keys WHERE id NOT IN (${digests.results.map(({ id }) => id).join()})`)
      .run();
    await expectUnchanged();
  });
});
