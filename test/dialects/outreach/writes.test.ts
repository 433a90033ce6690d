/** Writes: what a body may say, what comes of it in all dialects, and where each error points. */
import { beforeEach, describe, expect, test } from "vitest";
import { faultsIn } from "../../support/described";
import { faults } from "../../support/faults";
import { call, doc, idsOf, make, typed } from "../../support/outreach";
import { api, begin, db, idOf, type Json, OTHER_KEY, settle, travel } from "../../support/world";

beforeEach(begin);

/** Status, and of each error where it points and what it says. */
async function refusal(...request: Parameters<typeof call>): Promise<Json[]> {
  const { status, body } = await call(...request);
  return [status, ...(body?.errors ?? []).map(({ source, detail }: Json) => [source?.pointer, detail])];
}

describe("sequences", () => {
  test("are made with the vendor's defaults, and are the same in the other dialects", async () => {
    const { status, body } = await call("POST", "/sequences", doc("sequence", { name: "Welcome" }));
    expect([status, await faultsIn(body)]).toEqual([201, []]);
    const { id, attributes, relationships } = body.data;
    expect(attributes).toMatchObject({
      name: "Welcome",
      description: null,
      enabled: false,
      locked: false,
      automationPercentage: null,
      sequenceStepCount: 0,
      durationInDays: 0,
      finishOnReply: true,
      maxActivations: 150,
      primaryReplyAction: "finish",
      primaryReplyPauseDuration: 172_800,
      secondaryReplyAction: "finish",
      secondaryReplyPauseDuration: 172_800,
      scheduleIntervalType: "calendar",
      sequenceType: "interval",
      shareType: "read_only",
      salesMotion: null,
      tags: [],
      throttleCapacity: null,
      throttleMaxAddsPerDay: 50,
      throttlePaused: false,
      throttlePausedAt: null,
      transactional: false,
    });
    for (const name of ["owner", "creator", "updater"])
      expect(relationships[name].data).toEqual({ type: "user", id: 1 });
    expect((await api("GET", `/v1/sequences/seq_${id}`)).body.sequence).toMatchObject({
      name: "Welcome",
      status: "DRAFT",
      reenroll: "never",
    });
    expect((await api("GET", `/api/v1/sequences/${id}`)).body).toMatchObject({ label: "Welcome", active: false });
  });

  test("take all that may be written, when they are made and later", async () => {
    const all = {
      name: "Outbound",
      description: "to the point",
      maxActivations: 10,
      primaryReplyAction: "pause",
      primaryReplyPauseDuration: 60,
      salesMotion: "follow-up",
      scheduleIntervalType: "schedule",
      secondaryReplyAction: "continue",
      secondaryReplyPauseDuration: 120,
      sequenceType: "date",
      shareType: "private",
      tags: ["Tier 1"],
      throttleCapacity: 5,
      throttleMaxAddsPerDay: null,
      throttlePaused: true,
      transactional: true,
    };
    const made = await make("sequence", all, { owner: ["user", 1], ruleset: null });
    expect(made.attributes).toMatchObject({
      ...all,
      finishOnReply: false,
      throttlePausedAt: "2040-01-02T09:00:00.000Z",
    });
    travel(1000);
    const other = {
      name: "Inbound",
      description: null,
      tags: [],
      throttlePaused: false,
      throttleCapacity: null,
      shareType: "shared",
    };
    const { status, body } = await call("PATCH", `/sequences/${made.id}`, doc("sequence", other, {}, made.id));
    expect([status, body.data.attributes]).toMatchObject([200, { ...all, ...other, throttlePausedAt: null }]);
    expect(body.data.attributes.updatedAt).toBe("2040-01-02T09:00:01.000Z");
    const digits = { data: { type: "sequence", id: String(made.id), attributes: { name: "Again" } } };
    expect((await call("PATCH", `/sequences/${made.id}?fields[sequence]=name`, digits)).body.data.attributes).toEqual({
      name: "Again",
    });
  });

  test.each<[body: Json, action: string]>([
    [{ finishOnReply: false }, "continue"],
    [{ finishOnReply: true }, "finish"],
    [{ finishOnReply: true, primaryReplyAction: "pause" }, "pause"],
    [{ primaryReplyAction: "continue" }, "continue"],
  ])("%o makes the action on a reply %s", async (attributes, action) => {
    expect((await make("sequence", { name: "x", ...attributes })).attributes.primaryReplyAction).toBe(action);
    const { id } = await make("sequence", { name: "y" });
    const { body } = await call("PATCH", `/sequences/${id}`, doc("sequence", attributes, {}, id));
    expect(body.data.attributes.primaryReplyAction).toBe(action);
  });

  test("are switched, locked and unlocked by actions", async () => {
    const { id } = await make("sequence", { name: "x" });
    const state = async (action: string) => {
      const { status, body } = await call("POST", `/sequences/${id}/actions/${action}`);
      const { enabled, enabledAt, locked, lockedAt } = body.data.attributes;
      return [status, enabled, enabledAt !== null, locked, lockedAt !== null];
    };
    expect(await state("deactivate")).toEqual([200, false, false, false, false]);
    expect(await state("activate")).toEqual([200, true, true, false, false]);
    expect(await state("activate")).toEqual([200, true, true, false, false]);
    expect(await state("lock")).toEqual([200, true, true, true, true]);
    expect(await state("unlock")).toEqual([200, true, true, false, false]);
    expect(await state("deactivate")).toEqual([200, false, false, false, false]);
    expect((await api("GET", `/v1/sequences/seq_${id}`)).body.sequence.status).toBe("PAUSED");
  });

  test("that are given away are shown once more, and then to their owner alone", async () => {
    await db().exec("INSERT INTO users (id, workspace_id, name, created_at) VALUES (11, 1, 'Ada', 1)");
    const { id } = await make("sequence", { name: "x", shareType: "private" });
    const given = await call("PATCH", `/sequences/${id}`, doc("sequence", {}, { owner: ["user", 11] }, id));
    expect([given.status, given.body.data.relationships.owner.data.id]).toEqual([200, 11]);
    expect((await call("GET", `/sequences/${id}`)).status).toBe(404);
  });

  test("are archived when they are deleted, and are no longer there", async () => {
    const { id } = await make("sequence", { name: "x" });
    expect(await call("DELETE", `/sequences/${id}`, undefined, OTHER_KEY)).toMatchObject({ status: 404 });
    expect(await call("DELETE", `/sequences/${id}`)).toEqual({ status: 204, body: null });
    for (const [method, path] of [
      ["GET", ""],
      ["DELETE", ""],
      ["PATCH", ""],
      ["POST", "/actions/activate"],
    ] as const) {
      const [status, [, detail]] = await refusal(
        method,
        `/sequences/${id}${path}`,
        method === "PATCH" ? doc("sequence", {}, {}, id) : undefined,
      );
      expect([status, detail]).toEqual([404, `Could not find 'sequence' with ID '${id}'.`]);
    }
    expect(await idsOf("/sequences")).toEqual([]);
    expect((await api("GET", `/v1/sequences/seq_${id}`)).body.sequence.status).toBe("ARCHIVED");
  });
});

describe("a body that is refused", () => {
  const named = (attributes: Json) => doc("sequence", { name: "x", ...attributes });

  test.each<[body: unknown, errors: Json[]]>([
    [undefined, [["/data", "The body must be an object with a resource object as its data."]]],
    ["{", [["/data", "The body is not valid JSON."]]],
    [[], [["/data", "The body must be an object with a resource object as its data."]]],
    [{ data: [] }, [["/data", "The body must be an object with a resource object as its data."]]],
    [{ data: { type: "sequences", attributes: { name: "x" } } }, [["/data", "Type must be 'sequence'."]]],
    [{ data: { type: "sequence", id: 5, attributes: { name: "x" } } }, [["/data", "Id must not be given."]]],
    [{ data: { type: "sequence", attribute: {} } }, [["/data", "'attribute' is no member of a resource object."]]],
    [{ data: { type: "sequence", attributes: [] } }, [["/data/attributes", "Attributes must be an object."]]],
    [doc("sequence"), [["/data/attributes/name", "Name can't be blank."]]],
    [named({ name: "  " }), [["/data/attributes/name", "Name can't be blank."]]],
    [named({ name: "n".repeat(256) }), [["/data/attributes/name", "Name is too long (maximum is 255 characters)."]]],
    [named({ name: 5 }), [["/data/attributes/name", "Name must be a text."]]],
    [named({ nothing: 1 }), [["/data/attributes/nothing", "Nothing is no attribute of 'sequence'."]]],
    [named({ constructor: 1 }), [["/data/attributes/constructor", "Constructor is no attribute of 'sequence'."]]],
    [named({ "a/b~c": 1 }), [["/data/attributes/a~1b~0c", "A/b~c is no attribute of 'sequence'."]]],
    [named({ enabled: true }), [["/data/attributes/enabled", "Enabled is read-only."]]],
    [
      named({ tags: "a", transactional: 1, throttleCapacity: 1.5 }),
      [
        ["/data/attributes/tags", "Tags must be a list of texts."],
        ["/data/attributes/transactional", "Transactional must be true or false."],
        ["/data/attributes/throttleCapacity", "Throttle capacity must be an integer."],
      ],
    ],
    [
      named({ throttleCapacity: -1 }),
      [["/data/attributes/throttleCapacity", "Throttle capacity must be greater than or equal to 1."]],
    ],
    [
      named({ throttleMaxAddsPerDay: 0 }),
      [["/data/attributes/throttleMaxAddsPerDay", "Throttle max adds per day must be greater than or equal to 1."]],
    ],
    [
      named({ maxActivations: -1 }),
      [["/data/attributes/maxActivations", "Max activations must be greater than or equal to 0."]],
    ],
    [
      named({ throttleMaxAddsPerDay: 1_000_001 }),
      [["/data/attributes/throttleMaxAddsPerDay", "Throttle max adds per day must be less than or equal to 1000000."]],
    ],
    [
      named({ primaryReplyPauseDuration: 31_622_401 }),
      [
        [
          "/data/attributes/primaryReplyPauseDuration",
          "Primary reply pause duration must be less than or equal to 31622400.",
        ],
      ],
    ],
    [
      named({ tags: Array.from({ length: 101 }, () => "a") }),
      [["/data/attributes/tags", "Tags must have at most 100 entries."]],
    ],
    [named({ tags: ["a", ""] }), [["/data/attributes/tags", "Tags must have 1 to 100 characters each, on one line."]]],
    [
      named({ shareType: "open" }),
      [["/data/attributes/shareType", 'Share type must be one of "private", "read_only", "shared".']],
    ],
    [named({ shareType: null }), [["/data/attributes/shareType", "Share type can't be blank."]]],
    [
      doc("sequence", { name: "x" }, { owner: ["user", 999] }),
      [["/data/relationships/owner", "Could not find 'user' with ID '999'."]],
    ],
    [
      doc("sequence", { name: "x" }, { owner: ["user", 2] }),
      [["/data/relationships/owner", "Could not find 'user' with ID '2'."]],
    ],
    [
      doc("sequence", { name: "x" }, { owner: ["ruleset", 1] }),
      [["/data/relationships/owner", "Owner must be of type 'user'."]],
    ],
    [doc("sequence", { name: "x" }, { owner: null }), [["/data/relationships/owner", "Owner can't be blank."]]],
    [
      doc("sequence", { name: "x" }, { creator: ["user", 1] }),
      [["/data/relationships/creator", "Creator is read-only."]],
    ],
    [
      doc("sequence", { name: "x" }, { nobody: null }),
      [["/data/relationships/nobody", "Nobody is no relationship of 'sequence'."]],
    ],
  ])("%j", async (body, errors) => {
    expect(await refusal("POST", "/sequences", body)).toEqual([422, ...errors]);
    expect(await idsOf("/sequences")).toEqual([]);
  });

  test("but not for an id that is null, or a throttle without limits", async () => {
    const { data } = doc("sequence", { name: "x", throttleCapacity: null, throttleMaxAddsPerDay: null }) as Json;
    expect((await call("POST", "/sequences", { data: { ...data, id: null } })).status).toBe(201);
  });

  test("of a change: its type and id are those of the path", async () => {
    const { id } = await make("sequence", { name: "x" });
    const path = `/sequences/${id}`;
    expect(await refusal("PATCH", path, doc("sequence", {}))).toEqual([
      422,
      ["/data", `Id must be ${id}, as in the path.`],
    ]);
    expect(await refusal("PATCH", path, doc("sequence", {}, {}, id + 1))).toEqual([
      422,
      ["/data", `Id must be ${id}, as in the path.`],
    ]);
    expect(await refusal("PATCH", path, doc("sequence", { name: null }, {}, id))).toEqual([
      422,
      ["/data/attributes/name", "Name can't be blank."],
    ]);
  });

  test("for its content type, if there is a body at all", async () => {
    const body = JSON.stringify(doc("sequence", { name: "x" }));
    const statusOf = async (...request: Parameters<typeof typed>) => (await typed(...request)).status;
    expect(await statusOf("POST", "/sequences", "text/plain", body)).toBe(415);
    expect(await statusOf("POST", "/sequences", null, body)).toBe(415);
    expect(await statusOf("POST", "/sequences", "application/vnd.api+json; charset=utf-8", body)).toBe(201);
    const made = await typed("POST", "/sequences", "application/json", body);
    expect([made.status, made.headers.get("content-type")]).toEqual([201, "application/vnd.api+json"]);
    expect(await statusOf("POST", "/sequences", "text/plain")).toBe(422);
    const { data }: Json = await made.json();
    expect(await statusOf("POST", `/sequences/${data.id}/actions/activate`, "text/plain")).toBe(200);
  });
});

describe("sequence states", () => {
  interface Here {
    sequence: number;
    prospect: number;
    mailbox: number;
  }

  async function world(): Promise<Here> {
    const sequence = await make("sequence", { name: "Drip", shareType: "shared" });
    const mailbox = await make("mailbox", { email: "me@example.com" });
    await api("POST", `/v1/sequences/seq_${sequence.id}/steps`, { messageTemplate: "Hi", delayHours: 24 });
    await call("POST", `/sequences/${sequence.id}/actions/activate`);
    const { body } = await api("POST", "/v1/contacts", { platform: "EMAIL", username: "a@example.com" });
    return { sequence: sequence.id, prospect: idOf(body.contact.id), mailbox: mailbox.id };
  }

  const enrolling = ({ sequence, prospect, mailbox }: Here) =>
    doc(
      "sequenceState",
      {},
      { sequence: ["sequence", sequence], prospect: ["prospect", prospect], mailbox: ["mailbox", mailbox] },
    );

  test("enroll a prospect from relationships alone, once", async () => {
    const here = await world();
    const { status, body } = await call("POST", "/sequenceStates", enrolling(here));
    expect([status, await faultsIn(body), body.data.attributes.state]).toEqual([201, [], "active"]);
    const { prospect, mailbox, creator } = body.data.relationships;
    expect([prospect.data.id, mailbox.data.id, creator.data.id]).toEqual([here.prospect, here.mailbox, 1]);
    await settle();
    expect((await call("GET", `/sequenceStates/${body.data.id}`)).body.data.relationships).toEqual(
      body.data.relationships,
    );
    const again = await call("POST", "/sequenceStates", enrolling(here));
    expect([again.status, again.body.errors[0].code]).toEqual([422, "has already been in this sequence"]);
    await call("POST", `/sequenceStates/${body.data.id}/actions/finish`);
    const anew = await call("POST", "/sequenceStates", enrolling(here));
    expect([anew.status, anew.body.errors[0].code]).toEqual([422, "has already been in this sequence"]);
  });

  test("are paused, resumed and finished, where that can be", async () => {
    const { body } = await call("POST", "/sequenceStates", enrolling(await world()));
    const act = async (action: string) => {
      const { status, body: after } = await call("POST", `/sequenceStates/${body.data.id}/actions/${action}`);
      return status === 200 ? [status, after.data.attributes.state] : [status, after.errors[0].detail];
    };
    expect(await act("resume")).toEqual([422, "Sequence state is not paused."]);
    expect(await act("pause")).toEqual([200, "paused"]);
    expect(await act("pause")).toEqual([422, "Sequence state is already paused."]);
    expect(await act("resume")).toEqual([200, "active"]);
    expect(await act("finish")).toEqual([200, "finished"]);
    for (const action of ["finish", "pause", "resume"]) {
      expect(await act(action)).toEqual([422, "Sequence state is already finished."]);
    }
  });

  test("end when they are deleted, and are no longer there", async () => {
    const here = await world();
    const { body } = await call("POST", "/sequenceStates", enrolling(here));
    expect(await call("DELETE", `/sequenceStates/${body.data.id}`)).toEqual({ status: 204, body: null });
    expect((await call("GET", `/sequenceStates/${body.data.id}`)).status).toBe(404);
    expect((await call("DELETE", `/sequenceStates/${body.data.id}`)).status).toBe(404);
    expect(await idsOf(`/sequences?filter[sequenceStates][id]=${body.data.id}`)).toEqual([]);
    const v1 = await api("GET", `/v1/sequences/seq_${here.sequence}/enrollments/enroll_${body.data.id}`);
    expect(v1.body.enrollment).toMatchObject({ status: "EXITED", exitReason: "MANUAL" });
  });

  test("are refused with a pointer", async () => {
    const here = await world();
    const refused = (body: Json) => refusal("POST", "/sequenceStates", body);
    const [prospect, sequence] = ["/data/relationships/prospect", "/data/relationships/sequence"];
    expect(await refused(doc("sequenceState", {}))).toEqual([422, [prospect, "Prospect can't be blank."]]);
    expect(await refused(enrolling({ ...here, prospect: 9 }))).toEqual([
      422,
      [prospect, "Could not find 'prospect' with ID '9'."],
    ]);
    expect(await refused(enrolling({ ...here, sequence: 9 }))).toEqual([
      422,
      [sequence, "Could not find 'sequence' with ID '9'."],
    ]);
    expect(await refused(enrolling({ ...here, mailbox: 9 }))).toEqual([
      422,
      ["/data/relationships/mailbox", "Could not find 'mailbox' with ID '9'."],
    ]);
    expect(await refused(doc("sequenceState", { state: "active" }))).toEqual([
      422,
      ["/data/attributes/state", "State is read-only."],
    ]);
    const { body } = await api("POST", "/v1/contacts", { platform: "TWITTER", username: "mute" });
    const mute = { ...here, prospect: idOf(body.contact.id) };
    expect(await refused(enrolling(mute))).toEqual([422, [prospect, "Prospect has no email address."]]);
    await call("POST", `/sequences/${here.sequence}/actions/lock`);
    expect(await refused(enrolling(here))).toEqual([422, ["/data", "Sequence is locked."]]);
    await call("DELETE", `/sequences/${here.sequence}`);
    expect((await refused(enrolling(here)))[0]).toBe(422);
  });
});

test("whoever was admitted is enrolled, though his object is out of reach for now", async () => {
  const { id: sequence } = await make("sequence", { name: "Cadence" });
  const { id: prospect } = await make("prospect", { emails: ["ann@example.com"] });
  faults.objectsDown = true;
  const links = { sequence: ["sequence", sequence], prospect: ["prospect", prospect] } as const;
  const entered = await call("POST", "/sequenceStates", doc("sequenceState", {}, links as never));
  faults.objectsDown = false;
  expect([entered.status, entered.body.data?.type]).toEqual([201, "sequenceState"]);
});

test("values that are nested deeper than a database reads are refused", async () => {
  for (const depth of [1500, 100_000]) {
    const duties = `${'{"a":'.repeat(depth)}1${"}".repeat(depth)}`;
    const body = `{"data":{"type":"user","attributes":{"email":"ann@example.com","duties":${duties}}}}`;
    const refused = await typed("POST", "/users", "application/vnd.api+json", body);
    expect([refused.status, (await refused.json<Json>()).errors[0].detail]).toEqual([
      422,
      "Duties is nested too deep.",
    ]);
  }
});
