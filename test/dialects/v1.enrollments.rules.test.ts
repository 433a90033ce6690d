import { beforeAll, describe, expect, test } from "vitest";
import { type Answer, api, begin, enroll, makeContact, makeDrip, show } from "../support/world";

beforeAll(begin);

const ruled = async (enrollmentRules: object) => (await makeDrip([24], { enrollmentRules })).sequence;

function admit(sequence: string, contactId: string, platform = "TWITTER"): Promise<Answer> {
  return api("POST", `/v1/sequences/${sequence}/enrollments`, { contactId, platform });
}

function unmet(condition: string) {
  const message = `The contact does not meet the enrollment rule: ${condition}`;
  return { status: 409, body: { error: { code: "CONFLICT", message } } };
}

describe("every operator lets some in and keeps others out, and says by which condition", () => {
  const fields = (customFields: object) => ({ customFields });
  test.each([
    ["customFields.tier", "is", "gold", fields({ tier: "gold" }), fields({ tier: "Gold" }), 'tier is "gold"'],
    ["customFields.n", "is", 3, fields({ n: "3" }), fields({ n: 4 }), "n is 3"],
    ["customFields.on", "is", true, fields({ on: true }), fields({ on: false }), "on is true"],
    ["tags", "is", "vip", { tags: ["new", "vip"] }, { tags: ["new"] }, 'tags is "vip"'],
    ["customFields.tier", "is_not", "gold", fields({}), fields({ tier: "gold" }), 'tier is not "gold"'],
    ["displayName", "contains", "LIC", { displayName: "Alice" }, { displayName: "Bob" }, 'displayName contains "LIC"'],
    ["tags", "contains", "vip", { tags: ["vip"] }, { tags: ["vips"] }, 'tags contains "vip"'],
    ["tags", "not_contains", "vip", { tags: ["new"] }, { tags: ["new", "vip"] }, 'tags not contains "vip"'],
    ["timezone", "exists", undefined, { timezone: "Europe/Berlin" }, {}, "timezone exists"],
    ["firstName", "not_exists", undefined, { firstName: "" }, { firstName: "Al" }, "firstName not exists"],
    ["customFields.n", "gt", 9, fields({ n: 10 }), fields({ n: 9 }), "n gt 9"],
    ["customFields.n", "gte", 9, fields({ n: "9" }), fields({ n: 8.9 }), "n gte 9"],
    ["customFields.n", "lt", 10, fields({ n: 9 }), fields({ n: 10 }), "n lt 10"],
    ["customFields.day", "lte", "2040-01-02", fields({ day: "2040-01-02" }), fields({ day: "2040-01-03" }), "day lte"],
    ["customFields.n", "lt", 10, fields({ n: 1 }), fields({}), "n lt 10"],
    ["lastName", "is", "Example", { lastName: "Example" }, {}, 'lastName is "Example"'],
  ])("%s %s %j", async (field, op, value, suits, differs, named) => {
    const sequence = await ruled({ conditions: [{ field, op, value }] });
    expect((await admit(sequence, await makeContact(suits))).status).toBe(201);
    const { status, body } = await admit(sequence, await makeContact(differs));
    expect([status, body.error.code]).toEqual([409, "CONFLICT"]);
    expect(body.error.message).toContain(`does not meet the enrollment rule: ${field}`);
    expect(body.error.message).toContain(named);
  });
});

test("username, email and platform are those of the enrollment's platform", async () => {
  const contact = await makeContact({ username: "ruled", email: "ruled@example.com" });
  const byName = await ruled({ conditions: [{ field: "username", op: "is", value: "ruled" }] });
  expect(await admit(byName, contact, "EMAIL")).toEqual(unmet('username is "ruled"'));
  expect((await admit(byName, contact)).status).toBe(201);
  const byPlatform = await ruled({ conditions: [{ field: "platform", op: "is", value: "EMAIL" }] });
  expect(await admit(byPlatform, contact)).toEqual(unmet('platform is "EMAIL"'));
  expect((await admit(byPlatform, contact, "EMAIL")).status).toBe(201);
  const byEmail = await ruled({ conditions: [{ field: "email", op: "exists" }] });
  expect(await admit(byEmail, await makeContact())).toEqual(unmet("email exists"));
  expect((await admit(byEmail, contact)).status).toBe(201);
});

describe("several conditions", () => {
  const conditions = [
    { field: "tags", op: "contains", value: "a" },
    { field: "tags", op: "contains", value: "b" },
  ];

  test('under "all", the default, each must be met, and the first that is not is named', async () => {
    const sequence = await ruled({ conditions });
    expect(await admit(sequence, await makeContact({ tags: ["a"] }))).toEqual(unmet('tags contains "b"'));
    expect(await admit(sequence, await makeContact({ tags: [] }))).toEqual(unmet('tags contains "a"'));
    expect((await admit(sequence, await makeContact({ tags: ["b", "a"] }))).status).toBe(201);
  });

  test('under "any", one is enough', async () => {
    const sequence = await ruled({ match: "any", conditions });
    expect((await admit(sequence, await makeContact({ tags: ["b"] }))).status).toBe(201);
    expect(await admit(sequence, await makeContact({ tags: ["c"] }))).toEqual(unmet('tags contains "b"'));
  });

  test("no conditions let everybody in, whatever the match", async () => {
    const sequence = await ruled({ match: "any", conditions: [] });
    expect((await admit(sequence, await makeContact())).status).toBe(201);
    expect((await api("GET", `/v1/sequences/${sequence}`)).body.sequence.enrollmentRules).toEqual({});
  });
});

test("rules look at the contact as he is when he is enrolled; who is in stays in when they change", async () => {
  const sequence = await ruled({});
  const contact = await makeContact();
  const enrollment = await enroll(sequence, contact);
  const enrollmentRules = { conditions: [{ field: "tags", op: "contains", value: "vip" }] };
  await api("PATCH", `/v1/sequences/${sequence}`, { enrollmentRules });
  expect(await show(sequence, enrollment)).toMatchObject({ status: "ACTIVE" });
  const other = await makeContact();
  expect(await admit(sequence, other)).toEqual(unmet('tags contains "vip"'));
  await api("PATCH", `/v1/contacts/${other}`, { tags: ["vip"] });
  expect((await admit(sequence, other)).status).toBe(201);
});

describe("rules that make no sense are refused, and the field at fault is named", () => {
  const one = (condition: object) => ({ conditions: [condition] });
  const at = "enrollmentRules.conditions.0";
  test.each([
    ["an unknown field", one({ field: "shoeSize", op: "is", value: 1 }), `${at}.field`],
    ["a custom field without a name", one({ field: "customFields.", op: "is", value: 1 }), `${at}.field`],
    ["an unknown operator", one({ field: "tags", op: "like", value: "a" }), `${at}.op`],
    ["an operator that lacks its value", one({ field: "tags", op: "is" }), `${at}.value`],
    ["a value where none is taken", one({ field: "tags", op: "exists", value: "a" }), `${at}.value`],
    ["a value of 1,001 characters", one({ field: "tags", op: "is", value: "x".repeat(1001) }), `${at}.value`],
    ["an unknown match", { match: "some", conditions: [] }, "enrollmentRules.match"],
    ["51 conditions", { conditions: Array(51).fill({ field: "tags", op: "exists" }) }, "enrollmentRules.conditions"],
  ])("%s", async (_, enrollmentRules, field) => {
    const sequence = await ruled({});
    for (const { status, body } of [
      await api("POST", "/v1/sequences", { name: "Ruled", enrollmentRules }),
      await api("PATCH", `/v1/sequences/${sequence}`, { enrollmentRules }),
    ]) {
      expect([status, body.error]).toEqual([
        400,
        { code: "VALIDATION_ERROR", message: expect.stringContaining(field), details: { field } },
      ]);
    }
    expect((await api("GET", `/v1/sequences/${sequence}`)).body.sequence.enrollmentRules).toEqual({});
  });

  test.each([
    ["rules that are no object", "vip"],
    ["a list of rules", []],
    ["no rules at all", null],
    ["conditions that are no list", { conditions: { field: "tags" } }],
    ["a condition that is no object", { conditions: ["vip"] }],
    ["a condition without a field", one({ op: "exists" })],
    ["a condition without an operator", one({ field: "tags" })],
    ["a field that is no text", one({ field: 5, op: "exists" })],
    ["a match that is no text", { match: 1 }],
    ["a value that is a list", one({ field: "tags", op: "is", value: ["a"] })],
    ["a value that is an object", one({ field: "tags", op: "is", value: {} })],
  ])("%s: refused, for the type is wrong", async (_, enrollmentRules) => {
    const { status, body } = await api("POST", "/v1/sequences", { name: "Ruled", enrollmentRules });
    expect([status, body.error]).toEqual([
      400,
      { code: "BAD_REQUEST", message: expect.stringMatching(/^enrollmentRules/) },
    ]);
  });
});
