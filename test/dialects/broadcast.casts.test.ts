/** What is cast as Rails casts it: null for what may be left out, flags and numbers as texts, dates, tags, pages and paths. */
import { beforeEach, describe, expect, test } from "vitest";
import { addStep, call, makeSequence, stepsOf } from "../support/broadcast";
import { api, begin, type Json } from "../support/world";

beforeEach(begin);

const subscribe = (more: object) => call("POST", "/subscribers", { email: "a@example.com", ...more });

describe("null stands for what is not given", () => {
  const FLAGS = { active: true, track_opens: true, track_clicks: true, use_any_email_server: false };
  const SEQUENCE = { ...FLAGS, email_server_ids: [3], reenroll: "never" };

  test.each(Object.keys(SEQUENCE))("%s of a sequence", async (name) => {
    const plain = (await call("POST", "/sequences", { label: "A" })).body;
    const made = await call("POST", "/sequences", { label: "A", [name]: null });
    expect(made).toEqual({ status: 201, body: { ...plain, id: expect.any(Number) } });
    const id = await makeSequence(SEQUENCE);
    const before = (await call("GET", `/sequences/${id}`)).body;
    expect(await call("PATCH", `/sequences/${id}`, { [name]: null })).toEqual({ status: 200, body: before });
  });

  test.each([
    ["is_active", false],
    ["tags", ["t"]],
    ["custom_data", { plan: "pro" }],
  ])("%s of a subscriber", async (name, value) => {
    expect((await call("POST", "/subscribers", { email: "b@example.com", [name]: null })).status).toBe(201);
    const { body } = await subscribe({ [name]: value });
    expect(await subscribe({ [name]: null })).toEqual({ status: 201, body });
    expect(await call("PATCH", `/subscribers/${body.id}`, { [name]: null })).toEqual({ status: 200, body });
  });

  const request = { action: "make_http_request", url: "https://x.test", http_method: "PUT", headers: { a: "b" } };
  const field = { action: "condition", condition_setting: "contact_field", field: "email", op: "is", value: "x" };

  test.each([
    [{ action: "send_email", body: "x", delay: 5 }, ["delay"]],
    [{ action: "delay", delay: 5 }, ["delay"]],
    [{ action: "condition", condition_setting: "has_replied", wait_up_to: 5 }, ["condition_setting", "wait_up_to"]],
    [field, ["op", "value"]],
    [{ action: "add_tag_to_subscriber", taggify_list: "a" }, ["taggify_list"]],
    [request, ["http_method", "headers"]],
  ])("of the step %j: %j", async (step, names) => {
    const id = await makeSequence();
    const body = await addStep(id, step);
    for (const name of names) {
      const kept = await call("PATCH", `/sequences/${id}/steps/${body.id}`, { [name]: null });
      expect([name, kept]).toEqual([name, { status: 200, body }]);
    }
  });

  test.each([
    [{ action: "send_email", body: "x", delay: null }, { delay: 0 }],
    [{ action: "condition", condition_setting: "has_replied", wait_up_to: null }, { wait_up_to: 0 }],
    [
      { ...request, http_method: null, headers: null },
      { http_method: "POST", headers: {} },
    ],
    [{ action: "delay", delay: 5, parent_id: "", true_branch: null }, { delay: 5 }],
  ])("in the new step %j", async (step, shown) => {
    const id = await makeSequence();
    expect(await addStep(id, step)).toMatchObject(shown);
  });

  test("for what a step cannot be made without, it is blank", async () => {
    const id = await makeSequence();
    const other = await makeSequence();
    for (const [step, error] of [
      [{ action: null }, "Action can't be blank"],
      [{ action: "delay", delay: null }, "Delay can't be blank"],
      [{ action: "condition", condition_setting: null }, "Condition setting can't be blank"],
      [{ ...field, op: null }, "Op can't be blank"],
      [{ ...field, value: null }, "Value can't be blank"],
      [{ action: "add_tag_to_subscriber", taggify_list: null }, "Taggify list can't be blank"],
      [{ action: "move_to_sequence", sequence_id: null }, "Sequence can't be blank"],
    ]) {
      expect(await call("POST", `/sequences/${id}/steps`, step)).toEqual({ status: 422, body: { error } });
    }
    const move = await addStep(id, { action: "move_to_sequence", sequence_id: other });
    const under = await call("POST", `/sequences/${id}/steps/${move.id}/move`, { under_id: null });
    expect(under).toEqual({ status: 422, body: { error: "Under can't be blank" } });
    expect((await call("DELETE", `/sequences/${id}/steps/${move.id}`, { delete_branches: null })).status).toBe(200);
  });
});

describe("texts and numbers", () => {
  test.each([1, "1", true, "true"])("%j is a flag that is set", async (flag) => {
    expect((await call("POST", "/sequences", { label: "A", active: flag })).body.active).toBe(true);
  });

  test.each([0, "0", false, "false"])("%j is one that is not", async (flag) => {
    const use_any_email_server = flag;
    const { body } = await call("POST", "/sequences", { label: "A", use_any_email_server });
    expect(body.use_any_email_server).toBe(false);
  });

  test("an empty text where a number may be null is null", async () => {
    const rules = { conditions: [{ field: "firstName", op: "exists" }] };
    const { segment } = (await api("POST", "/v1/segments", { name: "S", rules })).body;
    const init_segment_id = Number(segment.id.slice("segment_".length));
    const id = await makeSequence({ init_segment_id });
    const shown = async (value: unknown) =>
      (await call("PATCH", `/sequences/${id}`, { init_segment_id: value })).body.init_segment_id;
    expect([await shown(""), await shown(`${init_segment_id}`), await shown(null)]).toEqual([
      null,
      init_segment_id,
      null,
    ]);
  });

  test("a date alone is its midnight in UTC; a time without a zone is none", async () => {
    const { status, body } = await subscribe({ subscribed_at: "2024-01-01" });
    expect([status, body.subscribed_at]).toEqual([201, "2024-01-01T00:00:00.000Z"]);
    for (const subscribed_at of ["2024-13-01", "2024-01-01T10:00:00", "2024", ""]) {
      expect(await subscribe({ subscribed_at })).toEqual({ status: 422, body: { error: "Subscribed at is invalid" } });
    }
    expect(await subscribe({ subscribed_at: 5 })).toEqual({
      status: 422,
      body: { error: "Subscribed at must be a string" },
    });
  });

  test("a header by a name that objects keep for themselves is refused by it", async () => {
    const id = await makeSequence();
    const body = `{"action":"make_http_request","url":"https://x.test","headers":{"a":"b","__proto__":"c"}}`;
    expect(await call("POST", `/sequences/${id}/steps`, body)).toEqual({
      status: 422,
      body: { error: 'Headers cannot hold "__proto__"' },
    });
    expect(await stepsOf(id)).toHaveLength(1);
  });
});

describe("a tag is the text without the spaces around it", () => {
  const contact = { platform: "EMAIL", email: "v@example.com" };

  test("of a subscriber, a step, a condition, or what enrolls, in this API and in the other", async () => {
    expect((await subscribe({ tags: [" vip ", "vip"] })).body.tags).toEqual(["vip"]);
    const made = await api("POST", "/v1/contacts", { ...contact, tags: [" vip ", "vip", "b"] });
    expect(made.body.contact.tags).toEqual(["vip", "b"]);
    const id = await makeSequence({ init_tag: " vip " });
    expect((await call("GET", `/sequences/${id}`)).body.init_tag).toBe("vip");
    const sequence = (await api("POST", "/v1/sequences", { name: "N", initTag: " vip " })).body.sequence;
    expect(sequence.initTag).toBe("vip");
    expect(await addStep(id, { action: "add_tag_to_subscriber", taggify_list: " vip ,\tx" })).toMatchObject({
      taggify_list: "vip,x",
    });
    const asking = await addStep(id, { action: "condition", condition_setting: "has_tag", tag: " vip\n" });
    expect(asking.tag).toBe("vip");
    const changed = await call("PATCH", `/sequences/${id}/steps/${asking.id}`, { tag: "\u00a0b " });
    expect(changed.body.tag).toBe("b");
  });

  test("it has a hundred characters at most, as people count them, on one line", async () => {
    const most = "🎈".repeat(100);
    const id = await makeSequence({ init_tag: most });
    const step = (tag: string) => ({ action: "condition", condition_setting: "has_tag", tag });
    const last = (await addStep(id, step(most))) as Json;
    expect((await subscribe({ tags: [` ${most} `] })).body.tags).toEqual([most]);
    expect((await api("POST", "/v1/contacts", { ...contact, tags: [` ${most} `] })).status).toBe(201);
    const path = `/sequences/${id}/steps/${last.id}`;
    for (const [tag, wrong] of [
      [`${most}x`, "must have 1 to 100 characters, on one line"],
      ["a\nb", "must have 1 to 100 characters, on one line"],
      [" ", "can't be blank"],
    ] as const) {
      expect(await call("PATCH", path, { tag })).toEqual({ status: 422, body: { error: `Tag ${wrong}` } });
    }
    const lines = await call("PATCH", `/sequences/${id}`, { init_tag: "a\nb" });
    expect(lines).toEqual({ status: 422, body: { error: "Init tag must be one line" } });
    for (const [initTag, message] of [
      ["a\nb", "initTag must be one line"],
      [" ", "initTag must not be empty"],
      [`${most}x`, "initTag must have at most 100 characters"],
    ]) {
      const { body } = await api("PATCH", `/v1/sequences/seq_${id}`, { initTag });
      expect(body).toEqual({ error: { code: "VALIDATION_ERROR", message, details: { field: "initTag" } } });
    }
  });
});

test("a slash at the end of a path changes nothing", async () => {
  const id = await makeSequence();
  for (const path of ["/sequences", `/sequences/${id}`, `/sequences/${id}/steps`, "/subscribers", "/whoami"]) {
    const answer = await call("GET", path);
    expect([answer.status, await call("GET", `${path}/`), await call("GET", `${path}.json/`)]).toEqual([
      200,
      answer,
      answer,
    ]);
  }
  expect((await call("POST", "/sequences/", { label: "A" })).status).toBe(201);
  expect(await call("GET", "/")).toEqual({ status: 404, body: { error: "Not found" } });
});
