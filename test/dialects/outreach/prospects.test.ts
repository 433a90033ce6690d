/** Prospects: what is written of one, where it shows in the other dialects, and what it does to his journeys. */
import { beforeEach, describe, expect, test } from "vitest";
import { faultsIn } from "../../support/described";
import { call, doc, idsOf, make } from "../../support/outreach";
import {
  api,
  begin,
  db,
  drain,
  enroll,
  type Json,
  KEY,
  makeDrip,
  OTHER_KEY,
  settle,
  show,
  travel,
} from "../../support/world";

beforeEach(begin);

async function change(id: number, attributes: Json, linked: Parameters<typeof doc>[2] = {}): Promise<Json> {
  const { status, body } = await call("PATCH", `/prospects/${id}`, doc("prospect", attributes, linked, id));
  if (status !== 200) throw new Error(`not changed: ${JSON.stringify(body)}`);
  return body.data;
}

const asContact = async (id: number): Promise<Json> => (await api("GET", `/v1/contacts/contact_${id}`)).body.contact;

describe("a prospect", () => {
  test("is made with all that may be said of him, and is a contact", async () => {
    const stage = await make("stage", { name: "Hot" });
    const all = {
      emails: ["Ada@Acme.example", "ada@home.example", "ADA@acme.example"],
      firstName: "Ada",
      lastName: "Ash",
      timeZone: "Asia/Tokyo",
      tags: [" a ", "b", "a"],
      source: "fair",
      title: "CEO",
      company: "Acme",
      addressCity: "Ulm",
      custom1: "one",
      custom150: "last",
      mobilePhones: ["+49 1", "+49 2"],
      workPhones: [],
      score: 1.5,
      linkedInConnections: 3,
      callOptedOut: false,
      dateOfBirth: "1990-02-28",
      availableAt: "2040-05-01T10:00:00+02:00",
    };
    const written = doc("prospect", all, { owner: ["user", 1], stage: ["stage", stage.id] });
    const { status, body } = await call("POST", "/prospects", written);
    expect([status, await faultsIn(body)]).toEqual([201, []]);
    const { id, attributes, relationships } = body.data;
    expect(attributes).toMatchObject({
      ...all,
      name: "Ada Ash",
      emails: ["Ada@Acme.example", "ada@home.example"],
      tags: ["a", "b"],
      availableAt: "2040-05-01T08:00:00.000Z",
      timeZoneIana: "Asia/Tokyo",
      optedOut: false,
      emailsOptStatus: null,
      touchedAt: null,
      openCount: 0,
      clickCount: 0,
      replyCount: 0,
    });
    const linked = ["owner", "stage", "creator", "updater"].map((name) => relationships[name].data?.id);
    expect(linked).toEqual([1, stage.id, 1, 1]);
    const { customFields, ...contact } = await asContact(id);
    expect(contact).toMatchObject({ platform: "EMAIL", username: "Ada@Acme.example", email: "Ada@Acme.example" });
    expect(customFields).toMatchObject({
      title: "CEO",
      mobilePhones: ["+49 1", "+49 2"],
      score: 1.5,
      callOptedOut: false,
    });
    expect(Object.keys(customFields)).not.toContain("tags");
  });

  test("has his addresses in their order, each found, and the first is written to", async () => {
    const { id } = await make("prospect", { emails: ["z@x.example", "m@x.example", "a@x.example"] });
    const emails = async () => (await call("GET", `/prospects/${id}`)).body.data.attributes.emails;
    expect(await emails()).toEqual(["z@x.example", "m@x.example", "a@x.example"]);
    expect((await asContact(id)).email).toBe("z@x.example");
    await change(id, { emails: ["m@x.example", "z@x.example", "a@x.example"] });
    expect(await emails()).toEqual(["m@x.example", "z@x.example", "a@x.example"]);
    expect((await asContact(id)).email).toBe("m@x.example");
    for (const email of ["m", "z", "a"])
      expect(await idsOf(`/prospects?filter[emails]=${email}@x.example`)).toEqual([id]);
    await api("PATCH", `/v1/contacts/contact_${id}`, { email: "a@x.example" });
    expect(await emails()).toEqual(["a@x.example", "z@x.example"]);
    await change(id, { emails: ["b@x.example"] });
    expect(await idsOf("/prospects?filter[emails]=z@x.example")).toEqual([]);
    expect((await make("prospect", { emails: ["z@x.example"] })).attributes.emails).toEqual(["z@x.example"]);
    const places = await db().prepare("SELECT position FROM addresses WHERE contact_id = ?").bind(id).all();
    expect(places.results).toEqual([{ position: 0 }]);
  });

  test("of another platform has addresses on EMAIL beside his own", async () => {
    const { body } = await api("POST", "/v1/contacts", { platform: "TWITTER", username: "ada", email: "a@x.example" });
    const id = Number(body.contact.id.replace("contact_", ""));
    await change(id, { emails: ["c@x.example", "b@x.example"] });
    expect(await asContact(id)).toMatchObject({ platform: "TWITTER", username: "ada", email: "c@x.example" });
    await api("PATCH", `/v1/contacts/contact_${id}`, { email: "d@x.example", username: "bo" });
    expect(await asContact(id)).toMatchObject({ username: "bo", email: "d@x.example" });
    expect((await change(id, {})).attributes.emails).toEqual(["d@x.example", "b@x.example"]);
    await api("PATCH", `/v1/contacts/contact_${id}`, { email: null });
    expect((await change(id, {})).attributes.emails).toEqual([]);
  });

  test("may have no address, and cannot be enrolled before he has one", async () => {
    const { id, attributes } = await make("prospect", { firstName: "Ada" });
    expect([attributes.emails, (await asContact(id)).email]).toEqual([[], null]);
    const { id: sequence } = await make("sequence", { name: "x" });
    const linked = { prospect: ["prospect", id], sequence: ["sequence", sequence] } as const;
    const enter = () => call("POST", "/sequenceStates", doc("sequenceState", {}, { ...linked } as Json));
    expect((await enter()).body.errors[0].detail).toBe("Prospect has no email address.");
    await api("PATCH", `/v1/contacts/contact_${id}`, { email: "ada@x.example" });
    expect((await enter()).status).toBe(201);
    expect((await change(id, { emails: null })).attributes.emails).toEqual([]);
  });

  test("changes by what is named, and null takes away", async () => {
    const { id } = await make("prospect", { emails: ["a@x.example"], title: "CEO", custom7: "x", firstName: "Ada" });
    await db().exec("INSERT INTO users (id, workspace_id, name, created_at) VALUES (11, 1, 'Bo', 1)");
    const key = (await api("POST", "/v1/users/user_11/keys", {})).body.key.key;
    travel(1000);
    const body = doc(
      "prospect",
      { custom7: null, company: "Acme", lastName: "Ash", tags: null },
      { owner: ["user", 11] },
      id,
    );
    const { data } = (await call("PATCH", `/prospects/${id}`, body, key)).body;
    expect(data.attributes).toMatchObject({ title: "CEO", custom7: null, company: "Acme", name: "Ada Ash", tags: [] });
    expect(data.attributes.updatedAt).toBe("2040-01-02T09:00:01.000Z");
    const { owner, creator, updater } = data.relationships;
    expect([owner.data.id, creator.data.id, updater.data.id]).toEqual([11, 1, 11]);
    expect((await asContact(id)).customFields).toEqual({ title: "CEO", company: "Acme" });
    expect((await change(id, {}, { owner: null })).relationships.owner.data).toBeNull();
  });

  test("keeps both of two custom fields that are written at once", async () => {
    const { id } = await make("prospect", {});
    await Promise.all(["custom1", "custom2", "custom3"].map((name) => change(id, { [name]: name })));
    expect((await asContact(id)).customFields).toEqual({ custom1: "custom1", custom2: "custom2", custom3: "custom3" });
  });

  test("is in no stage once his is deleted", async () => {
    const stage = await make("stage", { name: "Hot" });
    const { id } = await make("prospect", {}, { stage: ["stage", stage.id] });
    expect(await idsOf("/prospects?filter[stage][name]=Hot")).toEqual([id]);
    await call("DELETE", `/stages/${stage.id}`);
    expect((await call("GET", `/prospects/${id}`)).body.data.relationships.stage.data).toBeNull();
    expect(await idsOf(`/prospects?filter[stage][id]=${stage.id}`)).toEqual([]);
  });

  test("is forgotten everywhere when he is deleted", async () => {
    const { id } = await make("prospect", { emails: ["a@x.example", "b@x.example"], title: "CEO", optedOut: true });
    expect(await call("DELETE", `/prospects/${id}`, undefined, OTHER_KEY)).toMatchObject({ status: 404 });
    expect(await call("DELETE", `/prospects/${id}`)).toEqual({ status: 204, body: null });
    for (const method of ["GET", "DELETE"]) expect((await call(method, `/prospects/${id}`)).status).toBe(404);
    expect(await idsOf("/prospects")).toEqual([]);
    expect((await api("GET", `/v1/contacts/contact_${id}`)).status).toBe(404);
    // Of his opt-out stays enough that he is not written to again, whatever a list that is brought in says.
    const again = await make("prospect", { emails: ["c@x.example", "b@x.example"], optedOut: false });
    expect(again.attributes.optedOut).toBe(true);
  });
});

describe("opting out", () => {
  const OUT = { optedOut: true, emailOptedOut: true, emailsOptStatus: "opted_out", optedOutAt: expect.any(String) };
  const IN = { optedOut: false, emailOptedOut: false, optedOutAt: null };

  test.each<[attributes: Json, before: Json, after: Json]>([
    [{ optedOut: true }, OUT, OUT],
    [{ emailOptedOut: true }, OUT, OUT],
    [{ emailsOptStatus: "opted_out" }, OUT, OUT],
    [{ optedOut: false, emailOptedOut: true }, OUT, OUT],
    [{ emailsOptStatus: "opted_in", optedOut: true }, OUT, OUT],
    [{ optedOut: false }, { ...IN, emailsOptStatus: null }, { ...IN, emailsOptStatus: "opted_in" }],
    [{ emailOptedOut: false }, { ...IN, emailsOptStatus: null }, { ...IN, emailsOptStatus: "opted_in" }],
    [{ emailsOptStatus: "opted_in" }, { ...IN, emailsOptStatus: "opted_in" }, { ...IN, emailsOptStatus: "opted_in" }],
    [{ emailsOptStatus: null }, { ...IN, emailsOptStatus: null }, OUT],
    [{ emailsOptStatus: "null" }, { ...IN, emailsOptStatus: null }, OUT],
  ])("%j makes a new one so, and changes one who has opted out so", async (attributes, fresh, changed) => {
    expect((await make("prospect", attributes)).attributes).toMatchObject(fresh);
    const { id } = await make("prospect", { optedOut: true });
    expect((await change(id, attributes)).attributes).toMatchObject(changed);
    expect((await asContact(id)).optedOut).toBe(changed.optedOut);
  });

  test("one who had never opted out agrees by name", async () => {
    const { id } = await make("prospect", {});
    expect((await change(id, { optedOut: false })).attributes.emailsOptStatus).toBeNull();
    expect((await change(id, { emailsOptStatus: "opted_in" })).attributes).toMatchObject({
      emailsOptStatus: "opted_in",
      emailsOptedAt: "2040-01-02T09:00:00.000Z",
    });
  });

  test("ends live journeys but transactional ones, and nobody is enrolled until it is taken back", async () => {
    const contact = (id: number) => `contact_${id}`;
    const { id } = await make("prospect", { emails: ["a@x.example"] });
    const [cold, receipts] = [await makeDrip([24]), await makeDrip([24])];
    const receipt = Number(receipts.sequence.replace("seq_", ""));
    await call("PATCH", `/sequences/${receipt}`, doc("sequence", { transactional: true }, {}, receipt));
    const live = await enroll(cold.sequence, contact(id), "EMAIL");
    const kept = await enroll(receipts.sequence, contact(id), "EMAIL");
    await settle();
    await change(id, { emailOptedOut: true });
    await settle();
    expect(await show(cold.sequence, live)).toMatchObject({ status: "EXITED", exitReason: "OPTED_OUT" });
    expect(await show(receipts.sequence, kept)).toMatchObject({ status: "ACTIVE" });
    const path = `/v1/sequences/${cold.sequence}/enrollments`;
    const again = () => api("POST", path, { contactId: contact(id), platform: "EMAIL" });
    expect((await again()).status).toBe(409);
    await change(id, { optedOut: false });
    expect((await again()).status).toBe(201);
    await drain();
  });
});

test("what was written of him fills templates, and meets rules", async () => {
  const rules = { match: "all", conditions: [{ field: "customFields.custom3", op: "is", value: "yes" }] };
  const { sequence } = await makeDrip([], { enrollmentRules: rules });
  const messageTemplate = "{{ contact.username }}: {{ custom.title }}, {{ custom.mobilePhones | last }}";
  await api("POST", `/v1/sequences/${sequence}/steps`, { messageTemplate, delayHours: 0 });
  const { id } = await make("prospect", {
    emails: ["z@x.example", "a@x.example"],
    title: "CEO",
    mobilePhones: ["1", "2"],
    custom3: "yes",
  });
  await enroll(sequence, `contact_${id}`, "EMAIL");
  await settle();
  const { body } = await api("GET", "/v1/messages");
  expect(body.messages[0]).toMatchObject({ status: "sent", excerpt: "z@x.example: CEO, 2" });
  expect((await call("GET", `/prospects/${id}`)).body.data.attributes.touchedAt).toMatch(/^2040-01-02T09:00/);
});

describe("what is refused", () => {
  const A = "/data/attributes";
  const R = "/data/relationships";
  const LONG = "is too long (all custom fields together hold at most 10000 characters).";

  test.each<[attributes: Json, linked: Json, pointer: string, detail: string]>([
    [{ emails: ["nobody"] }, {}, `${A}/emails`, "Emails is invalid."],
    [{ emails: [""] }, {}, `${A}/emails`, "Emails is invalid."],
    [{ emails: [`${"a".repeat(320)}@x.example`] }, {}, `${A}/emails`, "Emails is invalid."],
    [{ emails: ["TAKEN@x.example"] }, {}, `${A}/emails`, "Emails has already been taken."],
    [{ emails: ["new@x.example", "also@x.example"] }, {}, `${A}/emails`, "Emails has already been taken."],
    [
      { emails: Array.from({ length: 21 }, (_, i) => `a${i}@x.example`) },
      {},
      `${A}/emails`,
      "Emails must have at most 20 entries.",
    ],
    [{ emails: "a@x.example" }, {}, `${A}/emails`, "Emails must be a list of texts."],
    [{ mobilePhones: [1] }, {}, `${A}/mobilePhones`, "Mobile phones must be a list of texts."],
    [{ timeZone: "Mars/Base" }, {}, `${A}/timeZone`, "Time zone must be an IANA time zone, such as Europe/Berlin."],
    [{ tags: ["a\nb"] }, {}, `${A}/tags`, "Tags must be texts on one line of 1 to 100 characters."],
    [{ tags: Array.from({ length: 101 }, (_, i) => `t${i}`) }, {}, `${A}/tags`, "Tags must have at most 100 entries."],
    [{ optedOut: null }, {}, `${A}/optedOut`, "Opted out can't be blank."],
    [{ optedOut: "yes" }, {}, `${A}/optedOut`, "Opted out must be true or false."],
    [
      { emailsOptStatus: "out" },
      {},
      `${A}/emailsOptStatus`,
      'Emails opt status must be one of "opted_in", "opted_out", "null".',
    ],
    [{ firstName: "n".repeat(256) }, {}, `${A}/firstName`, "First name is too long (maximum is 255 characters)."],
    [{ custom1: "x".repeat(11_000), title: "CEO" }, {}, `${A}/custom1`, `Custom1 ${LONG}`],
    [
      { personalNote1: "x".repeat(6000), personalNote2: "x".repeat(6001) },
      {},
      `${A}/personalNote2`,
      `Personal note2 ${LONG}`,
    ],
    [{ company: "x".repeat(10_000) }, {}, `${A}/company`, `Company ${LONG}`],
    [{ score: "1" }, {}, `${A}/score`, "Score must be a number."],
    [{ dateOfBirth: "1990-02-30" }, {}, `${A}/dateOfBirth`, "Date of birth must be a date (YYYY-MM-DD)."],
    [{ availableAt: "soon" }, {}, `${A}/availableAt`, "Available at must be an ISO 8601 date and time."],
    [{ name: "Ada" }, {}, `${A}/name`, "Name is read-only."],
    [{ touchedAt: null }, {}, `${A}/touchedAt`, "Touched at is read-only."],
    [{ custom151: "x" }, {}, `${A}/custom151`, "Custom151 is no attribute of 'prospect'."],
    [{}, { owner: ["user", 2] }, `${R}/owner`, "Could not find 'user' with ID '2'."],
    [{}, { stage: ["stage", 999] }, `${R}/stage`, "Could not find 'stage' with ID '999'."],
    [{}, { stage: ["user", 1] }, `${R}/stage`, "Stage must be of type 'stage'."],
    [{}, { creator: ["user", 1] }, `${R}/creator`, "Creator is read-only."],
  ])("%j %j", async (attributes, linked, pointer, detail) => {
    await make("prospect", { emails: ["taken@x.example", "also@x.example"] });
    const { id } = await make("prospect", { emails: ["own@x.example"] });
    const answers = [
      await call("POST", "/prospects", doc("prospect", attributes, linked)),
      await call("PATCH", `/prospects/${id}`, doc("prospect", attributes, linked, id)),
    ];
    for (const { status, body } of answers) {
      const [error] = body.errors;
      expect([status, error.source.pointer, error.detail]).toEqual([422, pointer, detail]);
    }
    expect((await idsOf("/prospects")).length).toBe(2);
  });

  test("a custom field for which the others leave no room", async () => {
    const { id } = await make("prospect", { custom1: "x".repeat(9000) });
    const { status, body } = await call(
      "PATCH",
      `/prospects/${id}`,
      doc("prospect", { title: "t", custom2: "y".repeat(990) }, {}, id),
    );
    expect([status, body.errors[0].source.pointer]).toEqual([422, `${A}/custom2`]);
    expect((await change(id, { custom1: null, custom2: "y".repeat(990) })).attributes.custom2.length).toBe(990);
  });

  test("without the scope, or for whoever is another's", async () => {
    const { id } = await make("prospect", {});
    const patch = doc("prospect", {}, {}, id);
    expect((await call("PATCH", `/prospects/${id}`, patch, OTHER_KEY)).status).toBe(404);
    const { key } = (await api("POST", "/v1/users/user_1/keys", { scopes: ["contacts_read"] }, KEY)).body.key;
    const { status, body } = await call("POST", "/prospects", doc("prospect"), key);
    expect([status, body.errors[0].detail]).toEqual([
      403,
      "Your authorization does not include the required scope 'prospects.write'.",
    ]);
  });
});
