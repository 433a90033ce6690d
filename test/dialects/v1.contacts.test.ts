import { beforeAll, describe, expect, test } from "vitest";
import { type Answer, api, begin, drain, enroll, type Json, makeDrip, OTHER_KEY, show, travel } from "../support/world";

beforeAll(begin);

const create = (body: object, key?: string): Promise<Answer> => api("POST", "/v1/contacts", body, key);
const patch = (id: string, body: object) => api("PATCH", `/v1/contacts/${id}`, body);
const get = async (id: string): Promise<Json> => (await api("GET", `/v1/contacts/${id}`)).body.contact;
const conflict = (message: string) => ({ status: 409, body: { error: { code: "CONFLICT", message } } });

const ALICE = {
  platform: "TWITTER",
  platformId: "1234567890",
  displayName: "Alice Example",
  username: "alice",
  avatarUrl: "https://example.com/alice.png",
  firstName: "Alice",
  lastName: "Example",
  email: "Alice@Example.com",
  timezone: "Europe/Berlin",
  tags: ["vip", "new"],
  customFields: { tier: "gold", visits: 3, nested: { a: [1, null, true] } },
};

describe("creating and showing", () => {
  test("a contact comes back with everything that was given, and GET shows the same", async () => {
    travel(700);
    const { status, body } = await create(ALICE);
    const contact = {
      ...ALICE,
      id: expect.stringMatching(/^contact_[1-9]\d*$/),
      workspaceId: "ws_1",
      optedOut: false,
      lastSeenAt: null,
      createdAt: "2040-01-02T09:00:00Z",
      updatedAt: "2040-01-02T09:00:00Z",
    };
    expect({ status, body }).toEqual({ status: 201, body: { contact } });
    expect(await api("GET", `/v1/contacts/${body.contact.id}`)).toEqual({ status: 200, body });
  });

  test("a platform and a username are enough; all else is null or empty", async () => {
    const { status, body } = await create({ platform: "BLUESKY", username: "bob.example" });
    const { id, createdAt, updatedAt, ...rest } = body.contact;
    expect([status, typeof id, typeof createdAt, typeof updatedAt]).toEqual([201, "string", "string", "string"]);
    expect(rest).toEqual({
      workspaceId: "ws_1",
      platform: "BLUESKY",
      platformId: null,
      displayName: null,
      username: "bob.example",
      avatarUrl: null,
      firstName: null,
      lastName: null,
      email: null,
      timezone: null,
      tags: [],
      customFields: {},
      optedOut: false,
      lastSeenAt: null,
    });
  });

  test("on EMAIL the email alone is enough, and is the username too", async () => {
    const { status, body } = await create({ platform: "EMAIL", email: "carol@example.com" });
    expect(status).toBe(201);
    expect(body.contact).toMatchObject({ username: "carol@example.com", email: "carol@example.com" });
  });

  test("`address` is another name for `username`", async () => {
    const { status, body } = await create({ platform: "SMS", address: "+49 30 1234" });
    expect([status, body.contact.username]).toEqual([201, "+49 30 1234"]);
  });

  test("a tag given twice is one tag", async () => {
    const { body } = await create({ platform: "TWITTER", username: "tagged", tags: ["a", "b", "a"] });
    expect(body.contact.tags).toEqual(["a", "b"]);
  });
});

describe("one address belongs to one contact", () => {
  test.each([
    ["TWITTER", "Dora", "@dora"],
    ["TWITTER", "@Emil", "emil"],
    ["INSTAGRAM", "frieda", " FRIEDA "],
    ["SMS", "+1 (555) 01-02", "+15550102"],
    ["WHATSAPP", "+44.20.7946", "+44 20 7946"],
    ["EMAIL", "Gustav@Example.com", "gustav@example.COM"],
    ["REDDIT", "Straße", "STRAßE"],
  ])("on %s, %j and %j are the same: the second is refused", async (platform, first, second) => {
    expect((await create({ platform, username: first })).status).toBe(201);
    const message = `Another contact has the ${platform} address ${second.trim()}`;
    expect(await create({ platform, username: second })).toEqual(conflict(message));
  });

  test.each([
    ["TWITTER", "heidi", "BLUESKY", "heidi"],
    ["SMS", "+4930555", "WHATSAPP", "+4930555"],
    ["WEBHOOK", "https://a.example/X", "WEBHOOK", "https://a.example/x"],
  ])("%s %s and %s %s are two people", async (platform, username, otherPlatform, otherUsername) => {
    expect((await create({ platform, username })).status).toBe(201);
    expect((await create({ platform: otherPlatform, username: otherUsername })).status).toBe(201);
  });

  test("two workspaces may know the same person", async () => {
    expect((await create({ platform: "TWITTER", username: "ida" })).status).toBe(201);
    expect((await create({ platform: "TWITTER", username: "ida" }, OTHER_KEY)).status).toBe(201);
  });

  test("an email that is anybody's address is refused as a second one, and the contact is not made", async () => {
    await create({ platform: "EMAIL", email: "jan@example.com" });
    await create({ platform: "TWITTER", username: "jan", email: "jan.two@example.com" });
    const taken = (address: string) => conflict(`Another contact has the EMAIL address ${address}`);
    for (const email of ["JAN@example.com", "jan.two@example.com"]) {
      expect(await create({ platform: "TWITTER", username: "other.jan", email })).toEqual(taken(email));
      expect(await create({ platform: "EMAIL", email })).toEqual(taken(email));
    }
    expect((await create({ platform: "TWITTER", username: "other.jan" })).status).toBe(201);
  });

  test("of two that come at once, one is made", async () => {
    const answers = await Promise.all([1, 2, 3].map(() => create({ platform: "TWITTER", username: "klaus" })));
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 409, 409]);
  });
});

describe("changing", () => {
  test("what is named is changed, null clears it, and what is not named stays", async () => {
    const { id, ...before } = (await create({ ...ALICE, username: "lena", email: "lena@example.com" })).body.contact;
    travel(2000);
    const first = await patch(id, { displayName: "Lena", tags: ["x"], customFields: { a: 1 } });
    const later = { updatedAt: first.body.contact.updatedAt };
    expect(later.updatedAt > before.updatedAt).toBe(true);
    const changed = { ...before, ...later, id, displayName: "Lena", tags: ["x"], customFields: { a: 1 } };
    expect(first).toEqual({ status: 200, body: { contact: changed } });
    const cleared = { firstName: null, lastName: null, avatarUrl: null, timezone: null, platformId: null, email: null };
    expect((await patch(id, cleared)).body.contact).toEqual({ ...changed, ...cleared });
    expect(await get(id)).toEqual({ ...changed, ...cleared });
    expect((await patch(id, {})).body.contact).toEqual({ ...changed, ...cleared });
  });

  test("a new username frees the old one", async () => {
    const { id } = (await create({ platform: "TWITTER", username: "max", platformId: "77" })).body.contact;
    expect((await patch(id, { username: "moritz" })).body.contact).toMatchObject({
      username: "moritz",
      platformId: "77",
    });
    expect((await create({ platform: "TWITTER", username: "max" })).status).toBe(201);
    expect((await create({ platform: "TWITTER", username: "@Moritz" })).status).toBe(409);
  });

  test("a new email replaces the second address", async () => {
    const { id } = (await create({ platform: "TWITTER", username: "nora", email: "n1@example.com" })).body.contact;
    expect((await patch(id, { email: "n2@example.com" })).body.contact.email).toBe("n2@example.com");
    expect((await create({ platform: "EMAIL", email: "n1@example.com" })).status).toBe(201);
    expect((await create({ platform: "EMAIL", email: "n2@example.com" })).status).toBe(409);
  });

  test("on EMAIL, username and email are one and the same", async () => {
    const { id } = (await create({ platform: "EMAIL", email: "olga@example.com" })).body.contact;
    const both = (address: string) => ({ username: address, email: address });
    expect((await patch(id, { email: "o2@example.com" })).body.contact).toMatchObject(both("o2@example.com"));
    expect((await patch(id, { username: "o3@example.com" })).body.contact).toMatchObject(both("o3@example.com"));
    expect((await create({ platform: "EMAIL", email: "olga@example.com" })).status).toBe(201);
  });

  test("an address that somebody else has is refused, and nothing is changed; his own may be written otherwise", async () => {
    await create({ platform: "TWITTER", username: "paul", email: "paul@example.com" });
    const { id, ...before } = (await create({ platform: "TWITTER", username: "quirin" })).body.contact;
    const taken = (address: string) => conflict(`Another contact has the ${address}`);
    expect(await patch(id, { username: "@Paul", displayName: "Q" })).toEqual(taken("TWITTER address @Paul"));
    expect(await patch(id, { email: "PAUL@example.com" })).toEqual(taken("EMAIL address PAUL@example.com"));
    expect(await get(id)).toEqual({ id, ...before });
    expect((await patch(id, { username: "@Quirin" })).body.contact.username).toBe("@Quirin");
  });

  test.each([
    ["TWITTER", "rosa", "@", "username"],
    ["EMAIL", "rosa@example.com", "no address", "username"],
  ])("on %s, %s cannot become %j, which is no address", async (platform, username, none, field) => {
    const { id } = (await create({ platform, username })).body.contact;
    const { status, body } = await patch(id, { username: none });
    expect([status, body.error?.code, body.error?.details]).toEqual([400, "VALIDATION_ERROR", { field }]);
    expect((await get(id)).username).toBe(username);
  });
});

describe("opting out", () => {
  test("an opt-out ends live enrollments; taken back, the contact can be enrolled again", async () => {
    const { sequence } = await makeDrip([24]);
    const { id } = (await create({ platform: "TWITTER", username: "sven" })).body.contact;
    const enrollment = await enroll(sequence, id);
    expect((await patch(id, { optedOut: true })).body.contact.optedOut).toBe(true);
    await drain();
    expect(await show(sequence, enrollment)).toMatchObject({ status: "EXITED", exitReason: "OPTED_OUT" });
    expect((await patch(id, { optedOut: false })).body.contact.optedOut).toBe(false);
    expect(await show(sequence, await enroll(sequence, id))).toMatchObject({ status: "ACTIVE" });
  });
});
