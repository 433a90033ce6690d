import { env } from "cloudflare:workers";
import { afterAll, beforeEach, describe, expect, test } from "vitest";
import { settingsOf } from "../../src/env";
import { faults, faulty, resetCounts } from "../support/faults";
import { send } from "../support/request";
import { begin, drain, enroll, makeContact, makeDrip, ring, stateOf } from "../support/world";

const HEADER = "x-dripline-bookmark";
const BOOKMARK = "00000085-0000024c-00004c6d-8e61117bf38d7adb71b934ebbf891683";

const switched = (on: boolean) => {
  settingsOf(faulty(env)).replicas = on;
};

beforeEach(async () => {
  await begin();
  await send("GET", "/v1/auth/me"); // the key is remembered from here on
  switched(true);
  resetCounts();
});
afterAll(() => switched(false));

const READS = ["/v1/contacts", "/v1/sequences", "/api/v1/sequences", "/api/v2/prospects"];

describe("where copies may answer", () => {
  test.each(READS)("GET %s is read in one session, wholly, and tells how new it is", async (path) => {
    const { status, headers } = await send("GET", path);
    expect([status, faults.sessions]).toEqual([200, ["first-unconstrained"]]);
    expect(faults.inSession.length).toBeGreaterThan(0);
    expect(faults.statements.filter((sql) => !faults.inSession.includes(sql))).toEqual([]);
    expect(headers.get(HEADER)).toMatch(/^[0-9a-f-]{10,}$/);
  });

  test.each([
    ["a bookmark", BOOKMARK, BOOKMARK],
    ["something else", "first-unconstrained", "first-primary"],
    ["nothing of ours", "' OR 1=1", "first-primary"],
    ["too much", `00000085-${"0".repeat(300)}`, "first-primary"],
  ])("a read that is sent %s begins there, or at the primary", async (_, sent, begun) => {
    const { status } = await send("GET", "/v1/contacts", { headers: { [HEADER]: sent } });
    expect([status, faults.sessions]).toEqual([200, [begun]]);
  });

  test("whoever sends back what a write told him reads what he wrote", async () => {
    const written = await send("POST", "/v1/contacts", { body: { platform: "TWITTER", username: "ada" } });
    const bookmark = written.headers.get(HEADER) ?? "";
    expect(bookmark).not.toBe("");
    resetCounts();
    const { body } = await send("GET", `/v1/contacts/${written.body.contact.id}`, { headers: { [HEADER]: bookmark } });
    expect(body.contact.username).toBe("ada");
    expect(faults.sessions).toEqual([bookmark]);
  });

  test.each(["POST", "PATCH", "DELETE"])("%s writes to the primary, and is told of only after", async (method) => {
    const contact = await makeContact();
    resetCounts();
    const path = method === "POST" ? "/v1/contacts" : `/v1/contacts/${contact}`;
    const body = method === "DELETE" ? undefined : { platform: "TWITTER", username: "bo" };
    const { status } = await send(
      method,
      path,
      body ? { body: method === "PATCH" ? { displayName: "Bo" } : body } : {},
    );
    expect(status).toBeLessThan(300);
    expect([faults.sessions, faults.inSession]).toEqual([["first-primary"], ["SELECT 1"]]);
  });

  test("what objects gather, queues take and links ask for never goes to a copy", async () => {
    const { sequence } = await makeDrip([0]);
    const enrollment = await enroll(sequence);
    resetCounts();
    await ring(enrollment);
    await drain();
    for (const path of ["/health", "/t/u/nobody", "/t/c/1-1-x/1"]) await send("GET", path);
    expect(faults.statements.length).toBeGreaterThan(3);
    expect(faults.sessions).toEqual([]);
    expect((await stateOf(enrollment)).phase.is).toBe("ended");
  });

  test("a write is answered as it is where the bookmark cannot be had", async () => {
    faults.failSql = /^SELECT 1$/;
    const { status, headers } = await send("POST", "/v1/contacts", { body: { platform: "TWITTER", username: "ada" } });
    expect([status, headers.get(HEADER)]).toEqual([201, null]);
  });
});

test("unless the installation says so, nothing is different", async () => {
  switched(false);
  for (const path of READS) {
    const { headers } = await send("GET", path, { headers: { [HEADER]: BOOKMARK } });
    expect(headers.get(HEADER)).toBeNull();
  }
  await send("POST", "/v1/contacts", { body: { platform: "TWITTER", username: "ada" } });
  expect(faults.sessions).toEqual([]);
});
