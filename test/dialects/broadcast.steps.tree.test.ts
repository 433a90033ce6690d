/** Where steps stand: branches, moves, deletions, and steps that other dialects made. */
import { beforeEach, describe, expect, test } from "vitest";
import { addStep, call, makeSequence, stepsOf } from "../support/broadcast";
import { api, begin, db, type Json } from "../support/world";

let id = 0;
let at = "";

beforeEach(async () => {
  await begin();
  id = await makeSequence();
  at = `/sequences/${id}/steps`;
});

const mail = (label: string, more: object = {}) => addStep(id, { action: "send_email", body: "x", label, ...more });

/** The tree as a list of `label<parent's label`, a branch marked by its side. */
async function outline(): Promise<string[]> {
  const steps = await stepsOf(id);
  const labels = new Map(steps.map((step: Json) => [step.id, step.label]));
  return steps.map((step: Json) => {
    const side = step.true_branch === null ? "" : step.true_branch ? "+" : "-";
    return `${side}${step.label}<${labels.get(step.parent_id) ?? "·"}`;
  });
}

async function fork() {
  const first = await mail("A");
  const condition = await addStep(id, { action: "condition", condition_setting: "any_email_opened", label: "C" });
  const [yes, no] = (await stepsOf(id)).filter((step: Json) => step.action === "condition_branch");
  return { first, condition, yes, no };
}

describe("branches", () => {
  test("a condition comes with its two, the true one first, and only they say which they are", async () => {
    const { condition, yes, no } = await fork();
    expect(await outline()).toEqual(["Start<·", "A<Start", "C<A", "+Yes<C", "-No<C"]);
    expect(condition.true_branch).toBeNull();
    const branch = { action: "condition_branch", parent_id: condition.id, delay: 0 };
    expect(yes).toEqual({ id: yes.id, label: "Yes", true_branch: true, ...branch });
    expect(no).toEqual({ id: no.id, label: "No", true_branch: false, ...branch });
  });

  test("steps are put under a branch, by the branch's id or by the condition's with true_branch", async () => {
    const { condition, yes, no } = await fork();
    await mail("N1", { parent_id: no.id });
    await mail("Y1", { parent_id: condition.id, true_branch: "true" });
    await mail("Y0", { parent_id: String(yes.id) });
    await mail("N0", { parent_id: condition.id, true_branch: false });
    await mail("Z", { parent_id: condition.id });
    const told = ["+Yes<C", "Y0<Yes", "Y1<Y0", "-No<C", "N0<No", "N1<N0", "Z<C"];
    expect(await outline()).toEqual(["Start<·", "A<Start", "C<A", ...told]);
  });

  test("without a parent a step goes to the end of the trunk, which must not end in branches", async () => {
    await fork();
    const { status, body } = await call("POST", at, { action: "send_email", body: "x" });
    expect([status, body.error]).toEqual([422, expect.stringContaining("parent_id")]);
    expect(await outline()).toHaveLength(5);
  });

  test("under a step in the middle, what came after it comes after the new one", async () => {
    const first = await mail("A");
    await mail("B");
    await mail("M", { parent_id: first.id });
    expect(await outline()).toEqual(["Start<·", "A<Start", "M<A", "B<M"]);
  });

  test.each([99_999_999, 0, -1])("parent_id %j is refused", async (parent_id) => {
    const answer = await call("POST", at, { action: "delay", delay: 1, parent_id });
    expect(answer).toEqual({ status: 422, body: { error: "Parent is no step of this sequence" } });
  });
});

describe("moving", () => {
  test("puts a step directly after another, and answers it", async () => {
    const { first, condition, no } = await fork();
    const mover = await mail("M", { parent_id: first.id });
    const moved = await call("POST", `${at}/${mover.id}/move`, { under_id: no.id });
    expect(moved).toEqual({ status: 200, body: { ...mover, parent_id: no.id } });
    expect(await outline()).toEqual(["Start<·", "A<Start", "C<A", "+Yes<C", "-No<C", "M<No"]);
    await call("POST", `${at}/${condition.id}/move`, { under_id: String((await stepsOf(id))[0].id) });
    expect(await outline()).toEqual(["Start<·", "C<Start", "+Yes<C", "-No<C", "M<No", "A<C"]);
  });

  test("is refused without under_id, under a step of another sequence, into itself", async () => {
    const { condition, yes } = await fork();
    const [elsewhere] = await stepsOf(await makeSequence());
    const before = await outline();
    for (const [body, error] of [
      [undefined, "Under can't be blank"],
      [{ under_id: "x" }, "Under must be an integer"],
      [{ under_id: elsewhere.id }, "Under is no step of this sequence"],
      [{ under_id: yes.id }, /own branches/],
      [{ under_id: condition.id }, /after itself/],
    ]) {
      const answer = await call("POST", `${at}/${condition.id}/move`, body);
      expect([answer.status, answer.body.error]).toEqual([422, expect.stringMatching(error as string)]);
    }
    expect((await call("POST", `${at}/${yes.id}/move`, { under_id: condition.id })).status).toBe(422);
    expect(await outline()).toEqual(before);
  });
});

describe("changing what a step is, or where", () => {
  test("is refused, unless it says what is so", async () => {
    const { first, condition, yes } = await fork();
    const path = (step: Json) => `${at}/${step.id}`;
    for (const [step, body, error] of [
      [first, { action: "delay" }, "Action can't be changed"],
      [first, { parent_id: yes.id }, "Parent can't be changed: move the step"],
      [first, { parent_id: null }, "Parent can't be changed: move the step"],
      [first, { true_branch: true }, "True branch can't be changed: move the step"],
      [yes, { true_branch: false }, "True branch can't be changed: move the step"],
    ] as [Json, Json, string][]) {
      expect(await call("PATCH", path(step), body)).toEqual({ status: 422, body: { error } });
    }
    const told = { action: "condition_branch", parent_id: condition.id, true_branch: true, label: "If so" };
    expect(await call("PATCH", path(yes), told)).toEqual({ status: 200, body: { ...yes, label: "If so" } });
    const [start] = await stepsOf(id);
    expect((await call("PATCH", path(start), { parent_id: null, label: "Go" })).body.label).toBe("Go");
  });
});

describe("deleting", () => {
  test("closes the gap; the step is gone from every route", async () => {
    const first = await mail("A");
    const second = await mail("B");
    expect(await call("DELETE", `${at}/${first.id}.json`)).toEqual({ status: 200, body: { id: first.id } });
    expect(await outline()).toEqual(["Start<·", "B<Start"]);
    const gone = { status: 404, body: { error: "Step not found" } };
    expect(await call("GET", `${at}/${first.id}`)).toEqual(gone);
    expect(await call("PATCH", `${at}/${first.id}`, { label: "x" })).toEqual(gone);
    expect(await call("DELETE", `${at}/${first.id}`)).toEqual(gone);
    expect(await call("POST", `${at}/${first.id}/move`, { under_id: second.id })).toEqual(gone);
    expect((await call("POST", `${at}/${second.id}/move`, { under_id: first.id })).status).toBe(422);
    expect((await call("POST", at, { action: "delay", delay: 1, parent_id: first.id })).status).toBe(422);
  });

  test("the entry point and branches cannot be", async () => {
    const { yes } = await fork();
    const [start] = await stepsOf(id);
    for (const step of [start, yes]) expect((await call("DELETE", `${at}/${step.id}`)).status).toBe(422);
    expect(await outline()).toHaveLength(5);
  });

  test.each([
    ["?delete_branches=true", undefined],
    ["", { delete_branches: true }],
    ["", { delete_branches: "true" }],
  ])("a condition takes steps in its branches along only when told so: %j %j", async (query, body) => {
    const { condition, yes } = await fork();
    await mail("Y", { parent_id: yes.id });
    await mail("Z", { parent_id: condition.id });
    for (const no of [undefined, {}, { delete_branches: false }]) {
      const answer = await call("DELETE", `${at}/${condition.id}`, no);
      expect([answer.status, answer.body.error]).toEqual([422, expect.stringContaining("delete_branches")]);
    }
    expect(await outline()).toHaveLength(7);
    const gone = await call("DELETE", `${at}/${condition.id}${query}`, body);
    expect(gone).toEqual({ status: 200, body: { id: condition.id } });
    expect(await outline()).toEqual(["Start<·", "A<Start", "Z<A"]);
  });

  test("a condition with empty branches goes with them", async () => {
    const { condition } = await fork();
    expect((await call("DELETE", `${at}/${condition.id}`)).status).toBe(200);
    expect(await outline()).toEqual(["Start<·", "A<Start"]);
  });
});

describe("steps of other dialects", () => {
  test("a text message is an email here, and HTML once its body is written here", async () => {
    const messageTemplate = "Hello <you>";
    const { body } = await api("POST", `/v1/sequences/seq_${id}/steps`, { messageTemplate, delayHours: 2 });
    const step = Number(body.step.id.slice("step_".length));
    const [, shown] = await stepsOf(id);
    expect(shown).toMatchObject({ id: step, action: "send_email", label: "Email", subject: null, delay: 7200 });
    expect(shown.body).toBe(messageTemplate);
    expect(await formatOf(step)).toBe("text");
    await call("PATCH", `${at}/${step}`, { subject: "S" });
    expect(await formatOf(step)).toBe("text");
    await call("PATCH", `${at}/${step}`, { body: "<b>Hi</b>" });
    expect(await formatOf(step)).toBe("html");
  });
});

async function formatOf(step: number): Promise<string> {
  return (
    (await db().prepare("SELECT format FROM templates WHERE private_step_id = ?").bind(step).first<string>("format")) ??
    ""
  );
}
