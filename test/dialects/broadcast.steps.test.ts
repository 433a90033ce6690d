/** Every kind of step: made, read back, changed, and what each needs. */
import { beforeEach, describe, expect, test } from "vitest";
import { addStep, call, makeSequence, stepsOf } from "../support/broadcast";
import { begin, type Json } from "../support/world";

let id = 0;
let other = 0;
let entry = 0;

beforeEach(async () => {
  await begin();
  id = await makeSequence();
  other = await makeSequence({ label: "Other" });
  [{ id: entry }] = (await stepsOf(id)) as [Json];
});

const email = { subject: "Hi {{ first_name }}", body: "<p>Hello</p>", preheader: "In short", delay: 0 };

/** The action, what is sent, what is shown of it, and the label it gets by itself. */
const KINDS: [action: string, sent: Json, shown: Json, label: string][] = [
  ["send_email", email, email, "Hi {{ first_name }}"],
  ["send_email", { body: "<p>x</p>" }, { subject: null, body: "<p>x</p>", preheader: null, delay: 0 }, "Email"],
  ["delay", { delay: 172_800 }, { delay: 172_800 }, "Wait 2 days"],
  ["delay", { delay: "5400" }, { delay: 5400 }, "Wait 90 minutes"],
  ["delay_until_time", { time: "08:00" }, { time: "08:00", time_zone: null, delay: 0 }, "Wait until 08:00"],
  [
    "delay_until_time",
    { time: "17:30", time_zone: "Europe/Berlin", delay: 60 },
    { time: "17:30", time_zone: "Europe/Berlin", delay: 60 },
    "Wait until 17:30",
  ],
  [
    "condition",
    { condition_setting: "any_email_opened", delay: 3600 },
    { condition_setting: "any_email_opened", wait_up_to: 0, delay: 3600 },
    "Any email opened?",
  ],
  [
    "condition",
    { condition_setting: "previous_email_clicked", wait_up_to: "60" },
    { condition_setting: "previous_email_clicked", wait_up_to: 60, delay: 0 },
    "Previous email clicked?",
  ],
  [
    "condition",
    { condition_setting: "has_replied" },
    { condition_setting: "has_replied", wait_up_to: 0, delay: 0 },
    "Has replied?",
  ],
  [
    "condition",
    { condition_setting: "has_tag", tag: "vip" },
    { condition_setting: "has_tag", tag: "vip", wait_up_to: 0, delay: 0 },
    "Has tag vip?",
  ],
  [
    "condition",
    { condition_setting: "contact_field", field: "customFields.score", op: "gte", value: 10 },
    { condition_setting: "contact_field", field: "customFields.score", op: "gte", value: 10, wait_up_to: 0, delay: 0 },
    "customFields.score gte 10?",
  ],
  [
    "condition",
    { condition_setting: "contact_field", field: "lastName", op: "exists" },
    { condition_setting: "contact_field", field: "lastName", op: "exists", value: null, wait_up_to: 0, delay: 0 },
    "lastName exists?",
  ],
  ["add_tag_to_subscriber", { taggify_list: "a, b,a" }, { taggify_list: "a,b", delay: 0 }, "Add tag a, b"],
  ["remove_tag_from_subscriber", { taggify_list: ["a"], delay: 9 }, { taggify_list: "a", delay: 9 }, "Remove tag a"],
  ["deactivate_subscriber", {}, { delay: 0 }, "Deactivate subscriber"],
  [
    "make_http_request",
    { url: "https://example.com/hook" },
    { url: "https://example.com/hook", http_method: "POST", headers: {}, body: null, delay: 0 },
    "POST request",
  ],
  [
    "make_http_request",
    { url: "https://example.com", http_method: "put", headers: { "X-A": "{{ email }}" }, body: "{}", delay: 5 },
    { url: "https://example.com", http_method: "PUT", headers: { "X-A": "{{ email }}" }, body: "{}", delay: 5 },
    "PUT request",
  ],
];

describe("a step is made at the end, answered whole, and read back alike", () => {
  test.each(KINDS)("%s %j", async (action, sent, shown, label) => {
    const answer = await call("POST", `/sequences/${id}/steps`, { action, ...sent });
    const step = { id: expect.any(Number), action, label, parent_id: entry, true_branch: null, ...shown };
    expect(answer).toEqual({ status: 201, body: step });
    const made = answer.body;
    expect(await call("GET", `/sequences/${id}/steps/${made.id}`)).toEqual({ status: 200, body: made });
    expect((await stepsOf(id)).find((one) => one.id === made.id)).toEqual(made);
    const named = { ...made, label: "By hand" };
    expect(await call("PATCH", `/sequences/${id}/steps/${made.id}`, { label: "By hand" })).toEqual({
      status: 200,
      body: named,
    });
    for (const none of ["", null]) {
      await call("PATCH", `/sequences/${id}/steps/${made.id}`, { label: "By hand" });
      const back = await call("PATCH", `/sequences/${id}/steps/${made.id}`, { label: none });
      expect(back).toEqual({ status: 200, body: made });
    }
    const same = await call("PATCH", `/sequences/${id}/steps/${made.id}`, { action, ...sent, parent_id: entry });
    expect(same).toEqual({ status: 200, body: made });
  });

  test("move_to_sequence", async () => {
    const move = await addStep(id, { action: "move_to_sequence", sequence_id: String(other), label: "Onward" });
    const shown = { action: "move_to_sequence", label: "Onward", parent_id: entry, true_branch: null };
    expect(move).toEqual({ id: move.id, ...shown, sequence_id: other, delay: 0 });
    expect((await call("PATCH", `/sequences/${id}/steps/${move.id}`, { label: null })).body.label).toBe(
      "Move to another sequence",
    );
    for (const [sequence_id, error] of [
      [id, "Sequence must be another sequence than its own"],
      [99_999_999, "Sequence is no sequence that one could move to"],
    ]) {
      const answer = await call("PATCH", `/sequences/${id}/steps/${move.id}`, { sequence_id });
      expect(answer).toEqual({ status: 422, body: { error } });
    }
  });
});

describe("a change keeps what it does not name", () => {
  const change = async (step: Json, sent: Json) => {
    const { status, body } = await call("PATCH", `/sequences/${id}/steps/${step.id}`, sent);
    expect([status, body]).toEqual([200, (await stepsOf(id)).find((one) => one.id === step.id)]);
    return body;
  };

  test("an email", async () => {
    const step = await addStep(id, { action: "send_email", ...email });
    expect(await change(step, { preheader: "" })).toEqual({ ...step, preheader: null });
    expect(await change(step, { preheader: "New", subject: null })).toMatchObject({ preheader: "New", subject: null });
    expect(await change(step, { delay: "60" })).toMatchObject({ preheader: "New", body: email.body, delay: 60 });
  });

  test("a request", async () => {
    const sent = { url: "https://example.com", http_method: "PATCH", headers: { a: "b" }, body: "x" };
    const step = await addStep(id, { action: "make_http_request", ...sent });
    expect(await change(step, { body: null })).toEqual({ ...step, body: null });
    expect(await change(step, { headers: {} })).toMatchObject({ http_method: "PATCH", headers: {}, body: null });
  });

  test("a local time", async () => {
    const step = await addStep(id, { action: "delay_until_time", time: "08:00", time_zone: "Europe/Berlin" });
    expect(await change(step, { time: "09:00" })).toMatchObject({ time: "09:00", time_zone: "Europe/Berlin" });
    expect(await change(step, { time_zone: null })).toMatchObject({ time: "09:00", time_zone: null });
  });

  test("a condition, whose fields come and go with its setting", async () => {
    const step = await addStep(id, { action: "condition", condition_setting: "has_tag", tag: "a", wait_up_to: 5 });
    expect(await change(step, { tag: "b" })).toMatchObject({ condition_setting: "has_tag", tag: "b", wait_up_to: 5 });
    const asks = { condition_setting: "contact_field", field: "firstName", op: "is", value: "A" };
    const asking = await change(step, asks);
    expect(asking).toEqual({ ...step, label: 'firstName is "A"?', ...asks, tag: undefined });
    expect(await change(step, { value: "B" })).toMatchObject({ field: "firstName", op: "is", value: "B" });
    expect(await change(step, { op: "exists" })).toMatchObject({ field: "firstName", op: "exists", value: null });
    for (const [sent, error] of [
      [{ op: "is" }, "Value can't be blank"],
      [{ condition_setting: "has_tag" }, "Tag can't be blank"],
    ]) {
      const answer = await call("PATCH", `/sequences/${id}/steps/${step.id}`, sent);
      expect(answer).toEqual({ status: 422, body: { error } });
    }
    const opened = await change(step, { condition_setting: "any_email_opened" });
    expect(Object.keys(opened)).not.toContain("field");
    expect(opened.wait_up_to).toBe(5);
  });

  test("opens and clicks are tracked once a condition asks for them", async () => {
    const tracked = async () => {
      const { track_opens, track_clicks } = (await call("GET", `/sequences/${id}`)).body;
      return [track_opens, track_clicks];
    };
    expect(await tracked()).toEqual([false, false]);
    const step = await addStep(id, { action: "condition", condition_setting: "any_email_opened" });
    expect(await tracked()).toEqual([true, false]);
    await change(step, { condition_setting: "previous_email_clicked" });
    expect(await tracked()).toEqual([true, true]);
  });
});

describe("a step that lacks what it needs is refused by that name", () => {
  test.each([
    [{}, "Action can't be blank"],
    [{ action: "" }, "Action can't be blank"],
    [{ action: "send_sms" }, "Action is not included in the list"],
    [{ action: 5 }, "Action is not included in the list"],
    [{ action: "send_email" }, "Body can't be blank"],
    [{ action: "send_email", body: " " }, "Body can't be blank"],
    [{ action: "send_email", body: null }, "Body can't be blank"],
    [{ action: "send_email", body: "a\n {% if %}" }, /^Body is not a valid template: .* \(line 2, column 7\)$/],
    [{ action: "send_email", body: "x", subject: "a\n{{ b | nope }}" }, /^Subject is .* \(line 2, column 1\)$/],
    [{ action: "delay" }, "Delay can't be blank"],
    [{ action: "delay", delay: -1 }, /^Delay must be a whole number of seconds from 0 /],
    [{ action: "delay", delay: 1.5 }, "Delay must be an integer"],
    [{ action: "delay_until_time" }, "Time can't be blank"],
    [{ action: "delay_until_time", time: "8am" }, "Time must be a time of day such as 08:00"],
    [{ action: "delay_until_time", time: "08:00", time_zone: "Mars" }, /^Time zone must be an IANA/],
    [{ action: "condition" }, "Condition setting can't be blank"],
    [{ action: "condition", condition_setting: "x" }, "Condition setting is not included in the list"],
    [{ action: "condition", condition_setting: "has_tag" }, "Tag can't be blank"],
    [{ action: "condition", condition_setting: "has_tag", tag: " " }, "Tag can't be blank"],
    [{ action: "condition", condition_setting: "contact_field", op: "is", value: 1 }, "Field can't be blank"],
    [{ action: "condition", condition_setting: "contact_field", field: "email" }, "Op can't be blank"],
    [{ action: "condition", condition_setting: "contact_field", field: "email", op: "is" }, "Value can't be blank"],
    [{ action: "condition", condition_setting: "contact_field", field: "x", op: "exists" }, /^Field is not a field/],
    [{ action: "move_to_sequence" }, "Sequence can't be blank"],
    [{ action: "move_to_sequence", sequence_id: 0 }, "Sequence must name a sequence"],
    [{ action: "add_tag_to_subscriber" }, "Taggify list can't be blank"],
    [{ action: "add_tag_to_subscriber", taggify_list: " , " }, "Taggify list can't be blank"],
    [{ action: "remove_tag_from_subscriber", taggify_list: 5 }, "Taggify list must be a list"],
    [{ action: "make_http_request" }, "Url can't be blank"],
    [{ action: "make_http_request", url: "ftp://x" }, "Url must begin with https://"],
    [{ action: "make_http_request", url: "https://x", http_method: "BREW" }, "Http method is not included in the list"],
    [{ action: "make_http_request", url: "https://x", headers: "a: b" }, "Headers must be an object"],
    [{ action: "entry_point" }, /entry point/],
    [{ action: "condition_branch", true_branch: true }, /branches/],
  ])("%j", async (sent, error) => {
    const before = await stepsOf(id);
    const answer = await call("POST", `/sequences/${id}/steps`, sent);
    expect([answer.status, Object.keys(answer.body)]).toEqual([422, ["error"]]);
    expect(answer.body.error).toMatch(typeof error === "string" ? new RegExp(`^${error}$`) : error);
    expect(await stepsOf(id)).toEqual(before);
  });
});
