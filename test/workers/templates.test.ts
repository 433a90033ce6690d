/** What steps send: templates and variants, private copies, and edits of them from both sides. */
import { beforeEach, describe, expect, test } from "vitest";
import type { Result } from "../../src/domain/failure";
import { duplicate } from "../../src/engine/duplication";
import * as steps from "../../src/engine/steps";
import * as templates from "../../src/engine/templates";
import * as variants from "../../src/engine/variants";
import { contextOf } from "../support/context";
import { faults } from "../support/faults";
import {
  api,
  begin,
  DAY,
  db,
  drain,
  enroll,
  HOUR,
  historyOf,
  idOf,
  type Json,
  makeDrip,
  pass,
  rowOf,
  sentTo,
  settle,
} from "../support/world";

beforeEach(begin);

const draft = { name: "Hello", subject: "Hi", body: "Hi {{ first_name }}", format: "html" } as const;
const other = () => contextOf(2);

function value<T>(result: Result<T>): T {
  if (!result.ok) throw new Error(JSON.stringify(result.failure));
  return result.value;
}

const kindOf = (result: Result<unknown>) => (result.ok ? "ok" : result.failure.kind);
const make = async (more: Partial<templates.TemplateDraft> = {}) =>
  value(await templates.create(contextOf(), { ...draft, ...more }));
const use = async (stepId: number, templateId: number, isReply = false) =>
  value(await variants.create(contextOf(), { stepId, templateId, isReply }));
const listed = async (stepId: number) => value(await variants.list(contextOf(), stepId));
const textOf = async (sequence: string, n = 0) =>
  (await api("GET", `/v1/sequences/${sequence}/steps`)).body.steps[n].messageTemplate;
const patch = (sequence: string, step: string, body: Json) =>
  api("PATCH", `/v1/sequences/${sequence}/steps/${step}`, body);

/** A sequence with one message step that has no text. */
async function bareStep(delay = 0): Promise<{ sequence: string; step: number }> {
  const { sequence } = await makeDrip([]);
  const bare = {
    kind: "message",
    label: null,
    delay,
    subject: null,
    body: null,
    format: "html",
    settings: {},
  } as const;
  const { step } = value(await steps.add(contextOf(), idOf(sequence), bare));
  return { sequence, step: step.id };
}

async function one(delays = [1]) {
  const { sequence, steps } = await makeDrip(delays);
  const ids = steps.map(idOf);
  return { sequence, step: ids[0] ?? 0, ids, spelt: steps[0] ?? "" };
}

describe("a step's own text", () => {
  test("is a private template, with a variant that is enabled", async () => {
    const { step } = await one();
    const [variant, ...more] = await listed(step);
    expect(more).toEqual([]);
    expect(variant).toMatchObject({ stepId: step, isReply: false, workspaceId: 1 });
    expect(variant?.enabledAt).not.toBeNull();
    const template = value(await templates.show(contextOf(), variant?.templateId ?? 0));
    expect(template).toMatchObject({ body: "Message 1", format: "text", privateStepId: step, subject: null });
    expect(value(await templates.show(contextOf(), template.id)).name).toBe("Message");
  });

  test("edited through v1 it is changed in place; the same text again changes nothing", async () => {
    const { sequence, step, spelt } = await one();
    const [before] = await listed(step);
    await patch(sequence, spelt, { messageTemplate: "Edited" });
    await patch(sequence, spelt, { messageTemplate: "Edited", delayHours: 2 });
    expect(await listed(step)).toEqual([before]);
    expect(value(await templates.show(contextOf(), before?.templateId ?? 0)).body).toBe("Edited");
    expect(await textOf(sequence)).toBe("Edited");
  });

  test("its template edited, v1 shows the edit, and journeys under way send it", async () => {
    const { sequence, step } = await one();
    const enrollment = await enroll(sequence);
    await settle();
    await pass(HOUR / 2); // what the isolate has read of the sequence is of before
    const [variant] = await listed(step);
    value(await templates.update(contextOf(), variant?.templateId ?? 0, { body: "From the template" }));
    expect(await textOf(sequence)).toBe("From the template");
    await pass(HOUR);
    expect(await sentTo(enrollment)).toEqual(["From the template"]);
  });
});

describe("a shared template", () => {
  test("an edit through v1 puts a private copy in its place, and leaves it as it is for others", async () => {
    const [first, second] = [await bareStep(), await bareStep()];
    const template = await make({ trackOpens: true });
    const variant = await use(first.step, template.id);
    await use(second.step, template.id);
    await patch(first.sequence, `step_${first.step}`, { messageTemplate: "Mine" });
    const [after, ...more] = await listed(first.step);
    expect(more).toEqual([]);
    expect(after?.id).toBe(variant.id);
    const copy = value(await templates.show(contextOf(), after?.templateId ?? 0));
    expect(copy).toMatchObject({
      body: "Mine",
      subject: "Hi",
      privateStepId: first.step,
      copiedFrom: template.id,
      trackOpens: true,
    });
    expect([await textOf(first.sequence), await textOf(second.sequence)]).toEqual(["Mine", draft.body]);
    expect(value(await templates.show(contextOf(), template.id)).body).toBe(draft.body);
    await patch(first.sequence, `step_${first.step}`, { messageTemplate: "Mine too" });
    expect((await listed(first.step))[0]?.templateId).toBe(copy.id);
  });

  test("edited, every sequence that sends it is revised, and no other", async () => {
    const [first, second, third] = [await bareStep(), await bareStep(), await bareStep()];
    const template = await make();
    for (const { step } of [first, second]) await use(step, template.id);
    const revisions = async () =>
      (await db().prepare("SELECT revision FROM sequences ORDER BY id").all()).results.map(({ revision }) =>
        Number(revision),
      );
    const before = await revisions();
    faults.statements = [];
    value(await templates.update(contextOf(), template.id, { body: "New" }));
    value(await templates.update(contextOf(), template.id, { name: "New name" }));
    expect((await revisions()).map((revision, i) => revision - (before[i] ?? 0))).toEqual([1, 1, 0]);
    expect([await textOf(first.sequence), await textOf(second.sequence)]).toEqual(["New", "New"]);
    expect(third.step).toBeGreaterThan(0);
  });

  test("stays while a live step sends it; not once that is switched off, deleted, or its sequence archived", async () => {
    const { sequence, step } = await bareStep();
    const free: [string, (variant: number) => Promise<unknown>][] = [
      ["off", (variant) => variants.deactivate(contextOf(), variant)],
      ["away", (variant) => variants.remove(contextOf(), variant)],
      ["step deleted", () => api("DELETE", `/v1/sequences/${sequence}/steps/step_${step}`)],
    ];
    for (const [how, release] of free) {
      const template = await make();
      const { id } = await use(step, template.id);
      expect([how, kindOf(await templates.remove(contextOf(), template.id))]).toEqual([how, "template_in_use"]);
      await release(id);
      expect([how, kindOf(await templates.remove(contextOf(), template.id))]).toEqual([how, "ok"]);
      expect(kindOf(await templates.show(contextOf(), template.id))).toBe("not_found");
    }
    const archived = await bareStep();
    const template = await make();
    await use(archived.step, template.id);
    await api("DELETE", `/v1/sequences/${archived.sequence}`);
    expect(kindOf(await templates.remove(contextOf(), template.id))).toBe("ok");
  });
});

describe("variants", () => {
  test("a step without any fails whoever reaches it, with the reason; with one it sends", async () => {
    const { sequence, step } = await bareStep(3600);
    const [first, second] = [await enroll(sequence), await enroll(sequence)];
    expect(await textOf(sequence)).toBe("");
    await pass(HOUR);
    expect(await rowOf(first)).toMatchObject({ why: "failed", error: "the step has no enabled template" });
    const { id } = await use(step, (await make({ body: "Here" })).id);
    expect((await api("POST", `/v1/sequences/${sequence}/enrollments/${second}/retry`)).status).toBe(200);
    await settle();
    expect(await sentTo(second)).toEqual(["Here"]);
    value(await variants.deactivate(contextOf(), id));
    expect(await textOf(sequence)).toBe("");
  });

  test("two that are enabled are both sent, and the ledger says which", async () => {
    const { sequence, step } = await bareStep();
    const [a, b] = [await use(step, (await make({ body: "A" })).id), await use(step, (await make({ body: "B" })).id)];
    const off = await use(step, (await make({ body: "C" })).id);
    value(await variants.deactivate(contextOf(), off.id));
    const enrollments = [];
    for (let i = 0; i < 12; i++) enrollments.push(await enroll(sequence));
    await settle();
    const { results } = await db()
      .prepare("SELECT excerpt, sequence_template_id AS variant, template_id AS template FROM messages ORDER BY id")
      .all();
    expect(results).toHaveLength(12);
    const lineOf = (body: string, { id, templateId }: variants.PlacedVariant) => ({
      excerpt: body,
      variant: id,
      template: templateId,
    });
    for (const row of results) expect([lineOf("A", a), lineOf("B", b)]).toContainEqual(row);
    expect(new Set(results.map(({ excerpt }) => excerpt))).toEqual(new Set(["A", "B"]));
    const [entry] = (await historyOf(enrollments[0] ?? "")).filter(({ what }) => what === "message");
    expect(entry?.what === "message" && entry.content.template?.variant).toBe(results[0]?.variant);
  });

  test("activated, deactivated, made a reply and taken away", async () => {
    const { step } = await bareStep();
    const { id, enabledAt } = await use(step, (await make()).id);
    expect(enabledAt).not.toBeNull();
    expect(value(await variants.deactivate(contextOf(), id)).enabledAt).toBeNull();
    expect(value(await variants.activate(contextOf(), id)).enabledAt).not.toBeNull();
    expect(value(await variants.update(contextOf(), id, { isReply: true })).isReply).toBe(true);
    value(await variants.remove(contextOf(), id));
    expect(kindOf(await variants.show(contextOf(), id))).toBe("not_found");
    expect(await listed(step)).toEqual([]);
  });

  test("a subject written through Broadcast begins a thread, where there was a reply", async () => {
    const { sequence, step } = await bareStep();
    const { id } = await use(step, (await make()).id, true);
    const path = `/api/v1/sequences/${idOf(sequence)}/steps/${step}`;
    expect((await api("GET", path)).body.subject).toBeNull();
    expect((await api("PATCH", path, { body: "<p>New</p>" })).status).toBe(200);
    expect(value(await variants.show(contextOf(), id)).isReply).toBe(true);
    expect((await api("PATCH", path, { subject: "Own" })).body.subject).toBe("Own");
    expect(value(await variants.show(contextOf(), id)).isReply).toBe(false);
  });

  test("a copy of a sequence sends the same shared templates, and private ones of its own", async () => {
    const { sequence, step, spelt } = await one([1, 2]);
    const template = await make({ body: "Shared" });
    await use(step, template.id, true);
    const { definition } = { definition: value(await duplicate(contextOf(), { id: idOf(sequence), userId: 1 })) };
    const [copy] = value(await steps.list(contextOf(), definition.sequence.id));
    const [mine, shared, ...more] = await listed(copy?.step.id ?? 0);
    const [original] = await listed(step);
    expect(more).toEqual([]);
    expect(shared).toMatchObject({ templateId: template.id, isReply: true });
    expect(mine?.templateId).not.toBe(original?.templateId);
    await patch(sequence, spelt, { messageTemplate: "Edited" });
    expect([
      await textOf(sequence),
      await textOf(`seq_${definition.sequence.id}`),
      await textOf(`seq_${definition.sequence.id}`, 1),
    ]).toEqual(["Edited", "Message 1", "Message 2"]);
  });
});

describe("what is refused", () => {
  test.each([
    ["no name", { name: " " }, { kind: "blank", field: "name" }],
    ["too long a name", { name: "n".repeat(226) }, { kind: "bad_value", field: "name" }],
    ["a body that is no Liquid", { body: "{% if %}" }, { kind: "bad_template", field: "body", line: 1 }],
    ["a subject that is no Liquid", { subject: "{{ x | nonsense }}" }, { kind: "bad_template", field: "subject" }],
    ["too long a subject", { subject: "s".repeat(999) }, { kind: "bad_value", field: "subject" }],
    ["a tag that is none", { tags: [""] }, { kind: "bad_value", field: "tags" }],
  ])("a template with %s, new or changed", async (_, more, failure) => {
    expect(await templates.create(contextOf(), { ...draft, ...more })).toMatchObject({ ok: false, failure });
    const { id } = await make();
    expect(await templates.update(contextOf(), id, more)).toMatchObject({ ok: false, failure });
  });

  test("ids of another workspace are missing, whichever they are", async () => {
    const { step } = await one();
    const { id: templateId } = await make();
    const [variant] = await listed(step);
    const id = variant?.id ?? 0;
    const foreign = value(await templates.create(other(), draft)).id;
    const answers = [
      await templates.show(other(), templateId),
      await templates.update(other(), templateId, { name: "Theirs" }),
      await templates.remove(other(), templateId),
      await variants.create(other(), { stepId: step, templateId: foreign }),
      await variants.create(contextOf(), { stepId: step, templateId: foreign }),
      await variants.list(other(), step),
      await variants.show(other(), id),
      await variants.update(other(), id, { isReply: true }),
      await variants.activate(other(), id),
      await variants.deactivate(other(), id),
      await variants.remove(other(), id),
    ];
    expect(answers.map(kindOf)).toEqual(answers.map(() => "not_found"));
    expect((await templates.list(other(), { after: 0, limit: 10 })).map((template) => template.id)).toEqual([foreign]);
    expect(await listed(step)).toEqual([variant]);
  });

  test("private templates, and the texts of private sequences, from all but their owner; changes of read_only ones", async () => {
    const [owner, stranger] = [contextOf(), contextOf()].map((ctx, i) => ({ ...ctx, userId: 71 + i }));
    if (!owner || !stranger) throw new Error("nobody is there");
    const { sequence, step } = await one();
    const [variant] = await listed(step);
    const own = variant?.templateId ?? 0;
    const { id } = value(await templates.create(owner, { ...draft, shareType: "private" }));
    const share = (type: string) =>
      db().prepare("UPDATE sequences SET share_type = ?, owner_id = 71 WHERE id = ?").bind(type, idOf(sequence)).run();
    const asked = async (ctx: typeof owner) => [
      kindOf(await templates.show(ctx, id)),
      kindOf(await templates.update(ctx, own, { body: "Changed" })),
      kindOf(await variants.update(ctx, variant?.id ?? 0, { isReply: false })),
    ];
    await share("private");
    expect(await asked(stranger)).toEqual(["not_found", "not_found", "not_found"]);
    expect(await templates.list(stranger, { after: 0, limit: 10 })).toEqual([]);
    await share("read_only");
    expect(await asked(stranger)).toEqual(["not_found", "read_only", "read_only"]);
    expect(await asked(owner)).toEqual(["ok", "ok", "ok"]);
  });

  test("changes of a locked sequence's variants and texts; and variants of an archived one", async () => {
    const { sequence, step, spelt } = await one();
    const template = await make();
    const { id } = await use(step, template.id);
    const verbs = async () => [
      await variants.create(contextOf(), { stepId: step, templateId: (await make()).id }),
      await variants.update(contextOf(), id, { isReply: true }),
      await variants.deactivate(contextOf(), id),
      await variants.remove(contextOf(), id),
    ];
    await api("PATCH", `/v1/sequences/${sequence}`, { locked: true });
    const texts = [await templates.update(contextOf(), template.id, { body: "New" })];
    expect([...(await verbs()), ...texts].map(kindOf)).toEqual(Array(5).fill("sequence_locked"));
    expect((await patch(sequence, spelt, { messageTemplate: "New" })).status).toBe(409);
    expect(kindOf(await templates.update(contextOf(), template.id, { name: "New" }))).toBe("ok");
    await api("PATCH", `/v1/sequences/${sequence}`, { locked: false });
    await api("DELETE", `/v1/sequences/${sequence}`);
    await drain();
    expect((await verbs()).map(kindOf)).toEqual(Array(4).fill("sequence_archived"));
  });

  test("a template twice, that of another step, an archived one, and a step that sends nothing", async () => {
    const [first, second] = [await one(), await one()];
    const template = await make();
    const { id } = await use(first.step, template.id);
    const [own] = await listed(first.step);
    const create = async (stepId: number, templateId: number) =>
      kindOf(await variants.create(contextOf(), { stepId, templateId }));
    expect(await create(first.step, template.id)).toBe("bad_value");
    expect(await create(second.step, own?.templateId ?? 0)).toBe("bad_value");
    const entry = await db().prepare("SELECT MIN(id) FROM steps").first("MIN(id)");
    expect(await create(Number(entry), template.id)).toBe("bad_value");
    value(await variants.deactivate(contextOf(), id));
    value(await templates.remove(contextOf(), template.id));
    expect(await create(second.step, template.id)).toBe("not_found");
    expect(kindOf(await variants.activate(contextOf(), id))).toBe("not_found");
    expect(kindOf(await templates.update(contextOf(), template.id, { body: "x" }))).toBe("not_found");
  });
});

test("the texts of steps made before templates were become private templates", async () => {
  // The migration's own statements, on a step as it was stored before.
  const { sequence, step } = await bareStep(1);
  await db().prepare("UPDATE steps SET subject = 'Old', body = 'As it was' WHERE id = ?").bind(step).run();
  const { MIGRATIONS } = (await import("cloudflare:workers")).env as unknown as {
    MIGRATIONS: { name: string; queries: string[] }[];
  };
  const queries = MIGRATIONS.find(({ name }) => name.startsWith("0009"))?.queries ?? [];
  const moving = queries
    .filter((query) => /INSERT INTO (templates|sequence_templates) |UPDATE steps/.test(query))
    .slice(0, 3);
  for (const query of moving) await db().prepare(query).run();
  expect(await textOf(sequence)).toBe("As it was");
  const [variant] = await listed(step);
  expect(value(await templates.show(contextOf(), variant?.templateId ?? 0))).toMatchObject({
    name: "Old",
    subject: "Old",
    privateStepId: step,
  });
  const enrollment = await enroll(sequence);
  await pass(DAY);
  expect(await sentTo(enrollment)).toEqual(["As it was"]);
});
