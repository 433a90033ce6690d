/** What is kept beside prospects and sequences: users, stages, mailboxes, categories of content, schedules, rulesets. */
import { beforeEach, describe, expect, test } from "vitest";
import * as templates from "../../../src/engine/templates";
import { keyFor } from "../../support/broadcast";
import { contextOf } from "../../support/context";
import { faultsIn } from "../../support/described";
import { call, doc, idsOf, make } from "../../support/outreach";
import { makeUser } from "../../support/users";
import { api, begin, db, type Json, OTHER_KEY, settle, travel } from "../../support/world";

beforeEach(begin);

type Linked = Parameters<typeof doc>[2];

async function change(type: string, path: string, attributes: Json, linked: Linked = {}): Promise<Json> {
  const { status, body } = await call("PATCH", path, doc(type, attributes, linked, Number(path.split("/").at(-1))));
  if (status !== 200) throw new Error(`not changed: ${JSON.stringify(body)}`);
  return body.data;
}

const WHOLE: Record<string, Json> = {
  stages: { name: "Hot", color: "#5951ff", order: 7 },
  users: {
    email: "Ada@sales.example",
    username: "ada",
    firstName: "Ada",
    lastName: "Ash",
    locked: true,
    title: "SDR",
    custom5: "five",
    notificationsEnabled: false,
    tasksViewId: 4,
    duties: { calls: true },
  },
  mailboxes: {
    email: "Me@mail.example",
    emailProvider: "gmail",
    emailSignature: "<p>Me</p>",
    smtpHost: "smtp.mail.example",
    smtpPort: 465,
    smtpSsl: true,
    maxMailingsPerDay: 500,
    sendDisabled: false,
  },
  contentCategories: {
    name: "Outbound",
    color: "red",
    allowSequences: true,
    allowSnippets: false,
    allowTemplates: false,
  },
  rulesets: {
    name: "Strict",
    permitDuplicateProspects: "only_if_inactive",
    sequenceExclusivity: "exclusive_sequences",
    minimumProspectTouchedInterval: 3600,
    emailOptOutAction: "allow",
    autoResumeOotoProspects: false,
    autoResumeOotoProspectsIn: 60,
    autoResumeOotoProspectsExpiresIn: 600,
    ootoAutoExtractionEnabled: false,
    includeUnsubscribeLinks: true,
    callOptOutAction: "allow",
    applyCompletedStageIn: 5,
    stepOverridesEnabled: true,
  },
};

const TYPES: Record<string, string> = {
  stages: "stage",
  users: "user",
  mailboxes: "mailbox",
  contentCategories: "contentCategory",
  contentCategoryMemberships: "contentCategoryMembership",
  schedules: "schedule",
  rulesets: "ruleset",
};

describe("is made with all that may be said, changed by what is named, and goes", () => {
  const NEXT: Record<string, Json> = {
    stages: { color: null, order: 0 },
    users: { lastName: null, title: null, custom1: "one", duties: { mails: true }, locked: false },
    mailboxes: { smtpPort: 587, smtpHost: "other.example", imapPort: 993 },
    contentCategories: { name: "Inbound", color: null, allowTemplates: true },
    rulesets: {
      name: "Loose",
      minimumProspectTouchedInterval: null,
      applyCompletedStageIn: null,
      smsOptOutAction: "x",
    },
  };

  test.each(Object.keys(WHOLE))("%s", async (plural) => {
    const [type = "", whole, next] = [TYPES[plural], WHOLE[plural], NEXT[plural]];
    const { status, body } = await call("POST", `/${plural}`, doc(type, whole));
    expect([status, await faultsIn(body)]).toEqual([201, []]);
    const { id, attributes, relationships } = body.data;
    expect(attributes).toMatchObject(whole);
    expect(relationships.creator?.data ?? relationships.owner?.data).toEqual({ type: "user", id: 1 });
    travel(1000);
    const path = `/${plural}/${id}`;
    const after = await change(type, path, next);
    expect(after.attributes).toMatchObject({ ...whole, ...next, updatedAt: "2040-01-02T09:00:01.000Z" });
    expect(await faultsIn({ data: after })).toEqual([]);
    expect((await call("PATCH", path, doc(type, {}, {}, id), OTHER_KEY)).status).toBe(404);
    if (plural === "users") return;
    expect((await call("DELETE", path, undefined, OTHER_KEY)).status).toBe(404);
    expect(await call("DELETE", path)).toEqual({ status: 204, body: null });
    for (const method of ["GET", "DELETE"]) expect((await call(method, path)).status).toBe(404);
    expect(await idsOf(`/${plural}`)).toEqual([]);
  });

  test("schedules, which are ours alone", async () => {
    const openings = [
      { day: 2, from: "09:00", to: "12:00" },
      { day: 1, from: "08:00", to: "24:00" },
    ];
    const { id } = await make("schedule", { name: "Office", openings, holidays: ["2040-12-25", "2040-01-01"] });
    const { body } = await call("GET", `/schedules/${id}`);
    expect(body.data).toEqual({
      type: "schedule",
      id,
      attributes: {
        createdAt: "2040-01-02T09:00:00.000Z",
        holidays: ["2040-01-01", "2040-12-25"],
        name: "Office",
        openings: openings.toReversed(),
        timeZone: null,
        updatedAt: "2040-01-02T09:00:00.000Z",
      },
      relationships: { creator: { data: { type: "user", id: 1 } }, updater: { data: { type: "user", id: 1 } } },
      links: { self: `https://dripline.test/api/v2/schedules/${id}` },
    });
    const named = { name: "Shop", timeZone: "Europe/Berlin", holidays: null };
    const after = await change("schedule", `/schedules/${id}`, named);
    expect(after.attributes).toMatchObject({ ...named, holidays: [], openings: openings.toReversed() });
    expect((await api("GET", `/v1/schedules/sched_${id}`)).body.schedule.timezone).toBe("Europe/Berlin");
    expect(await idsOf("/schedules?filter[name]=Shop&sort=-name")).toEqual([id]);
    const sequence = await make("sequence", { name: "x" }, { schedule: ["schedule", id] });
    const shown = await call("GET", `/sequences/${sequence.id}?include=schedule`);
    expect([shown.body.data.relationships.schedule.data.id, shown.body.included[0].attributes.name]).toEqual([
      id,
      "Shop",
    ]);
    const { status, body: refused } = await call("DELETE", `/schedules/${id}`);
    expect([status, refused.errors[0].detail]).toEqual([422, "A sequence or a step keeps to this schedule."]);
    await call("DELETE", `/sequences/${sequence.id}`);
    expect((await call("DELETE", `/schedules/${id}`)).status).toBe(204);
  });
});

describe("is refused with a pointer", () => {
  const A = "/data/attributes";
  const R = "/data/relationships";
  const ALL = "must have a day, a from and a to, and nothing else.";
  const open = (...openings: Json[]) => ({ name: "x", openings });
  const LONG_AGO = "must be from 0 to 316224000 seconds.";

  test.each<[plural: string, attributes: Json, linked: Json, pointer: string, detail: string]>([
    ["stages", {}, {}, `${A}/name`, "Name can't be blank."],
    ["stages", { name: " " }, {}, `${A}/name`, "Name can't be blank."],
    ["stages", { name: "x", order: "1" }, {}, `${A}/order`, "Order must be an integer."],
    ["stages", { name: "x", createdAt: "2040-01-01" }, {}, `${A}/createdAt`, "Created at is read-only."],
    ["stages", { name: "x", size: 1 }, {}, `${A}/size`, "Size is no attribute of 'stage'."],
    ["stages", { name: "x" }, { creator: ["user", 1] }, `${R}/creator`, "Creator is read-only."],
    ["users", {}, {}, `${A}/email`, "Email can't be blank."],
    ["users", { email: null }, {}, `${A}/email`, "Email can't be blank."],
    ["users", { email: "nobody" }, {}, `${A}/email`, "Email is no email address."],
    ["users", { email: "TAKEN@x.example" }, {}, `${A}/email`, "Email has already been taken."],
    ["users", { email: "a@x.example", locked: null }, {}, `${A}/locked`, "Locked can't be blank."],
    [
      "users",
      { email: "a@x.example", custom1: "x".repeat(226) },
      {},
      `${A}/custom1`,
      "Custom1 is too long (maximum is 225 characters).",
    ],
    ["users", { email: "a@x.example", duties: ["x".repeat(10_000)] }, {}, `${A}/duties`, "Duties is too long."],
    ["users", { email: "a@x.example", name: "Ada" }, {}, `${A}/name`, "Name is read-only."],
    ["users", { email: "a@x.example" }, { role: ["role", 1] }, `${R}/role`, "Role is read-only."],
    ["mailboxes", {}, {}, `${A}/email`, "Email can't be blank."],
    ["mailboxes", { email: "nobody" }, {}, `${A}/email`, "Email is no email address."],
    ["mailboxes", { email: "Taken@x.example" }, {}, `${A}/email`, "Email has already been taken."],
    ["mailboxes", { email: "a@x.example", smtpPort: "25" }, {}, `${A}/smtpPort`, "Smtp port must be an integer."],
    [
      "mailboxes",
      { email: "a@x.example", validateSend: true },
      {},
      `${A}/validateSend`,
      "Validate send cannot be asked for: no mailbox is connected.",
    ],
    ["mailboxes", { email: "a@x.example", userId: 1 }, {}, `${A}/userId`, "User is read-only."],
    ["mailboxes", { email: "a@x.example" }, { user: ["user", 2] }, `${R}/user`, "Could not find 'user' with ID '2'."],
    ["mailboxes", { email: "a@x.example" }, { user: null }, `${R}/user`, "User can't be blank."],
    ["contentCategories", {}, {}, `${A}/name`, "Name can't be blank."],
    [
      "contentCategories",
      { name: "x", allowSequences: null },
      {},
      `${A}/allowSequences`,
      "Allow sequences can't be blank.",
    ],
    ["contentCategories", { name: "x" }, { creator: ["user", 1] }, `${R}/creator`, "Creator is read-only."],
    ["schedules", {}, {}, `${A}/name`, "Name can't be blank."],
    ["schedules", { name: "x" }, {}, `${A}/openings`, "Openings can't be blank."],
    ["schedules", { name: "x", openings: null }, {}, `${A}/openings`, "Openings can't be blank."],
    ["schedules", { name: "x", openings: {} }, {}, `${A}/openings`, "Openings must be a list."],
    ["schedules", open({ day: 1, from: "09:00" }), {}, `${A}/openings/0`, `Openings.0 ${ALL}`],
    ["schedules", open({ day: "1", from: "09:00", to: "10:00" }), {}, `${A}/openings/0`, `Openings.0 ${ALL}`],
    [
      "schedules",
      open({ day: 8, from: "09:00", to: "10:00" }),
      {},
      `${A}/openings/0/day`,
      "Openings.0.day must be 1 for Monday to 7 for Sunday.",
    ],
    [
      "schedules",
      { ...open({ day: 1, from: "09:00", to: "10:00" }), timeZone: "Mars" },
      {},
      `${A}/timeZone`,
      "Time zone must be an IANA time zone, such as Europe/Berlin.",
    ],
    [
      "schedules",
      { ...open({ day: 1, from: "09:00", to: "10:00" }), holidays: ["2040-02-30"] },
      {},
      `${A}/holidays/0`,
      "Holidays.0 must be a day such as 2027-12-25.",
    ],
    ["rulesets", {}, {}, `${A}/name`, "Name can't be blank."],
    [
      "rulesets",
      { name: "x", permitDuplicateProspects: "maybe" },
      {},
      `${A}/permitDuplicateProspects`,
      'Permit duplicate prospects must be one of "allow", "disallow", "only_if_inactive".',
    ],
    [
      "rulesets",
      { name: "x", sequenceExclusivity: null },
      {},
      `${A}/sequenceExclusivity`,
      "Sequence exclusivity can't be blank.",
    ],
    [
      "rulesets",
      { name: "x", autoResumeOotoProspectsIn: -1 },
      {},
      `${A}/autoResumeOotoProspectsIn`,
      `Auto resume ooto prospects in ${LONG_AGO}`,
    ],
    [
      "rulesets",
      { name: "x" },
      { bouncedStage: ["stage", 9] },
      `${R}/bouncedStage`,
      "Could not find 'stage' with ID '9'.",
    ],
    ["rulesets", { name: "x" }, { sequences: ["sequence", 9] }, `${R}/sequences`, "Sequences is read-only."],
  ])("%s %j %j", async (plural, attributes, linked, pointer, detail) => {
    const type = TYPES[plural] ?? "";
    if (plural === "users" || plural === "mailboxes") await make(type, { email: "taken@x.example" });
    const before = await idsOf(`/${plural}`);
    const { status, body } = await call("POST", `/${plural}`, doc(type, attributes, linked));
    const [error] = body.errors;
    expect([status, error.source.pointer, error.detail]).toEqual([422, pointer, detail]);
    expect(await idsOf(`/${plural}`)).toEqual(before);
  });

  test("a change that takes what may not be missing, or what another has", async () => {
    await make("user", { email: "taken@x.example" });
    await make("mailbox", { email: "taken@x.example" });
    const openings = [{ day: 1, from: "09:00", to: "10:00" }];
    const cases: [type: string, plural: string, whole: Json, patch: Json, pointer: string][] = [
      ["stage", "stages", { name: "x" }, { name: null }, `${A}/name`],
      ["stage", "stages", { name: "x" }, { order: null }, `${A}/order`],
      ["user", "users", { email: "a@x.example" }, { email: "taken@x.example" }, `${A}/email`],
      ["user", "users", { email: "b@x.example" }, { email: null }, `${A}/email`],
      ["mailbox", "mailboxes", { email: "a@x.example" }, { email: "Taken@x.example" }, `${A}/email`],
      ["mailbox", "mailboxes", { email: "b@x.example" }, { email: null }, `${A}/email`],
      ["contentCategory", "contentCategories", { name: "x" }, { name: "" }, `${A}/name`],
      ["schedule", "schedules", { name: "x", openings }, { openings: [] }, `${A}/openings`],
      ["schedule", "schedules", { name: "x", openings }, { timeZone: "Mars" }, `${A}/timeZone`],
      ["ruleset", "rulesets", { name: "x" }, { emailOptOutAction: null }, `${A}/emailOptOutAction`],
    ];
    for (const [type, plural, whole, patch, pointer] of cases) {
      const { id, attributes } = await make(type, whole);
      const { status, body } = await call("PATCH", `/${plural}/${id}`, doc(type, patch, {}, id));
      expect([type, status, body.errors[0].source.pointer]).toEqual([type, 422, pointer]);
      expect((await call("GET", `/${plural}/${id}`)).body.data.attributes).toEqual(attributes);
    }
  });
});

describe("users", () => {
  test("are the same in v1, and nobody locks himself out", async () => {
    const { id } = await make("user", { email: "ada@x.example", firstName: "Ada", title: "SDR" });
    const { user } = (await api("GET", `/v1/users/user_${id}`)).body;
    expect(user).toMatchObject({ name: "Ada", email: "ada@x.example", details: { title: "SDR" } });
    const { status, body } = await call("PATCH", "/users/1", doc("user", { locked: true }, {}, 1));
    expect([status, body.errors[0].source.pointer]).toEqual([422, "/data/attributes/locked"]);
  });

  test("and stages are read by whoever may read anything, and written by few", async () => {
    const reader = await keyFor(["messages_read"]);
    const writer = await keyFor(["messages_write"]);
    for (const plural of ["users", "stages"]) {
      expect((await call("GET", `/${plural}`, undefined, reader)).status).toBe(200);
      expect((await call("GET", `/${plural}`, undefined, writer)).status).toBe(403);
      expect((await call("POST", `/${plural}`, doc(TYPES[plural] ?? ""), reader)).status).toBe(403);
    }
    expect((await call("GET", "/prospects", undefined, reader)).status).toBe(403);
    expect((await call("GET", "/prospects?include=owner", undefined, await keyFor(["contacts_read"]))).status).toBe(
      200,
    );
  });
});

describe("stages", () => {
  test("come last unless told otherwise", async () => {
    const orders = [];
    for (const order of [undefined, undefined, 9, undefined]) {
      orders.push((await make("stage", { name: "x", ...(order === undefined ? {} : { order }) })).attributes.order);
    }
    expect(orders).toEqual([1, 2, 9, 10]);
  });
});

describe("mailboxes", () => {
  const SECRETS = { password: "hunter2a", smtpPassword: "hunter2b", sendgridApiKey: "hunter2c" };

  test("take secrets, and neither keep nor show them", async () => {
    const { id, attributes } = await make("mailbox", { email: "a@x.example", ...SECRETS, validateSync: false });
    await change("mailbox", `/mailboxes/${id}`, { ...SECRETS, username: "ada" });
    const row = await db().prepare("SELECT * FROM mailboxes").first();
    expect([JSON.stringify(attributes), JSON.stringify(row)].filter((text) => text.includes("hunter2"))).toEqual([]);
    expect(JSON.parse(String(row?.details))).toEqual({ username: "ada" });
  });

  test("belong to who makes them, or to whom they are given; one that is gone leaves its address free", async () => {
    const { id: ada } = await make("user", { email: "ada@x.example" });
    const own = await make("mailbox", { email: "a@x.example" });
    expect([own.attributes.userId, own.relationships.user.data.id]).toEqual([1, 1]);
    expect((await change("mailbox", `/mailboxes/${own.id}`, {}, { user: ["user", ada] })).attributes.userId).toBe(ada);
    const { body } = await call("GET", `/users/${ada}?include=mailbox,mailboxes`);
    expect([body.data.relationships.mailbox.data.id, body.included.length]).toEqual([own.id, 1]);
    await call("DELETE", `/mailboxes/${own.id}`);
    expect((await call("GET", `/users/${ada}`)).body.data.relationships.mailboxes.data).toEqual([]);
    expect((await make("mailbox", { email: "A@x.example" })).id).not.toBe(own.id);
  });
});

describe("categories", () => {
  const put = (category: number | null, content: [string, number] | null, key?: string) => {
    const linked: Linked = { contentCategory: category === null ? null : ["contentCategory", category], content };
    return call("POST", "/contentCategoryMemberships", doc("contentCategoryMembership", {}, linked), key);
  };

  test("group sequences, each once, until one of the two goes", async () => {
    const [first, second] = [
      await make("contentCategory", { name: "a" }),
      await make("contentCategory", { name: "b" }),
    ];
    const sequence = await make("sequence", { name: "x" });
    const { status, body } = await put(first.id, ["sequence", sequence.id]);
    expect([status, await faultsIn(body)]).toEqual([201, []]);
    expect(body.data.relationships).toMatchObject({
      content: { data: { type: "sequence", id: sequence.id } },
      contentCategory: { data: { type: "contentCategory", id: first.id } },
      creator: { data: { type: "user", id: 1 } },
    });
    const other = (await put(second.id, ["sequence", sequence.id])).body.data.id;
    const memberships = async () =>
      (await call("GET", `/sequences/${sequence.id}`)).body.data.relationships.contentCategoryMemberships.data;
    expect(await memberships()).toEqual([body.data.id, other].map((id) => ({ type: "contentCategoryMembership", id })));
    const included = await call("GET", `/sequences/${sequence.id}?include=contentCategoryMemberships.contentCategory`);
    expect([included.body.included.length, await faultsIn(included.body)]).toEqual([4, []]);
    await call("DELETE", `/contentCategories/${first.id}`);
    expect(await idsOf("/contentCategoryMemberships")).toEqual([other]);
    expect((await call("DELETE", `/contentCategoryMemberships/${other}`, undefined, OTHER_KEY)).status).toBe(404);
    expect((await call("DELETE", `/contentCategoryMemberships/${other}`)).status).toBe(204);
    expect(await memberships()).toEqual([]);
    await put(second.id, ["sequence", sequence.id]);
    await call("DELETE", `/sequences/${sequence.id}`);
    expect(await idsOf("/contentCategoryMemberships")).toEqual([]);
  });

  test("group templates that are there for who looks", async () => {
    const made = await templates.create(contextOf(), {
      name: "t",
      subject: null,
      body: "Hi",
      format: "text",
      shareType: "private",
      ownerId: 1,
    });
    const id = made.ok ? made.value.id : 0;
    const category = await make("contentCategory", { name: "a" });
    const { status, body } = await put(category.id, ["template", id]);
    expect([status, body.data?.relationships.content.data]).toEqual([201, { type: "template", id }]);
    expect((await put(category.id, ["template", 999])).body.errors[0].source.pointer).toBe(
      "/data/relationships/content",
    );
    const { key } = await makeUser();
    expect((await call("GET", "/contentCategoryMemberships", undefined, key)).body.data).toEqual([]);
    await templates.remove(contextOf(), id);
    expect(await idsOf("/contentCategoryMemberships")).toEqual([]);
  });

  test("refuse what is not there, what they do not group, and what they have", async () => {
    const { id } = await make("contentCategory", { name: "a" });
    const { id: none } = await make("contentCategory", { name: "b", allowSequences: false });
    const { id: sequence } = await make("sequence", { name: "x" });
    await put(id, ["sequence", sequence]);
    const refused = async (...asked: Parameters<typeof put>) => {
      const { status, body } = await put(...asked);
      return [status, body.errors[0].source.pointer, body.errors[0].detail];
    };
    const [content, category] = ["/data/relationships/content", "/data/relationships/contentCategory"];
    expect(await refused(null, ["sequence", sequence])).toEqual([422, category, "Content category can't be blank."]);
    expect(await refused(id, null)).toEqual([422, content, "Content can't be blank."]);
    expect(await refused(id, ["sequence", 9])).toEqual([422, content, "Could not find 'sequence' with ID '9'."]);
    expect(await refused(999, ["sequence", sequence])).toEqual([
      422,
      category,
      "Could not find 'contentCategory' with ID '999'.",
    ]);
    expect(await refused(id, ["user", 1])).toEqual([422, content, "Content must be of type 'sequence' or 'template'."]);
    expect(await refused(id, ["sequence", sequence])).toEqual([422, content, "Content is in the category already."]);
    expect(await refused(none, ["sequence", sequence])).toEqual([
      422,
      content,
      "Content is of a type that the category does not group.",
    ]);
    expect((await refused(id, ["sequence", sequence], OTHER_KEY)).slice(0, 1)).toEqual([422]);
    expect((await call("PATCH", "/contentCategoryMemberships/1")).status).toBe(405);
  });
});

describe("rulesets", () => {
  test("keep the stages that they name, and hide those that are gone", async () => {
    const [hot, cold] = [await make("stage", { name: "hot" }), await make("stage", { name: "cold" })];
    const linked: Linked = { bouncedStage: ["stage", hot.id], repliedStage: ["stage", cold.id] };
    const { id, relationships } = await make("ruleset", { name: "x" }, linked);
    const staged = ({ bouncedStage, repliedStage, owner }: Json) => [
      bouncedStage.data?.id,
      repliedStage.data?.id,
      owner.data?.id,
    ];
    expect(staged(relationships)).toEqual([hot.id, cold.id, 1]);
    await call("DELETE", `/stages/${cold.id}`);
    expect(staged((await call("GET", `/rulesets/${id}`)).body.data.relationships)).toEqual([hot.id, undefined, 1]);
    const after = await change(
      "ruleset",
      `/rulesets/${id}`,
      { smsOptOutAction: "x" },
      { bouncedStage: null, owner: null },
    );
    expect(staged(after.relationships)).toEqual([undefined, undefined, undefined]);
  });

  test.each<[permits: string, again: number]>([
    ["disallow", 422],
    ["only_if_inactive", 201],
    ["allow", 201],
  ])("that say %s answer who asks for a second time with %i", async (permitDuplicateProspects, again) => {
    const ruleset = await make("ruleset", { name: "x", permitDuplicateProspects });
    const sequence = await make("sequence", { name: "x" }, { ruleset: ["ruleset", ruleset.id] });
    const prospect = await make("prospect", { emails: ["a@x.example"] });
    const linked: Linked = { prospect: ["prospect", prospect.id], sequence: ["sequence", sequence.id] };
    const enter = () => call("POST", "/sequenceStates", doc("sequenceState", {}, linked));
    const { body } = await enter();
    expect((await enter()).status).toBe(422);
    await call("POST", `/sequenceStates/${body.data.id}/actions/finish`);
    await settle();
    expect((await enter()).status).toBe(again);
    const { status, body: refused } = await call("DELETE", `/rulesets/${ruleset.id}`);
    expect([status, refused.errors[0].detail]).toEqual([422, "A sequence follows this ruleset."]);
  });
});
