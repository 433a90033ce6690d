/** Addresses that nobody writes to, as v1 lists, makes and lifts them. */
import { beforeEach, describe, expect, test } from "vitest";
import { faults, resetCounts } from "../support/faults";
import { makeUser } from "../support/users";
import {
  api,
  begin,
  db,
  drain,
  enroll,
  type Json,
  makeContact,
  makeDrip,
  OTHER_KEY,
  settle,
  show,
} from "../support/world";

beforeEach(begin);

const list = async (query = "", key?: string): Promise<Json> =>
  (await api("GET", `/v1/suppressions${query}`, undefined, key)).body;
const put = (body: unknown, key?: string) => api("POST", "/v1/suppressions", body, key);
const total = async (query = "") => (await list(query)).pagination.total;
const said = async (query = "") =>
  (await list(query)).suppressions.map(({ address, reason }: Json) => `${reason} ${address}`);
const error = (status: number, code: string, message: unknown, details?: object) => ({
  status,
  body: { error: { code, message, ...(details ? { details } : {}) } },
});

describe("put on the list by hand", () => {
  test("an address that nobody has -> listed, and whoever comes with it is shut out from the first", async () => {
    const made = await put({ platform: "TWITTER", address: " @Ada ", reason: "complained" });
    expect(made).toEqual({
      status: 201,
      body: {
        suppression: {
          id: expect.stringMatching(/^suppression_[1-9]\d*$/),
          platform: "TWITTER",
          address: "@Ada",
          reason: "complained",
          contactId: null,
          messageId: null,
          createdAt: "2040-01-02T09:00:00Z",
        },
      },
    });
    const contactId = await makeContact({ username: "ADA" });
    expect((await list()).suppressions).toEqual([{ ...made.body.suppression, contactId }]);
    const { sequence } = await makeDrip([0]);
    const refused = await api("POST", `/v1/sequences/${sequence}/enrollments`, { contactId, platform: "TWITTER" });
    const message = "The contact has complained of what was sent to his TWITTER address";
    expect(refused).toEqual(error(409, "CONFLICT", message));
  });

  test("without a reason -> it opts out whoever has it, on all his addresses, and ends his journeys", async () => {
    const { sequence } = await makeDrip([5]);
    const contact = await makeContact({ username: "ada", email: "ada@example.com" });
    const enrollment = await enroll(sequence, contact);
    await settle();
    await put({ platform: "EMAIL", address: "ADA@example.com" });
    await drain();
    expect(await show(sequence, enrollment)).toMatchObject({ status: "EXITED", exitReason: "OPTED_OUT" });
    expect((await api("GET", `/v1/contacts/${contact}`)).body.contact.optedOut).toBe(true);
    expect((await said()).sort()).toEqual(["opted_out ADA@example.com", "opted_out ada"]);
  });

  test("bounced -> ends as bounced the journeys to it, and no other of the same contact", async () => {
    const [drip, mails] = [await makeDrip([5]), await makeDrip([5])];
    const contact = await makeContact({ username: "ada", email: "ada@example.com" });
    const [tweets, mail] = [await enroll(drip.sequence, contact), await enroll(mails.sequence, contact, "EMAIL")];
    await settle();
    await put({ platform: "EMAIL", address: "ada@example.com", reason: "bounced" });
    await drain();
    expect(await show(mails.sequence, mail)).toMatchObject({ status: "FAILED", exitReason: "BOUNCED" });
    expect(await show(drip.sequence, tweets)).toMatchObject({ status: "ACTIVE" });
  });

  test("twice -> the same entry, counted once; for another reason -> another entry", async () => {
    const first = await put({ platform: "TWITTER", address: "ada", reason: "bounced" });
    expect(await put({ platform: "TWITTER", address: "@ADA", reason: "bounced" })).toEqual(first);
    expect(await total()).toBe(1);
    await put({ platform: "TWITTER", address: "ada", reason: "complained" });
    await put({ platform: "TWITTER", address: "ada", reason: "opted_out" });
    expect(await said()).toEqual(["opted_out ada", "complained ada", "bounced ada"]);
  });

  test("a thousand at once -> each once, and the journeys of those who have them end", async () => {
    const { sequence } = await makeDrip([5]);
    const contact = await makeContact({ username: "p500" });
    const enrollment = await enroll(sequence, contact);
    const suppressions = Array.from({ length: 1000 }, (_, i) => ({
      platform: "TWITTER",
      address: `p${i % 999}`,
      reason: i % 2 ? "bounced" : "opted_out",
    }));
    resetCounts();
    expect(await api("POST", "/v1/suppressions/import", { suppressions })).toEqual({
      status: 200,
      body: { received: 1000, added: 1000 },
    });
    expect(faults.statements.length).toBeLessThan(15);
    await settle();
    expect(await show(sequence, enrollment)).toMatchObject({ status: "EXITED", exitReason: "OPTED_OUT" });
    expect(await api("POST", "/v1/suppressions/import", { suppressions })).toMatchObject({ body: { added: 0 } });
    expect(await total()).toBe(1000);
  });

  test.each([
    ["no platform", { address: "ada" }, "BAD_REQUEST", "platform is required"],
    ["a platform that is none", { platform: "FAX", address: "ada" }, "VALIDATION_ERROR", /^platform must be one of/],
    ["no address", { platform: "TWITTER" }, "BAD_REQUEST", "address is required"],
    [
      "an address that is none there",
      { platform: "EMAIL", address: "ada" },
      "VALIDATION_ERROR",
      "address is no EMAIL address",
    ],
    ["an empty address", { platform: "TWITTER", address: " " }, "VALIDATION_ERROR", "address must not be empty"],
    [
      "an address of two lines",
      { platform: "TWITTER", address: "a\nb" },
      "VALIDATION_ERROR",
      "address must be one line",
    ],
    ["a long address", { platform: "TWITTER", address: "a".repeat(321) }, "VALIDATION_ERROR", /at most 320 characters/],
    ["a number", { platform: "TWITTER", address: 7 }, "BAD_REQUEST", "address must be a string"],
    [
      "a reason of its own",
      { platform: "TWITTER", address: "a", reason: "rude" },
      "VALIDATION_ERROR",
      /^reason must be one of/,
    ],
    ["a list", [], "BAD_REQUEST", /must be an object/],
    ["broken JSON", "{", "BAD_REQUEST", "The body is not valid JSON"],
  ])("%s -> refused, and nothing is listed", async (_, body, code, message) => {
    expect(await put(body)).toMatchObject(
      error(400, code, typeof message === "string" ? message : expect.stringMatching(message)),
    );
    expect(await total()).toBe(0);
  });

  test("too many at once, none, or one that is wrong -> refused as a whole", async () => {
    const many = (n: number) => ({
      suppressions: Array.from({ length: n }, (_, i) => ({ platform: "SMS", address: `+${i}` })),
    });
    expect((await api("POST", "/v1/suppressions/import", many(1001))).status).toBe(400);
    expect((await api("POST", "/v1/suppressions/import", many(0))).status).toBe(400);
    const wrong = {
      suppressions: [
        { platform: "SMS", address: "+1" },
        { platform: "EMAIL", address: "no" },
      ],
    };
    const message = "suppressions.1.address is no EMAIL address";
    const details = { field: "suppressions.1.address" };
    expect(await api("POST", "/v1/suppressions/import", wrong)).toEqual(
      error(400, "VALIDATION_ERROR", message, details),
    );
    expect(await total()).toBe(0);
  });
});

describe("listed", () => {
  beforeEach(async () => {
    for (const [platform, address, reason] of [
      ["EMAIL", "a@example.com", "bounced"],
      ["EMAIL", "b@example.com", "complained"],
      ["SMS", "+1555", "bounced"],
      ["EMAIL", "c@example.com", "opted_out"],
    ]) {
      await put({ platform, address, reason });
    }
  });

  test.each([
    ["", ["opted_out c@example.com", "bounced +1555", "complained b@example.com", "bounced a@example.com"]],
    ["?reason=bounced", ["bounced +1555", "bounced a@example.com"]],
    ["?platform=EMAIL", ["opted_out c@example.com", "complained b@example.com", "bounced a@example.com"]],
    ["?platform=EMAIL&reason=bounced", ["bounced a@example.com"]],
    ["?address=A@Example.com", ["bounced a@example.com"]],
    ["?address=%2B1%20(555)", ["bounced +1555"]],
    ["?address=a@example.com&platform=SMS", []],
    ["?address=a@example.com&reason=complained", []],
    ["?platform=REDDIT", []],
  ])("%s -> the newest first, with its exact total", async (query, expected) => {
    expect(await said(query)).toEqual(expected);
    expect(await total(query)).toBe(expected.length);
  });

  test("in pages -> each once", async () => {
    const pages = await Promise.all([1, 2, 3].map((page) => said(`?limit=2&page=${page}`)));
    expect(pages.map((page) => page.length)).toEqual([2, 2, 0]);
    expect(new Set(pages.flat()).size).toBe(4);
  });

  test.each(["reason=rude", "platform=fax", "limit=0", "limit=101", "page=x", "address="])(
    "?%s -> 400",
    async (query) => {
      expect((await api("GET", `/v1/suppressions?${query}`)).status).toBe(400);
    },
  );

  test("a page of a long list costs its own rows", async () => {
    await db()
      .prepare(
        `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 5000)
         INSERT INTO suppressions (workspace_id, platform, address, key, reason, created_at)
         SELECT 1, 'EMAIL', i || '@x.com', i || '@x.com', CASE i % 2 WHEN 0 THEN 'bounced' ELSE 'opted_out' END, 1 FROM n`,
      )
      .run();
    const costs: Record<string, number> = {};
    for (const query of [
      "?limit=10",
      "?limit=10&reason=bounced",
      "?limit=10&platform=EMAIL",
      "?limit=10&platform=SMS&reason=bounced",
      "?address=77@x.com",
    ]) {
      resetCounts();
      await api("GET", `/v1/suppressions${query}`);
      costs[query] = faults.rowsRead;
    }
    console.info("rows read by lists of suppressions", costs);
    for (const [query, rows] of Object.entries(costs)) expect([query, rows < 220]).toEqual([query, true]);
    expect(await total("?reason=bounced")).toBe(2502);
  });
});

describe("lifted", () => {
  test("a bounce -> whoever has the address is enrolled again", async () => {
    const { body } = await put({ platform: "TWITTER", address: "ada", reason: "bounced" });
    const contactId = await makeContact({ username: "ada" });
    const { id } = body.suppression;
    expect(await api("GET", `/v1/suppressions/${id}`)).toEqual({
      status: 200,
      body: { suppression: { ...body.suppression, contactId } },
    });
    expect(await api("DELETE", `/v1/suppressions/${id}`)).toEqual({ status: 200, body: { success: true } });
    expect(await api("DELETE", `/v1/suppressions/${id}`)).toEqual(error(404, "NOT_FOUND", "Suppression not found"));
    expect(await total()).toBe(0);
    await enroll((await makeDrip([1])).sequence, contactId);
  });

  test("one of two reasons -> the other shuts it still", async () => {
    const [bounced, complained] = [
      await put({ platform: "TWITTER", address: "ada", reason: "bounced" }),
      await put({ platform: "TWITTER", address: "ada", reason: "complained" }),
    ].map(({ body }) => body.suppression.id);
    const contactId = await makeContact({ username: "ada" });
    await api("DELETE", `/v1/suppressions/${bounced}`);
    const { sequence } = await makeDrip([1]);
    const input = { contactId, platform: "TWITTER" };
    expect(await api("POST", `/v1/sequences/${sequence}/enrollments`, input)).toMatchObject({
      status: 409,
      body: { error: { message: expect.stringContaining("complained") } },
    });
    await api("DELETE", `/v1/suppressions/${complained}`);
    expect((await api("POST", `/v1/sequences/${sequence}/enrollments`, input)).status).toBe(201);
  });

  test("an opt-out -> only with consent, and then its contact is open on all his addresses", async () => {
    const contact = await makeContact({ username: "ada", email: "ada@example.com" });
    await api("PATCH", `/v1/contacts/${contact}`, { optedOut: true });
    const [{ id }] = (await list("?platform=EMAIL")).suppressions;
    const message = expect.stringContaining("consent=true");
    expect(await api("DELETE", `/v1/suppressions/${id}`)).toEqual(error(409, "CONFLICT", message));
    expect(await total()).toBe(2);
    expect((await api("DELETE", `/v1/suppressions/${id}?consent=yes`)).status).toBe(400);
    expect((await api("DELETE", `/v1/suppressions/${id}?consent=true`)).status).toBe(200);
    expect(await total()).toBe(0);
    expect((await api("GET", `/v1/contacts/${contact}`)).body.contact.optedOut).toBe(false);
  });

  test("by its address -> for one reason or all, and nothing by half", async () => {
    for (const reason of ["bounced", "complained", "opted_out"])
      await put({ platform: "EMAIL", address: "a@b.cd", reason });
    const lift = (query: string) => api("DELETE", `/v1/suppressions?platform=EMAIL&address=A@B.cd${query}`);
    expect((await lift("&reason=bounced")).status).toBe(200);
    expect(await said()).toEqual(["opted_out a@b.cd", "complained a@b.cd"]);
    expect((await lift("")).status).toBe(409);
    expect(await total()).toBe(2);
    expect((await lift("&consent=true")).status).toBe(200);
    expect(await total()).toBe(0);
    expect((await lift("")).status).toBe(404);
  });

  test("of somebody who was erased -> listed without address, found and lifted by giving it", async () => {
    const contact = await makeContact({ username: "ada", email: "ada@example.com" });
    await put({ platform: "EMAIL", address: "ada@example.com", reason: "bounced" });
    await api("DELETE", `/v1/contacts/${contact}`);
    await drain();
    expect((await list()).suppressions).toEqual([
      {
        id: expect.any(String),
        platform: "EMAIL",
        address: null,
        reason: "bounced",
        contactId: null,
        messageId: null,
        createdAt: "2040-01-02T09:00:00Z",
      },
    ]);
    expect(await total("?address=ADA@example.com")).toBe(1);
    expect((await api("DELETE", "/v1/suppressions?platform=EMAIL&address=ada@example.com")).status).toBe(200);
    expect(await total()).toBe(0);
  });

  test.each([
    "",
    "platform=EMAIL",
    "address=a@b.cd",
    "platform=FAX&address=a",
    "platform=EMAIL&address=",
    "platform=EMAIL&address=a@b.cd&reason=x",
  ])("DELETE ?%s -> 400", async (query) => {
    await put({ platform: "EMAIL", address: "a@b.cd", reason: "bounced" });
    expect((await api("DELETE", `/v1/suppressions?${query}`)).status).toBe(400);
    expect(await total()).toBe(1);
  });
});

describe("who may", () => {
  test("another workspace's list, ids and addresses are strange to it", async () => {
    const { body } = await put({ platform: "TWITTER", address: "ada", reason: "bounced" });
    const { id } = body.suppression;
    expect((await list("", OTHER_KEY)).pagination.total).toBe(0);
    expect((await list("?address=ada", OTHER_KEY)).suppressions).toEqual([]);
    for (const method of ["GET", "DELETE"]) {
      expect((await api(method, `/v1/suppressions/${id}`, undefined, OTHER_KEY)).status).toBe(404);
    }
    expect((await api("DELETE", "/v1/suppressions?platform=TWITTER&address=ada", undefined, OTHER_KEY)).status).toBe(
      404,
    );
    const theirs = await api("POST", "/v1/contacts", { platform: "TWITTER", username: "ada" }, OTHER_KEY);
    const made = await api("POST", "/v1/sequences", { name: "Theirs" }, OTHER_KEY);
    const input = { contactId: theirs.body.contact.id, platform: "TWITTER" };
    const path = `/v1/sequences/${made.body.sequence.id}/enrollments`;
    expect((await api("POST", path, input, OTHER_KEY)).status).toBe(201);
    expect(await total()).toBe(1);
  });

  test.each([
    ["suppression_0x", 404],
    ["suppression_", 400],
    ["contact_1", 400],
    ["7", 400],
    ["suppression_abc", 404],
    ["suppression_999999", 404],
  ])("%s -> %i", async (id, status) => {
    expect((await api("GET", `/v1/suppressions/${id}`)).status).toBe(status);
    expect((await api("DELETE", `/v1/suppressions/${id}`)).status).toBe(status);
  });

  test("without a key 401; reading needs contacts_read, writing contacts_write", async () => {
    expect((await api("GET", "/v1/suppressions", undefined, null)).status).toBe(401);
    const [reader, writer] = [
      (await makeUser({ scopes: ["contacts_read"] })).key,
      (await makeUser({ scopes: ["contacts_write"] })).key,
    ];
    const one = { platform: "TWITTER", address: "ada", reason: "bounced" };
    const statuses = async (key: string) => [
      (await api("GET", "/v1/suppressions", undefined, key)).status,
      (await api("POST", "/v1/suppressions", one, key)).status,
      (await api("POST", "/v1/suppressions/import", { suppressions: [one] }, key)).status,
      (await api("DELETE", "/v1/suppressions?platform=TWITTER&address=ada", undefined, key)).status,
    ];
    expect(await statuses(reader)).toEqual([200, 403, 403, 403]);
    expect(await statuses(writer)).toEqual([403, 201, 200, 200]);
  });
});
