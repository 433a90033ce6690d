/** Requests that are wrong: each is refused by the name of its fault, and nothing is half done. */
import { beforeEach, describe, expect, test, vi } from "vitest";
import { addStep, addSubscriber, call, early, makeSequence, NOTHING, plain, rows } from "../support/broadcast";
import { faults } from "../support/faults";
import { api, begin, type Json } from "../support/world";

let ids: Record<string, string> = {};

beforeEach(async () => {
  await begin();
  const seq = await makeSequence();
  const other = await makeSequence();
  const { id: step } = await addStep(seq, { action: "send_email", body: "x" });
  await addSubscriber(seq, "a@example.com");
  await call("POST", "/subscribers", { email: "b@example.com" });
  const sub = (await call("GET", "/subscribers/find?email=a@example.com")).body.id;
  ids = { seq: `${seq}`, other: `${other}`, step: `${step}`, sub: `${sub}` };
});

const fill = (path: string) => path.replace(/\{(\w+)\}/g, (_, name) => ids[name] ?? "");

const WRITES: [method: string, path: string][] = [
  ["POST", "/sequences"],
  ["PATCH", "/sequences/{seq}"],
  ["POST", "/sequences/{seq}/duplicate"],
  ["POST", "/sequences/{seq}/steps"],
  ["PATCH", "/sequences/{seq}/steps/{step}"],
  ["DELETE", "/sequences/{seq}/steps/{step}"],
  ["POST", "/sequences/{seq}/steps/{step}/move"],
  ["POST", "/sequences/{seq}/add_subscriber"],
  ["DELETE", "/sequences/{seq}/remove_subscriber"],
  ["POST", "/subscribers"],
  ["PATCH", "/subscribers"],
  ["PATCH", "/subscribers/{sub}"],
  ["POST", "/subscribers/add_tag"],
  ["DELETE", "/subscribers/remove_tag"],
  ["POST", "/subscribers/activate"],
  ["POST", "/subscribers/deactivate"],
  ["POST", "/subscribers/unsubscribe"],
  ["POST", "/subscribers/resubscribe"],
];

describe("bodies that are none", () => {
  test.each(WRITES)("%s %s", async (method, path) => {
    const before = await rows();
    for (const [body, error] of [
      ["{broken", "The body is not valid JSON"],
      ["[]", "The body must be a JSON object"],
      ['"text"', "The body must be a JSON object"],
      ["null", "The body must be a JSON object"],
      ["17", "The body must be a JSON object"],
      [`{"label":"${"x".repeat(1024 * 1024)}"}`, "The body is larger than 1 MiB"],
    ]) {
      expect(await call(method, fill(path), body)).toEqual({ status: 400, body: { error } });
    }
    expect(await rows()).toEqual(before);
  });
});

const LONG = "x".repeat(256);
const SEQUENCES: [body: Json, error: string][] = [
  [{}, "Label can't be blank"],
  [{ label: "" }, "Label can't be blank"],
  [{ label: " \n" }, "Label can't be blank"],
  [{ label: null }, "Label can't be blank"],
  [{ label: 5 }, "Label must be a string"],
  [{ label: LONG }, "Label is too long (maximum is 255 characters)"],
  [{ label: "A", active: "yes" }, "Active must be true or false"],
  [{ label: "A", active: 2 }, "Active must be true or false"],
  [{ label: "A", track_opens: "" }, "Track opens must be true or false"],
  [{ label: "A", use_any_email_server: [] }, "Use any email server must be true or false"],
  [{ label: "A", email_server_ids: 1 }, "Email server ids must be a list"],
  [{ label: "A", email_server_ids: ["x"] }, "Email server ids must be an integer"],
  [{ label: "A", email_server_ids: Array(101).fill(1) }, "Email server ids is too long (maximum is 100 entries)"],
  [{ label: "A", init_tag: 5 }, "Init tag must be a string"],
  [{ label: "A", init_tag: LONG }, "Init tag is too long (maximum is 100 characters)"],
  [{ label: "A", init_segment_id: "x" }, "Init segment must be an integer"],
  [{ label: "A", init_segment_id: 9_999 }, "Init segment is no segment"],
  [{ label: "A", reenroll: "always" }, "Reenroll is not included in the list"],
];

describe("a sequence", () => {
  test.each(SEQUENCES)("%j: %s", async (body, error) => {
    const before = await rows();
    expect(await call("POST", "/sequences", body)).toEqual({ status: 422, body: { error } });
    if (Object.keys(body).length > 0) {
      const changed = await call("PATCH", fill("/sequences/{seq}"), body);
      expect(changed).toEqual({ status: 422, body: { error } });
    }
    expect(await rows()).toEqual(before);
  });

  test("255 characters are not too many, however many bytes they are", async () => {
    expect((await call("POST", "/sequences", { label: "🎈".repeat(255) })).status).toBe(201);
    expect((await call("POST", "/sequences", { label: "🎈".repeat(256) })).status).toBe(422);
  });
});

const SUBSCRIBERS: [method: string, path: string, body: Json, status: number, error: string][] = [
  ["POST", "", {}, 422, "Email can't be blank"],
  ["POST", "", { subscriber: {} }, 422, "Email can't be blank"],
  ["POST", "", { email: " " }, 422, "Email can't be blank"],
  ["POST", "", { email: 5 }, 422, "Email must be a string"],
  ["POST", "", { email: "nonsense" }, 422, "Email is invalid"],
  ["POST", "", { email: "a b@example.com" }, 422, "Email is invalid"],
  ["POST", "", { email: "n@x.org", first_name: 5 }, 422, "First name must be a string"],
  ["POST", "", { email: "n@x.org", last_name: LONG }, 422, "Last name is too long (maximum is 255 characters)"],
  ["POST", "", { email: "n@x.org", is_active: "maybe" }, 422, "Is active must be true or false"],
  ["POST", "", { email: "n@x.org", subscribed_at: "yesterday" }, 422, "Subscribed at is invalid"],
  ["POST", "", { email: "n@x.org", tags: 5 }, 422, "Tags must be a list"],
  ["POST", "", { email: "n@x.org", tags: [5] }, 422, "Tags must be a string"],
  ["POST", "", { email: "n@x.org", tags: [LONG] }, 422, "Tags must have at most 100 characters each"],
  ["POST", "", { email: "n@x.org", custom_data: [] }, 422, "Custom data must be an object"],
  ["POST", "", { email: "n@x.org", custom_data: { "a.b": 1 } }, 422, "Custom data is invalid"],
  ["POST", "", { subscriber: "x" }, 400, "param is missing or the value is empty or invalid: subscriber"],
  ["PATCH", "", { first_name: "N" }, 422, "Email can't be blank"],
  [
    "PATCH",
    "",
    { email: "b@example.com", subscriber: { email: "a@example.com" } },
    422,
    "Email has already been taken",
  ],
  ["PATCH", "", { email: "nobody@x.org" }, 404, "Subscriber not found"],
  ["PATCH", "/{sub}", { email: "b@example.com" }, 422, "Email has already been taken"],
  ["PATCH", "/{sub}", { email: "" }, 422, "Email can't be blank"],
  ["PATCH", "/{sub}", { email: null }, 422, "Email can't be blank"],
  ["GET", "/find", undefined, 422, "Email can't be blank"],
  ["GET", "/find?email=", undefined, 422, "Email can't be blank"],
  ["GET", "/find?email=nobody@x.org", undefined, 404, "Subscriber not found"],
  ["POST", "/add_tag", { email: "a@example.com" }, 422, "Tags can't be blank"],
  ["POST", "/add_tag", { email: "a@example.com", tags: [] }, 422, "Tags can't be blank"],
  ["POST", "/add_tag", { tags: ["t"] }, 422, "Email can't be blank"],
  ["POST", "/add_tag", { email: "nobody@x.org", tags: ["t"] }, 404, "Subscriber not found"],
  [
    "POST",
    "/add_tag",
    { email: "a@example.com", tags: [..."abcdefghij"].flatMap((a) => [..."abcdefghijk"].map((b) => a + b)) },
    422,
    "Tags is too long (maximum is 100 entries)",
  ],
  ["DELETE", "/remove_tag", { email: "nobody@x.org", tags: ["t"] }, 404, "Subscriber not found"],
  ...["activate", "deactivate", "unsubscribe", "resubscribe"].flatMap((verb): typeof SUBSCRIBERS => [
    ["POST", `/${verb}`, undefined, 422, "Email can't be blank"],
    ["POST", `/${verb}`, { email: "x" }, 422, "Email is invalid"],
    ["POST", `/${verb}`, { email: "nobody@x.org" }, 404, "Subscriber not found"],
  ]),
];

describe("a subscriber", () => {
  test.each(SUBSCRIBERS)("%s /subscribers%s %j: %i %s", async (method, path, body, status, error) => {
    const before = await rows();
    expect(await call(method, fill(`/subscribers${path}`), body)).toEqual({ status, body: { error } });
    expect(await rows()).toEqual(before);
  });
});

describe("adding and removing", () => {
  const missing = { error: "param is missing or the value is empty or invalid: subscriber" };

  test.each(["add", "remove"])("%s: nobody named is 400, and whoever cannot be is 422 and empty", async (verb) => {
    const path = fill(`/sequences/{other}/${verb}_subscriber`);
    const method = verb === "add" ? "POST" : "DELETE";
    const before = await rows();
    for (const body of [undefined, {}, { subscriber: {} }, { subscriber: "x" }, { subscriber: [] }, { foo: 1 }]) {
      expect(await call(method, path, body)).toEqual({ status: 400, body: missing });
    }
    for (const email of ["", " ", "nonsense", "a b@x.org", 5, null, ["a@example.com"], LONG]) {
      expect(await plain(method, path, { subscriber: { email } })).toEqual(NOTHING(422));
      expect(await plain(method, path, { email })).toEqual(NOTHING(422));
    }
    expect(await plain(method, path, { subscriber: { first_name: "N" } })).toEqual(NOTHING(422));
    expect(await rows()).toEqual(before);
  });

  test("a sequence that lets somebody in by its rules makes nobody who does not meet them", async () => {
    const enrollmentRules = { match: "all", conditions: [{ field: "tags", op: "contains", value: "vip" }] };
    await api("PATCH", fill("/v1/sequences/seq_{other}"), { enrollmentRules });
    const before = await rows();
    const path = fill("/sequences/{other}/add_subscriber");
    expect(await plain("POST", path, { email: "new@example.com" })).toEqual(NOTHING(422));
    expect(await rows()).toEqual(before);
  });
});

describe("ids and paths", () => {
  test.each(["abc", "seq_5", "5x", "-5", "1.5", "0", "1e3", "9".repeat(30), "%20"])(
    "the id %j finds nothing",
    async (id) => {
      for (const [path, error] of [
        [`/sequences/${id}`, "Sequence not found"],
        [`/sequences/${id}/steps`, "Sequence not found"],
        [`/sequences/${ids.seq}/steps/${id}`, "Step not found"],
        [`/subscribers/${id}`, "Subscriber not found"],
      ] as const) {
        expect(await call("GET", path)).toEqual({ status: 404, body: { error } });
        const changed = await call("PATCH", path.replace(/\/steps$/, ""), "{broken");
        expect(changed).toEqual({ status: 404, body: { error } });
      }
    },
  );

  test("a step under another sequence is not there", async () => {
    const answer = await call("GET", fill("/sequences/{other}/steps/{step}"));
    expect(answer).toEqual({ status: 404, body: { error: "Step not found" } });
  });

  test.each([
    ["GET", "/nothing"],
    ["GET", ""],
    ["PUT", "/sequences"],
    ["GET", "/sequences/5/add_subscriber"],
    ["DELETE", "/subscribers/5"],
    ["GET", "/sequences.jsonx"],
  ])("%s %s is no route", async (method, path) => {
    expect(await call(method, path)).toEqual({ status: 404, body: { error: "Not found" } });
  });
});

describe("when the database is out of reach", () => {
  test("503 in this API's own words, behind the door and at it", async () => {
    vi.spyOn(console, "error").mockImplementation(() => {});
    const body = { error: expect.stringMatching(/^Try again/) };
    faults.failSql = /FROM "?sequences/i;
    expect(await call("GET", "/sequences")).toEqual({ status: 503, body });
    expect(await plain("POST", fill("/sequences/{seq}/add_subscriber"), { email: "n@x.org" })).toMatchObject({
      status: 503,
    });
    faults.failSql = /./;
    expect(await call("GET", "/whoami", undefined, "vb_live_unheard_of")).toEqual({ status: 503, body });
    expect(await early("/api/v1/sequences.json")).toEqual({ status: 503, body });
  });
});
