/** Templates, the templates that steps send, and mailings: from the first text to what became of it. */
import { beforeEach, describe, expect, test } from "vitest";
import { type Variant, variantFor } from "../../../src/domain/variant";
import { duplicate } from "../../../src/engine/duplication";
import * as steps from "../../../src/engine/steps";
import { contextOf } from "../../support/context";
import { faultsIn } from "../../support/described";
import { call, doc, idsOf, make } from "../../support/outreach";
import {
  api,
  begin,
  db,
  HOUR,
  idOf,
  type Json,
  makeContact,
  makeDrip,
  pass,
  settle,
  travel,
} from "../../support/world";

beforeEach(begin);

async function refusal(...request: Parameters<typeof call>): Promise<Json[]> {
  const { status, body } = await call(...request);
  return [status, ...(body?.errors ?? []).map(({ source, detail }: Json) => [source?.pointer, detail])];
}

async function show(path: string): Promise<Json> {
  const { status, body } = await call("GET", path);
  expect([path, status, await faultsIn(body)]).toEqual([path, 200, []]);
  return body.data;
}

/** A sequence with an email step that has no template yet. */
async function bare(): Promise<{ sequence: number; step: number }> {
  const { id } = await make("sequence", { name: "Outbound", shareType: "shared" });
  const draft = { kind: "message", label: null, delay: 60, subject: null, body: null, format: "html", settings: {} };
  const added = await steps.add(contextOf(), id, draft as Parameters<typeof steps.add>[2]);
  if (!added.ok) throw new Error(JSON.stringify(added.failure));
  return { sequence: id, step: added.value.step.id };
}

type Linked = Record<string, [type: string, id: number]>;

const template = (more: Record<string, unknown> = {}) =>
  make("template", { name: "Intro", subject: "Hi {{ first_name }}", bodyHtml: "<p>Hi</p>", ...more });
const use = (step: number, to: number, attributes: Record<string, unknown> = {}) =>
  make("sequenceTemplate", attributes, { sequenceStep: ["sequenceStep", step], template: ["template", to] });

const WHOLE = {
  name: "All",
  subject: "About {{ custom.topic }}",
  bodyHtml: "<p>Hello {{ first_name }},</p><p>1 &lt; 2</p>",
  shareType: "read_only",
  tags: ["Quick Response"],
  trackLinks: true,
  trackOpens: true,
  toRecipients: ["Bo <bo@x.example>"],
  ccRecipients: ["c@x.example"],
  bccRecipients: [],
};

describe("templates", () => {
  test("are made with all that may be written, changed in part, archived, brought back and deleted", async () => {
    const made = await template(WHOLE);
    expect(made.attributes).toMatchObject({
      ...WHOLE,
      bodyText: "Hello {{ first_name }},\n1 < 2",
      archived: false,
      archivedAt: null,
      lastUsedAt: null,
      deliverCount: 0,
      createdAt: "2040-01-02T09:00:00.000Z",
    });
    for (const name of ["owner", "creator", "updater"])
      expect(made.relationships[name].data).toEqual({ type: "user", id: 1 });
    expect(made.relationships.statsTarget.data).toBeNull();
    travel(1000);
    const patch = async (attributes: object) => {
      const { status, body } = await call(
        "PATCH",
        `/templates/${made.id}`,
        doc("template", { ...attributes }, {}, made.id),
      );
      expect([status, await faultsIn(body)]).toEqual([200, []]);
      return body.data.attributes;
    };
    expect(await patch({ name: "Some", ccRecipients: [], archived: true })).toMatchObject({
      ...WHOLE,
      name: "Some",
      ccRecipients: [],
      archived: true,
      archivedAt: "2040-01-02T09:00:01.000Z",
      updatedAt: "2040-01-02T09:00:01.000Z",
    });
    expect(await idsOf("/templates?filter[archivedAt]=__notnull__")).toEqual([made.id]);
    const { step } = await bare();
    const links: Linked = { sequenceStep: ["sequenceStep", step], template: ["template", made.id] };
    expect(await refusal("POST", "/sequenceTemplates", doc("sequenceTemplate", {}, links))).toEqual([
      422,
      ["/data/relationships/template", "Template is archived."],
    ]);
    expect(await patch({ archived: false, subject: null })).toMatchObject({ archivedAt: null, subject: null });
    expect((await call("DELETE", `/templates/${made.id}`)).status).toBe(204);
    expect((await call("GET", `/templates/${made.id}`)).status).toBe(404);
    expect(await idsOf("/templates")).toEqual([]);
  });

  test.each<[attributes: Json, pointer: string, detail: string]>([
    [{ name: "" }, "/data/attributes/name", "Name can't be blank."],
    [{ name: null }, "/data/attributes/name", "Name can't be blank."],
    [{ name: "x".repeat(226) }, "/data/attributes/name", "Name is too long (maximum is 225 characters)."],
    [
      { shareType: "public" },
      "/data/attributes/shareType",
      'Share type must be one of "private", "read_only", "shared".',
    ],
    [{ bodyText: "x" }, "/data/attributes/bodyText", "Body text is read-only."],
    [{ bodyHtml: "{{ x" }, "/data/attributes/bodyHtml", expect.stringContaining("is not a valid template") as never],
    [{ subject: "{% if %}" }, "/data/attributes/subject", expect.stringContaining("is not a valid template") as never],
    [{ tags: null }, "/data/attributes/tags", "Tags can't be blank."],
    [{ trackOpens: "yes" }, "/data/attributes/trackOpens", "Track opens must be true or false."],
    [{ toRecipients: [1] }, "/data/attributes/toRecipients", "To recipients must be a list of texts."],
  ])("refuse %j when they are made and later", async (attributes, pointer, detail) => {
    const { id } = await template();
    const refused = [422, [pointer, detail]];
    expect(await refusal("POST", "/templates", doc("template", { name: "x", ...attributes }))).toEqual(refused);
    expect(await refusal("PATCH", `/templates/${id}`, doc("template", attributes, {}, id))).toEqual(refused);
  });

  test("that were written elsewhere are there too, and stay texts until their HTML is changed", async () => {
    const { sequence } = await makeDrip([1]);
    const [{ id, attributes, relationships }] = (await call("GET", "/templates")).body.data;
    expect(attributes).toMatchObject({ bodyText: "Message 1", bodyHtml: "Message 1", subject: null });
    expect(relationships.sequenceTemplates.meta.count).toBe(1);
    const patch = (bodyHtml: string) => call("PATCH", `/templates/${id}`, doc("template", { bodyHtml }, {}, id));
    const format = async () => db().prepare("SELECT format FROM templates WHERE id = ?").bind(id).first("format");
    await patch("Message 1");
    expect(await format()).toBe("text");
    await patch("<b>One</b>");
    expect(await format()).toBe("html");
    const { body } = await api("GET", `/v1/sequences/${sequence}/steps`);
    expect(body.steps[0].messageTemplate).toBe("<b>One</b>");
    expect(await refusal("DELETE", `/templates/${id}`)).toEqual([422, ["/data", "A sequence sends this template."]]);
  });

  test("of somebody else are there by how they are shared", async () => {
    const ids: Record<string, number> = {};
    for (const shareType of ["private", "read_only", "shared"]) ids[shareType] = (await template({ shareType })).id;
    await db().prepare("UPDATE templates SET owner_id = 77").run();
    const rename = (id = 0) => refusal("PATCH", `/templates/${id}`, doc("template", { name: "Mine" }, {}, id));
    expect(await idsOf("/templates")).toEqual([ids.read_only, ids.shared]);
    expect((await rename(ids.private))[0]).toBe(404);
    expect((await rename(ids.read_only))[0]).toBe(403);
    expect((await rename(ids.shared))[0]).toBe(200);
    const { body } = await call("GET", "/templates?provideAuthorizationMeta=true");
    expect(body.data.map(({ meta }: Json) => meta.canWrite)).toEqual([false, true]);
  });
});

describe("sequence templates", () => {
  test("are enabled when they are made, switched, changed and deleted", async () => {
    const { step } = await bare();
    const [first, second] = [await template(), await template({ name: "Second" })];
    const made = await use(step, first.id, { isReply: true });
    expect(made.attributes).toMatchObject({ enabled: true, isReply: true, scheduleCount: 0 });
    expect(made.relationships).toMatchObject({
      sequenceStep: { data: { type: "sequenceStep", id: step } },
      template: { data: { type: "template", id: first.id } },
      creator: { data: { type: "user", id: 1 } },
    });
    const { relationships } = await show(`/sequenceSteps/${step}`);
    expect(relationships.sequenceTemplates.data).toEqual([{ type: "sequenceTemplate", id: made.id }]);
    const act = async (action: string) => {
      const { status, body } = await call("POST", `/sequenceTemplates/${made.id}/actions/${action}`);
      return [status, body.data.attributes.enabled, body.data.attributes.enabledAt !== null];
    };
    expect(await act("deactivate")).toEqual([200, false, false]);
    expect(await act("activate")).toEqual([200, true, true]);
    const links: Linked = { template: ["template", second.id] };
    const changed = await call(
      "PATCH",
      `/sequenceTemplates/${made.id}`,
      doc("sequenceTemplate", { isReply: false }, links, made.id),
    );
    expect(changed.body.data).toMatchObject({
      attributes: { isReply: false },
      relationships: { template: { data: { id: second.id } } },
    });
    expect((await call("DELETE", `/templates/${first.id}`)).status).toBe(204);
    expect((await call("DELETE", `/sequenceTemplates/${made.id}`)).status).toBe(204);
    expect(await idsOf(`/sequenceTemplates?filter[sequenceStep][id]=${step}`)).toEqual([]);
  });

  test("are refused with what is wrong", async () => {
    const { sequence, step } = await bare();
    const { id } = await template();
    const of = (sequenceStep: number | null, to: number | null) =>
      refusal(
        "POST",
        "/sequenceTemplates",
        doc(
          "sequenceTemplate",
          {},
          {
            ...(sequenceStep === null ? {} : { sequenceStep: ["sequenceStep", sequenceStep] as [string, number] }),
            ...(to === null ? {} : { template: ["template", to] as [string, number] }),
          },
        ),
      );
    const at = (relation: string, detail: string) => [422, [`/data/relationships/${relation}`, detail]];
    expect(await of(null, id)).toEqual(at("sequenceStep", "Sequence step can't be blank."));
    expect(await of(step, null)).toEqual(at("template", "Template can't be blank."));
    expect(await of(9999, id)).toEqual(at("sequenceStep", "Could not find 'sequenceStep' with ID '9999'."));
    expect(await of(step, 9999)).toEqual(at("template", "Could not find 'template' with ID '9999'."));
    const settings = { type: "task", note: null, autoskip: null, priorityId: null };
    const task = { kind: "task", label: null, delay: 0, subject: null, body: null, format: "text", settings };
    const added = await steps.add(contextOf(), sequence, task as unknown as Parameters<typeof steps.add>[2]);
    if (!added.ok) throw new Error(JSON.stringify(added.failure));
    expect(await of(added.value.step.id, id)).toEqual(
      at("sequenceStep", "Sequence step must name a step that sends messages."),
    );
    const made = await use(step, id);
    expect(await of(step, id)).toEqual(at("template", "Template is sent by that step already."));
    const elsewhere = doc("sequenceTemplate", {}, { sequenceStep: ["sequenceStep", added.value.step.id] }, made.id);
    expect(await refusal("PATCH", `/sequenceTemplates/${made.id}`, elsewhere)).toEqual(
      at("sequenceStep", "Sequence step can't be changed."),
    );
    await call("POST", `/sequences/${sequence}/actions/lock`);
    const locked = [422, ["/data", "Sequence is locked."]];
    expect(await of(step, (await template()).id)).toEqual(locked);
    expect(await refusal("POST", `/sequenceTemplates/${made.id}/actions/deactivate`)).toEqual(locked);
    expect(await refusal("DELETE", `/sequenceTemplates/${made.id}`)).toEqual(locked);
  });

  test("are at most fifty of one step", async () => {
    const { step } = await bare();
    const ids: number[] = [];
    for (let n = 0; n < 51; n++) {
      const row = await db()
        .prepare(
          "INSERT INTO templates (workspace_id, name, body, format, created_at, updated_at) VALUES (1, 'x', 'x', 'html', 1, 1) RETURNING id",
        )
        .first<{ id: number }>();
      ids.push(row?.id ?? 0);
    }
    await db()
      .prepare(
        "INSERT INTO sequence_templates (workspace_id, step_id, template_id, created_at, updated_at) SELECT 1, ?1, value, 1, 1 FROM json_each(?2)",
      )
      .bind(step, JSON.stringify(ids.slice(0, 50)))
      .run();
    const links: Linked = { sequenceStep: ["sequenceStep", step], template: ["template", ids[50] ?? 0] };
    expect(await refusal("POST", "/sequenceTemplates", doc("sequenceTemplate", {}, links))).toEqual([
      422,
      ["/data", "There are at most 50 templates of one step."],
    ]);
  });
});

describe("a run", () => {
  async function run() {
    const { sequence, step } = await bare();
    const { id } = await template({ subject: "Hi {{ first_name }}", bodyHtml: "<p>Hello&nbsp;{{ first_name }}</p>" });
    const variant = (await use(step, id)).id;
    await call("POST", `/sequences/${sequence}/actions/activate`);
    const prospect = idOf(await makeContact({ platform: "EMAIL", username: "ada@example.com", firstName: "Ada" }));
    const state = (
      await make("sequenceState", {}, { sequence: ["sequence", sequence], prospect: ["prospect", prospect] })
    ).id;
    await settle();
    await pass(HOUR);
    return { sequence, step, template: id, variant, prospect, state };
  }

  test("is counted once for the template, the variant, the step and the state, and told of by the mailing", async () => {
    const of = await run();
    const [id = 0] = await idsOf(`/mailings?filter[sequenceStep][id]=${of.step}`);
    const listed = (await call("GET", "/mailings")).body.data[0];
    expect(listed.attributes).toMatchObject({ bodyHtml: null, bodyText: null, state: "delivered", subject: "Hi Ada" });
    const tell = (type: string) => api("POST", `/v1/messages/msg_${id}/events`, { type });
    for (const type of ["opened", "opened", "clicked"]) await tell(type);
    await settle();
    const one = await show(`/mailings/${id}`);
    expect(one.attributes).toMatchObject({
      subject: "Hi Ada",
      bodyHtml: "<p>Hello&nbsp;Ada</p>",
      bodyText: "Hello Ada",
      mailingType: "sequence",
      state: "opened",
      openCount: 1,
      clickCount: 1,
      bouncedAt: null,
      repliedAt: null,
      markedAsSpamAt: null,
      messageId: expect.stringMatching(/^msg_\d+\.[0-9a-f]{24}@localhost$/),
      retryCount: 0,
      errorReason: null,
    });
    for (const name of ["createdAt", "deliveredAt", "openedAt", "clickedAt", "stateChangedAt", "updatedAt"])
      expect([name, Date.parse(one.attributes[name]) > 0]).toEqual([name, true]);
    expect(one.relationships).toMatchObject({
      template: { data: { id: of.template } },
      sequenceStep: { data: { id: of.step } },
      sequenceState: { data: { id: of.state } },
      sequence: { data: { id: of.sequence } },
      prospect: { data: { id: of.prospect } },
      user: { data: { id: 1 } },
    });
    const counts = { scheduleCount: 1, deliverCount: 1, openCount: 1, clickCount: 1, replyCount: 0, failureCount: 0 };
    for (const path of [
      `/templates/${of.template}`,
      `/sequenceTemplates/${of.variant}`,
      `/sequenceSteps/${of.step}`,
      `/sequenceStates/${of.state}`,
      `/sequences/${of.sequence}`,
    ])
      expect([path, (await show(path)).attributes]).toMatchObject([path, counts]);
    expect((await show(`/templates/${of.template}`)).attributes.lastUsedAt).not.toBeNull();
    await tell("bounced");
    await tell("complained");
    await settle();
    const after = await show(`/mailings/${id}`);
    expect(after.attributes.state).toBe("bounced");
    expect([after.attributes.bouncedAt, after.attributes.markedAsSpamAt]).not.toContain(null);
  });

  test("by hand sends one of the step's templates, as a step that sends by itself does", async () => {
    const sequence = (await make("sequence", { name: "By hand", shareType: "shared" })).id;
    const place: Linked = { sequence: ["sequence", sequence] };
    const from: Linked = { mailbox: ["mailbox", (await make("mailbox", { email: "me@x.example" })).id] };
    const step = (await make("sequenceStep", { stepType: "manual_email" }, place)).id;
    await call("POST", `/sequences/${sequence}/actions/activate`);
    const enter = async (name: string) => {
      const prospect = idOf(await makeContact({ platform: "EMAIL", username: `${name}@x.example`, firstName: name }));
      const { id } = await make("sequenceState", {}, { ...place, ...from, prospect: ["prospect", prospect] });
      await settle();
      return { state: id, task: (await idsOf(`/tasks?filter[sequenceState][id]=${id}`))[0] ?? 0 };
    };
    const deliver = (task: number) => refusal("POST", `/tasks/${task}/actions/deliver`);
    const noMail = [422, ["/data", "Task has no mail to deliver."]];
    const { task } = await enter("Ada");
    expect(await deliver(task)).toEqual(noMail);
    const { id } = await template({ bodyHtml: "<p>Hello {{ first_name }}</p>" });
    const variant = (await use(step, id)).id;
    await call("POST", `/sequenceTemplates/${variant}/actions/deactivate`);
    expect(await deliver(task)).toEqual(noMail);
    await call("POST", `/sequenceTemplates/${variant}/actions/activate`);
    expect((await show(`/tasks/${task}`)).relationships.template.data).toBeNull();
    expect(await deliver(task)).toEqual([200]);
    await settle();
    const { attributes, relationships } = await show(`/tasks/${task}`);
    expect([attributes.state, relationships]).toMatchObject([
      "complete",
      { template: { data: { type: "template", id } }, sequenceTemplate: { data: { id: variant } } },
    ]);
    const one = await show(`/mailings/${relationships.mailing.data.id}`);
    expect(one.attributes).toMatchObject({ subject: "Hi Ada", bodyHtml: "<p>Hello Ada</p>", state: "delivered" });
    expect(one.attributes.mailboxAddress).toBe("me@x.example");
    expect(one.relationships).toMatchObject({ template: { data: { id } }, task: { data: { id: task } } });
    for (const path of [`/templates/${id}`, `/sequenceTemplates/${variant}`, `/sequenceSteps/${step}`])
      expect([path, (await show(path)).attributes]).toMatchObject([path, { scheduleCount: 1, deliverCount: 1 }]);
    const other = await template({ bodyHtml: "<p>Other</p>" });
    const second = (await use(step, other.id)).id;
    const variants = [variant, second].map((of) => ({ id: of, weight: 1, enabledAt: 0 })) as Variant[];
    const drawn: number[] = [];
    const given: number[] = [];
    // Until each of the two was drawn.
    while (new Set(drawn).size < 2 || drawn.length < 4) {
      const next = await enter(`Bo${drawn.length}`);
      await deliver(next.task);
      await settle();
      drawn.push(variantFor({ id: step, variants }, next.state)?.id ?? 0);
      given.push((await show(`/tasks/${next.task}`)).relationships.sequenceTemplate.data.id);
    }
    expect(given).toEqual(drawn);
    const ofSecond = drawn.filter((of) => of === second).length;
    expect((await show(`/templates/${other.id}`)).attributes.deliverCount).toBe(ofSecond);
    expect(await idsOf(`/tasks?filter[template][id]=${other.id}`)).toHaveLength(ofSecond);
    const copied = await duplicate(contextOf(), { id: sequence, userId: 1 });
    const [twin] = copied.ok ? await idsOf(`/sequenceSteps?filter[sequence][id]=${copied.value.sequence.id}`) : [];
    expect(await idsOf(`/sequenceTemplates?filter[sequenceStep][id]=${twin}`)).toHaveLength(2);
  });

  test("is found again by whoever asks for what has changed since", async () => {
    const { state } = await run();
    for (const plural of ["mailings", "sequenceStates"]) {
      const [{ id, attributes }] = (await call("GET", `/${plural}?sort=-updatedAt`)).body.data;
      const since = (from: string) => idsOf(`/${plural}?filter[updatedAt]=${from}..inf&sort=updatedAt`);
      expect(await since(attributes.updatedAt)).toEqual([id]);
      expect(await since(new Date(Date.parse(attributes.updatedAt) + 1).toISOString())).toEqual([]);
    }
    await call("POST", `/sequenceStates/${state}/actions/finish`);
    await settle();
    expect((await show(`/sequenceStates/${state}`)).attributes.state).toBe("finished");
  });
});
