/** Subscribers: made, changed, found, tagged, switched off and on, and enrolled by who names them. */
import { beforeEach, describe, expect, test } from "vitest";
import { addStep, addSubscriber, call, makeSequence, NOTHING, plain } from "../support/broadcast";
import { api, begin, db, drain, type Json, makeContact, settle, travel } from "../support/world";

beforeEach(begin);

const ALICE = {
  email: "Alice@Example.com",
  first_name: "Alice",
  last_name: "Liddell",
  ip_address: "203.0.113.7",
  is_active: true,
  source: "landing page",
  subscribed_at: "2039-12-01T10:00:00.000Z",
  tags: ["vip", "new"],
  custom_data: { plan: "pro", seats: 3 },
};

const shown = (more: object = {}) => ({
  id: expect.any(Number),
  email: "a@example.com",
  first_name: null,
  last_name: null,
  ip_address: null,
  is_active: true,
  source: null,
  subscribed_at: "2040-01-02T09:00:00.000Z",
  unsubscribed_at: null,
  last_email_sent_at: null,
  created_at: "2040-01-02T09:00:00.000Z",
  tags: [],
  custom_data: {},
  ...more,
});

async function make(email = "a@example.com", more: object = {}): Promise<Json> {
  return (await call("POST", "/subscribers", { email, ...more })).body;
}

const find = async (email: string): Promise<Json> => (await call("GET", `/subscribers/find?email=${email}`)).body;

describe("making and changing one", () => {
  test.each([
    ["nested", "/subscribers.json", { subscriber: ALICE }],
    ["flat", "/subscribers", ALICE],
  ])("%s: 201 with the whole object, found again by address and id", async (_, path, sent) => {
    const { status, body } = await call("POST", path, sent);
    expect([status, body]).toEqual([201, shown(ALICE)]);
    expect(await call("GET", "/subscribers/find.json?email=alice@example.COM")).toEqual({ status: 200, body });
    expect(await call("GET", `/subscribers/${body.id}.json`)).toEqual({ status: 200, body });
  });

  test("an address alone is enough", async () => {
    expect(await call("POST", "/subscribers", { email: "a@example.com" })).toEqual({ status: 201, body: shown() });
  });

  test("an address that is known changes what is named, and tags are added", async () => {
    const first = await make("a@example.com", { first_name: "A", tags: "x, y" });
    const sent = { subscriber: { email: "A@EXAMPLE.com", last_name: "B", tags: ["y", "z"] } };
    const { status, body } = await call("POST", "/subscribers", sent);
    expect([status, body]).toEqual([201, { ...first, last_name: "B", tags: ["x", "y", "z"] }]);
    expect((await call("GET", "/subscribers")).body.pagination.total).toBe(1);
  });

  test.each([
    ["by address, nested", "", { email: "a@example.com", subscriber: { first_name: "N", tags: ["t"] } }],
    ["by address, flat", "", { email: "a@example.com", first_name: "N", tags: "t" }],
    ["by id, nested", "/{id}", { subscriber: { first_name: "N", tags: ["t"] } }],
    ["by id, flat", "/{id}", { first_name: "N", tags: ["t"] }],
  ])("PATCH %s: 200 with the whole object", async (_, path, sent) => {
    const made = await make("a@example.com", { last_name: "L", tags: ["old"] });
    const { status, body } = await call("PATCH", `/subscribers${path.replace("{id}", made.id)}`, sent);
    expect([status, body]).toEqual([200, { ...made, first_name: "N", tags: ["t"] }]);
  });

  test("a new address: under `subscriber`, or by id", async () => {
    const { id } = await make();
    const first = await call("PATCH", "/subscribers", { email: "a@example.com", subscriber: { email: "b@x.org" } });
    expect([first.status, first.body.id, first.body.email]).toEqual([200, id, "b@x.org"]);
    expect((await call("PATCH", `/subscribers/${id}`, { email: "c@x.org" })).body.email).toBe("c@x.org");
    expect((await call("GET", "/subscribers/find?email=a@example.com")).status).toBe(404);
    await make("taken@x.org");
    const taken = { status: 422, body: { error: "Email has already been taken" } };
    expect(await call("PATCH", `/subscribers/${id}`, { email: "Taken@x.org" })).toEqual(taken);
    const bad = await call("PATCH", "/subscribers", { email: "c@x.org", subscriber: { email: "nonsense" } });
    expect(bad).toEqual({ status: 422, body: { error: "Email is invalid" } });
  });

  test("a contact of another dialect is a subscriber once he has an email address", async () => {
    const contact = await makeContact({ username: "bob", email: "bob@example.com" });
    expect((await find("bob@example.com")).id).toBe(Number(contact.slice("contact_".length)));
    const without = Number((await makeContact()).slice("contact_".length));
    const gone = { status: 404, body: { error: "Subscriber not found" } };
    expect(await call("GET", `/subscribers/${without}`)).toEqual(gone);
    expect(await call("PATCH", `/subscribers/${without}`, { email: "c@x.org" })).toEqual(gone);
  });
});

describe("the list", () => {
  test("all who have an address, 250 a page", async () => {
    const a = await make("a@example.com");
    const b = await make("b@example.com");
    await makeContact();
    const pagination = { total: 2, count: 2, from: 1, to: 2, current: 1, total_pages: 1 };
    expect(await call("GET", "/subscribers.json")).toEqual({ status: 200, body: { subscribers: [a, b], pagination } });
    await db().batch(
      [...Array(250).keys()].flatMap((i) => [
        db().prepare(`INSERT INTO contacts (workspace_id, platform, tags, custom_fields, created_at, updated_at)
          VALUES (1, 'EMAIL', '[]', '{}', 2e12, 2e12)`),
        db().prepare(`INSERT INTO addresses (workspace_id, platform, key, contact_id, address)
          SELECT 1, 'EMAIL', 'p${i}@x.org', MAX(id), 'p${i}@x.org' FROM contacts`),
        db().prepare(`INSERT INTO contact_terms SELECT 1, 'platform', 'EMAIL', MAX(id) FROM contacts`),
      ]),
    );
    const first = (await call("GET", "/subscribers?page=1")).body;
    expect(first.subscribers).toHaveLength(250);
    const second = (await call("GET", "/subscribers?page=2")).body;
    expect(second.subscribers.map(({ email }: Json) => email)).toEqual(["p248@x.org", "p249@x.org"]);
    expect(second.pagination).toEqual({ total: 252, count: 2, from: 251, to: 252, current: 2, total_pages: 2 });
    const beyond = { total: 252, count: 0, from: 0, to: 0, current: 9, total_pages: 2 };
    expect((await call("GET", "/subscribers?page=9")).body).toEqual({ subscribers: [], pagination: beyond });
  });

  test("says when he was last written to", async () => {
    const id = await makeSequence({ active: true });
    await addStep(id, { action: "send_email", subject: "S", body: "x" });
    await addSubscriber(id, "a@example.com");
    travel(2000);
    await settle();
    const last_email_sent_at = expect.stringMatching(/^2040-01-02T09:00:02\.\d{3}Z$/);
    expect(await find("a@example.com")).toEqual(shown({ last_email_sent_at }));
    expect((await call("GET", "/subscribers")).body.subscribers).toEqual([shown({ last_email_sent_at })]);
  });
});

describe("verbs on one who is named by his address", () => {
  test("tags: a list or a text with commas, added and taken away", async () => {
    const made = await make();
    const add = async (tags: unknown) => call("POST", "/subscribers/add_tag.json", { email: made.email, tags });
    expect(await add(["a", "b"])).toEqual({ status: 200, body: { ...made, tags: ["a", "b"] } });
    expect((await add("b, c")).body.tags).toEqual(["a", "b", "c"]);
    const sent = { email: "A@example.com", tags: ["b", "nope"] };
    const removed = await call("DELETE", "/subscribers/remove_tag.json", sent);
    expect(removed).toEqual({ status: 200, body: { ...made, tags: ["a", "c"] } });
  });

  test("a tag that starts a sequence enrolls, and takes out again", async () => {
    const id = await makeSequence({ active: true, init_tag: "vip" });
    const { email } = await make();
    await call("POST", "/subscribers/add_tag", { email, tags: ["vip"] });
    await drain();
    expect((await call("GET", `/sequences/${id}`)).body.subscribers_count).toBe(1);
    await call("DELETE", "/subscribers/remove_tag", { email, tags: ["vip"] });
    await drain();
    expect((await call("GET", `/sequences/${id}`)).body.subscribers_count).toBe(0);
  });

  test.each([
    ["deactivate", "activate", { is_active: false }],
    ["unsubscribe", "resubscribe", { unsubscribed_at: "2040-01-02T09:00:00.000Z" }],
  ])("%s ends his journeys and keeps him out until %s", async (off, on, said) => {
    const id = await makeSequence({ active: true });
    await addStep(id, { action: "delay", delay: 9999 });
    await addSubscriber(id, "a@example.com");
    const made = await find("a@example.com");
    const { email } = made;
    expect(await call("POST", `/subscribers/${off}.json`, { email })).toEqual({
      status: 200,
      body: { ...made, ...said },
    });
    await settle();
    const listed = (await call("GET", `/sequences/${id}/list_subscribers`)).body.subscriber_sequences;
    expect(listed.map(({ status }: Json) => status)).toEqual(["removed"]);
    expect(await plain("POST", `/sequences/${id}/add_subscriber`, { email })).toEqual(NOTHING(422));
    expect(await call("POST", `/subscribers/${on}`, { email })).toMatchObject({
      status: 200,
      body: { is_active: true, unsubscribed_at: null },
    });
    expect(await plain("POST", `/sequences/${id}/add_subscriber`, { email })).toEqual(NOTHING(201));
  });
});

describe("adding to and removing from a sequence", () => {
  test.each([
    ["nested", { subscriber: { email: "n@example.com", first_name: "F", last_name: "L" } }],
    ["flat", { email: "n@example.com", first_name: "F", last_name: "L" }],
  ])("%s: whoever is unknown is made, with the names given", async (_, body) => {
    const id = await makeSequence();
    expect(await plain("POST", `/sequences/${id}/add_subscriber.json`, body)).toEqual(NOTHING(201));
    expect(await find("n@example.com")).toMatchObject({ first_name: "F", last_name: "L", tags: [] });
  });

  test("who is known keeps his names", async () => {
    const id = await makeSequence();
    await make("a@example.com", { first_name: "Old" });
    await plain("POST", `/sequences/${id}/add_subscriber`, {
      email: "A@example.com",
      first_name: "New",
      last_name: "L",
    });
    expect(await find("a@example.com")).toMatchObject({ first_name: "Old", last_name: null });
  });

  test.each([
    ["/remove_subscriber", { email: "a@example.com" }],
    ["/remove_subscriber?email=a@example.com", undefined],
    ["/remove_subscriber.json?subscriber%5Bemail%5D=A@example.com", undefined],
  ])("removed by %s %j; he may come again", async (path, body) => {
    const id = await makeSequence();
    await addSubscriber(id, "a@example.com");
    expect(await plain("DELETE", `/sequences/${id}${path}`, body)).toEqual(NOTHING(200));
    expect(await plain("DELETE", `/sequences/${id}${path}`, body)).toEqual(NOTHING(422));
    expect((await api("GET", `/v1/sequences/seq_${id}`)).body.enrollmentStats).toMatchObject({ ACTIVE: 0, EXITED: 1 });
    await addSubscriber(id, "a@example.com");
  });

  test.each(["never", "after_exit"])(
    "with reenroll %s, who was removed comes in again or does not",
    async (reenroll) => {
      const id = await makeSequence({ reenroll });
      await addSubscriber(id, "a@example.com");
      await plain("DELETE", `/sequences/${id}/remove_subscriber`, { email: "a@example.com" });
      const again = await plain("POST", `/sequences/${id}/add_subscriber`, { email: "a@example.com" });
      expect(again).toEqual(NOTHING(reenroll === "never" ? 422 : 201));
    },
  );
});
