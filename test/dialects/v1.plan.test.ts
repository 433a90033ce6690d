import { beforeAll, describe, expect, test } from "vitest";
import { api, begin, db, FREE_KEY, KEY, START, travel } from "../support/world";

/** To the letter, as the page on sequences prints it. */
const GATE = { error: { code: "PLAN_UPGRADE_REQUIRED", message: "DM Sequences require an Agency plan" } };

const ROUTES: [string, string, (object | string)?][] = [
  ["GET", "/v1/sequences"],
  ["GET", "/v1/sequences?page=1&limit=20"],
  ["GET", "/v1/sequences?page=0"],
  ["POST", "/v1/sequences", { name: "Onboarding Flow", exitOnReply: true }],
  ["POST", "/v1/sequences", {}],
  ["POST", "/v1/sequences", "{broken"],
  ["GET", "/v1/sequences/seq_1"],
  ["GET", "/v1/sequences/seq_abc123"],
  ["GET", "/v1/sequences/nonsense"],
  ["PATCH", "/v1/sequences/seq_1", { status: "ACTIVE" }],
  ["DELETE", "/v1/sequences/seq_1"],
  ["GET", "/v1/sequences/seq_1/steps"],
  ["POST", "/v1/sequences/seq_1/steps", { messageTemplate: "Hello", delayHours: 48, stepOrder: 2 }],
  ["PATCH", "/v1/sequences/seq_1/steps/step_1", { delayHours: 72 }],
  ["DELETE", "/v1/sequences/seq_1/steps/step_1"],
  ["GET", "/v1/sequences/seq_1/enrollments?status=ACTIVE"],
  ["POST", "/v1/sequences/seq_1/enrollments", { contactId: "contact_1", platform: "TWITTER" }],
  ["POST", "/v1/sequences/seq_1/enrollments/retry"],
  ["GET", "/v1/sequences/seq_1/enrollments/enroll_1"],
  ["DELETE", "/v1/sequences/seq_1/enrollments/enroll_1"],
  ["POST", "/v1/sequences/seq_1/enrollments/enroll_1/pause"],
  ["POST", "/v1/sequences/seq_1/enrollments/enroll_1/resume"],
  ["POST", "/v1/sequences/seq_1/enrollments/enroll_1/retry"],
  ["GET", "/v1/sequences/seq_1/of/no/such/route"],
];

const lowerKey = (plan: string) => `vb_live_workspace_on_${plan}`;

beforeAll(async () => {
  await begin();
  for (const [i, plan] of ["STARTER", "PRO"].entries()) {
    const id = 90 + i;
    const bytes = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(lowerKey(plan)));
    await db().batch([
      db()
        .prepare("INSERT INTO workspaces (id, name, plan, created_at) VALUES (?, ?, ?, ?)")
        .bind(id, plan, plan, START),
      db()
        .prepare("INSERT INTO users (id, workspace_id, name, created_at) VALUES (?1, ?1, 'Owner', ?2)")
        .bind(id, START),
      db()
        .prepare(
          "INSERT INTO keys (digest, workspace_id, user_id, prefix, scopes, created_at) VALUES (?, ?, ?, ?, ?, ?)",
        )
        .bind(new Uint8Array(bytes).toHex(), id, id, "vb_live_", '["*"]', START),
    ]);
  }
});

describe("without an Agency plan, every sequences route answers 403 before it looks at anything else", () => {
  for (const [method, path, body] of ROUTES) {
    test(`${method} ${path}${typeof body === "string" ? " with a broken body" : ""}`, async () => {
      expect(await api(method, path, body, FREE_KEY)).toEqual({ status: 403, body: GATE });
    });
  }

  test.each(["STARTER", "PRO"])("%s is a lower plan too", async (plan) => {
    expect((await api("GET", "/v1/auth/me", undefined, lowerKey(plan))).body.plan).toBe(plan);
    expect(await api("GET", "/v1/sequences", undefined, lowerKey(plan))).toEqual({ status: 403, body: GATE });
  });
});

test("the gate is on sequences alone: the rest of the API is open to every plan", async () => {
  for (const path of ["contacts", "messages", "replies", "channels", "workspace", "dead-letters", "auth/me"]) {
    expect([path, (await api("GET", `/v1/${path}`, undefined, FREE_KEY)).status]).toEqual([path, 200]);
  }
  expect((await api("POST", "/v1/contacts", { platform: "TWITTER", username: "al" }, FREE_KEY)).status).toBe(201);
});

test("whoever has no key learns nothing of plans", async () => {
  expect((await api("GET", "/v1/sequences", undefined, null)).status).toBe(401);
});

test("a workspace that moves to another plan is let in, or out, within seconds", async () => {
  const move = (plan: string) => db().prepare("UPDATE workspaces SET plan = ? WHERE id = 1").bind(plan).run();
  expect((await api("GET", "/v1/sequences", undefined, KEY)).status).toBe(200);
  await move("PRO");
  travel(5000);
  expect(await api("GET", "/v1/sequences", undefined, KEY)).toEqual({ status: 403, body: GATE });
  await move("AGENCY");
  travel(5000);
  expect((await api("GET", "/v1/sequences", undefined, KEY)).status).toBe(200);
});
