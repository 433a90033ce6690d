import { env } from "cloudflare:workers";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { settingsOf } from "../../src/env";
import { faults, faulty } from "../support/faults";
import { OPERATOR } from "../support/operator";
import { send } from "../support/request";
import { begin } from "../support/world";

beforeEach(begin);
afterEach(() => {
  settingsOf(faulty(env)).production = false;
});

/** Of every door: something that is there, something that is not, and a stranger. */
const PATHS = [
  ["/health", {}],
  ["/nothing", {}],
  ["/oauth/token", {}],
  ["/v1/auth/me", {}],
  ["/v1/contacts", {}],
  ["/v1/nothing", {}],
  ["/v1/contacts", { key: null }],
  ["/api/v1/whoami", {}],
  ["/api/v1/sequences/1.json", {}],
  ["/api/v1/sequences", { key: null }],
  ["/api/v2/types", {}],
  ["/api/v2/prospects", {}],
  ["/api/v2/prospects/1", { key: null }],
  ["/t/u/nobody", {}],
  ["/t/c/nobody/1", {}],
  ["/t/o/nobody.gif", {}],
  ["/hooks/mail/ws_1", {}],
  ["/metrics", {}],
  ["/metrics", { key: OPERATOR }],
  ["/admin/workspaces", { key: OPERATOR }],
  ["/admin/nothing", { key: OPERATOR }],
] as const;

describe("every answer keeps browsers from harm", () => {
  test.each(PATHS)("%s %o", async (path, how) => {
    const { headers } = await send("GET", path, how);
    expect(headers.get("x-content-type-options")).toBe("nosniff");
    expect(headers.get("x-frame-options")).toBe("DENY");
    expect(headers.get("referrer-policy")).toBe("no-referrer");
    expect(headers.get("cache-control")).toBe("no-store");
    expect(headers.get("content-security-policy")).toMatch(/default-src 'none'.*frame-ancestors 'none'/);
    expect(headers.get("access-control-allow-origin")).toBeNull();
    expect(headers.get("strict-transport-security")).toBeNull();
  });

  test("an outage's too", async () => {
    faults.failSql = /./;
    for (const path of ["/v1/contacts", "/api/v1/sequences", "/api/v2/prospects", "/t/u/x", "/health"]) {
      const { status, headers } = await send("GET", path, { key: "vb_live_nobody_knows" });
      expect([path, status, headers.get("x-content-type-options")]).toEqual([
        path,
        path === "/t/u/x" ? 404 : 503,
        "nosniff",
      ]);
    }
  });

  test("in production they are told to come by HTTPS only", async () => {
    settingsOf(faulty(env)).production = true;
    for (const [path, how] of PATHS)
      expect((await send("GET", path, how)).headers.get("strict-transport-security")).toBe("max-age=31536000");
  });
});

describe("a body that a page of somebody else could have sent", () => {
  const body = { platform: "TWITTER", username: "ada" };

  test.each([
    ["application/x-www-form-urlencoded", 415],
    ["multipart/form-data; boundary=x", 415],
    ["text/plain;charset=UTF-8", 415],
    ["TEXT/HTML", 415],
    ["application/json", 201],
    ["application/json; charset=utf-8", 201],
    ["application/vnd.api+json", 201],
    ["application/octet-stream", 201],
    ["", 201],
  ])("%s -> %i", async (type, expected) => {
    const { status, body: said } = await send("POST", "/v1/contacts", { body, headers: { "content-type": type } });
    expect(status).toBe(expected);
    if (expected === 415) expect(said.error.code).toBe("UNSUPPORTED_MEDIA_TYPE");
  });

  test("a write without a body is none", async () => {
    const { status } = await send("POST", "/v1/workspace/pause", { headers: { "content-type": "text/plain" } });
    expect(status).toBe(200);
  });
});
