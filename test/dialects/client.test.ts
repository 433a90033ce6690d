/** The client against the server: it says what v1 takes, hears what v1 answers, and does nothing twice. */
import { createExecutionContext } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { beforeEach, describe, expect, expectTypeOf, test } from "vitest";
import { ClientError, client, type Options } from "../../src/client/client";
import type { Contact, Sequence } from "../../src/client/v1";
import worker from "../support/worker";
import { begin, FREE_KEY, KEY } from "../support/world";

/** What stands between the client and the server in a test: an answer in place of the server's, a break, or nothing. */
type Between = ((request: Request) => Response | "lose the answer") | null;

let between: Between[] = [];
let asked: Request[] = [];
let slept: number[] = [];

async function served(request: Request): Promise<Response> {
  asked.push(request.clone());
  const said = between.shift()?.(request);
  if (said instanceof Response) return said;
  const passed = new Request<unknown, IncomingRequestCfProperties>(request);
  const response = await worker.fetch(passed, env, createExecutionContext());
  if (said === "lose the answer") throw new TypeError("the connection was lost");
  return response;
}

function connect(more: Partial<Options> = {}) {
  return client({
    url: "https://dripline.test",
    key: KEY,
    fetch: served,
    sleep: async (ms) => {
      slept.push(ms);
    },
    ...more,
  });
}

function refused(status: number, code: string, headers: Record<string, string> = {}): Between {
  return () => Response.json({ error: { code, message: "Not now" } }, { status, headers });
}

beforeEach(async () => {
  await begin();
  [between, asked, slept] = [[], [], []];
});

describe("calls", () => {
  test("a write and a read, with a path, a query and a body that have types", async () => {
    const dripline = connect();
    const made = await dripline("POST /sequences", { body: { name: "Onboarding" } });
    if (!made.ok) throw new ClientError(made.error);
    expectTypeOf(made.answer.sequence).toEqualTypeOf<Sequence>();
    expect([made.status, made.answer.sequence.name, made.replayed]).toEqual([201, "Onboarding", false]);
    const { id } = made.answer.sequence;
    const added = await dripline("POST /sequences/{id}/steps", {
      path: { id },
      body: { messageTemplate: "Hi", delayHours: 1 },
    });
    expect(added).toMatchObject({ ok: true, answer: { step: { sequenceId: id, delayHours: 1 } } });
    const listed = await dripline("GET /sequences", { query: { limit: 5 } });
    expect(listed).toMatchObject({ ok: true, answer: { pagination: { limit: 5, total: 1 } } });
    expect(await dripline("GET /auth/me")).toMatchObject({ ok: true, answer: { workspaceId: "ws_1" } });
  });

  test("what does not fit does not compile", () => {
    const dripline = connect();
    const wrong = [
      // @ts-expect-error there is no such route
      () => dripline("GET /sequence"),
      // @ts-expect-error the body lacks a name
      () => dripline("POST /sequences", { body: {} }),
      // @ts-expect-error a body is needed
      () => dripline("POST /sequences"),
      // @ts-expect-error the path needs an id
      () => dripline("GET /sequences/{id}"),
      // @ts-expect-error a platform is one of some
      () => dripline("GET /contacts", { query: { platform: "MYSPACE" } }),
      // @ts-expect-error one sequence is no list
      () => dripline.each("GET /sequences/{id}", { path: { id: "seq_1" } }),
    ];
    expect(wrong).toHaveLength(6);
  });

  test("a refusal is a value, told apart by its code", async () => {
    const outcome = await connect()("POST /sequences", { body: { name: "" } });
    if (outcome.ok || outcome.error.code !== "VALIDATION_ERROR") throw new Error("it was not refused");
    expect([outcome.status, outcome.error.details.field]).toEqual([400, "name"]);
    const gone = await connect()("GET /contacts/{id}", { path: { id: "contact_999" } });
    expect(gone).toMatchObject({ ok: false, status: 404, error: { code: "NOT_FOUND" } });
    const poor = await connect({ key: FREE_KEY })("GET /sequences");
    expect(poor).toMatchObject({ ok: false, status: 403, error: { code: "PLAN_UPGRADE_REQUIRED" } });
    expect(slept).toEqual([]);
  });

  test("what is written into a path stays within its place", async () => {
    const outcome = await connect()("GET /contacts/{id}", { path: { id: "../auth/me?x=#" } });
    expect(outcome).toMatchObject({ ok: false, status: 400 });
  });

  test("a bulk may be a file", async () => {
    const dripline = connect();
    const made = await dripline("POST /sequences", { body: { name: "Many" } });
    const id = made.ok ? made.answer.sequence.id : "";
    const bulk = await dripline("POST /sequences/{id}/enrollments/bulk", {
      path: { id },
      query: { platform: "EMAIL" },
      body: "email\nann@example.com\nbob@example.com\n",
    });
    expect(bulk).toMatchObject({ ok: true, status: 202, answer: { job: { total: 2 } } });
  });
});

describe("once more", () => {
  test("after 429 and 503 it waits as long as it is told, and else twice as long each time", async () => {
    between = [
      refused(429, "RATE_LIMITED", { "retry-after": "7" }),
      refused(503, "SERVICE_UNAVAILABLE", { "retry-after": "1" }),
      refused(503, "SERVICE_UNAVAILABLE"),
    ];
    expect(await connect()("GET /auth/me")).toMatchObject({ ok: true });
    expect(slept).toEqual([7000, 1000, 1000]);
  });

  test("a write whose answer was lost is asked for again by the same key, and done once", async () => {
    between = [() => "lose the answer"];
    const dripline = connect();
    const made = await dripline("POST /contacts", { body: { platform: "TWITTER", username: "alice" } });
    expect(made).toMatchObject({ ok: true, status: 201, replayed: true });
    const keys = asked.map((request) => request.headers.get("idempotency-key"));
    expect(keys).toEqual([keys[0], keys[0]]);
    expect(keys[0]).toMatch(/^[0-9a-f-]{36}$/);
    expect(await dripline("GET /contacts")).toMatchObject({ answer: { pagination: { total: 1 } } });
  });

  test("a write that another run has under way is waited for", async () => {
    between = [refused(409, "IDEMPOTENCY_IN_PROGRESS")];
    const made = await connect()("POST /sequences", { body: { name: "Once" }, idempotencyKey: "mine" });
    expect(made).toMatchObject({ ok: true });
    expect(asked.map((request) => request.headers.get("idempotency-key"))).toEqual(["mine", "mine"]);
  });

  test("a conflict is not tried again, nor is anything more often than it may be", async () => {
    between = [refused(409, "CONFLICT")];
    expect(await connect()("GET /auth/me")).toMatchObject({ ok: false, status: 409 });
    expect(asked).toHaveLength(1);
    between = Array.from({ length: 9 }, () => refused(503, "SERVICE_UNAVAILABLE"));
    expect(await connect({ retries: 2 })("GET /auth/me")).toMatchObject({ ok: false, status: 503 });
    expect(asked).toHaveLength(4);
  });

  test("what is no answer of v1's is UNREACHABLE", async () => {
    between = [() => new Response("<html>Bad Gateway</html>", { status: 502 })];
    const outcome = await connect({ retries: 0 })("GET /auth/me");
    expect(outcome).toMatchObject({ ok: false, status: null, error: { code: "UNREACHABLE" } });
  });
});

describe("lists", () => {
  test("each item of all pages comes once", async () => {
    const dripline = connect();
    for (let i = 0; i < 7; i++) await dripline("POST /contacts", { body: { platform: "TWITTER", username: `p${i}` } });
    const found: Contact[] = [];
    for await (const contact of dripline.each("GET /contacts", { query: { limit: 3 } })) found.push(contact);
    expect(found.map(({ username }) => username).sort()).toEqual(["p0", "p1", "p2", "p3", "p4", "p5", "p6"]);
    expect(asked.filter(({ method }) => method === "GET")).toHaveLength(3);
  });

  test("a list that goes by what came last is followed to its end", async () => {
    const dripline = connect();
    const made = await dripline("POST /contacts", { body: { platform: "TWITTER", username: "alice" } });
    const contactId = made.ok ? made.answer.contact.id : "";
    for (let i = 0; i < 5; i++) await dripline("POST /tasks", { body: { contactId } });
    const found = await Array.fromAsync(dripline.each("GET /tasks", { query: { limit: 2 } }));
    expect(new Set(found.map(({ id }) => id)).size).toBe(5);
  });

  test("a list that is refused throws what it was refused with", async () => {
    const list = connect().each("GET /sequences/{id}/enrollments", { path: { id: "seq_999" } });
    await expect(list.next()).rejects.toMatchObject({ name: "ClientError", refused: { code: "NOT_FOUND" } });
  });
});
