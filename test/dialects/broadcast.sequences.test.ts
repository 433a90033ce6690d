/** Sequences: made, changed, deleted, duplicated, and what is said of parameters that nobody knows. */
import { beforeEach, describe, expect, test } from "vitest";
import { addStep, addSubscriber, call, makeSequence, plain, stepsOf } from "../support/broadcast";
import { api, begin, drain, OTHER_KEY, settle, travel } from "../support/world";

beforeEach(begin);

const BARE = {
  label: "A",
  active: false,
  track_opens: false,
  track_clicks: false,
  use_any_email_server: true,
  email_server_ids: [],
  init_segment_id: null,
  init_tag: null,
  parent_sequence_id: null,
  subscribers_count: 0,
  created_at: "2040-01-02T09:00:00.000Z",
  updated_at: "2040-01-02T09:00:00.000Z",
  status: "DRAFT",
  reenroll: null,
};

const FULL = {
  label: "B",
  active: true,
  track_opens: true,
  track_clicks: true,
  use_any_email_server: false,
  email_server_ids: [3, 4],
  init_tag: "vip",
  reenroll: "never",
};

describe("making one", () => {
  test("a label is enough: a draft with its entry point alone", async () => {
    const { status, body } = await call("POST", "/sequences", { label: "A" });
    expect([status, body]).toEqual([201, { id: expect.any(Number), ...BARE }]);
    expect(await call("GET", `/sequences/${body.id}.json`)).toEqual({ status: 200, body });
    expect((await stepsOf(body.id)).map(({ action }) => action)).toEqual(["entry_point"]);
  });

  test("with all there is to say", async () => {
    const { status, body } = await call("POST", "/sequences.json", FULL);
    expect([status, body]).toEqual([201, { ...BARE, ...FULL, id: expect.any(Number), status: "ACTIVE" }]);
  });

  test("numbers and booleans may be written as texts, and an empty tag is none", async () => {
    const sent = { label: "A", active: "true", track_opens: "false", email_server_ids: ["7"], init_tag: " " };
    const { status, body } = await call("POST", "/sequences", sent);
    const shown = { ...BARE, active: true, status: "ACTIVE", email_server_ids: [7] };
    expect([status, body]).toEqual([201, { id: expect.any(Number), ...shown }]);
  });

  test("a segment that enrolls must be one of the workspace", async () => {
    const rules = { conditions: [{ field: "firstName", op: "exists" }] };
    const { body } = await api("POST", "/v1/segments", { name: "S", rules });
    const theirs = await call("POST", "/sequences", { label: "A", init_segment_id: 1 }, OTHER_KEY);
    expect(theirs).toEqual({ status: 422, body: { error: "Init segment is no segment" } });
    const init_segment_id = Number(body.segment.id.slice("segment_".length));
    const made = await call("POST", "/sequences", { label: "A", init_segment_id });
    expect([made.status, made.body.init_segment_id]).toEqual([201, init_segment_id]);
    const refused = await call("POST", "/sequences", { label: "A", init_segment_id: init_segment_id + 1 });
    expect(refused).toEqual({ status: 422, body: { error: "Init segment is no segment" } });
    const cleared = await call("PATCH", `/sequences/${made.body.id}`, { init_segment_id: null });
    expect([cleared.status, cleared.body.init_segment_id]).toEqual([200, null]);
  });
});

describe("changing one", () => {
  test("names what changes and keeps the rest", async () => {
    const id = await makeSequence(FULL);
    const before = (await call("GET", `/sequences/${id}`)).body;
    travel(1500);
    const { status, body } = await call("PATCH", `/sequences/${id}`, { label: "C", init_tag: "" });
    const changed = { ...before, label: "C", init_tag: null, updated_at: "2040-01-02T09:00:01.500Z" };
    expect([status, body]).toEqual([200, changed]);
    expect((await call("GET", `/sequences/${id}`)).body).toEqual(body);
  });

  test("the switch: on runs it, off pauses what runs and leaves a draft one", async () => {
    const id = await makeSequence();
    const turn = async (active: boolean) => {
      const { status, body } = await call("PATCH", `/sequences/${id}`, { active });
      return [status, body.active, body.status];
    };
    expect(await turn(false)).toEqual([200, false, "DRAFT"]);
    expect(await turn(true)).toEqual([200, true, "ACTIVE"]);
    expect(await turn(true)).toEqual([200, true, "ACTIVE"]);
    expect(await turn(false)).toEqual([200, false, "PAUSED"]);
    expect((await api("GET", `/v1/sequences/seq_${id}`)).body.sequence.status).toBe("PAUSED");
  });

  test("keeps counting its subscribers", async () => {
    const id = await makeSequence();
    await addSubscriber(id, "a@example.com");
    expect((await call("PATCH", `/sequences/${id}`, { label: "C" })).body.subscribers_count).toBe(1);
    expect((await call("GET", "/sequences")).body.data[0].subscribers_count).toBe(1);
  });
});

describe("deleting one", () => {
  test("answers its id; it is gone from every route here, and archived elsewhere", async () => {
    const id = await makeSequence({ active: true });
    const step = await addStep(id, { action: "delay", delay: 3600 });
    await addSubscriber(id, "a@example.com");
    expect(await call("DELETE", `/sequences/${id}`)).toEqual({ status: 200, body: { id } });
    await settle();
    const gone = { status: 404, body: { error: "Sequence not found" } };
    const at = `/sequences/${id}`;
    for (const [method, path] of [
      ["GET", at],
      ["PATCH", at],
      ["DELETE", at],
      ["POST", `${at}/duplicate`],
      ["GET", `${at}/steps`],
      ["POST", `${at}/steps`],
      ["GET", `${at}/steps/${step.id}`],
      ["PATCH", `${at}/steps/${step.id}`],
      ["DELETE", `${at}/steps/${step.id}`],
      ["POST", `${at}/steps/${step.id}/move`],
      ["POST", `${at}/add_subscriber`],
      ["DELETE", `${at}/remove_subscriber`],
      ["GET", `${at}/list_subscribers`],
    ] as const) {
      expect(await call(method, path, method === "GET" ? undefined : {})).toEqual(gone);
    }
    expect(await call("GET", "/sequences")).toEqual({ status: 200, body: { data: [], total: 0 } });
    const kept = (await api("GET", `/v1/sequences/seq_${id}`)).body;
    expect([kept.sequence.status, kept.enrollmentStats.ACTIVE]).toEqual(["ARCHIVED", 0]);
  });
});

describe("duplicating one", () => {
  test("copies settings and steps; the copy is a draft and knows where it comes from", async () => {
    const id = await makeSequence({ ...FULL, label: "Welcome" });
    await addStep(id, { action: "condition", condition_setting: "has_replied" });
    const { status, body } = await call("POST", `/sequences/${id}/duplicate`);
    const shown = { ...BARE, ...FULL, label: "Copy of Welcome", active: false, init_tag: null, status: "DRAFT" };
    expect([status, body]).toEqual([201, { ...shown, id: expect.any(Number), parent_sequence_id: id }]);
    const actions = (await stepsOf(body.id)).map(({ action, label }) => [action, label]);
    expect(actions).toEqual((await stepsOf(id)).map(({ action, label }) => [action, label]));
    expect((await call("POST", `/sequences/${id}/duplicate.json`, { label: "Mine" })).body.label).toBe("Mine");
  });
});

describe("parameters that nobody knows are named in warnings, and only then are there any", () => {
  const warning = (param: string) => ({
    code: "unrecognized_parameter",
    param,
    message: expect.stringContaining(param),
  });

  test("of body and query, beside the object, which they do not change", async () => {
    const { body } = await call("POST", "/sequences?draft=1", { label: "A", colour: "red", id: 9, status: "ACTIVE" });
    const warnings = ["draft", "colour", "id", "status"].map(warning);
    expect(body).toEqual({ id: expect.any(Number), ...BARE, warnings });
    const at = `/sequences/${body.id}`;
    expect((await call("GET", `${at}?includes=steps`)).body.warnings).toEqual([warning("includes")]);
    expect((await call("GET", "/sequences?page=2")).body.warnings).toEqual([warning("page")]);
    expect((await call("GET", at)).body).not.toHaveProperty("warnings");
    expect((await call("DELETE", `${at}?force=true`)).body.warnings).toEqual([warning("force")]);
  });

  test("of a step, what belongs to another action", async () => {
    const id = await makeSequence();
    const step = await addStep(id, { action: "delay", delay: 5, subject: 7, tag: "x" });
    expect(step.warnings).toEqual([warning("subject"), warning("tag")]);
    const sent = { url: "x", constructor: "y" };
    const { body } = await call("PATCH", `/sequences/${id}/steps/${step.id}`, sent);
    expect(body.warnings).toEqual([warning("url"), warning("constructor")]);
  });

  test("a refusal has none, nor has an empty body", async () => {
    expect((await call("POST", "/sequences", { colour: "red" })).body).toEqual({ error: "Label can't be blank" });
    const id = await makeSequence();
    const added = await plain("POST", `/sequences/${id}/add_subscriber?x=1`, { email: "a@example.com", y: 2 });
    expect(added).toEqual({ status: 201, text: "", length: "0" });
    await drain();
  });
});
