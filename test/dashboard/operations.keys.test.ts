/** The pages of keys: whose, made within the own, replaced, and revoked. */
import { beforeEach, describe, expect, test } from "vitest";
import { type Seen, visitor } from "../support/browse";
import { makeKey, makeUser } from "../support/users";
import { api, begin, DAY, db, OTHER_KEY, START, travel } from "../support/world";

beforeEach(begin);

const keyIn = ({ html }: Seen) => /drip_[\w-]{40}/.exec(html)?.[0];
const me = async () => (await api("GET", "/v1/users")).body.users[0].id as string;
const keysOf = async (user: string) => (await api("GET", `/v1/users/${user}/keys`)).body.keys;
const dayOf = (at: number) => new Date(at).toISOString().slice(0, 10);

describe("looking", () => {
  test("one's own keys, and which of them opened the session; those of others are chosen by their user", async () => {
    const own = await makeKey(await me(), { name: "<img src=x onerror=alert(1)>", scopes: ["contacts_read"] });
    const grace = await makeUser({ name: "Zapier" });
    const ada = await visitor();
    const mine = await ada.get("/keys");
    expect(mine.text).toMatch(/Unnamed this session .* Everything/);
    expect(mine.text).toContain(`${own.key.slice(0, 12)}…`);
    expect(mine.html).not.toContain(own.key);
    expect(mine.html).not.toContain("<img");
    const others = await ada.get(`/keys?user=${grace.id}`);
    expect(others.text).toContain("Zapier");
    expect(others.text).not.toContain("this session");
  });

  test("a key that may not look at keys -> only what it may itself", async () => {
    const { key } = await makeKey(await me(), { name: "Narrow", scopes: ["contacts_read"] });
    const grace = await visitor(key);
    const page = await grace.get("/keys");
    expect([page.status, page.text]).toEqual([200, expect.stringContaining("contacts_read")]);
    expect(page.text).not.toContain("vb_live");
    for (const path of ["/keys/new", "/keys/key_1/revoke", "/keys/key_1/rotate"]) {
      expect((await grace.get(path)).status).toBe(403);
    }
  });

  test("a key that may look and not change -> no button, and no way past it", async () => {
    const { key } = await makeKey(await me(), { scopes: ["users_read"] });
    const grace = await visitor(key);
    expect((await grace.get("/keys")).text).not.toMatch(/Make a key|Revoke/);
    expect((await grace.submit("/keys", { name: "More", "scopes[]": ["users_read"] })).status).toBe(403);
  });
});

describe("making", () => {
  test("made -> shown on that page alone, and opens what was ticked until the day's end", async () => {
    const ada = await visitor();
    const fields = { name: "Zapier", "scopes[]": ["contacts_read"], expiresAt: dayOf(START + DAY) };
    const key = keyIn(await ada.submit("/keys", fields));
    expect(key).toBeDefined();
    expect([...ada.cookies.values()].join()).not.toContain("drip_");
    expect(keyIn(await ada.get("/keys"))).toBeUndefined();
    const made = (await keysOf(await me())).at(-1);
    expect(made).toMatchObject({ name: "Zapier", scopes: ["contacts_read"], expiresAt: "2040-01-03T23:59:59Z" });
    expect((await api("GET", "/v1/contacts", undefined, key)).status).toBe(200);
    expect((await api("GET", "/v1/sequences", undefined, key)).status).toBe(403);
  });

  test("for another user -> his", async () => {
    const grace = await makeUser();
    const ada = await visitor();
    await ada.submit(`/keys?user=${grace.id}`, { name: "Hers", "scopes[]": ["*"] });
    expect((await keysOf(grace.id)).at(-1)).toMatchObject({ name: "Hers", expiresAt: null });
  });

  test.each<[string, Record<string, string | string[]>, string]>([
    ["no name", { name: " " }, "Name must not be empty"],
    ["nothing ticked", { "scopes[]": [] }, "scopes must name one at least"],
    ["a scope that is none", { "scopes[]": ["moon_read"] }, "must be one of"],
    ["a day that is none", { expiresAt: "2040-02-31" }, "Last day must be a day"],
    ["a day that is over", { expiresAt: "2039-12-31" }, "Last day must be in the future"],
  ])("%s -> said at the form", async (_, wrong, message) => {
    const ada = await visitor();
    const again = await ada.submit("/keys", { name: "Zapier", "scopes[]": ["*"], ...wrong });
    expect([again.status, again.text]).toEqual([400, expect.stringContaining(message)]);
    expect(await keysOf(await me())).toHaveLength(1);
  });

  describe("by a key that may less, and ends", () => {
    const ends = "2040-01-10T12:00:00Z";
    const bound = async () =>
      visitor((await makeKey(await me(), { scopes: ["users_read", "users_write"], expiresAt: ends })).key);

    test("offers no more than its own", async () => {
      const { html, text } = await (await bound()).get("/keys/new");
      expect(html.match(/value="\w+_(?:read|write)"/g)).toEqual(['value="users_read"', 'value="users_write"']);
      expect(html).not.toContain('value="*"');
      expect(text).toContain("At the latest 2040-01-10");
    });

    test.each([
      ["more than it may -> refused", { "scopes[]": ["contacts_read"] }, 403, null],
      ["longer than it stands -> refused", { expiresAt: "2040-01-11" }, 400, null],
      ["on its own last day -> until its own end", { expiresAt: "2040-01-10" }, 200, "2040-01-10T12:00:00Z"],
      ["no day -> until its own end", { expiresAt: "" }, 200, "2040-01-10T12:00:00Z"],
    ])("%s", async (_, more, status, expiresAt) => {
      const grace = await bound();
      const answer = await grace.submit("/keys", { name: "More", "scopes[]": ["users_read"], ...more });
      expect(answer.status).toBe(status);
      const made = (await keysOf(await me())).find(({ name }: { name: string }) => name === "More");
      expect(made?.expiresAt ?? null).toBe(expiresAt);
    });
  });
});

describe("replacing and revoking", () => {
  test("replaced -> the new one is shown once, the old one goes on as long as was said, and is not replaced again", async () => {
    const { key: old, keyId } = await makeKey(await me(), { name: "CI" });
    const ada = await visitor();
    expect((await ada.get(`/keys/${keyId}/rotate`)).text).toContain("takes the place of CI");
    const page = await ada.submit(`/keys/${keyId}/rotate`, { overlapSeconds: "3600" });
    expect(page.text).toContain("opens until 2 Jan 2040, 10:00");
    const made = keyIn(page);
    expect((await api("GET", "/v1/auth/me", undefined, made)).status).toBe(200);
    expect((await api("GET", "/v1/auth/me", undefined, old)).status).toBe(200);
    expect((await ada.get("/keys")).text).toContain("CI replaced");
    expect((await ada.submit(`/keys/${keyId}/rotate`, { overlapSeconds: "0" })).status).toBe(409);
    expect((await ada.submit(`/keys/${keyId}/rotate`, { overlapSeconds: "x" })).status).toBe(400);
    travel(3_601_000);
    expect((await api("GET", "/v1/auth/me", undefined, old)).status).toBe(401);
  });

  test("revoked, after a question -> opens nothing", async () => {
    const { key, keyId } = await makeKey(await me(), { name: "CI" });
    const ada = await visitor();
    const question = await ada.get(`/keys/${keyId}/revoke`);
    expect(question.text).toContain("CI");
    expect(question.text).not.toContain("signs you out");
    expect((await ada.submit(`/keys/${keyId}/revoke`)).text).toContain("The key is revoked.");
    expect((await api("GET", "/v1/auth/me", undefined, key)).status).toBe(401);
  });

  test("one's own revoked -> signed out, at once", async () => {
    const { key, keyId } = await makeKey(await me(), { name: "Browser" });
    const grace = await visitor(key);
    expect((await grace.get(`/keys/${keyId}/revoke`)).text).toContain("signs you out");
    const door = await grace.submit(`/keys/${keyId}/revoke`);
    expect([door.path, door.text]).toEqual(["/sign-in", expect.stringContaining("you are signed out")]);
    expect((await grace.get("/keys")).path).toMatch(/^\/sign-in/);
  });

  test("a key of another user, of another workspace, or of nobody -> not there", async () => {
    const grace = await makeUser();
    const foreign = await makeUser({}, OTHER_KEY);
    const ada = await visitor();
    for (const path of [`/keys/${grace.keyId}`, `/keys/${foreign.keyId}`, "/keys/key_999999"]) {
      expect((await ada.get(`${path}/revoke`)).status).toBe(404);
      expect((await ada.get(`${path}/revoke?user=${foreign.id}`)).status).toBe(404);
      await ada.submit(`${path}/revoke?user=${foreign.id}`);
    }
    expect((await ada.get(`/keys?user=${foreign.id}`)).status).toBe(404);
    expect((await ada.get("/keys?user=5")).status).toBe(400);
    expect((await ada.get("/keys/5/revoke")).status).toBe(400);
    const left = await db().prepare("SELECT COUNT(*) AS n FROM keys WHERE revoked_at IS NOT NULL").first();
    expect(left).toEqual({ n: 0 });
  });
});
