/** Links that sign a browser in: made by the operator, and good once. */
import { beforeEach, describe, expect, test } from "vitest";
import { type Visitor, visitor } from "../support/browse";
import { change, operate } from "../support/operator";
import { send } from "../support/request";
import { api, begin, DAY, db, HOUR, KEY, sweep, travel } from "../support/world";

beforeEach(begin);

const LINKS = "/workspaces/ws_1/users/user_1/sign-in-links";
const PAST = "This link opens nothing";

/** The path of a link that was just made. */
async function made(path = LINKS): Promise<string> {
  const { status, body } = await operate("POST", path);
  expect(status).toBe(201);
  return new URL(body.signInLink.url).pathname;
}

async function follow(link: string, headers = {}): Promise<[string, Visitor]> {
  const stranger = await visitor(null);
  await stranger.get(link);
  return [(await stranger.submit(link, {}, headers)).path, stranger];
}

const kept = async () => (await db().prepare("SELECT COUNT(*) AS n FROM sign_in_links").first("n")) as number;
const keysOf = async () => (await send("GET", "/v1/users/user_1/keys")).body.keys;

describe("a link", () => {
  test("asks who opens it, and the press of its button signs the browser in", async () => {
    const link = await made();
    const stranger = await visitor(null);
    const door = await stranger.get(link);
    expect([door.status, door.text]).toEqual([200, expect.stringContaining("as Owner of Workspace 1 , once")]);
    expect(door.headers.get("referrer-policy")).toBe("same-origin");
    expect(door.headers.get("cache-control")).toBe("no-store");
    const page = await stranger.submit(link);
    expect([page.status, page.path, page.text]).toEqual([200, "/", expect.stringContaining("Workspace 1")]);
  });

  test("is worth nothing a second time, in another browser or the same", async () => {
    const link = await made();
    const [, first] = await follow(link);
    const second = await visitor(null);
    const door = await second.get(link);
    expect([door.status, door.text]).toEqual([404, expect.stringContaining(PAST)]);
    const refused = await second.submit(link);
    expect([refused.status, refused.text]).toEqual([404, expect.stringContaining(PAST)]);
    expect(second.cookies.has("dripline_session")).toBe(false);
    expect((await first.get("/")).path).toBe("/");
  });

  test("followed by two at the same time lets one in", async () => {
    const link = await made();
    const ends = await Promise.all(["a", "b", "c"].map(() => follow(link)));
    expect(ends.filter(([path]) => path === "/")).toHaveLength(1);
    expect((await keysOf()).filter((key: { name: string }) => key.name === "Signed in by a link")).toHaveLength(1);
  });

  test("is opened by whoever looks ahead of people, and is not used up by it", async () => {
    const link = await made();
    for (let looks = 0; looks < 3; looks++) await (await visitor(null)).get(link);
    expect((await follow(link))[0]).toBe("/");
  });

  test("is over after ten minutes, and is swept", async () => {
    const link = await made();
    travel(10 * 60_000 - 1);
    expect((await (await visitor(null)).get(link)).status).toBe(200);
    await made();
    travel(1);
    const [path, stranger] = await follow(link);
    expect([path, stranger.cookies.has("dripline_session")]).toEqual([link, false]);
    expect(await kept()).toBe(2);
    await sweep();
    expect(await kept()).toBe(1);
    travel(DAY);
    await sweep();
    expect(await kept()).toBe(0);
  });

  test("opens nothing any more where its user, or the workspace, is locked meanwhile", async () => {
    const links = [await made(), await made()];
    await operate("PATCH", "/workspaces/ws_1/users/user_1", { locked: true });
    expect((await (await visitor(null)).get(links[0] ?? "")).status).toBe(404);
    await operate("PATCH", "/workspaces/ws_1/users/user_1", { locked: false });
    await change("ws_1", { locked: true });
    expect((await follow(links[1] ?? ""))[0]).toBe(links[1]);
    expect(await kept()).toBe(2);
  });

  test.each(["x", "x".repeat(150), "%00", "..%2F..%2F", "<script>alert(1)</script>", "' OR 1=1 --"])(
    "made up, %j -> says that it opens nothing",
    async (token) => {
      const stranger = await visitor(null);
      const path = `/sign-in/${token.includes("%") ? token : encodeURIComponent(token)}`;
      for (const seen of [await stranger.get(path), await stranger.submit(path)]) {
        expect([seen.status, seen.text]).toEqual([404, expect.stringContaining(PAST)]);
        expect(seen.html).not.toContain("<script>alert");
      }
    },
  );

  test.each([{ origin: "https://evil.test" }, { "sec-fetch-site": "cross-site" }])(
    "sent by a page of somebody else, %j -> asks first, so that nobody is signed in unknowingly",
    async (headers) => {
      const link = await made();
      const [path, victim] = await follow(link, headers);
      expect([path, victim.cookies.has("dripline_session")]).toEqual([link, false]);
      expect((await follow(link))[0]).toBe("/");
    },
  );

  test("takes the place of whoever was signed in before", async () => {
    const other = (await send("POST", "/v1/users", { body: { email: "ada@example.com" } })).body.user.id;
    const ada = await visitor();
    await ada.submit(await made(`/workspaces/ws_1/users/${other}/sign-in-links`));
    expect((await send("GET", `/v1/users/${other}/keys`)).body.keys).toHaveLength(1);
    expect((await ada.get("/")).path).toBe("/");
  });

  test("of a user who has as many keys as may be -> says so", async () => {
    await db().batch(
      Array.from({ length: 100 }, (_, i) =>
        db()
          .prepare(
            "INSERT INTO keys (digest, workspace_id, user_id, prefix, scopes, created_at) VALUES (?, 1, 1, '', '[]', 0)",
          )
          .bind(`d${i}`),
      ),
    );
    const link = await made();
    const stranger = await visitor(null);
    const seen = await stranger.submit(link);
    expect([seen.status, seen.text]).toEqual([expect.any(Number), expect.stringContaining("100")]);
    expect(seen.status).toBeLessThan(500);
    expect(stranger.cookies.has("dripline_session")).toBe(false);
  });
});

describe("the key of a session that a link began", () => {
  test("stands among its user's for twelve hours, may do what he may, and is never shown", async () => {
    const [, stranger] = await follow(await made());
    const key = (await keysOf()).at(-1);
    expect(key).toMatchObject({ name: "Signed in by a link", scopes: ["*"], expiresAt: "2040-01-02T21:00:00Z" });
    const page = await stranger.get("/");
    expect(page.html).not.toContain(key.prefix);
    travel(12 * HOUR);
    expect((await stranger.get("/")).path).toBe("/sign-in");
  });

  test("revoked ends the session", async () => {
    const [, stranger] = await follow(await made());
    await send("DELETE", `/v1/users/user_1/keys/${(await keysOf()).at(-1).id}`);
    travel(10_000);
    expect((await stranger.get("/")).path).toBe("/sign-in");
  });
});

describe("who makes one", () => {
  test("nobody but the operator", async () => {
    for (const key of [KEY, null, "nonsense"]) expect((await operate("POST", LINKS, {}, { key })).status).toBe(401);
    expect((await api("POST", "/v1/users/user_1/sign-in-links")).status).toBe(404);
    expect(await kept()).toBe(0);
  });

  test.each([
    ["/workspaces/ws_1/users/user_2/sign-in-links", 404],
    ["/workspaces/ws_9/users/user_1/sign-in-links", 404],
    ["/workspaces/ws_1/users/user_x/sign-in-links", 404],
    ["/workspaces/1/users/user_1/sign-in-links", 400],
  ])("%s -> %i", async (path, status) => {
    expect((await operate("POST", path)).status).toBe(status);
    expect(await kept()).toBe(0);
  });

  test("for a locked user -> is refused, and says so", async () => {
    await operate("PATCH", "/workspaces/ws_1/users/user_1", { locked: true });
    const { status, text } = await operate("POST", LINKS);
    expect([status, text]).toEqual([expect.any(Number), expect.stringContaining("is locked")]);
    expect(status).toBeLessThan(500);
  });

  test("only a digest is kept of it", async () => {
    const token = (await made()).replace("/sign-in/", "");
    const rows = await db().prepare("SELECT * FROM sign_in_links").all();
    expect(JSON.stringify(rows.results)).not.toContain(token);
  });
});
