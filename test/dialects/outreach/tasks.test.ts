/** Tasks and calls by /api/v2: made, changed, done by actions, logged; and what that does to the state they belong to. */
import { beforeEach, describe, expect, test } from "vitest";
import { faultsIn } from "../../support/described";
import { faults } from "../../support/faults";
import { call, doc, idsOf, make } from "../../support/outreach";
import { addStep, mailDraft } from "../../support/tasks";
import { api, begin, db, HOUR, idOf, type Json, OTHER_KEY, START, settle } from "../../support/world";

beforeEach(begin);

type Linked = Parameters<typeof doc>[2];

const at = (ms: number) => new Date(START + ms).toISOString();

async function refusal(...request: Parameters<typeof call>): Promise<Json[]> {
  const { status, body } = await call(...request);
  return [status, ...(body?.errors ?? []).map(({ source, detail }: Json) => [source?.pointer, detail])];
}

let people = 0;

async function prospectMade(): Promise<number> {
  people += 1;
  const { body } = await api("POST", "/v1/contacts", { platform: "EMAIL", username: `p${people}@example.com` });
  return idOf(body.contact.id);
}

async function sequenceOf(...stepTypes: string[]): Promise<{ sequence: number; steps: number[] }> {
  const { id } = await make("sequence", { name: "Cadence" });
  const steps: number[] = [];
  for (const stepType of stepTypes) {
    const note = { taskNote: "Ask Bob", taskAutoskipDelay: 86_400 };
    const made = await make("sequenceStep", { stepType, ...note }, { sequence: ["sequence", id], ...URGENT });
    steps.push(made.id);
  }
  await call("POST", `/sequences/${id}/actions/activate`);
  return { sequence: id, steps };
}

const URGENT: Linked = { taskPriority: ["taskPriority", 3] };

interface Working {
  sequence: number;
  steps: number[];
  prospect: number;
  state: number;
  task: number;
}

/** Somebody whose first task waits to be done. */
async function working(...stepTypes: string[]): Promise<Working> {
  const { sequence, steps } = await sequenceOf(...stepTypes);
  return { steps, ...(await entered(sequence)) };
}

async function entered(sequence: number): Promise<Omit<Working, "steps">> {
  const prospect = await prospectMade();
  const { id } = await make(
    "sequenceState",
    {},
    { sequence: ["sequence", sequence], prospect: ["prospect", prospect] },
  );
  await settle();
  const [task] = await idsOf(`/tasks?filter[sequenceState][id]=${id}`);
  if (task === undefined) throw new Error("there is no task");
  return { sequence, prospect, state: id, task };
}

async function alone(attributes: Json = {}, linked: Linked = {}): Promise<Json> {
  return make("task", attributes, { subject: ["prospect", await prospectMade()], ...linked });
}

const show = async (path: string): Promise<Json> => (await call("GET", path)).body.data;

/** An action, with what the query says of it. */
async function act(task: number, action: string, params: Record<string, string> = {}): Promise<Json> {
  const query = new URLSearchParams(Object.entries(params).map(([name, value]) => [`actionParams[${name}]`, value]));
  const { status, body } = await call("POST", `/tasks/${task}/actions/${action}?${query}`);
  return status === 200
    ? body.data
    : [status, ...body.errors.map((error: Json) => [error.source.pointer, error.detail])];
}

describe("a task of a state", () => {
  test("says all that it belongs to, and every link of these leads to it", async () => {
    const { sequence, steps, prospect, state, task } = await working("call", "task");
    const { body } = await call("GET", `/tasks/${task}?include=sequenceState,sequenceStep,taskPriority`);
    expect(await faultsIn(body)).toEqual([]);
    const { attributes, relationships } = body.data;
    expect(attributes).toMatchObject({
      ...{ action: "call", taskType: "sequence_step_call", state: "incomplete", completed: false, completedAt: null },
      ...{ note: "Ask Bob", scheduledAt: null, opportunityAssociation: null },
    });
    expect(Date.parse(attributes.autoskipAt) - Date.parse(attributes.dueAt)).toBe(24 * HOUR);
    const to = (name: string) => relationships[name].data?.id ?? null;
    expect(["sequence", "sequenceState", "sequenceStep", "prospect", "subject", "owner"].map(to)).toEqual([
      ...[sequence, state, steps[0], prospect, prospect, 1],
    ]);
    expect(["creator", "completer", "taskPriority", "call", "mailing"].map(to)).toEqual([1, null, 3, null, null]);
    expect(to("sequenceStateSequenceStep")).toBe(steps[0]);
    expect(relationships.sequenceSequenceSteps.data.map(({ id }: Json) => id)).toEqual(steps);
    for (const path of [
      `/sequences/${sequence}`,
      `/sequenceSteps/${steps[0]}`,
      `/sequenceStates/${state}`,
      `/prospects/${prospect}`,
    ]) {
      const { related } = (await show(path)).relationships.tasks.links;
      expect([path, await idsOf(related.replace(/^.*api\/v2/, ""))]).toEqual([path, [task]]);
    }
    const shown = (await show(`/sequenceStates/${state}`)).relationships;
    expect([shown.activeStepTasks.data, shown.sequenceStep.data.id]).toEqual([[{ type: "task", id: task }], steps[0]]);
    for (const path of [`/tasks/${task}`, `/tasks?filter[sequenceState][id]=${state}`]) {
      const other = await call("GET", path, undefined, OTHER_KEY);
      expect(other.status === 404 || other.body.data.length === 0).toBe(true);
    }
  });

  test.each([
    ["markComplete", {}, "active", "task"],
    ["markComplete", { completionAction: "anything" }, "active", "task"],
    ["advance", {}, "active", "task"],
    ["markComplete", { completionAction: "finish_no_reply" }, "finished", "call"],
    ["markComplete", { completionAction: "finish_replied" }, "finished", "call"],
  ])("%s %o makes its state %s", async (action, params, expected, stepType) => {
    const { state, task } = await working("call", "task");
    const { attributes, relationships } = await act(task, action, params);
    expect([attributes.state, attributes.completed, relationships.completer.data.id]).toEqual(["complete", true, 1]);
    await settle();
    const { attributes: of, relationships: to } = await show(`/sequenceStates/${state}`);
    expect([of.state, of.callCompletedAt !== null]).toEqual([expected, true]);
    expect(of.repliedAt !== null).toBe(JSON.stringify(params).includes("replied"));
    expect((await show(`/sequenceSteps/${to.sequenceStep.data.id}`)).attributes.stepType).toBe(stepType);
    for (const again of ["markComplete", "advance", "deliver"]) {
      expect(await act(task, again)).toEqual([422, ["/data", "Task is already complete."]]);
    }
  });

  test("that is deleted is skipped, and is no longer there", async () => {
    const { sequence, state, task } = await working("call", "task");
    expect(await call("DELETE", `/tasks/${task}`, undefined, OTHER_KEY)).toMatchObject({ status: 404 });
    expect(await call("DELETE", `/tasks/${task}`)).toEqual({ status: 204, body: null });
    expect((await call("DELETE", `/tasks/${task}`)).status).toBe(404);
    await settle();
    const [next] = await idsOf(`/tasks?filter[sequence][id]=${sequence}`);
    expect((await show(`/tasks/${next}`)).attributes.taskType).toBe("sequence_step_task");
    await act(next ?? 0, "markComplete");
    await settle();
    expect((await show(`/sequenceStates/${state}`)).attributes.state).toBe("finished");
    expect(await call("DELETE", `/tasks/${next}`)).toEqual({ status: 204, body: null });
    expect(await idsOf(`/tasks?filter[sequence][id]=${sequence}`)).toEqual([]);
    expect((await show(`/sequenceStates/${state}`)).attributes.state).toBe("finished");
  });

  test("has its mail delivered, where it has one", async () => {
    const { id } = await make("sequence", { name: "By hand" });
    await addStep(`seq_${id}`, mailDraft("Hello"));
    await call("POST", `/sequences/${id}/actions/activate`);
    const { task } = await entered(id);
    expect((await act(task, "deliver")).attributes.state).toBe("pending");
    await settle();
    const { attributes, relationships } = await show(`/tasks/${task}`);
    expect(attributes.state).toBe("complete");
    const mailing = relationships.mailing.data.id;
    expect(await idsOf(relationships.mailings.links.related.replace(/^.*api\/v2/, ""))).toEqual([mailing]);
    const { task: of, tasks } = (await show(`/mailings/${mailing}`)).relationships;
    expect([of.data.id, tasks.data]).toEqual([task, [{ type: "task", id: task }]]);
    expect(await idsOf(`/tasks?filter[mailing][id]=${mailing}`)).toEqual([task]);
    for (const type of ["manual_email", "call"]) {
      const bare = await working(type);
      expect(await act(bare.task, "deliver")).toEqual([422, ["/data", "Task has no mail to deliver."]]);
    }
  });
});

describe("a task that stands alone", () => {
  test("is made, changed and deleted", async () => {
    const asked = {
      ...{ action: "in_person", note: "Lunch", dueAt: at(HOUR), autoskipAt: at(2 * HOUR) },
      opportunityAssociation: "noop",
    };
    const prospect = await prospectMade();
    const linked: Linked = { subject: ["prospect", prospect], owner: ["user", 1], ...URGENT };
    const { status, body } = await call("POST", "/tasks", doc("task", asked, linked));
    expect([status, await faultsIn(body), body.data.attributes]).toMatchObject([201, [], asked]);
    const { id, relationships } = body.data;
    expect(body.data.attributes).toMatchObject({ state: "incomplete", taskType: "manual" });
    expect(relationships.subject.data).toEqual({ type: "prospect", id: prospect });
    expect([relationships.taskPriority.data.id, relationships.sequence.data]).toEqual([3, null]);
    expect(await idsOf(`/tasks?filter[prospect][id]=${prospect}`)).toEqual([id]);
    const bare = { action: "email", note: null, autoskipAt: null, opportunityAssociation: null };
    const change = doc("task", bare, { subject: ["prospect", prospect], taskPriority: null }, id);
    const changed = await call("PATCH", `/tasks/${id}`, change);
    expect([changed.status, changed.body.data.attributes]).toMatchObject([200, { ...bare, dueAt: at(HOUR) }]);
    expect(changed.body.data.relationships.taskPriority.data).toBeNull();
    expect(await act(id, "advance")).toEqual([422, ["/data", "Task belongs to no sequence."]]);
    expect(await call("DELETE", `/tasks/${id}`)).toEqual({ status: 204, body: null });
    expect((await call("GET", `/tasks/${id}`)).status).toBe(404);
  });

  test("is snoozed, rescheduled, given away, noted, by actions", async () => {
    await db().exec("INSERT INTO users (id, workspace_id, name, created_at) VALUES (11, 1, 'Ada', 1)");
    const { id } = await alone({ dueAt: at(48 * HOUR), note: "Lunch" });
    expect((await act(id, "snooze")).attributes.dueAt).toBe(at(72 * HOUR));
    const urgent = await act(id, "snooze", { dueAt: at(HOUR), markAsUrgent: "true" });
    expect([urgent.attributes.dueAt, urgent.relationships.taskPriority.data.id]).toEqual([at(HOUR), 3]);
    expect((await act(id, "reschedule", { dueAt: at(5 * HOUR) })).attributes.dueAt).toBe(at(5 * HOUR));
    expect((await act(id, "reassignOwner", { ownerId: "11" })).relationships.owner.data.id).toBe(11);
    expect((await act(id, "updateNote", { note: "Dinner" })).attributes.note).toBe("Dinner");
    const associated = await act(id, "updateOpportunityAssociation", { opportunityAssociation: "recent_created" });
    expect(associated.attributes.opportunityAssociation).toBe("recent_created");
    const done = await act(id, "markComplete", { completionNote: "It went well" });
    expect(done.attributes).toMatchObject({ state: "complete", note: "Dinner\n\nIt went well" });
    const late = await act(id, "reschedule", { dueAt: at(6 * HOUR) });
    expect(late).toEqual([422, ["/data", "Task is already complete."]]);
  });

  test.each<[action: string, params: Record<string, string>, pointer: string, detail: string]>([
    ["reschedule", {}, "/data/attributes/dueAt", "Due at must be an ISO 8601 date and time."],
    ["reschedule", { dueAt: "soon" }, "/data/attributes/dueAt", "Due at must be an ISO 8601 date and time."],
    ["snooze", { dueAt: "soon" }, "/data/attributes/dueAt", "Due at must be an ISO 8601 date and time."],
    ["updateNote", {}, "/data/attributes/note", "Note can't be blank."],
    ["reassignOwner", {}, "/data/relationships/owner", "Owner must be the id of a user."],
    ["reassignOwner", { ownerId: "2" }, "/data/relationships/owner", "Owner is no user of this workspace."],
    [
      "updateOpportunityAssociation",
      { opportunityAssociation: "x" },
      "/data/attributes/opportunityAssociation",
      "Opportunity association must be one of recent_created, recent_updated, noop.",
    ],
    [
      "updateOpportunityAssociation",
      {},
      "/data/attributes/opportunityAssociation",
      "Opportunity association can't be blank.",
    ],
    ["deliver", {}, "/data", "Task has no mail to deliver."],
  ])("%s %o is refused", async (action, params, pointer, detail) => {
    const { id } = await alone();
    expect(await act(id, action, params)).toEqual([422, [pointer, detail]]);
  });

  test.each<[attributes: Json, linked: Linked, pointer: string, detail: string]>([
    [{}, { subject: null }, "/data/relationships/subject", "Subject can't be blank."],
    [{}, { subject: ["account", 1] }, "/data/relationships/subject", "Subject must be of type 'prospect'."],
    [{}, { subject: ["prospect", 999] }, "/data/relationships/subject", "Could not find 'prospect' with ID '999'."],
    [{}, { owner: null }, "/data/relationships/owner", "Owner can't be blank."],
    [{}, { owner: ["user", 2] }, "/data/relationships/owner", "Could not find 'user' with ID '2'."],
    [
      {},
      { taskPriority: ["taskPriority", 4] },
      "/data/relationships/taskPriority",
      "Could not find 'taskPriority' with ID '4'.",
    ],
    [{}, { prospect: ["prospect", 1] }, "/data/relationships/prospect", "Prospect is read-only."],
    [{ action: null }, {}, "/data/attributes/action", "Action can't be blank."],
    [
      { action: "dance" },
      {},
      "/data/attributes/action",
      'Action must be one of "email", "call", "action_item", "in_person".',
    ],
    [{ dueAt: "soon" }, {}, "/data/attributes/dueAt", "Due at must be an ISO 8601 date and time."],
    [{ note: 5 }, {}, "/data/attributes/note", "Note must be a text."],
    [{ state: "complete" }, {}, "/data/attributes/state", "State is read-only."],
  ])("%j of %j is refused, new or not", async (attributes, linked, pointer, detail) => {
    const { id, relationships } = await alone();
    const { subject } = relationships;
    const made = doc("task", attributes, { subject: ["prospect", subject.data.id], ...linked });
    expect(await refusal("POST", "/tasks", made)).toEqual([422, [pointer, detail]]);
    if (linked?.subject === null) return;
    expect(await refusal("PATCH", `/tasks/${id}`, doc("task", attributes, linked, id))).toEqual([
      422,
      [pointer, detail],
    ]);
  });

  test("stays with whom it is about", async () => {
    const { id } = await alone();
    const change = doc("task", {}, { subject: ["prospect", await prospectMade()] }, id);
    expect(await refusal("PATCH", `/tasks/${id}`, change)).toEqual([
      422,
      ["/data/relationships/subject", "Subject cannot be changed."],
    ]);
  });
});

describe("a call", () => {
  test("that is logged completes its task, moves its state, and is shown whole", async () => {
    const { sequence, steps, prospect, state, task } = await working("call", "task");
    const said = {
      ...{ direction: "outbound", outcome: "Answered", note: "Later", from: "+1", to: "+2", tags: ["Hot"] },
      ...{
        dialedAt: at(0),
        answeredAt: at(60_000),
        returnedAt: at(HOUR),
        userCallType: "voip",
        shouldRecordCall: false,
      },
      ...{ recordingUrl: "https://calls.example/1", externalVendor: "x", vendorCallId: "y", sequenceAction: "Finish" },
    };
    const linked: Linked = { prospect: ["prospect", prospect], task: ["task", task], sequence: ["sequence", sequence] };
    const { status, body } = await call("POST", "/calls", doc("call", said, linked));
    expect([status, await faultsIn(body), body.data.attributes]).toMatchObject([201, [], said]);
    const { id, relationships } = body.data;
    const to = (name: string) => relationships[name].data?.id;
    expect(["task", "sequence", "sequenceState", "sequenceStep", "prospect", "user"].map(to)).toEqual([
      ...[task, sequence, state, steps[0], prospect, 1],
    ]);
    expect((await show(`/tasks/${task}`)).relationships.call.data.id).toBe(id);
    await settle();
    const { attributes, relationships: of } = await show(`/sequenceStates/${state}`);
    expect([attributes.state, attributes.callCompletedAt !== null]).toEqual(["finished", true]);
    expect(await idsOf(of.calls.links.related.replace(/^.*api\/v2/, ""))).toEqual([id]);
    const again = doc("call", {}, { task: ["task", task] });
    expect(await refusal("POST", "/calls", again)).toEqual([422, ["/data", "Task is already complete."]]);
    expect((await call("PATCH", `/calls/${id}`, doc("call", {}, {}, id))).status).toBe(405);
    expect((await call("DELETE", `/calls/${id}`, undefined, OTHER_KEY)).status).toBe(404);
    expect(await call("DELETE", `/calls/${id}`)).toEqual({ status: 204, body: null });
    expect((await call("GET", `/calls/${id}`)).status).toBe(404);
  });

  test.each<[attributes: Json, linked: (here: Working) => Linked, pointer: string, detail: string]>([
    [{}, () => ({}), "/data/relationships/prospect", "Prospect can't be blank."],
    [
      {},
      ({ task }) => ({ task: ["task", task], prospect: ["prospect", 0] }),
      "/data/relationships/prospect",
      "Prospect is not who was to be called.",
    ],
    [
      {},
      ({ prospect, sequence }) => ({ prospect: ["prospect", prospect], sequence: ["sequence", sequence] }),
      "/data/relationships/sequence",
      "Sequence is not that of the enrollment.",
    ],
    [
      {},
      ({ state, steps: [, second = 0] }) => ({
        sequenceState: ["sequenceState", state],
        sequenceStep: ["sequenceStep", second],
      }),
      "/data/relationships/sequenceStep",
      "Sequence step is not that of the task.",
    ],
    [
      {},
      ({ prospect }) => ({ prospect: ["prospect", prospect], callPurpose: ["callPurpose", 1] }),
      "/data/relationships/callPurpose",
      "Call purpose is read-only.",
    ],
    [
      { sequenceAction: "Jump" },
      ({ task }) => ({ task: ["task", task] }),
      "/data/attributes/sequenceAction",
      'Sequence action must be one of "Advance", "Finish", "Finish - No Reply", "Finish - Replied".',
    ],
    [
      { outcome: "Busy" },
      ({ task }) => ({ task: ["task", task] }),
      "/data/attributes/outcome",
      'Outcome must be one of "Answered", "Not Answered".',
    ],
    [
      { recordingUrl: "ftp://x" },
      ({ task }) => ({ task: ["task", task] }),
      "/data/attributes/recordingUrl",
      "Recording url must begin with https:// or http://.",
    ],
    [{ state: "completed" }, ({ task }) => ({ task: ["task", task] }), "/data/attributes/state", "State is read-only."],
  ])("%j is refused", async (attributes, linked, pointer, detail) => {
    const here = await working("call", "task");
    const parties = linked(here);
    if (parties?.prospect?.[1] === 0) parties.prospect = ["prospect", await prospectMade()];
    expect(await refusal("POST", "/calls", doc("call", attributes, parties))).toEqual([422, [pointer, detail]]);
    expect((await show(`/tasks/${here.task}`)).attributes.state).toBe("incomplete");
    expect(await idsOf("/calls")).toEqual([]);
  });
});

test("a completion that is cut off, and asked for again, notes once what it is to note", async () => {
  const { task } = await working("call", "task");
  const path = `/tasks/${task}/actions/markComplete?actionParams[completionNote]=Done`;
  faults.objectsDown = true;
  expect((await call("POST", path)).status).toBeGreaterThanOrEqual(500);
  faults.objectsDown = false;
  expect((await call("POST", path)).body.data.attributes).toMatchObject({ state: "complete", note: "Ask Bob\n\nDone" });
});

test("priorities are three in each workspace, and cannot be written", async () => {
  const { body } = await call("GET", "/taskPriorities?sort=weight");
  expect(await faultsIn(body)).toEqual([]);
  expect(body.data.map(({ attributes: { name, weight } }: Json) => [name, weight])).toEqual([
    ["Low", 1],
    ["Normal", 2],
    ["High", 3],
  ]);
  expect((await call("GET", "/taskPriorities/3", undefined, OTHER_KEY)).status).toBe(404);
  expect((await call("GET", "/taskPriorities", undefined, OTHER_KEY)).body.data).toHaveLength(3);
  for (const [method, path] of [
    ["POST", ""],
    ["PATCH", "/1"],
    ["DELETE", "/1"],
  ] as const) {
    expect((await call(method, `/taskPriorities${path}`)).status).toBe(405);
  }
  const contactId = `contact_${await prospectMade()}`;
  const statuses = [1, 4].map(async (priority) => {
    return (await api("POST", "/v1/tasks", { contactId, priorityId: `priority_${priority}` })).status;
  });
  expect(await Promise.all(statuses)).toEqual([201, 400]);
});
