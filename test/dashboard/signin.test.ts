import { beforeEach, describe, expect, test } from "vitest";
import { visitor } from "../support/browse";
import { send } from "../support/request";
import { begin, FREE_KEY, KEY, travel } from "../support/world";

beforeEach(begin);

describe("signing in", () => {
  test("nobody signed in -> is led to the door, and from there to where he wanted to go", async () => {
    const stranger = await visitor(null);
    const door = await stranger.get("/?page=1");
    expect(door.path).toBe("/sign-in?next=%2F%3Fpage%3D1");
    const page = await stranger.submit("/sign-in", { key: KEY, next: "/?page=1" });
    expect([page.status, page.path]).toEqual([200, "/?page=1"]);
    expect(page.text).toContain("No sequence yet");
  });

  test.each(["//evil.test/", "/\\evil.test", "/\u0000", "https://evil.test", "javascript:alert(1)", ""])(
    "a way on that leads elsewhere, %j -> to the sequences",
    async (next) => {
      const stranger = await visitor(null);
      expect((await stranger.submit("/sign-in", { key: KEY, next })).path).toBe("/");
    },
  );

  test.each(["", "wrong", "x".repeat(600)])("a key that opens nothing -> 401, and says so", async (key) => {
    const stranger = await visitor(null);
    const door = await stranger.submit("/sign-in", { key });
    expect(door.status).toBe(401);
    expect(door.text).toContain("This key opens nothing");
    expect(stranger.cookies.has("__Host-dripline_session")).toBe(false);
  });

  test("the cookie is out of reach of scripts and of other sites, and holds no key", async () => {
    const stranger = await visitor(null);
    const { headers } = await send("POST", "/sign-in", {
      key: null,
      headers: { "content-type": "application/x-www-form-urlencoded" },
      body: new URLSearchParams({ key: KEY }).toString(),
    });
    const cookie = headers.get("set-cookie") ?? "";
    expect(cookie).toMatch(/^__Host-dripline_session=.*; Max-Age=43200; Path=\/; HttpOnly; Secure; SameSite=Lax$/);
    expect(decodeURIComponent(cookie)).not.toContain(KEY);
    expect((await stranger.get("/")).path).toBe("/sign-in");
  });

  test("a session ends after twelve hours, and with its key", async () => {
    const ada = await visitor();
    const user = (await send("GET", "/v1/users")).body.users[0].id;
    const { key, id } = (await send("POST", `/v1/users/${user}/keys`, { body: { name: "Browser" } })).body.key;
    const grace = await visitor(key);
    expect((await grace.get("/")).path).toBe("/");
    await send("DELETE", `/v1/users/${user}/keys/${id}`);
    travel(10_000);
    expect((await grace.get("/")).path).toBe("/sign-in");
    expect((await ada.get("/")).path).toBe("/");
    travel(12 * 3_600_000);
    expect((await ada.get("/")).path).toBe("/sign-in");
  });

  test("a cookie that was tampered with opens nothing", async () => {
    const ada = await visitor();
    const session = ada.cookies.get("__Host-dripline_session") ?? "";
    ada.cookies.set("__Host-dripline_session", session.replace(/^.{20}/, "AAAAAAAAAAAAAAAAAAAA"));
    expect((await ada.get("/")).path).toBe("/sign-in");
  });

  test("signing out asks for the page's own form, and ends the session", async () => {
    const ada = await visitor();
    await ada.submit("/sign-out", { csrf: "made up" });
    expect((await ada.get("/")).path).toBe("/");
    const door = await ada.submit("/sign-out");
    expect([door.path, door.text]).toEqual(["/sign-in", expect.stringContaining("You are signed out.")]);
    expect((await ada.get("/")).path).toBe("/sign-in");
  });
});

test("thousands of fields at the door -> are read once each, and it stays shut", async () => {
  const stranger = await visitor(null);
  const fields = Object.fromEntries(Array.from({ length: 50_000 }, (_, i) => [`f${i}`, "x"]));
  expect((await stranger.submit("/sign-in", { ...fields, key: "wrong" })).status).toBe(401);
});

test("a form of ten megabytes -> is not read on, says what to do instead, and nothing is done", async () => {
  const ada = await visitor();
  await ada.get("/sequences/new");
  const told = await ada.submit("/sequences", { name: "x".repeat(10_000_000) });
  expect([told.status, told.text]).toEqual([400, expect.stringContaining("imported as a file instead")]);
  expect((await ada.get("/")).text).toContain("No sequence yet");
});

test("a plan without sequences -> their pages say so", async () => {
  const free = await visitor(FREE_KEY);
  const page = await free.get("/");
  expect([page.status, page.text]).toEqual([403, expect.stringContaining("DM Sequences require an Agency plan")]);
});

describe("every page", () => {
  test("allows itself and no other source, and is kept by nobody", async () => {
    const ada = await visitor();
    for (const path of ["/", "/nothing-here"]) {
      const { headers } = await ada.get(path);
      expect(headers.get("content-security-policy")).toContain("script-src 'self'");
      expect(headers.get("content-security-policy")).not.toContain("unsafe");
      expect(headers.get("cache-control")).toBe("no-store");
    }
  });

  test("an address where nothing is -> a page for people, JSON for programs", async () => {
    const ada = await visitor();
    const page = await ada.get("/nothing-here");
    expect([page.status, page.text]).toEqual([404, expect.stringContaining("There is nothing here")]);
    expect((await send("GET", "/nothing-here")).body.error.code).toBe("NOT_FOUND");
  });
});
