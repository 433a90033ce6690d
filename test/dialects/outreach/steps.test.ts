/** Sequence steps by /api/v2: what may be said of them, where they stand, and at which of them a state is. */
import { beforeEach, describe, expect, test } from "vitest";
import { faultsIn } from "../../support/described";
import { call, doc, idsOf, make } from "../../support/outreach";
import { chain, type Form, makeSequence, plant, subscribe } from "../../support/tree";
import { api, begin, db, idOf, type Json, OTHER_KEY, settle } from "../../support/world";

beforeEach(begin);

type Linked = Parameters<typeof doc>[2];

const mail = (label: string): Form => ({ action: "send_email", label, body: `<b>${label}</b>` });
const delay = (hours: number): Form => ({ action: "delay", label: `${hours} h`, delay: hours * 3600 });

async function refusal(...request: Parameters<typeof call>): Promise<Json[]> {
  const { status, body } = await call(...request);
  return [status, ...(body?.errors ?? []).map(({ source, detail }: Json) => [source?.pointer, detail])];
}

async function sequenceMade(more: Json = {}): Promise<number> {
  return (await make("sequence", { name: "Cadence", ...more })).id;
}

async function add(sequence: number, attributes: Json, linked: Linked = {}): Promise<Json> {
  return make("sequenceStep", attributes, { sequence: ["sequence", sequence], ...linked });
}

const change = (id: number, attributes: Json, linked: Linked = {}) =>
  call("PATCH", `/sequenceSteps/${id}`, doc("sequenceStep", attributes, linked, id));

async function listed(sequence: number): Promise<Json[]> {
  const { body } = await call("GET", `/sequenceSteps?filter[sequence][id]=${sequence}&sort=order`);
  return body.data.map(({ attributes }: Json) => [attributes.displayName, attributes.interval]);
}

describe("a step", () => {
  test("of each type is made from what is known of it, and shown whole", async () => {
    const sequence = await sequenceMade();
    await add(sequence, { stepType: "auto_email" });
    await add(sequence, { stepType: "manual_email", interval: 60 });
    await add(sequence, { stepType: "task", interval: 86_400 }, { taskPriority: null, schedule: null });
    const asked = {
      stepType: "call",
      interval: 3600,
      date: "2040-02-03",
      taskAutoskipDelay: 7200,
      taskNote: "Ask Bob",
    };
    const { status, body } = await call(
      "POST",
      "/sequenceSteps",
      doc(
        "sequenceStep",
        { ...asked, order: 2 },
        { sequence: ["sequence", sequence], taskPriority: ["taskPriority", 3] },
      ),
    );
    expect([status, await faultsIn(body)]).toEqual([201, []]);
    expect(body.data.attributes).toMatchObject({ ...asked, order: 2, displayName: "Step #2 (Call)" });
    const { taskPriority, schedule, creator } = body.data.relationships;
    expect([taskPriority.data.id, schedule.data, creator.data.id]).toEqual([3, null, 1]);
    expect(await listed(sequence)).toEqual([
      ["Step #1 (Auto Email)", 0],
      ["Step #2 (Call)", 3600],
      ["Step #3 (Manual Email)", 60],
      ["Step #4 (Task)", 86_400],
    ]);
    const { attributes } = (await call("GET", `/sequences/${sequence}`)).body.data;
    expect(attributes).toMatchObject({ automationPercentage: 0.25, sequenceStepCount: 4, durationInDays: 2 });
    const v1 = await api("GET", `/v1/sequences/seq_${sequence}/steps`);
    expect(v1.body.steps.map(({ stepOrder, messageTemplate }: Json) => [stepOrder, messageTemplate])).toEqual([
      [1, ""],
    ]);
  });

  test("is changed in what is named alone, and moved", async () => {
    const sequence = await sequenceMade();
    const first = await add(sequence, { stepType: "auto_email", interval: 5 });
    const second = await add(sequence, { stepType: "call", taskNote: "Ask" }, { taskPriority: ["taskPriority", 1] });
    const changed = await change(second.id, { order: 1, taskAutoskipDelay: 60, interval: 30, stepType: "call" });
    expect([changed.status, changed.body.data.attributes]).toMatchObject([
      200,
      { order: 1, taskNote: "Ask", taskAutoskipDelay: 60, interval: 30, displayName: "Step #1 (Call)" },
    ]);
    expect(changed.body.data.relationships.taskPriority.data.id).toBe(1);
    const bare = { taskNote: null, taskAutoskipDelay: null, interval: null, date: null };
    const { body } = await change(second.id, bare, { taskPriority: null, sequence: ["sequence", sequence] });
    expect(body.data.attributes).toMatchObject({ ...bare, interval: 0, order: 1 });
    expect(body.data.relationships.taskPriority.data).toBeNull();
    expect((await change(first.id, { date: "2041-01-01", taskNote: null })).body.data.attributes).toMatchObject({
      date: "2041-01-01",
      interval: 5,
      order: 2,
    });
  });

  test.each<[attributes: Json, linked: Linked, pointer: string, detail: string]>([
    [{}, {}, "/data/attributes/stepType", "Step type can't be blank."],
    [
      { stepType: "sms" },
      {},
      "/data/attributes/stepType",
      'Step type must be one of "auto_email", "manual_email", "call", "task".',
    ],
    [{ stepType: "call", order: 2 }, {}, "/data/attributes/order", "Order must be between 1 and 1."],
    [{ stepType: "call", order: 0 }, {}, "/data/attributes/order", "Order must be between 1 and 1."],
    [{ stepType: "call", order: "1" }, {}, "/data/attributes/order", "Order must be an integer."],
    [
      { stepType: "call", interval: -1 },
      {},
      "/data/attributes/interval",
      "Interval must be between 0 and 316224000 seconds.",
    ],
    [{ stepType: "call", date: "2040-02-31" }, {}, "/data/attributes/date", "Date must be a date (YYYY-MM-DD)."],
    [
      { stepType: "task", taskAutoskipDelay: -1 },
      {},
      "/data/attributes/taskAutoskipDelay",
      "Task autoskip delay must be a whole number of seconds from 0 to 316224000.",
    ],
    [
      { stepType: "auto_email", taskNote: "Hm" },
      {},
      "/data/attributes/taskNote",
      "Task note belongs to steps that make tasks.",
    ],
    [
      { stepType: "auto_email" },
      { taskPriority: ["taskPriority", 1] },
      "/data/relationships/taskPriority",
      "Task priority belongs to steps that make tasks.",
    ],
    [{ stepType: "call", displayName: "x" }, {}, "/data/attributes/displayName", "Display name is read-only."],
    [
      { stepType: "call" },
      { callPurpose: ["callPurpose", 1] },
      "/data/relationships/callPurpose",
      "Call purpose is read-only.",
    ],
    [{ stepType: "call" }, { sequence: null }, "/data/relationships/sequence", "Sequence can't be blank."],
    [
      { stepType: "call" },
      { sequence: ["sequence", 999] },
      "/data/relationships/sequence",
      "Could not find 'sequence' with ID '999'.",
    ],
    [
      { stepType: "call" },
      { taskPriority: ["taskPriority", 4] }, // another workspace's
      "/data/relationships/taskPriority",
      "Could not find 'taskPriority' with ID '4'.",
    ],
  ])("%j of %j is refused", async (attributes, linked, pointer, detail) => {
    const sequence = await sequenceMade();
    const body = doc("sequenceStep", attributes, { sequence: ["sequence", sequence], ...linked });
    const [status, ...errors] = await refusal("POST", "/sequenceSteps", body);
    expect([status, ...errors]).toEqual([422, [pointer, detail]]);
    expect(await listed(sequence)).toEqual([]);
  });

  test("keeps its type and its sequence, and is not changed while the sequence is locked, or somebody else's", async () => {
    const [sequence, other] = [await sequenceMade(), await sequenceMade()];
    const { id } = await add(sequence, { stepType: "call" });
    const refused = (attributes: Json, linked: Linked = {}) =>
      refusal("PATCH", `/sequenceSteps/${id}`, doc("sequenceStep", attributes, linked, id));
    expect(await refused({ stepType: "task" })).toEqual([
      422,
      ["/data/attributes/stepType", "Step type cannot be changed."],
    ]);
    expect(await refused({}, { sequence: ["sequence", other] })).toEqual([
      422,
      ["/data/relationships/sequence", "Sequence cannot be changed."],
    ]);
    expect(await refused({ order: 2 })).toEqual([422, ["/data/attributes/order", "Order must be between 1 and 1."]]);
    await call("POST", `/sequences/${sequence}/actions/lock`);
    expect(await refused({ interval: 60 })).toEqual([422, ["/data", "Sequence is locked."]]);
    const step = doc("sequenceStep", { stepType: "call" }, { sequence: ["sequence", sequence] });
    expect(await refusal("POST", "/sequenceSteps", step)).toEqual([422, ["/data", "Sequence is locked."]]);
    await call("POST", `/sequences/${sequence}/actions/unlock`);
    await db().exec("INSERT INTO users (id, workspace_id, name, created_at) VALUES (11, 1, 'Ada', 1)");
    await db().exec(`UPDATE sequences SET owner_id = 11 WHERE id = ${sequence}`);
    expect((await refused({ interval: 60 }))[0]).toBe(403);
    const { meta } = (await call("GET", `/sequenceSteps/${id}?provideAuthorizationMeta=true`)).body.data;
    expect(meta).toEqual({ canWrite: false, canDelete: false });
    expect((await call("DELETE", `/sequenceSteps/${id}`)).status).toBe(405);
    expect((await call("GET", `/sequenceSteps/${id}`, undefined, OTHER_KEY)).status).toBe(404);
  });
});

describe("in a sequence of all kinds of steps", () => {
  test("an interval is that of the delays before it too, and no shorter", async () => {
    const sequence = await makeSequence("Mixed");
    await chain(sequence, [mail("A"), delay(24), mail("B"), delay(2)]);
    const [, second] = await idsOf(`/sequenceSteps?filter[sequence][id]=${sequence}&sort=order`);
    expect((await change(second ?? 0, { interval: 90_000 })).body.data.attributes.interval).toBe(90_000);
    expect(
      await refusal("PATCH", `/sequenceSteps/${second}`, doc("sequenceStep", { interval: 60 }, {}, second)),
    ).toEqual([422, ["/data/attributes/interval", "Interval must be at least 86400 seconds."]]);
    const appended = doc("sequenceStep", { stepType: "call", interval: 60 }, { sequence: ["sequence", sequence] });
    expect(await refusal("POST", "/sequenceSteps", appended)).toEqual([
      422,
      ["/data/attributes/interval", "Interval must be at least 7200 seconds."],
    ]);
    expect((await add(sequence, { stepType: "call", interval: 7260 })).attributes.interval).toBe(7260);
    expect((await add(sequence, { stepType: "task", interval: 5, order: 2 })).attributes.interval).toBe(5);
    expect((await listed(sequence)).map(([, interval]) => interval)).toEqual([0, 5, 90_000, 7260]);
  });

  test("which branches, steps are moved within their chain, and none is appended after the fork", async () => {
    const sequence = await makeSequence("Forked");
    await plant(sequence, mail("A"));
    const asks = await plant(sequence, { action: "condition", label: "?", condition_setting: "has_replied" });
    const yes = await plant(sequence, mail("B"), asks.yes);
    const branched = [422, ["/data", "The sequence branches here, which this API cannot show."]];
    const body = doc("sequenceStep", { stepType: "call" }, { sequence: ["sequence", sequence] });
    expect(await refusal("POST", "/sequenceSteps", body)).toEqual(branched);
    const moved = doc("sequenceStep", { order: 1 }, {}, yes.id);
    expect(await refusal("PATCH", `/sequenceSteps/${yes.id}`, moved)).toEqual(branched);
    expect((await add(sequence, { stepType: "call", order: 2 })).attributes.order).toBe(2);
    expect((await change(yes.id, { order: 2 })).body.data.attributes.order).toBe(2);
  });
});

test("a state stands at the message or task it awaits or comes to next, and else at the last that ran", async () => {
  const sequence = await makeSequence("Mixed");
  const first = await plant(sequence, mail("A"));
  const pause = await plant(sequence, delay(1));
  const second = await plant(sequence, mail("B"));
  const asks = await plant(sequence, { action: "condition", label: "?", condition_setting: "has_replied" });
  const inner = await plant(sequence, delay(2), asks.yes);
  const deep = await plant(sequence, { action: "condition", label: "??", condition_setting: "has_replied" }, inner.id);
  const deepest = await plant(sequence, delay(3), deep.no);
  const last = await plant(sequence, delay(4), asks.id);
  const third = await plant(sequence, mail("C"), last.id);
  const id = idOf(await subscribe(sequence, "a@example.com"));
  const standing = async (awaited: number | null, ran: number | null) => {
    await db()
      .prepare("UPDATE enrollments SET step_id = ?, last_touch_id = ? WHERE id = ?")
      .bind(awaited, ran, id)
      .run();
    const { relationships } = (await call("GET", `/sequenceStates/${id}`)).body.data;
    const step = relationships.sequenceStep.data?.id ?? null;
    if (step !== null) expect(await idsOf(`/sequenceStates?filter[sequenceStep][id]=${step}`)).toEqual([id]);
    return step;
  };
  for (const [awaited, ran, step] of [
    [first.id, null, first.id],
    [pause.id, first.id, second.id],
    [asks.id, second.id, second.id], // nobody knows which way
    [inner.id, second.id, second.id],
    [deepest.id, second.id, third.id], // out of two branches
    [last.id, second.id, third.id],
    [null, third.id, third.id],
    [null, null, null],
  ] as const) {
    expect([awaited, await standing(awaited, ran)]).toEqual([awaited, step]);
  }
  await db().exec(`UPDATE steps SET deleted_at = 1 WHERE id = ${second.id}`);
  expect(await standing(second.id, first.id)).toBe(first.id);
});

test("an auto email without a text fails whoever comes to it", async () => {
  const sequence = await sequenceMade();
  await add(sequence, { stepType: "auto_email" });
  await call("POST", `/sequences/${sequence}/actions/activate`);
  const contact = await api("POST", "/v1/contacts", { platform: "EMAIL", username: "a@example.com" });
  const prospect = idOf(contact.body.contact.id);
  const linked: Linked = { sequence: ["sequence", sequence], prospect: ["prospect", prospect] };
  const { id } = await make("sequenceState", {}, linked);
  await settle();
  expect((await call("GET", `/sequenceStates/${id}`)).body.data.attributes).toMatchObject({
    state: "failed",
    errorReason: "the step has no enabled template",
  });
});
