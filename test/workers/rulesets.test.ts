/** Rulesets: who may be enrolled in the sequences that name one, at every door, and how rulesets are kept over v1. */
import { beforeEach, describe, expect, test } from "vitest";
import { NO_RULES } from "../../src/domain/condition";
import { remove } from "../../src/engine/rulesets";
import { create as createSequence, update as updateSequence } from "../../src/engine/sequences";
import { touchedAt } from "../../src/engine/touch";
import { contextOf } from "../support/context";
import { faults, resetCounts, until } from "../support/faults";
import { chain, makeSequence, storyOf } from "../support/tree";
import {
  api,
  begin,
  DAY,
  db,
  enroll,
  HOUR,
  idOf,
  type Json,
  makeContact,
  makeDrip,
  OTHER_KEY,
  pass,
  rowOf,
  START,
  sentTo,
  settle,
} from "../support/world";

beforeEach(begin);

async function makeRuleset(fields: Json = {}, key?: string): Promise<string> {
  const { status, body } = await api("POST", "/v1/rulesets", { name: "Rules", ...fields }, key);
  if (status !== 201) throw new Error(JSON.stringify(body));
  return body.ruleset.id;
}

/** A running sequence under a ruleset of its own, its one message a day ahead. */
async function ruled(fields: Json, delays = [24]): Promise<string> {
  return (await makeDrip(delays, { rulesetId: await makeRuleset(fields) })).sequence;
}

async function tryToEnroll(sequence: string, contactId: string): Promise<{ status: number; message: string }> {
  const { status, body } = await api("POST", `/v1/sequences/${sequence}/enrollments`, {
    contactId,
    platform: "TWITTER",
  });
  return { status, message: body.error?.message ?? "" };
}

/** The database stands still once a statement like this was carried out. */
function stallAfter(sql: RegExp): void {
  const push = (one: string) => {
    if (sql.test(one)) faults.stalled = true;
    return 0;
  };
  faults.statements = Object.assign([], { push });
}

const exit = (sequence: string, enrollment: string) =>
  api("DELETE", `/v1/sequences/${sequence}/enrollments/${enrollment}`);

describe("over v1", () => {
  test("a ruleset is made, shown, listed, changed and deleted", async () => {
    const made = await api("POST", "/v1/rulesets", { name: "Careful", sequenceExclusivity: "all_sequences" });
    const whole = {
      workspaceId: "ws_1",
      name: "Careful",
      permitDuplicateProspects: "disallow",
      sequenceExclusivity: "all_sequences",
      minimumProspectTouchedInterval: null,
      emailOptOutAction: "disallow",
      autoResumeOotoProspects: true,
      autoResumeOotoProspectsIn: null,
      autoResumeOotoProspectsExpiresIn: null,
      ootoAutoExtractionEnabled: true,
      includeUnsubscribeLinks: false,
    };
    expect(made).toMatchObject({ status: 201, body: { ruleset: whole } });
    const { id } = made.body.ruleset;
    expect(id).toMatch(/^ruleset_\d+$/);
    const changes = {
      permitDuplicateProspects: "allow",
      minimumProspectTouchedInterval: 60,
      autoResumeOotoProspects: false,
    };
    const changed = await api("PATCH", `/v1/rulesets/${id}`, changes);
    expect(changed).toMatchObject({ status: 200, body: { ruleset: { ...whole, ...changes } } });
    expect((await api("GET", `/v1/rulesets/${id}`)).body.ruleset).toEqual(changed.body.ruleset);
    expect((await api("GET", "/v1/rulesets")).body).toEqual({
      rulesets: [changed.body.ruleset],
      pagination: { page: 1, limit: 50, total: 1, totalPages: 1 },
    });
    expect((await api("DELETE", `/v1/rulesets/${id}`)).body).toEqual({ success: true });
    expect((await api("DELETE", `/v1/rulesets/${id}`)).status).toBe(404);
  });

  test("another workspace's is not there, for any verb, nor for a sequence", async () => {
    const id = await makeRuleset({}, OTHER_KEY);
    const { sequence } = await makeDrip([1]);
    const answers = [
      await api("GET", `/v1/rulesets/${id}`),
      await api("PATCH", `/v1/rulesets/${id}`, { name: "Mine" }),
      await api("DELETE", `/v1/rulesets/${id}`),
    ];
    expect(answers.map(({ status }) => status)).toEqual([404, 404, 404]);
    expect((await api("GET", "/v1/rulesets")).body.rulesets).toEqual([]);
    const taken = [
      await api("PATCH", `/v1/sequences/${sequence}`, { rulesetId: id }),
      await api("POST", "/v1/sequences", { name: "Drip", rulesetId: id }),
    ];
    const refusal = { code: "VALIDATION_ERROR", message: "rulesetId is no ruleset", details: { field: "rulesetId" } };
    for (const answer of taken) expect(answer).toMatchObject({ status: 400, body: { error: refusal } });
  });

  test.each<[string, string, unknown, number]>([
    ["POST", "", {}, 400],
    ["POST", "", { name: " " }, 400],
    ["POST", "", { name: "x".repeat(256) }, 400],
    ["POST", "", "{", 400],
    ["POST", "", [], 400],
    ["POST", "", { name: "x", permitDuplicateProspects: "sometimes" }, 400],
    ["POST", "", { name: "x", sequenceExclusivity: true }, 400],
    ["POST", "", { name: "x", emailOptOutAction: null }, 400],
    ["POST", "", { name: "x", minimumProspectTouchedInterval: -1 }, 400],
    ["POST", "", { name: "x", minimumProspectTouchedInterval: 1.5 }, 400],
    ["POST", "", { name: "x", autoResumeOotoProspectsIn: "1" }, 400],
    ["POST", "", { name: "x", autoResumeOotoProspects: "yes" }, 400],
    ["PATCH", "/ruleset_1", { name: 1 }, 400],
    ["PATCH", "/ruleset_99", {}, 404],
    ["PATCH", "/ruleset_abc", {}, 404],
    ["GET", "/segment_1", undefined, 400],
    ["GET", "/1", undefined, 400],
    ["DELETE", "/ruleset_0", undefined, 404],
    ["GET", "?page=0", undefined, 400],
    ["GET", "?limit=101", undefined, 400],
  ])("%s %s %j -> %i", async (method, path, body, status) => {
    expect((await api(method, `/v1/rulesets${path}`, body)).status).toBe(status);
  });

  test("a workspace has 500 at most", async () => {
    await db()
      .prepare(`WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 500)
        INSERT INTO rulesets (workspace_id, name, created_at, updated_at) SELECT 1, 'x', 1, 1 FROM n`)
      .run();
    expect((await api("POST", "/v1/rulesets", { name: "x" })).status).toBe(402);
    expect((await api("GET", "/v1/rulesets")).body.pagination.total).toBe(500);
  });
});

describe("a sequence and its ruleset", () => {
  test("one that a sequence names is not deleted, until that is archived", async () => {
    const id = await makeRuleset();
    const { sequence } = await makeDrip([1], { rulesetId: id });
    expect((await api("GET", `/v1/sequences/${sequence}`)).body.sequence.rulesetId).toBe(id);
    expect(await api("DELETE", `/v1/rulesets/${id}`)).toMatchObject({
      status: 409,
      body: { error: { code: "CONFLICT" } },
    });
    await api("DELETE", `/v1/sequences/${sequence}`);
    expect((await api("DELETE", `/v1/rulesets/${id}`)).status).toBe(200);
    expect((await api("GET", `/v1/sequences/${sequence}`)).body.sequence.rulesetId).toBeNull();
  });

  test("a copy follows the same ruleset, and a sequence can be freed of it", async () => {
    const id = await makeRuleset();
    const { sequence } = await makeDrip([1], { rulesetId: id });
    expect((await api("POST", `/v1/sequences/${sequence}/duplicate`, {})).body.sequence.rulesetId).toBe(id);
    expect((await api("PATCH", `/v1/sequences/${sequence}`, { rulesetId: null })).body.sequence.rulesetId).toBeNull();
  });

  test("one that is deleted between the look and the write is not named, by a new sequence or an old one", async () => {
    const ctx = contextOf();
    const { sequence } = await makeDrip([1]);
    const draft = {
      name: "Drip",
      rules: NO_RULES,
      primaryReplyAction: "finish",
      status: "DRAFT",
      userId: 1,
    } as const;
    const verbs = [
      (rulesetId: number) => updateSequence(ctx, idOf(sequence), { rulesetId, userId: 1 }),
      (rulesetId: number) => createSequence(ctx, { ...draft, rulesetId }),
    ];
    for (const verb of verbs) {
      const id = idOf(await makeRuleset());
      stallAfter(/from "rulesets"/);
      const saving = verb(id);
      await until(() => faults.stalled);
      await db().prepare("DELETE FROM rulesets WHERE id = ?").bind(id).run();
      resetCounts();
      faults.stalled = false;
      expect(await saving).toMatchObject({ ok: false, failure: { field: "rulesetId" } });
    }
    const named = await db().prepare("SELECT COUNT(*) AS n FROM sequences WHERE ruleset_id IS NOT NULL").first();
    expect(named).toEqual({ n: 0 });
  });

  test("one that is named and deleted at the same instant -> either it is named, or it is gone", async () => {
    const ctx = contextOf();
    const { sequence } = await makeDrip([1]);
    for (let i = 0; i < 5; i++) {
      const id = idOf(await makeRuleset());
      const [named, removed] = await Promise.all([
        updateSequence(ctx, idOf(sequence), { rulesetId: id, userId: 1 }),
        remove(ctx, id),
      ]);
      expect({ named: named.ok, removed: removed.ok }).toEqual({ named: named.ok, removed: !named.ok });
      await updateSequence(ctx, idOf(sequence), { rulesetId: null, userId: 1 });
    }
  });

  test("a change of it is a change of its sequences, in the same batch", async () => {
    const id = await makeRuleset();
    const { sequence } = await makeDrip([1], { rulesetId: id });
    const other = (await makeDrip([1])).sequence;
    const revisions = async () =>
      (
        await db()
          .prepare("SELECT revision FROM sequences WHERE id IN (?, ?) ORDER BY id")
          .bind(idOf(sequence), idOf(other))
          .raw<[number]>()
      ).flat();
    const [before = 0, same = 0] = await revisions();
    await api("PATCH", `/v1/rulesets/${id}`, { permitDuplicateProspects: "allow" });
    expect(await revisions()).toEqual([before + 1, same]);
  });
});

describe("permitDuplicateProspects decides in place of the sequence's own reenroll", () => {
  test.each<[string, string, number]>([
    ["disallow", "after_exit", 409],
    ["only_if_inactive", "never", 201],
    ["allow", "never", 201],
  ])("%s, reenroll %s -> again after an exit: %i", async (permitDuplicateProspects, reenroll, status) => {
    const rulesetId = await makeRuleset({ permitDuplicateProspects });
    const { sequence } = await makeDrip([24], { rulesetId, reenroll });
    const contact = await makeContact();
    const enrollment = await enroll(sequence, contact);
    expect(await tryToEnroll(sequence, contact)).toMatchObject({ status: 409, message: /already enrolled/ });
    await exit(sequence, enrollment);
    expect((await tryToEnroll(sequence, contact)).status).toBe(status);
  });

  test("a tag still enrolls once only, whatever is permitted", async () => {
    const rulesetId = await makeRuleset({ permitDuplicateProspects: "allow" });
    const { sequence } = await makeDrip([24], { rulesetId, initTag: "vip" });
    const contact = await makeContact({ tags: ["vip"] });
    await settle();
    const [first] = (await api("GET", `/v1/sequences/${sequence}/enrollments`)).body.enrollments;
    await exit(sequence, first.id);
    await api("PATCH", `/v1/contacts/${contact}`, { tags: [] });
    await api("PATCH", `/v1/contacts/${contact}`, { tags: ["vip"] });
    await settle();
    expect((await api("GET", `/v1/sequences/${sequence}/enrollments`)).body.pagination.total).toBe(1);
  });
});

describe("sequenceExclusivity", () => {
  const [all, exclusive, none] = ["all_sequences", "exclusive_sequences", "none"];

  test.each<[string | null, string | null, number]>([
    [all, null, 409],
    [all, none, 409],
    [all, exclusive, 409],
    [null, all, 409],
    [none, all, 409],
    [exclusive, all, 409],
    [exclusive, exclusive, 409],
    [exclusive, none, 201],
    [exclusive, null, 201],
    [none, exclusive, 201],
    [null, exclusive, 201],
    [none, none, 201],
  ])("into %s, while live in %s -> %i; and after the exit there, 201", async (into, there, status) => {
    const make = async (exclusivity: string | null) =>
      exclusivity === null ? (await makeDrip([24])).sequence : ruled({ sequenceExclusivity: exclusivity });
    const [first, second] = [await make(there), await make(into)];
    const contact = await makeContact();
    const enrollment = await enroll(first, contact);
    const answer = await tryToEnroll(second, contact);
    expect(answer.status).toBe(status);
    if (status === 201) return;
    expect(answer.message).toMatch(/shut each other out/);
    await exit(first, enrollment);
    expect((await tryToEnroll(second, contact)).status).toBe(201);
  });

  test("two exclusive sequences at the same instant -> one of them takes him", async () => {
    const [first, second] = [
      await ruled({ sequenceExclusivity: exclusive }),
      await ruled({ sequenceExclusivity: exclusive }),
    ];
    const contact = await makeContact();
    const answers = await Promise.all([tryToEnroll(first, contact), tryToEnroll(second, contact)]);
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 409]);
  });

  test("whoever has ended there, and only the mirror does not know -> is taken here", async () => {
    const [first, second] = [(await makeDrip([1])).sequence, await ruled({ sequenceExclusivity: all })];
    const contact = await makeContact();
    const enrollment = await enroll(first, contact);
    await settle();
    const row = await rowOf(enrollment);
    await exit(first, enrollment);
    await db()
      .prepare("UPDATE enrollments SET standing = 'ACTIVE', state = 'waiting', version = ? WHERE id = ?")
      .bind(row.version, row.id)
      .run();
    expect((await tryToEnroll(second, contact)).status).toBe(201);
    expect((await rowOf(enrollment)).standing).toBe("EXITED");
  });

  test("a move from one exclusive sequence to another is none into a second one", async () => {
    const rulesetId = await makeRuleset({ sequenceExclusivity: exclusive });
    const from = await makeSequence("From");
    const to = (await makeDrip([24], { rulesetId })).sequence;
    await chain(from, [{ action: "move_to_sequence", label: "Move", sequence_id: idOf(to) }]);
    await db().prepare("UPDATE sequences SET ruleset_id = ? WHERE id = ?").bind(idOf(rulesetId), from).run();
    const contact = await makeContact({ email: "ada@example.com" });
    const { body } = await api("POST", `/v1/sequences/seq_${from}/enrollments`, {
      contactId: contact,
      platform: "EMAIL",
    });
    await settle();
    expect(await storyOf(from, body.enrollment.id)).toContain("moved");
    expect((await api("GET", `/v1/sequences/${to}/enrollments`)).body.pagination.total).toBe(1);
  });

  test("a failed one is not taken up again beside one that it is shut out by", async () => {
    const [first, second] = [
      await ruled({ sequenceExclusivity: exclusive }),
      await ruled({ sequenceExclusivity: exclusive }),
    ];
    const contact = await makeContact();
    const enrollment = await enroll(first, contact);
    await settle();
    await db()
      .prepare("UPDATE enrollments SET standing = 'FAILED', state = 'ended', why = 'failed' WHERE id = ?")
      .bind(idOf(enrollment))
      .run();
    await enroll(second, contact);
    const retried = await api("POST", `/v1/sequences/${first}/enrollments/${enrollment}/retry`);
    expect(retried).toMatchObject({ status: 409, body: { error: { message: /shut each other out/ } } });
  });

  test("Broadcast's doors and triggers keep to it too", async () => {
    const here = await ruled({ sequenceExclusivity: all });
    const tagged = (await makeDrip([24], { initTag: "vip" })).sequence;
    const contact = await makeContact({ email: "ada@example.com" });
    await api("POST", `/v1/sequences/${here}/enrollments`, { contactId: contact, platform: "EMAIL" });
    const added = await api("POST", `/api/v1/sequences/${idOf(tagged)}/add_subscriber`, { email: "ada@example.com" });
    expect(added.status).toBe(422);
    await api("PATCH", `/v1/contacts/${contact}`, { tags: ["vip"] });
    await settle();
    expect((await api("GET", `/v1/sequences/${tagged}/enrollments`)).body.pagination.total).toBe(0);
  });
});

describe("minimumProspectTouchedInterval", () => {
  test("counts from the last message that went out to him, on any journey", async () => {
    const careful = await ruled({ minimumProspectTouchedInterval: 86_400 });
    const { sequence } = await makeDrip([0, 10]);
    const contact = await makeContact();
    const enrollment = await enroll(sequence, contact);
    await settle();
    await pass(10 * HOUR);
    const last = (await rowOf(enrollment)).last_sent_at;
    expect(last).toBeGreaterThanOrEqual(START + 10 * HOUR);
    const touched = await touchedAt(contextOf(), [idOf(contact), idOf(await makeContact())]);
    expect([...touched]).toEqual([[idOf(contact), last]]);
    await pass(DAY - HOUR);
    expect(await tryToEnroll(careful, contact)).toMatchObject({
      status: 409,
      message: /written to less than 86400 seconds ago/,
    });
    expect((await tryToEnroll(careful, await makeContact())).status).toBe(201);
    await pass(HOUR);
    expect((await tryToEnroll(careful, contact)).status).toBe(201);
  });
});

describe("emailOptOutAction", () => {
  const optedOut = { optedOut: true };

  test("disallow -> who has opted out is refused", async () => {
    const contact = await makeContact();
    await api("PATCH", `/v1/contacts/${contact}`, optedOut);
    expect(await tryToEnroll(await ruled({}), contact)).toMatchObject({ status: 409, message: /opted out/ });
  });

  test("allow -> he is taken, no message is sent to him, and the journey goes on past them", async () => {
    const sequence = await ruled({ emailOptOutAction: "allow" }, [1, 1]);
    const contact = await makeContact();
    await api("PATCH", `/v1/contacts/${contact}`, optedOut);
    const enrollment = await enroll(sequence, contact);
    await pass(3 * HOUR, HOUR);
    expect(await sentTo(enrollment)).toEqual([]);
    expect(await rowOf(enrollment)).toMatchObject({ state: "ended", why: "completed" });
    const { body } = await api("GET", `/v1/sequences/${sequence}/enrollments/${enrollment}`);
    const passed = body.enrollment.history.filter(({ event }: Json) => event === "step_passed");
    expect(passed.map(({ reason }: Json) => reason)).toEqual([
      "the contact has opted out",
      "the contact has opted out",
    ]);
  });

  test("allow -> who opts out on the way is taken out all the same", async () => {
    const sequence = await ruled({ emailOptOutAction: "allow" });
    const contact = await makeContact();
    const enrollment = await enroll(sequence, contact);
    await pass(HOUR);
    await api("PATCH", `/v1/contacts/${contact}`, optedOut);
    await settle();
    expect(await rowOf(enrollment)).toMatchObject({ state: "ended", why: "opted_out" });
  });
});
