/** What a workspace is limited to, in every API and by whatever way it would go beyond. */
import { createExecutionContext } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { faults, resetCounts } from "../support/faults";
import { atTheMove } from "../support/moving";
import { change, operate } from "../support/operator";
import { doc, make, call as outreach } from "../support/outreach";
import { send } from "../support/request";
import { dripFor, makeSegment } from "../support/segments";
import { left, tag, tagged } from "../support/tagging";
import worker from "../support/worker";
import {
  api,
  begin,
  db,
  drain,
  enroll,
  FREE_KEY,
  idOf,
  type Json,
  KEY,
  makeContact,
  makeDrip,
  settle,
  sweep,
  travel,
} from "../support/world";

beforeEach(begin);
afterEach(() => {
  vi.restoreAllMocks();
});

const limit = (limits: Record<string, unknown>, workspace = "ws_1") => change(workspace, { limits });
const used = async (): Promise<number> => (await api("GET", "/v1/workspace")).body.workspace.usage.enrollments;
const live = async () =>
  (
    await db()
      .prepare("SELECT COUNT(*) AS n FROM enrollments WHERE workspace_id = 1 AND standing = 'ACTIVE'")
      .first<{ n: number }>()
  )?.n;
const counted = async () =>
  (await db().prepare("SELECT n FROM counts WHERE workspace_id = 1 AND what = 'live'").first<{ n: number }>())?.n ??
  null;
const FULL = "A workspace holds at most 1 live enrollments";

describe("live enrollments, where there is no room for more", () => {
  let sequence: string;
  let inside: string;

  beforeEach(async () => {
    ({ sequence } = await makeDrip([24]));
    inside = await enroll(sequence);
    await limit({ enrollments: 1 });
  });
  afterEach(async () => {
    expect(await live()).toBe(await used());
  });

  test("v1 -> 402 LIMIT_EXCEEDED; once somebody has left, there is room", async () => {
    const body = { contactId: await makeContact(), platform: "TWITTER" };
    const ask = () => api("POST", `/v1/sequences/${sequence}/enrollments`, body);
    expect(await ask()).toEqual({ status: 402, body: { error: { code: "LIMIT_EXCEEDED", message: FULL } } });
    await api("DELETE", `/v1/sequences/${sequence}/enrollments/${inside}`);
    expect((await ask()).status).toBe(201);
    expect(
      (await api("POST", `/v1/sequences/${sequence}/enrollments`, { ...body, contactId: await makeContact() })).status,
    ).toBe(402);
  });

  test("who is in the sequence already -> 409, as where there is room", async () => {
    const { contactId } = (await api("GET", `/v1/sequences/${sequence}/enrollments/${inside}`)).body.enrollment;
    const again = await api("POST", `/v1/sequences/${sequence}/enrollments`, { contactId, platform: "TWITTER" });
    expect(again).toMatchObject({ status: 409, body: { error: { code: "CONFLICT" } } });
  });

  test("Broadcast -> 422 and nobody is made for it; Outreach -> 422 with its reason", async () => {
    const path = `/api/v1/sequences/${idOf(sequence)}/add_subscriber`;
    const added = await send("POST", path, { body: { subscriber: { email: "ada@example.com" } } });
    expect([added.status, added.text]).toEqual([422, ""]);
    expect((await api("GET", "/v1/contacts?search=ada")).body.contacts).toEqual([]);
    const prospect = (await make("prospect", { emails: ["bob@example.com"] })).id;
    const linked = { prospect: ["prospect", prospect], sequence: ["sequence", idOf(sequence)] } as const;
    const entered = await outreach("POST", "/sequenceStates", doc("sequenceState", {}, linked as Json));
    expect(entered.status).toBe(422);
    expect(JSON.stringify(entered.body.errors)).toContain("There are at most 1 live enrollments.");
  });

  test("bulk -> the rows that have no room are refused with the reason", async () => {
    await limit({ enrollments: 3 });
    const contactIds = [await makeContact(), await makeContact(), await makeContact(), await makeContact()];
    const { body } = await api("POST", `/v1/sequences/${sequence}/enrollments/bulk`, { contactIds });
    await settle();
    const { job } = (await api("GET", `/v1/jobs/${body.job.id}`)).body;
    expect(job).toMatchObject({ state: "done", enrolled: 2, refused: 2 });
    const { refusals } = (await api("GET", `/v1/jobs/${body.job.id}/refusals`)).body;
    expect(refusals).toMatchObject([3, 4].map((row) => ({ row, code: "LIMIT_EXCEEDED", kind: "too_many" })));
  });

  describe("what enrolls by itself waits until there is room", () => {
    let target: string;
    const waiting = async () =>
      (await operate("GET", "/figures")).body.figures.backlog as { triggers: number; triggers_held: number };
    const inTarget = async (): Promise<string[]> => {
      const { body } = await api("GET", `/v1/sequences/${target}/enrollments?status=ACTIVE`);
      return body.enrollments.map((one: Json) => one.contactId).sort();
    };
    const beTagged = async (n: number) => {
      const contacts: string[] = [];
      for (let i = 0; i < n; i++) contacts.push(await makeContact({ tags: ["vip"] }));
      await settle();
      return contacts;
    };
    const passAMinute = async () => {
      travel(60_000);
      await sweep();
      await settle();
    };
    const leave = () => api("DELETE", `/v1/sequences/${sequence}/enrollments/${inside}`);

    beforeEach(async () => {
      target = await tagged();
    });

    test("a tag -> once somebody has left, who has waited longest comes in, and the others wait on", async () => {
      const [first] = await beTagged(3);
      expect(await inTarget()).toEqual([]);
      expect(await waiting()).toMatchObject({ triggers: 0, triggers_held: 3 });
      await leave();
      await passAMinute();
      expect(await inTarget()).toEqual([first]);
      expect(await waiting()).toMatchObject({ triggers: 0, triggers_held: 2 });
    });

    test("a segment -> its members come in once the limit is lifted", async () => {
      target = await dripFor(await makeSegment());
      const contacts = await beTagged(2);
      await sweep();
      await settle();
      expect(await inTarget()).toEqual([]);
      await limit({});
      await passAMinute();
      expect(await inTarget()).toEqual([...contacts].sort());
      expect(await left()).toBe(0);
    });

    test("a higher limit, before anybody has counted -> as many as it has room for", async () => {
      await beTagged(4);
      await limit({});
      await limit({ enrollments: 3 });
      expect(await counted()).toBeNull();
      await passAMinute();
      expect(await inTarget()).toHaveLength(2);
      expect(await left()).toBe(2);
    });

    test("the tag is taken away meanwhile -> he does not come in, and nothing is left of it", async () => {
      const [contact = ""] = await beTagged(1);
      await tag(contact, []);
      await settle();
      await leave();
      await passAMinute();
      expect(await inTarget()).toEqual([]);
      expect(await left()).toBe(0);
    });

    test("the tag is taken and given again meanwhile -> he waits once, and is enrolled once", async () => {
      await db().prepare("UPDATE sequences SET triggers_reenroll = 1 WHERE id = ?").bind(idOf(target)).run();
      const [contact = ""] = await beTagged(1);
      for (const tags of [[], ["vip"]]) {
        await tag(contact, tags);
        await settle();
      }
      expect(await left()).toBe(1);
      await leave();
      await passAMinute();
      const [enrollment] = (await api("GET", `/v1/sequences/${target}/enrollments`)).body.enrollments;
      await api("DELETE", `/v1/sequences/${target}/enrollments/${enrollment.id}`);
      await passAMinute();
      expect((await api("GET", `/v1/sequences/${target}/enrollments`)).body.enrollments).toHaveLength(1);
      expect(await left()).toBe(0);
    });

    test("a segment that is looked through again meanwhile -> its members wait once", async () => {
      const segment = await makeSegment();
      target = await dripFor(segment);
      await beTagged(2);
      await sweep();
      await settle();
      const before = await left();
      await api("PATCH", `/v1/sequences/${target}`, { initSegmentId: null });
      await api("PATCH", `/v1/sequences/${target}`, { initSegmentId: segment });
      for (let minutes = 0; minutes < 3; minutes++) await passAMinute();
      expect(await left()).toBe(before);
    });

    test("while there is none -> a sweep writes nothing for them, and sends nothing", async () => {
      await beTagged(3);
      await passAMinute();
      travel(60_000);
      resetCounts();
      await sweep();
      expect(faults.letters).toEqual([]);
      expect(faults.rowsWritten).toBe(0);
    });
  });

  test("who moves takes the room that he leaves", async () => {
    await api("DELETE", `/v1/sequences/${sequence}/enrollments/${inside}`);
    const { there, here } = await atTheMove([24]);
    await settle();
    expect((await api("GET", `/v1/sequences/${there}`)).body.enrollmentStats.ACTIVE).toBe(1);
    expect((await api("GET", `/v1/sequences/${here}`)).body.enrollmentStats.ACTIVE).toBe(0);
  });

  test("a failed one that is tried again takes room like anybody, and none while there is none", async () => {
    vi.spyOn(globalThis, "fetch").mockImplementation(async () => new Response(null, { status: 422 }));
    await api("PUT", "/v1/channels/LINKEDIN", { kind: "webhook", url: "https://example.com/hook" });
    await limit({ enrollments: 2 });
    const failing = (await makeDrip([0])).sequence;
    const failed = await enroll(failing, await makeContact({ platform: "LINKEDIN" }), "LINKEDIN");
    await settle();
    await limit({ enrollments: 1 });
    const retry = () => api("POST", `/v1/sequences/${failing}/enrollments/${failed}/retry`);
    expect(await retry()).toMatchObject({ status: 402, body: { error: { code: "LIMIT_EXCEEDED" } } });
    await limit({ enrollments: null });
    expect((await retry()).status).toBe(200);
  });

  test("many at a time -> as many come in as there is room for", async () => {
    await limit({ enrollments: 4 });
    const contacts = await Promise.all(Array.from({ length: 8 }, () => makeContact()));
    const ask = (contactId: string) =>
      api("POST", `/v1/sequences/${sequence}/enrollments`, { contactId, platform: "TWITTER" });
    const statuses = (await Promise.all(contacts.map(ask))).map(({ status }) => status);
    expect(statuses.sort()).toEqual([201, 201, 201, 402, 402, 402, 402, 402]);
    expect(await live()).toBe(4);
  });

  test("a lower limit -> who is under way goes on, and who comes waits until there is room", async () => {
    await limit({ enrollments: 0 });
    expect(
      await api("POST", `/v1/sequences/${sequence}/enrollments`, {
        contactId: await makeContact(),
        platform: "TWITTER",
      }),
    ).toMatchObject({ status: 402 });
    expect((await api("GET", `/v1/sequences/${sequence}/enrollments/${inside}`)).body.enrollment.status).toBe("ACTIVE");
  });

  test("how many there are -> counted once for who looks, and then read in as many rows, however many sequences", async () => {
    await limit({});
    for (let i = 0; i < 10; i++) await enroll((await makeDrip([24])).sequence);
    await enroll(sequence);
    expect(await used()).toBe(12);
    resetCounts();
    expect(await used()).toBe(12);
    expect([faults.rowsRead, faults.rowsWritten]).toEqual([expect.toSatisfy((n: number) => n <= 8), 0]);
  });

  test("no limit, and nobody looks -> nothing is counted", async () => {
    await api("POST", `/v1/sequences/${sequence}/enrollments`, { contactId: await makeContact(), platform: "TWITTER" });
    expect(await counted()).toBe(1);
    await limit({});
    expect(await counted()).toBeNull();
    await enroll(sequence);
    expect(await counted()).toBeNull();
  });
});

describe("what the limit costs", () => {
  test("one row more is written for whom there is one, and none for whom there is none", async () => {
    const { sequence } = await makeDrip([24]);
    const cost = async () => {
      const contactId = await makeContact();
      resetCounts();
      await enroll(sequence, contactId);
      return { written: faults.rowsWritten, read: faults.rowsRead };
    };
    await cost();
    const free = await cost();
    await limit({ enrollments: 100 });
    await cost();
    const limited = await cost();
    console.info("rows of an enrollment without and with a limit", free, limited);
    expect(limited.written).toBe(free.written + 1);
    expect(limited.read).toBeLessThanOrEqual(free.read + 3);
  });

  test("those of a plan -> a workspace of another plan has its own", async () => {
    expect((await operate("GET", "/workspaces/ws_3")).body.workspace.limits.enrollments).toBe(1000);
    expect((await operate("GET", "/workspaces/ws_1")).body.workspace.limits.enrollments).toBeNull();
    await limit({ enrollments: 0 }, "ws_3");
    const body = { subscriber: { email: "ada@example.com" } };
    const { id } = (await send("POST", "/api/v1/sequences", { key: FREE_KEY, body: { label: "Free" } })).body;
    const added = await send("POST", `/api/v1/sequences/${id}/add_subscriber`, { key: FREE_KEY, body });
    expect(added.status).toBe(422);
  });
});

describe("steps of a sequence", () => {
  test("one too many -> refused in each API's manner", async () => {
    const { sequence } = await makeDrip([1, 1], { status: "DRAFT" });
    await limit({ stepsPerSequence: 2 });
    const id = idOf(sequence);
    const v1 = await api("POST", `/v1/sequences/${sequence}/steps`, { messageTemplate: "Three", delayHours: 1 });
    const message = "A sequence holds at most 2 steps";
    expect(v1).toEqual({ status: 402, body: { error: { code: "LIMIT_EXCEEDED", message } } });
    const broadcast = await send("POST", `/api/v1/sequences/${id}/steps`, {
      body: { action: "delay", label: "W", delay: 60 },
    });
    expect(broadcast).toMatchObject({ status: 422, body: { error: message } });
    const step = doc(
      "sequenceStep",
      { stepType: "manual_email", interval: 60, order: 3 },
      { sequence: ["sequence", id] },
    );
    expect((await outreach("POST", "/sequenceSteps", step)).status).toBe(422);
    await limit({ stepsPerSequence: 3 });
    expect(
      (await api("POST", `/v1/sequences/${sequence}/steps`, { messageTemplate: "Three", delayHours: 1 })).status,
    ).toBe(201);
  });
});

describe("the size of a body", () => {
  const TOO_LARGE = "The body is larger than 2 KiB";
  const fill = (size: number) => "x".repeat(size);

  test("too large -> refused in each API's manner, and one that is not is read", async () => {
    await limit({ bodyBytes: 2048 });
    const v1 = await send("POST", "/v1/sequences", { body: { name: "Large", note: fill(2048) } });
    expect(v1).toMatchObject({ status: 400, body: { error: { message: TOO_LARGE } } });
    const broadcast = await send("POST", "/api/v1/sequences", { body: { label: fill(2048) } });
    expect(broadcast.text).toContain(TOO_LARGE);
    const said = await outreach("POST", "/sequences", doc("sequence", { name: fill(2048) }));
    expect(said).toMatchObject({ status: 413 });
    expect(JSON.stringify(said.body)).toContain(TOO_LARGE);
    expect((await send("POST", "/v1/sequences", { body: { name: "Small", note: fill(1900) } })).status).toBe(201);
    await limit({ bodyBytes: 3 * 1024 * 1024 });
    expect((await send("POST", "/v1/sequences", { body: { name: "Large", note: fill(2 * 1024 * 1024) } })).status).toBe(
      201,
    );
  });
});

describe("the entries of a page", () => {
  test("more than the workspace may ask for -> as more than the API allows; unasked, there are as many as may be", async () => {
    for (let i = 0; i < 4; i++) await makeDrip([], { status: "DRAFT" });
    await limit({ pageSize: 3 });
    const refused = { code: "VALIDATION_ERROR", message: "limit must be at most 3", details: { field: "limit" } };
    expect(await send("GET", "/v1/sequences?limit=4")).toMatchObject({ status: 400, body: { error: refused } });
    const v1 = (await send("GET", "/v1/sequences")).body;
    expect([v1.sequences.length, v1.pagination]).toEqual([3, { page: 1, limit: 3, total: 4, totalPages: 2 }]);
    expect((await send("GET", "/v1/sequences?limit=2")).body.sequences).toHaveLength(2);
    for (const path of ["/api/v1/sequences", "/api/v1/sequences?limit=4"])
      expect((await send("GET", path)).body.data).toHaveLength(3);
    expect((await outreach("GET", "/sequences?page[size]=4")).status).toBe(400);
    expect((await outreach("GET", "/sequences")).body.data).toHaveLength(3);
    await limit({ pageSize: 1000 });
    expect((await send("GET", "/v1/sequences?limit=101")).status).toBe(400);
  });
});

describe("what an installation sets", () => {
  const asked = async (settings: Record<string, string>) => {
    const request = new Request<unknown, IncomingRequestCfProperties>("https://dripline.test/v1/workspace", {
      headers: { authorization: `Bearer ${FREE_KEY}` },
    });
    const answer = await worker.fetch(request, { ...env, ...settings } as Env, createExecutionContext());
    return { status: answer.status, body: (await answer.json()) as Json };
  };
  const usual = {
    requestsPerMinute: 1_000_000,
    enrollments: 1000,
    stepsPerSequence: 500,
    bodyBytes: 1_048_576,
    pageSize: 1000,
  };

  test.each([
    [{}, usual],
    [{ ENROLLMENT_LIMITS: "FREE=7,PRO=9" }, { ...usual, enrollments: 7 }],
    [{ ENROLLMENT_LIMITS: "FREE=none" }, { ...usual, enrollments: null }],
    [{ RATE_LIMITS: "AGENCY=5" }, { ...usual, requestsPerMinute: 120 }],
    [
      { STEP_LIMIT: "20", BODY_LIMIT: "4096", PAGE_LIMIT: "10" },
      { ...usual, stepsPerSequence: 20, bodyBytes: 4096, pageSize: 10 },
    ],
  ])("%j", async (settings, limits) => {
    expect((await asked(settings)).body.workspace.limits).toEqual(limits);
  });

  test.each([
    { ENROLLMENT_LIMITS: "FREE=many" },
    { ENROLLMENT_LIMITS: "" },
    { STEP_LIMIT: "0" },
    { STEP_LIMIT: "2001" },
    { BODY_LIMIT: "12" },
    { BODY_LIMIT: "1 MiB" },
    { PAGE_LIMIT: "1001" },
    { DRIPLINE_OPERATOR: "a token with spaces that is quite long" },
  ])("%j -> nothing is served", async (settings) => {
    expect((await asked(settings)).status).toBe(503);
  });
});

test("requests a minute of its own -> told, and kept to, within ten seconds", async () => {
  const told = async () => {
    const { status, headers } = await send("GET", "/v1/auth/me", { key: KEY });
    return [status, headers.get("x-ratelimit-limit")];
  };
  expect(await told()).toEqual([200, "1000000"]);
  await limit({ requestsPerMinute: 1 });
  expect(await told()).toEqual([429, "1"]);
  await limit({});
  expect(await told()).toEqual([200, "1000000"]);
  await drain();
});
